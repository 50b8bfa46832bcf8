#ifndef REPORTS_MACHINE_H
#define REPORTS_MACHINE_H

#include <argp.h>
#include <stdint.h>

/* The option --machine of audits and reports: `key` is the command's own. */
#define MACHINE_OPTION(key)                                                                        \
	{                                                                                          \
		"machine", key, "ENTRIES", OPTION_ARG_OPTIONAL,                                    \
			"look what could be read, changed, executed and reached on this machine, " \
			"at so many "                                                              \
			"files and folders at most (500000)",                                      \
			0                                                                          \
	}

/* How many entries to look at (struct audit_options); ends the program where `arg` is no number. */
int64_t machine_take(const char *arg, struct argp_state *state);

#endif
