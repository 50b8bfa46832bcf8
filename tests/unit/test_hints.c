/* Signs that what was used was not needed. */
#include "analyzer/hints.h"

#include "tests/unit/analyzer_fixture.h"

static void find(struct hints *hints, struct store *store, struct evidence *evidence)
{
	static const struct propose_options options = { .agent = "ada" };
	static struct error err;

	err = (struct error){ 0 };
	assert_done(evidence_collect(evidence, store, &options, &err), &err);
	*hints = (struct hints){
		.evidence = evidence, .store = store, .options = &options, .err = &err
	};
	assert_done(hints_find(hints), &err);
}

static void assert_only(const struct hints *hints, enum hint_kind kind, const char *witness)
{
	for (int at = 0; at < HINT_KINDS; at++)
		assert_int_equal(hints->of[at].count, at == (int)kind && witness);
	if (witness)
		assert_string_equal(hints->of[kind].witness[0], witness);
}

static void tell_of(const struct fact *fact, size_t count, enum hint_kind kind, const char *witness)
{
	struct store *store = open_store("a.db");
	struct evidence evidence = { 0 };
	struct hints hints;

	tell(store, &(struct story){ "1", .fact = fact, .count = count });
	find(&hints, store, &evidence);
	assert_only(&hints, kind, witness);
	hints_release(&hints);
	evidence_release(&evidence);
	store_close(store);
}

#define TELL(list, kind, witness) tell_of(list, sizeof(list) / sizeof *(list), kind, witness)

static void refused_and_then_done(void **state)
{
	static const struct fact again[] = {
		FACT(FILE, WRITE, "/etc/x", .outcome = OUTCOME_DENIED, .first_ns = 5, .last_ns = 5),
		FACT(FILE, RENAME, "/etc/x", .first_ns = 7, .last_ns = 7),
	};
	static const struct fact before[] = {
		FACT(FILE, RENAME, "/etc/x", .first_ns = 1, .last_ns = 1),
		FACT(FILE, WRITE, "/etc/x", .outcome = OUTCOME_DENIED, .first_ns = 5, .last_ns = 5),
		FACT(FILE, WRITE, "/etc/y", .first_ns = 7, .last_ns = 7),
	};

	(void)state;
	TELL(again, HINT_escalated, "write file, then rename /etc/x");
	TELL(before, HINT_escalated, NULL);
}

static void programs_that_give_privilege(void **state)
{
	static const struct fact fact[] = {
		FACT(PROGRAM, EXEC, "/usr/bin/sudo"),
		FACT(PROGRAM, EXEC, "/usr/bin/pseudo"),
	};

	(void)state;
	TELL(fact, HINT_privilege, "exec /usr/bin/sudo");
}

static void folders_listed_for_one_file(void **state)
{
	static const struct fact one[] = {
		FACT(FILE, LIST, "/a/b"),
		FACT(FILE, READ, "/a/b/c"),
		FACT(FILE, STAT, "/a/b/d"),
	};
	static const struct fact two[] = {
		FACT(FILE, LIST, "/a/b"),
		FACT(FILE, READ, "/a/b/c"),
		FACT(FILE, READ, "/a/b/d"),
	};

	(void)state;
	TELL(one, HINT_listed, "list /a/b for /a/b/c");
	TELL(two, HINT_listed, NULL);
}

static void searches(void **state)
{
	struct fact fact[20];
	char name[20][16];

	(void)state;
	for (int i = 0; i < 20; i++) {
		snprintf(name[i], sizeof name[i], "/q/%c", 'a' + i);
		fact[i] = (struct fact){ .resource = RESOURCE_FILE,
					 .action = ACTION_READ,
					 .outcome = OUTCOME_ABSENT,
					 .name = bytes_of(name[i]) };
	}
	TELL(fact, HINT_probed, "20 in /q, like /q/a");
	tell_of(fact, 19, HINT_probed, NULL);
}

static void add_image(struct store *store, int64_t seq, int64_t parent, const char *program,
		      struct bytes argv)
{
	const struct image image = { .seq = seq,
				     .parent = parent,
				     .pid = 7,
				     .program = bytes_of(program),
				     .argv = argv,
				     .cwd = BYTES("/") };
	struct error err = { 0 };

	assert_done(store_add_image(store, 1, &image, &err), &err);
}

static void shells_that_ran_one_program(void **state)
{
	static const struct fact fact[] = { READ("/w/a") };
	struct store *store = open_store("a.db");
	struct evidence evidence = { 0 };
	struct hints hints;

	(void)state;
	tell(store, &(struct story){ "1", .ending = DIES, FACTS(fact) });
	add_image(store, 2, 1, "/usr/bin/dash", BYTES("sh\0-c\0git status\0"));
	add_image(store, 3, 2, "/usr/bin/git", BYTES("git\0status\0"));
	add_image(store, 4, 1, "/usr/bin/dash", BYTES("sh\0-c\0a; b\0"));
	add_image(store, 5, 4, "/usr/bin/a", BYTES("a\0"));
	add_image(store, 6, 4, "/usr/bin/b", BYTES("b\0"));
	add_image(store, 7, 1, "/usr/bin/dash", BYTES("sh\0script\0"));
	add_image(store, 8, 7, "/usr/bin/c", BYTES("c\0"));
	find(&hints, store, &evidence);
	assert_only(&hints, HINT_shell, "/usr/bin/git, 1 time");
	hints_release(&hints);
	evidence_release(&evidence);
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused_and_then_done),
		cmocka_unit_test(programs_that_give_privilege),
		cmocka_unit_test(folders_listed_for_one_file),
		cmocka_unit_test(searches),
		cmocka_unit_test(shells_that_ran_one_program),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
