/* What is said of held-out runs is what happens to them. */
#include "analyzer/quality.h"

#include "analyzer/check.h"
#include "analyzer/chosen.h"
#include "analyzer/evidence.h"
#include "analyzer/excess.h"
#include "analyzer/feasible.h"
#include "analyzer/objective.h"
#include "analyzer/presets.h"
#include "analyzer/propose.h"
#include "tests/unit/analyzer_fixture.h"

#include <sys/stat.h>

#define RUNS_MAX  12
#define FACTS_MAX 24

/* Facts of runs, whose names are made while the test runs. */
struct saga {
	struct fact fact[RUNS_MAX][FACTS_MAX];
	char name[RUNS_MAX][FACTS_MAX][64];
	size_t count[RUNS_MAX], runs;
	const char *task[RUNS_MAX];
};

__attribute__((format(printf, 4, 5))) static void add(struct saga *saga, size_t run,
						      enum action action, const char *format, ...)
{
	size_t at = saga->count[run]++;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(saga->name[run][at], sizeof saga->name[run][at], format, arguments);
	va_end(arguments);
	saga->fact[run][at] = (struct fact){ .resource = RESOURCE_FILE,
					     .action = action,
					     .name = bytes_of(saga->name[run][at]),
					     .own = action != ACTION_READ,
					     .first_ns = 20,
					     .last_ns = 30 };
	saga->runs = run + 1 > saga->runs ? run + 1 : saga->runs;
}

/* Tells all runs but one; SIZE_MAX: all. */
static struct store *tell_saga(const struct saga *saga, const char *path, size_t but)
{
	struct store *store = open_store(path);

	for (size_t i = 0; i < saga->runs; i++) {
		char id[24];

		if (i == but)
			continue;
		snprintf(id, sizeof id, "%zu", i + 1);
		tell(store,
		     &(struct story){ id, .task = saga->task[i], .started_ns = (int64_t)i + 1,
				      .fact = saga->fact[i], .count = saga->count[i] });
	}
	return store;
}

static struct policy_quality measured(const struct saga *saga, const char *preset)
{
	struct propose_options options = { .agent = "ada" };
	struct store *store = tell_saga(saga, "a.db", SIZE_MAX);
	scoped(evidence) struct evidence evidence = { 0 };
	struct policy_quality quality = { 0 };
	struct error err = { 0 };

	assert_done(evidence_collect(&evidence, store, &options, &err), &err);
	assert_done(preset_apply(preset_find(preset), &evidence, &quality, &err), &err);
	store_close(store);
	return quality;
}

static void equal_runs_deny_nothing(void **state)
{
	static struct saga saga;
	struct policy_quality quality;

	(void)state;
	memset(&saga, 0, sizeof saga);
	for (size_t i = 0; i < 10; i++)
		add(&saga, i, ACTION_READ, "/w/a");
	quality = measured(&saga, "literal");
	assert_int_equal(quality.runs_tried, 10);
	assert_int_equal(quality.runs_denied, 0);
	assert_int_equal(quality.later_tried, 9);
	assert_int_equal(quality.later_denied, 0);
	assert_int_equal(quality.tasks_tried, 0);
	assert_int_equal(quality.uses_tried, 10);
	assert_int_equal(quality.lone_runs, 0);
}

static void chance_is_foretold(void **state)
{
	static struct saga saga;
	struct policy_quality literal, balanced;

	(void)state;
	memset(&saga, 0, sizeof saga);
	srand(3);
	for (size_t i = 0; i < 10; i++) {
		unsigned chance = (unsigned)rand();

		add(&saga, i, ACTION_READ, "/w/a");
		add(&saga, i, ACTION_CREATE, "/tmp/x-%08x.tmp", chance);
		add(&saga, i, ACTION_WRITE, "/tmp/x-%08x.tmp", chance);
		add(&saga, i, ACTION_DELETE, "/tmp/x-%08x.tmp", chance);
	}
	literal = measured(&saga, "literal");
	assert_int_equal(literal.runs_denied, 10);
	assert_int_equal(literal.uses_denied, 30);
	assert_int_equal(literal.uses_tried, 40);
	assert_int_equal(literal.lone_runs, 10);
	assert_int_equal(literal.later_denied, 9);
	balanced = measured(&saga, "balanced");
	assert_int_equal(balanced.runs_tried, 10);
	assert_int_equal(balanced.runs_denied, 0);
	assert_int_equal(balanced.uses_denied, 0);
	/* The second run cannot be foretold from the first alone. */
	assert_int_equal(balanced.later_denied, 1);
}

static void tasks_are_taken_out_whole(void **state)
{
	static struct saga saga;
	struct policy_quality quality;

	(void)state;
	memset(&saga, 0, sizeof saga);
	for (size_t i = 0; i < 6; i++) {
		saga.task[i] = i % 2 ? "odd" : "even";
		add(&saga, i, ACTION_READ, "/w/common");
		if (i % 2)
			add(&saga, i, ACTION_READ, "/w/odd");
	}
	quality = measured(&saga, "literal");
	assert_int_equal(quality.runs_denied, 0);
	assert_int_equal(quality.tasks_tried, 2);
	assert_int_equal(quality.tasks_denied, 1);
	assert_int_equal(quality.later_tried, 5);
	assert_int_equal(quality.later_denied, 1);
}

static void one_run_tells_nothing(void **state)
{
	static struct saga saga;
	struct policy_quality quality;

	(void)state;
	memset(&saga, 0, sizeof saga);
	add(&saga, 0, ACTION_READ, "/w/a");
	quality = measured(&saga, "balanced");
	assert_int_equal(quality.runs_tried, 0);
	assert_int_equal(quality.later_tried, 0);
}

/* A run of chance: of few names, so that some are in several runs, and some are a run's alone. */
static void invent(struct saga *saga)
{
	static const enum action action[] = { ACTION_READ, ACTION_WRITE, ACTION_DELETE };

	memset(saga, 0, sizeof *saga);
	for (size_t run = 0; run < 6; run++)
		for (int i = 0; i < 4; i++) {
			size_t at = saga->count[run];

			add(saga, run, action[rand() % 3], "/w/f%d", rand() % 12);
			saga->fact[run][at].own = rand() % 2;
		}
}

static bool is_denied_for_real(const struct saga *saga, size_t run)
{
	struct propose_options options = { .agent = "ada", .preset = "literal" };
	struct store *without = tell_saga(saga, "a.db", run);
	struct store *with = tell_saga(saga, "b.db", SIZE_MAX);
	struct policy policy = { 0 };
	struct check check = { .policy = &policy };
	struct error err = { 0 };
	struct run left_out = { 0 };
	char id[33];
	bool denied;

	snprintf(id, sizeof id, "%032zu", run + 1);
	assert_done(propose(without, &options, &policy, &err), &err);
	assert_done(store_find_run(with, id, &left_out, &err), &err);
	assert_done(check_run(&check, with, &left_out, &err), &err);
	denied = check.violation;
	check_release(&check);
	run_release(&left_out);
	policy_release(&policy);
	store_close(without);
	store_close(with);
	return denied;
}

static void what_is_foretold_happens(void **state)
{
	static struct saga saga;

	(void)state;
	srand(11);
	for (int round = 0; round < 12; round++) {
		struct policy_quality quality;
		int64_t denied = 0;

		invent(&saga);
		quality = measured(&saga, "literal");
		for (size_t run = 0; run < saga.runs; run++)
			denied += is_denied_for_real(&saga, run);
		assert_int_equal(quality.runs_tried, saga.runs);
		assert_int_equal(quality.runs_denied, denied);
	}
}

/* ---- what people call things ---- */

static bool infers(const char *const *name, size_t count, const char *wanted)
{
	scoped(varying) struct varying varying = { 0 };
	scoped(buffer) struct buffer text = { 0 };
	struct bytes names[8];

	for (size_t i = 0; i < count; i++)
		names[i] = bytes_of(name[i]);
	if (chosen_infer(names, count, &varying) != 0)
		return !wanted;
	varying_write(&varying, &text);
	if (wanted && !strcmp(buffer_text(&text), wanted))
		return true;
	print_error("%s\n", buffer_text(&text));
	return false;
}

static void words_keep_their_ends(void **state)
{
	static const char *const plain[] = { "alpha.c", "beta.c", "gamma_2.c" };
	static const char *const begun[] = { "test_a.py", "test_bc.py" };
	static const char *const dots[] = { "a.b.json", "cd.json" };
	static const char *const short_dots[] = { "a.b.json", "c.json" };
	static const char *const none[] = { "Makefile", "README" };
	struct buffer key = { 0 };

	(void)state;
	assert_true(infers(plain, 3, "{token:1-64}.c"));
	assert_true(infers(begun, 2, "test_{token:1-64}.py"));
	assert_true(infers(dots, 2, "{token:1}{name:1-64}.json"));
	assert_true(infers(short_dots, 2, NULL));
	assert_true(infers(none, 2, "{token:1-64}"));
	chosen_key(BYTES(".env"), &key);
	chosen_key(BYTES("two words"), &key);
	assert_int_equal(key.size, 0);
	buffer_release(&key);
}

static void harm_depends_on_the_place(void **state)
{
	(void)state;
	assert_string_equal(place_of(BYTES("$WS/src/a.c"))->folder, "$WS");
	assert_string_equal(place_of(BYTES("$WSx/a.c"))->folder, "");
	assert_string_equal(place_of(BYTES("/usr/lib/x"))->folder, "/usr");
	assert_string_equal(place_of(BYTES("/usrlocal/x"))->folder, "");
	assert_int_equal(cost_of_excess(5, ACTION_READ, false, 0), 0);
	assert_int_equal(cost_of_excess(5, ACTION_READ, false, 1), 5);
	assert_int_equal(cost_of_excess(5, ACTION_WRITE, false, 3), 30);
	assert_int_equal(cost_of_excess(5, ACTION_DELETE, true, 3), 10);
	assert_int_equal(cost_of_excess(30, ACTION_READ, false, UINT64_C(1) << 40), 1200);
}

/* ---- what a policy admits on this machine ---- */

static void touch(const char *name)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	fclose(file);
}

/* What one permission to read names below this folder admits. */
static struct excess excess_of(const char *below)
{
	struct propose_options options = { .agent = "ada" };
	scoped(evidence) struct evidence evidence = { 0 };
	scoped(policy) struct policy policy = { .agent = strdup("ada") };
	struct excess excess = { 0 };
	struct error err = { 0 };
	struct rule rule = { .resource = RESOURCE_FILE,
			     .action = ACTION_READ,
			     .justification = strdup("a test") };
	struct store *store = open_store("a.db");
	struct fact fact[] = { READ("/w/a") };
	char *here = getcwd(NULL, 0);

	tell(store, &(struct story){ "1", FACTS(fact) });
	assert_done(evidence_collect(&evidence, store, &options, &err), &err);
	store_close(store);
	assert_true(asprintf(&rule.pattern, "%s/%s", here, below) > 0);
	assert_int_equal(policy_add(&policy, &rule), 0);
	assert_done(policy_finish(&policy, NULL, &err), &err);
	assert_int_equal(excess_count(&policy, &evidence, &excess), 0);
	free(here);
	return excess;
}

static void excess_is_what_is_there(void **state)
{
	static const char *const name[] = { "sub/n12.txt", "sub/n7.txt", "sub/nx.txt", "sub/.env" };
	struct excess excess;

	(void)state;
	assert_int_equal(mkdir("sub", 0700), 0);
	for (size_t i = 0; i < 4; i++)
		touch(name[i]);
	excess = excess_of("sub/n{digit:1-4}.txt");
	assert_int_equal(excess.temporary, 2);
	assert_int_equal(excess.sensitive, 0);
	excess_release(&excess);
	excess = excess_of("sub/**");
	assert_int_equal(excess.temporary, 3);
	assert_int_equal(excess.sensitive, 1);
	assert_non_null(strstr(excess.example, "/sub/.env"));
	excess_release(&excess);
	for (size_t i = 0; i < 4; i++)
		unlink(name[i]);
	assert_int_equal(rmdir("sub"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_runs_deny_nothing),
		cmocka_unit_test(chance_is_foretold),
		cmocka_unit_test(tasks_are_taken_out_whole),
		cmocka_unit_test(one_run_tells_nothing),
		cmocka_unit_test(what_is_foretold_happens),
		cmocka_unit_test(words_keep_their_ends),
		cmocka_unit_test(harm_depends_on_the_place),
		cmocka_unit_test(excess_is_what_is_there),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
