#ifndef CORE_COMMAND_H
#define CORE_COMMAND_H

#include "core/match.h"
#include "core/vocab.h"

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct audit;
struct audit_options;
struct error;
struct policy;
struct propose_options;
struct run;
struct store;

/* Exit statuses; `pare record` returns the agent's own instead (core/cli: 125, 126, 127). */
enum command_status {
	COMMAND_DONE = 0,
	COMMAND_FAILED = 1, /* the system or the data failed */
	COMMAND_USAGE = 2,  /* wrong command line */
	COMMAND_NO = 3,	    /* the answer is "no": policy violated, chain broken */
};

/* What one part of the house makes for another that may not include it; main.c joins them. */
struct house {
	/* analyzer: the proposed policy of an agent.  0 or -errno; ret must be zeroed. */
	int (*propose)(struct store *store, const struct propose_options *options,
		       struct policy *ret, struct error *err);
	/* analyzer: what an agent was granted against what it used.  The same. */
	int (*audit)(struct store *store, const struct audit_options *options, struct audit *ret,
		     struct error *err);
	/* reports: the summary of one run for people. 0 or -errno. */
	int (*summarize)(struct store *store, const struct run *run, FILE *out, struct error *err);
	/* analyzer: appends why the name is protected from the action; nothing where it is not. */
	void (*protects)(enum resource resource, enum action action, struct bytes name,
			 struct buffer *out);
	/* recorder: removes what dry runs have left beside the store that were ended before their
	 * end, or that it does not know; says so, a line each.  0 or -errno. */
	int (*sweep)(struct store *store, void (*say)(void *context, bool bad, const char *line),
		     void *context, struct error *err);
};

/* One row of commands.def: parses its own arguments (argv[0] is "pare NAME"), does the work,
 * prints, and returns an exit status.  Commands and main are the only functions that print. */
typedef int command(int argc, char **argv, const struct house *house);

#define COMMAND(name, arguments, help) command command_##name;
#include "core/commands.def"

/* Who runs the program, by passwd(5); "" where nobody is called so. */
const char *login_name(void);

/* Prints "pare: TEXT" on standard error and returns COMMAND_FAILED. */
int command_fail(const struct error *err);

/* Parses with argp: unknown options and missing arguments end the program with COMMAND_USAGE. */
void command_parse(const struct argp *argp, int argc, char **argv, void *input);

/* The option every command has: { "db", COMMAND_DB, "FILE", ... }. */
#define COMMAND_DB 0x100
#define COMMAND_DB_OPTION                                                                          \
	{                                                                                          \
		"db", COMMAND_DB, "FILE", 0,                                                       \
			"use this database ($PARE_DB, else ~/.local/share/pare/pare.db)", 10       \
	}

/* What $WS, $HOME and $TMP stand for, as options; `where` ends their help. */
enum { COMMAND_WORKSPACE = 0x110, COMMAND_HOME, COMMAND_TMP };
#define COMMAND_ROOT_OPTIONS(where)                                                                \
	{ "workspace", COMMAND_WORKSPACE, "DIR", 0, "what $WS stands for, " where, 0 },            \
		{ "home", COMMAND_HOME, "DIR", 0, "the same of $HOME", 0 },                        \
	{                                                                                          \
		"tmp", COMMAND_TMP, "DIR", 0, "the same of $TMP", 0                                \
	}
/* Whether it is one of these; a folder that is none ends the program. */
bool command_take_root(int key, const char *arg, struct roots *roots, struct argp_state *state);

/* What clock_parse() and clock_parse_duration() read; what is none ends the program. */
int64_t command_take_time(const char *arg, struct argp_state *state);
int64_t command_take_duration(const char *arg, struct argp_state *state);

/* -o FILE done safely: written to a temporary file beside it, fsynced, renamed.  NULL or "-"
 * is standard output. */
struct output;
int output_open(struct output **ret, const char *path, struct error *err);
FILE *output_file(struct output *output);
/* Makes it permanent and frees `output`; on failure nothing is left behind. */
int output_commit(struct output *output, struct error *err);
void output_abandon(struct output *output); /* NULL is fine */
/* All of it for text that is at hand already.  0 or -errno. */
int output_write(const char *path, const struct buffer *text, struct error *err);

#endif
