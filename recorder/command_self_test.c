#include "core/command.h"
#include "core/error.h"
#include "core/store.h"
#include "recorder/calls/calls.h"
#include "recorder/record.h"
#include "recorder/selftest/self_test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

enum { OPTION_VERBOSE = 'v', OPTION_ACT = 0x200 };

struct self_test_options {
	const char *db;
	bool verbose;
};

static const struct argp_option option[] = {
	{ "verbose", OPTION_VERBOSE, 0, 0, "print a line for each check", 1 },
	{ "act", OPTION_ACT, "DIR", OPTION_HIDDEN, 0, 1 }, /* the recorded child */
	COMMAND_DB_OPTION,
	{ 0 }
};

/* A program that the recorded child executes has its environment. */
static bool is_leaf(void)
{
	const char *part = getenv("PARE_SELF_TEST");

	return part && !strcmp(part, "leaf");
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct self_test_options *options = state->input;

	switch (key) {
	case COMMAND_DB:
		options->db = text;
		return 0;
	case OPTION_VERBOSE:
		options->verbose = true;
		return 0;
	case OPTION_ACT:
		act_all(text);
	case ARGP_KEY_ARG:
		if (is_leaf())
			act_leaf(text);
		argp_error(state, "'%s': it takes no argument", text);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option,
	.parser = parse,
	.doc = "Record a child that makes one access of every kind, and check that each is seen.\v"
	       "`pare record` does this by itself before the first recording of each build on a "
	       "kernel.  Exit status: 0 when everything was seen, else 1.",
};

static void print_check(const struct self_test *test, size_t i)
{
	static const char *const verdict[] = { "seen", "not here", "filtered", "NOT SEEN" };
	const struct check *check = &check_row[i];

	printf("%-9s %-46s ", verdict[test->verdict[i]], check->what);
	if (check->gap)
		puts("counted as a gap");
	else
		printf("%s %s %s %s\n", resource_text(check->resource), action_text(check->action),
		       check->name, outcome_text(test->outcome[i]));
}

static void print_result(const struct self_test *test)
{
	struct utsname system;

	uname(&system);
	printf("self-test: %d checks, ", CHECK_COUNT);
	if (test->count[VERDICT_SEEN] == CHECK_COUNT)
		fputs("all seen", stdout);
	else
		printf("%zu seen", test->count[VERDICT_SEEN]);
	if (test->count[VERDICT_NOT_HERE])
		printf(", %zu impossible on this system", test->count[VERDICT_NOT_HERE]);
	if (test->count[VERDICT_FILTERED])
		printf(", %zu refused by a filter around pare", test->count[VERDICT_FILTERED]);
	if (test->count[VERDICT_NOT_SEEN])
		printf(", %zu not seen", test->count[VERDICT_NOT_SEEN]);
	printf(" (%s %.*s, %s)\n", system.sysname, (int)strspn(system.release, "0123456789."),
	       system.release, !strcmp(system.machine, "x86_64") ? "x86-64" : system.machine);
}

/* The next `pare record` need not repeat what is known now; where there is no database there is
 * nothing to remember it by. */
static void remember(const struct self_test_options *options, bool passed)
{
	struct error ignored = { 0 };
	struct store *store;

	if (store_open(&store, options->db, STORE_READ, &ignored) < 0)
		return;
	if (passed)
		self_test_remember(store_path(store));
	else
		self_test_forget(store_path(store));
	store_close(store);
}

static int test_system(const struct self_test_options *options, const struct call_table *table,
		       struct error *err)
{
	scoped(self_test) struct self_test test = { 0 };
	int r = self_test_run(table, NULL, &test, err);

	if (r < 0)
		return r;
	for (size_t i = 0; options->verbose && i < CHECK_COUNT; i++)
		print_check(&test, i);
	print_result(&test);
	return self_test_judge(&test, err);
}

int command_self_test(int argc, char **argv, const struct house *house)
{
	struct self_test_options options = { 0 };
	struct call_table *table = malloc(sizeof *table);
	struct launch inherited = { 0 };
	struct error err = { 0 };
	int r;

	(void)house;
	command_parse(&argp, argc, argv, &options);
	if (!table) {
		error_set(&err, ENOMEM, "test this system");
		return command_fail(&err);
	}
	call_table_fill(table);
	record_take_signals(&inherited);
	r = test_system(&options, table, &err);
	free(table);
	remember(&options, r == 0);
	return r < 0 ? command_fail(&err) : COMMAND_DONE;
}
