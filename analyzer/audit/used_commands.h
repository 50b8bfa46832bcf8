#ifndef ANALYZER_AUDIT_USED_COMMANDS_H
#define ANALYZER_AUDIT_USED_COMMANDS_H

struct auditing;
struct evidence;
struct memos;

/* With which arguments the programs were executed that may be with others, too.  0, -ENOMEM. */
int audit_commands(struct auditing *auditing, const struct memos *memos,
		   const struct evidence *roots);

#endif
