/* Runs: what is kept of each, its state, and how one is found. */
#include "tests/unit/store_fixture.h"

#include <errno.h>
#include <sys/wait.h>

static void assert_bytes(struct bytes got, struct bytes want)
{
	assert_int_equal(!got.data, !want.data);
	assert_int_equal(got.size, want.size);
	if (want.size)
		assert_memory_equal(got.data, want.data, want.size);
}

static void assert_same_run(const struct run *got, const struct run *want)
{
	assert_int_equal(got->key, want->key);
	assert_string_equal(got->id, want->id);
	assert_string_equal(got->agent, want->agent);
	assert_string_equal(got->task, want->task);
	assert_string_equal(got->host, want->host);
	assert_string_equal(got->kernel, want->kernel);
	assert_string_equal(got->version, want->version);
	assert_string_equal(got->assurance, want->assurance);
	assert_string_equal(got->clock, want->clock);
	assert_string_equal(got->recorder, want->recorder);
	assert_int_equal(got->uid, want->uid);
	assert_bytes(got->command, want->command);
	assert_bytes(got->cwd, want->cwd);
	assert_bytes(got->workspace, want->workspace);
	assert_bytes(got->home, want->home);
	assert_bytes(got->tmp, want->tmp);
	assert_int_equal(got->started_ns, want->started_ns);
	assert_int_equal(got->ended_ns, want->ended_ns);
	assert_int_equal(got->stops, want->stops);
	assert_int_equal(got->calls, want->calls);
}

static void find(struct store *store, const char *which, const char *want)
{
	scoped(run) struct run run = { 0 };
	struct error err = { 0 };

	assert_done(store_find_run(store, which, &run, &err), &err);
	assert_string_equal(run.id, want);
}

static void find_fails(struct store *store, const char *which, int status, const char *part)
{
	struct run run = { .key = 42 };
	struct error err = { 0 };

	assert_int_equal(store_find_run(store, which, &run, &err), status);
	assert_int_equal(run.key, 42);
	assert_says(&err, part);
}

#define RUN_A "abcd0000000000000000000000000001"
#define RUN_B "abcd0000000000000000000000000002"
#define RUN_C "0123456789abcdef0123456789abcdef"

static void finds_a_run(void **state)
{
	struct store *store = open_store("find.db", STORE_WRITE);

	(void)state;
	find_fails(store, "last", -ENOENT, "nothing was recorded yet");
	add_sample(store, RUN_C);
	add_sample(store, RUN_A);
	add_sample(store, RUN_B);
	find(store, RUN_A, RUN_A);
	find(store, "0123", RUN_C);
	find(store, "012345", RUN_C);
	find(store, "last", RUN_B); /* all began at once, and this was added last */
	find_fails(store, "abcd", -EINVAL, RUN_B ", " RUN_A);
	find_fails(store, "abcd", -EINVAL, "more than one");
	find_fails(store, "abce", -ENOENT, "no run begins so");
	find_fails(store, "012", -EINVAL, "at least 4 digits");
	find_fails(store, "", -EINVAL, "at least 4 digits");
	find_fails(store, "ABCD", -EINVAL, "not a run");
	find_fails(store, "0123\x1b[31m", -EINVAL, "0123\\x1b[31m");
	find_fails(store, RUN_C "0", -EINVAL, "not a run");
	find_fails(store, "%%%%", -EINVAL, "not a run");
	store_close(store);
}

static void names_only_some_candidates(void **state)
{
	struct store *store = open_store("some.db", STORE_WRITE);
	char id[33];

	(void)state;
	for (int i = 0; i < 5; i++) {
		snprintf(id, sizeof id, "abcd%028d", i);
		add_sample(store, id);
	}
	find_fails(store, "abcd", -EINVAL, "0004, abcd");
	find_fails(store, "abcd", -EINVAL, "0002, ...");
	store_close(store);
}

static void keeps_a_run(void **state)
{
	struct store *store = open_store("run.db", STORE_WRITE);
	struct run run = sample_run(""), full;
	scoped(run) struct run got = { 0 };
	struct error err = { 0 };

	(void)state;
	full = run;
	full.command = BYTES("a\0\xff\n\0\0");
	full.cwd = BYTES("/cwd \xff");
	full.workspace = BYTES("/work");
	full.home = BYTES("/home");
	full.tmp = BYTES("");
	full.uid = UINT32_MAX;
	full.started_ns = INT64_C(1795244400000000001);
	assert_done(store_add_run(store, &full, &err), &err);
	assert_done(store_find_run(store, full.id, &got, &err), &err);
	assert_same_run(&got, &full);
	assert_int_equal(got.status, -1);
	assert_int_equal(got.state, RUN_INCOMPLETE);
	assert_int_equal(got.gaps, 0);
	run_release(&got);

	full.ended_ns = full.started_ns + 1;
	full.status = 130;
	full.stops = 7;
	full.calls = 8;
	assert_done(store_end_run(store, &full, full.ended_ns, &err), &err);
	assert_done(store_find_run(store, "last", &got, &err), &err);
	assert_same_run(&got, &full);
	assert_int_equal(got.status, 130);
	assert_int_equal(got.state, RUN_COMPLETE);
	assert_int_equal(store_end_run(store, &full, 1, &err), -EINVAL); /* once only */
	assert_says(&err, "was ended before");
	store_close(store);
}

static enum run_state state_with(struct store *store, const char *recorder)
{
	scoped(run) struct run got = { 0 };
	struct run run = sample_run("");
	struct error err = { 0 };

	run.recorder = recorder;
	assert_done(store_add_run(store, &run, &err), &err);
	assert_done(store_find_run(store, run.id, &got, &err), &err);
	return got.state;
}

/* What a process that has ended said of itself; it stays a zombie until waitpid(). */
static pid_t end_a_recorder(char identity[static 100])
{
	int end[2];
	pid_t pid;

	assert_int_equal(pipe(end), 0);
	pid = fork();
	if (!pid) {
		scoped(buffer) struct buffer mine = { 0 };

		if (store_recorder_identity(&mine) || write(end[1], mine.data, mine.size) < 0)
			_exit(1);
		_exit(0);
	}
	assert_int_equal(waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT), 0);
	identity[read(end[0], identity, 99)] = '\0';
	close(end[0]);
	close(end[1]);
	return pid;
}

static void knows_a_living_recorder(void **state)
{
	struct store *store = open_store("live.db", STORE_WRITE);
	scoped(buffer) struct buffer mine = { 0 }, other = { 0 };
	char zombie[100];
	pid_t pid;

	(void)state;
	assert_int_equal(store_recorder_identity(&mine), 0);
	assert_int_equal(state_with(store, buffer_text(&mine)), RUN_RECORDING);
	/* The number went to another process. */
	buffer_printf(&other, "%.36s:%d:1", buffer_text(&mine), getpid());
	assert_int_equal(state_with(store, buffer_text(&other)), RUN_INCOMPLETE);
	/* The machine was started again. */
	mine.data[0] ^= 1;
	assert_int_equal(state_with(store, buffer_text(&mine)), RUN_INCOMPLETE);

	pid = end_a_recorder(zombie);
	assert_non_null(strchr(zombie, ':'));
	assert_int_equal(state_with(store, zombie), RUN_INCOMPLETE);
	waitpid(pid, NULL, 0);
	assert_int_equal(state_with(store, zombie), RUN_INCOMPLETE);
	assert_int_equal(state_with(store, ""), RUN_INCOMPLETE);
	assert_int_equal(state_with(store, "x:99999999999999999999:1"), RUN_INCOMPLETE);
	store_close(store);
}

struct listed {
	struct store *store;
	int count;
	struct buffer ids;
};

/* Asks the store about the run while the store is listing runs. */
static int list_run(void *context, const struct run *run)
{
	struct listed *listed = context;

	find(listed->store, run->id, run->id);
	assert_int_equal(run->gaps, 1);
	listed->count++;
	buffer_append(&listed->ids, run->id, 2);
	return listed->count == 4 ? -ECANCELED : 0;
}

static void list(struct store *store, struct run_filter filter, const char *want)
{
	struct listed listed = { .store = store };
	struct error err = { 0 };

	assert_done(store_each_run(store, &filter, list_run, &listed, &err), &err);
	assert_string_equal(buffer_text(&listed.ids), want);
	buffer_release(&listed.ids);
}

static void add_many(struct store *store)
{
	static const struct {
		const char *id, *agent, *task;
		int64_t started_ns;
	} row[] = {
		{ "11", "x", "t", 300 },
		{ "22", "x", "u", 100 },
		{ "33", "y", "t", 200 },
	};
	struct gap gap = { .seq = 1, .kind = GAP_LOST };
	struct error err = { 0 };

	for (int i = 0; i < 3; i++) {
		struct run run = sample_run("");

		snprintf(run.id, sizeof run.id, "%s%030d", row[i].id, 0);
		run.agent = row[i].agent;
		run.task = row[i].task;
		run.started_ns = row[i].started_ns;
		assert_done(store_add_run(store, &run, &err), &err);
		assert_done(store_put_gap(store, run.key, &gap, &err), &err);
	}
}

static void lists_runs(void **state)
{
	struct store *store = open_store("list.db", STORE_WRITE);
	struct listed listed = { .store = store };
	struct error err = { 0 };

	(void)state;
	add_many(store);
	list(store, (struct run_filter){ 0 }, "223311");
	list(store, (struct run_filter){ .agent = "x" }, "2211");
	list(store, (struct run_filter){ .task = "t" }, "3311");
	list(store, (struct run_filter){ .agent = "x", .task = "t" }, "11");
	list(store, (struct run_filter){ .since_ns = 200 }, "3311");
	list(store, (struct run_filter){ .until_ns = 200 }, "22");
	list(store, (struct run_filter){ .agent = "nobody" }, "");
	assert_done(store_each_run(store, NULL, list_run, &listed, &err), &err);
	assert_int_equal(listed.count, 3);
	assert_int_equal(store_each_run(store, NULL, list_run, &listed, &err), -ECANCELED);
	buffer_release(&listed.ids);
	store_close(store);
}

/* An id is printed as it is, so a foreign database must not smuggle anything in. */
static int expect_harmless(void *context, const struct run *run)
{
	(void)context;
	assert_string_equal(run->id, "????");
	return 0;
}

static void shows_no_foreign_id(void **state)
{
	struct store *store = open_store("foreign.db", STORE_WRITE);
	struct error err = { 0 };

	(void)state;
	add_sample(store, "");
	tamper("foreign.db", "UPDATE run SET uuid = char(27) || '[m' || char(10)");
	assert_done(store_each_run(store, NULL, expect_harmless, NULL, &err), &err);
	store_close(store);
}

static int expect_policy(void *context, const struct stored_policy *policy)
{
	int *seen = context;

	assert_string_equal(policy->agent, "x");
	assert_string_equal(policy->digest, ++*seen == 1 ? "d1" : "d2");
	assert_string_equal(policy->parent, *seen == 1 ? "" : "d1");
	assert_int_equal(policy->created_ns, *seen * 10);
	assert_bytes(policy->document, BYTES("<policy/>\xff"));
	return 0;
}

static void keeps_policies(void **state)
{
	struct store *store = open_store("policy.db", STORE_WRITE);
	struct stored_policy policy = { .agent = "x", .digest = "d1", .created_ns = 10 };
	struct error err = { 0 };
	int seen = 0;

	(void)state;
	policy.document = BYTES("<policy/>\xff");
	assert_done(store_add_policy(store, &policy, &err), &err);
	assert_done(store_add_policy(store, &policy, &err), &err); /* is kept once */
	policy.digest = "d2";
	policy.parent = "d1";
	policy.created_ns = 20;
	assert_done(store_add_policy(store, &policy, &err), &err);
	assert_done(store_each_policy(store, "x", expect_policy, &seen, &err), &err);
	assert_int_equal(seen, 2);
	assert_done(store_each_policy(store, "y", expect_policy, &seen, &err), &err);
	assert_int_equal(seen, 2);
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(finds_a_run),	  cmocka_unit_test(names_only_some_candidates),
		cmocka_unit_test(keeps_a_run),	  cmocka_unit_test(knows_a_living_recorder),
		cmocka_unit_test(lists_runs),	  cmocka_unit_test(shows_no_foreign_id),
		cmocka_unit_test(keeps_policies),
	};

	return cmocka_run_group_tests_name("store runs", test, enter_folder, leave_folder);
}
