#ifndef CORE_ARGV_PRIVATE_H
#define CORE_ARGV_PRIVATE_H

#include "core/argv.h"

/* Between the files of the argument model. */

int argv_add_word(struct argv *argv, enum argv_kind kind, struct bytes word);
/* Sorts them anew, after their words have changed. */
void argv_sort_commands(struct argv_item *script);

/* A row of core/argv.def. */
struct program {
	const char *name; /* "ls", "git push" */
	enum program_kind kind;
	const char *options;
	int operands; /* of a wrapper: words before the command; -1: assignments */
	/* Of a filter: */
	bool (*is_harmless)(struct bytes code);
	const char *code, *changes;
};

/* The row of a program, or NULL; `subcommand` (may be none) is its first argument. */
const struct program *program_find(struct bytes name, struct bytes subcommand);
/* The last component of a name. */
struct bytes program_base(struct bytes name);
/* The same without a version. */
struct bytes program_plain(struct bytes name);

/* How an option is used, and what it is sorted by. */
enum option_kind { OPTION_NONE, OPTION_FLAG, OPTION_VALUE, OPTION_MAYBE };
/* `name` is "-x" or "--long"; ret_key gets the first of those whose order among
 * each other counts. */
enum option_kind program_option(const struct program *program, struct bytes name,
				struct bytes *ret_key);

/* Words of a command, behind its name; behind which depth of commands in commands. */
struct words {
	const struct bytes *word;
	size_t count;
	unsigned depth;
};
#define ARGV_DEPTH_MAX 4

/* Appends the canonical form of the arguments of a program.  0, -ENOMEM. */
int argv_add_arguments(struct argv *argv, struct bytes program, const struct words *words);
/* As they are. */
int argv_add_verbatim(struct argv *argv, const struct words *words);
/* By options that are known: 1 where one is not, and nothing was added (argv_known.c). */
int argv_add_known(struct argv *argv, const struct program *program, const struct words *words);

/* Whether it is certain that the code does the same with any file: writes nothing but to its output
 * and the file it came from, and runs nothing (filter_code.c). */
bool filter_is_harmless_sed(struct bytes code);
bool filter_is_harmless_awk(struct bytes code);

/* Takes the text of a shell apart into `script`: 0; 1 where it is not certain what it does;
 * -ENOMEM (shell.c). */
int shell_parse(struct bytes text, unsigned depth, struct argv_item *script);

#endif
