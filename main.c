/* The program in one table: core/commands.def.  The three parts meet here and nowhere else. */
#include "analyzer/audit/audit.h"
#include "analyzer/propose.h"
#include "analyzer/protect_why.h"
#include "core/command.h"
#include "recorder/dryrun/sweep.h"
#include "reports/summary.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *arguments, *help;
	command *run;
} command_row[] = {
#define COMMAND(name, arguments, help) { #name, arguments, help, command_##name },
#include "core/commands.def"
	{ NULL, NULL, NULL, NULL }
};

static const struct house house = {
	.propose = propose,
	.audit = audit_make,
	.summarize = summarize,
	.protects = protect_why,
	.sweep = sweep,
};

/* Rows are named as in C, commands as on a command line: self_test, self-test. */
static const char *row_name(size_t row, char name[static 32])
{
	snprintf(name, 32, "%s", command_row[row].name);
	for (char *at = name; (at = strchr(at, '_'));)
		*at = '-';
	return name;
}

static void usage(FILE *out)
{
	char name[32];

	fputs("Usage: pare COMMAND [ARGUMENT...]\n"
	      "Shadow-run an AI agent, see what it really needs, and cut its permissions down to "
	      "that.\n\n",
	      out);
	for (size_t i = 0; command_row[i].name; i++)
		fprintf(out, "  %-9s %-26s %s\n", row_name(i, name), command_row[i].arguments,
			command_row[i].help);
	fputs("\n`pare COMMAND --help` says more about one.  A RUN is an id, the start of one, or "
	      "`last`.\n",
	      out);
}

static int unknown(const char *name)
{
	fprintf(stderr, "pare: %s: no such command; `pare --help` lists them\n", name);
	return COMMAND_USAGE;
}

int main(int argc, char **argv)
{
	char title[64], name[32];

	setlocale(LC_CTYPE, "");
	if (argc < 2) {
		usage(stderr);
		return COMMAND_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return COMMAND_DONE;
	}
	if (!strcmp(argv[1], "--version")) {
		puts("pare " PARE_VERSION);
		return COMMAND_DONE;
	}
	for (size_t i = 0; command_row[i].name; i++) {
		if (strcmp(argv[1], row_name(i, name)))
			continue;
		snprintf(title, sizeof title, "pare %s", argv[1]);
		argv[1] = title; /* argp names the program by it */
		return command_row[i].run(argc - 1, argv + 1, &house);
	}
	return unknown(argv[1]);
}
