#ifndef ANALYZER_GRANTS_CLAUDE_H
#define ANALYZER_GRANTS_CLAUDE_H

#include "analyzer/grants/agents.h"

/* Claude Code (code.claude.com/docs: permissions, permission-modes, settings, sandboxing; what it
 * does with rules was also seen with 2.1.197). */

struct claude {
	const struct source *source;
	struct granted *grants;
	bool is_sandboxed; /* commands run in the sandbox: rules for files open it, too */
	bool is_strict;	   /* and in no other way */
	bool asks;	   /* somebody is asked about what no rule names */
	const char *mode;
	json_t *permissions, *sandbox; /* NULL: they are not there */
};

/* One permission rule, "Bash(git log *)", of a list that allows, asks or denies, as `from` says. */
void claude_add_rule(const struct claude *claude, const struct statement *from, struct bytes rule);
/* What it may do in the folders that it works in, and everywhere, without a rule. */
void claude_add_mode(const struct claude *claude);
/* The member "sandbox". */
take_member claude_take_sandbox;

#endif
