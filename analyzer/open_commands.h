#ifndef ANALYZER_OPEN_COMMANDS_H
#define ANALYZER_OPEN_COMMANDS_H

#include "analyzer/evidence.h"
#include "core/argv.h"

/* Templates that stand for command lines which one run each has, of one program. */
struct open_command {
	struct argv argv;
	char *pattern; /* of the program */
	char *text, *why;
};

struct open_commands {
	struct open_command *command;
	size_t count;
	const struct atom **member; /* that they stand for, sorted by address */
	size_t members;
};

/* Of the runs that are not `left_out` (NULL: of all): two runs where only chance made the words,
 * else three.  0, -ENOMEM. */
int open_commands_find(const struct evidence *evidence, const bool *left_out,
		       struct open_commands *ret);
/* Whether one stands for the command line, or would. */
bool open_commands_admit(const struct open_commands *open, const struct atom *command);
bool open_commands_have(const struct open_commands *open, const struct atom *command);
void open_commands_cleanup(struct open_commands *open); /* for scoped(open_commands) */

#endif
