/* What a report counts, and what it says of it.  `test_report FILE` fills FILE with ten weeks of a
 * pretend agent instead, to look at. */
#include "core/command.h"
#include "reports/html/page.h"
#include "reports/html/sections.h"
#include "tests/unit/report_fixture.h"

static const struct house no_house = { 0 };

/* ---- asking ---- */

static struct report_model load(const char *path, const char *agent, int64_t as_of_ns)
{
	struct report_request request = { .agent = agent, .as_of_ns = as_of_ns };
	struct store *store = open_store(path, STORE_READ);
	struct report_model model;
	struct error err = { 0 };

	assert_done(store_begin(store, &err), &err);
	assert_done(report_model_load(&model, store, &no_house, &request, &err), &err);
	store_close(store);
	return model;
}

static void load_fails(const char *path, const char *agent, int64_t as_of_ns, const char *why)
{
	struct report_request request = { .agent = agent, .as_of_ns = as_of_ns };
	struct store *store = open_store(path, STORE_READ);
	struct report_model model;
	struct error err = { 0 };

	assert_done(store_begin(store, &err), &err);
	assert_int_not_equal(report_model_load(&model, store, &no_house, &request, &err), 0);
	assert_says(&err, why);
	store_close(store);
}

/* The page, owned by the caller. */
static char *page_of(const struct report_model *model)
{
	struct error err = { 0 };
	struct page *page;
	size_t size;
	char *html;
	FILE *file = open_memstream(&html, &size);

	assert_done(report_page(model, &page, &err), &err);
	assert_int_equal(page_write(page, file), 0);
	fclose(file);
	page_close(page);
	return html;
}

static void assert_page(const struct report_model *model, const char *text, bool wanted)
{
	char *html = page_of(model);

	if (!strstr(html, text) == wanted)
		fail_msg("%s\"%s\" in the page", wanted ? "no " : "", text);
	assert_null(strstr(html, "(null)"));
	assert_null(strstr(html, "nan"));
	free(html);
}

static void enough_runs_of_the_same_are_enough(void **state)
{
	struct filling filling = { .store = open_store("db", STORE_WRITE) };
	struct report_model model;

	(void)state;
	for (int i = 0; i < 20; i++)
		same_run(&filling, i);
	store_close(filling.store);
	model = load("db", NULL, INT64_MAX);
	assert_int_equal(model.run_count, 20);
	assert_int_equal(report_used(&model), 3);
	assert_int_equal(model.accesses, 20 * 7);
	assert_int_equal(model.lone, 0);
	assert_int_equal(model.incidences, 60);
	assert_int_equal(model.run[0].new_uses, 3);
	assert_int_equal(model.run[19].new_uses, 0);
	assert_int_equal(model.as_of_ns, START_NS + 19 * DAY_NS + 90 * SECOND_NS);
	assert_true(report_is_complete(&model));
	assert_true(report_is_enough(&model));
	assert_page(&model, "Long enough for work of this kind", true);
	assert_page(&model, "Run 1 of 20 was the last to bring something new.", true);
	assert_page(&model, "None could be proposed: this program was built without", true);
	report_model_release(&model);

	model = load("db", "agent", START_NS + 18 * DAY_NS + 5);
	assert_int_equal(model.run_count, 19);
	assert_false(report_is_enough(&model));
	assert_page(&model, "Not yet: 19 runs were observed", true);
	report_model_release(&model);
	load_fails("db", "agent", START_NS - 1, "no run of it had started by then");
	load_fails("db", "nobody", INT64_MAX, "no such agent in");
	load_fails("db", "nobody", INT64_MAX, "it holds agent");
}

/* The 21st permission that only one run used is one too many for 20 runs. */
static void new_needs_are_not_enough(void **state)
{
	struct filling filling = { .store = open_store("db", STORE_WRITE) };
	struct report_model model;

	(void)state;
	for (int i = 0; i < 19; i++)
		same_run(&filling, i);
	begin_run(&filling, 19, "agent", "other task");
	start(&filling, "/usr/bin/cat", "x");
	read_file(&filling, "/w/b.c");
	did_own(&filling, ACTION_WRITE, "/tmp/scratch-1");
	end_run(&filling);
	store_close(filling.store);
	model = load("db", "agent", INT64_MAX);
	assert_int_equal(model.lone, 2);
	assert_int_equal(model.lone_own, 1);
	assert_int_equal(model.run[19].lone_uses, 2);
	assert_false(report_is_enough(&model));
	assert_page(&model, "the next run is expected to need about 0.10 permissions", true);
	assert_page(&model, "other task", true);
	assert_page(&model, "$TMP/scratch-1", true);
	report_model_release(&model);
}

/* Runs in different workspaces do the same. */
static void workspaces_add_up(void **state)
{
	struct filling filling = { .store = open_store("db", STORE_WRITE) };
	struct report_model model;

	(void)state;
	for (int i = 0; i < 2; i++) {
		filling.run = sample_run(i ? "00000000000000000000000000000001"
					   : "00000000000000000000000000000002");
		filling.run.workspace = i ? BYTES("/one/ws") : BYTES("/two/ws");
		filling.seq = filling.images = 0;
		assert_done(store_begin(filling.store, &filling.err), &filling.err);
		assert_done(store_add_run(filling.store, &filling.run, &filling.err), &filling.err);
		start(&filling, "/bin/sh", "x");
		read_file(&filling, i ? "/one/ws/a.c" : "/two/ws/a.c");
		end_run(&filling);
	}
	store_close(filling.store);
	model = load("db", "agent", INT64_MAX);
	assert_int_equal(report_used(&model), 1);
	assert_string_equal(model.object[0].name, "$WS/a.c");
	assert_int_equal(model.object[0].tally[OUTCOME_OK].runs, 2);
	report_model_release(&model);
}

static void outcomes_are_never_mixed(void **state)
{
	struct filling filling = { .store = open_store("db", STORE_WRITE) };
	struct report_model model;

	(void)state;
	begin_run(&filling, 0, "agent", "");
	start(&filling, "/bin/sh", "x");
	did(&filling, RESOURCE_FILE, ACTION_READ, OUTCOME_DENIED, "/etc/shadow", 5);
	did(&filling, RESOURCE_FILE, ACTION_READ, OUTCOME_ABSENT, "/etc/nothing", 7);
	did(&filling, RESOURCE_FILE, ACTION_WRITE, OUTCOME_FAILED, "/etc/failing", 11);
	did(&filling, RESOURCE_FILE, ACTION_WRITE, OUTCOME_UNKNOWN, "/etc/maybe", 13);
	did(&filling, RESOURCE_HOST, ACTION_CONNECT, OUTCOME_DENIED, "tcp/evil:1", 17);
	end_run(&filling);
	store_close(filling.store);
	model = load("db", "agent", INT64_MAX);
	assert_int_equal(report_used(&model), 1); /* what may have happened counts */
	assert_int_equal(model.unknown, 13);
	assert_int_equal(report_accesses(&model, OUTCOME_DENIED), 22);
	assert_int_equal(report_accesses(&model, OUTCOME_ABSENT), 7);
	assert_int_equal(report_accesses(&model, OUTCOME_FAILED), 11);
	assert_int_equal(model.program[0].denied, 22);
	assert_int_equal(model.program[0].hosts, 0);
	assert_int_equal(model.program[0].changes, 1);
	assert_page(&model, "22 accesses were denied by the system, 11 failed", true);
	assert_page(&model, "EACCES", true);
	assert_page(&model, "\xe2\x9c\x95 denied: tcp/evil:1", true);
	report_model_release(&model);
}

static void what_is_missing_is_said(void **state)
{
	struct filling filling = { .store = open_store("db", STORE_WRITE) };
	struct report_model model;

	(void)state;
	begin_run(&filling, 0, "agent", "task");
	start(&filling, "/bin/sh", "x");
	has_gap(&filling, GAP_IO_URING, "ring\x1b");
	commit_run(&filling); /* never ended, and its recorder is not there */
	store_close(filling.store);
	model = load("db", "agent", INT64_MAX);
	assert_int_equal(model.incomplete, 1);
	assert_int_equal(model.gaps, 1);
	assert_false(report_is_complete(&model));
	assert_true(report_is_intact(&model));
	assert_page(&model, "The evidence has gaps: read them first", true);
	assert_page(&model, "1 run was cut short and 1 gap was recorded", true);
	assert_page(&model, "ring\\x1b", true);
	assert_page(&model, "operations of io_uring that could not be read", true);
	assert_page(&model, "Nobody: no use of the network was seen.", true);
	report_model_release(&model);
}

static void altered_evidence_is_said(void **state)
{
	struct filling filling = { .store = open_store("db", STORE_WRITE) };
	struct report_model model;

	(void)state;
	same_run(&filling, 0);
	store_close(filling.store);
	tamper("db", "UPDATE access SET count = 9 WHERE seq = 2");
	model = load("db", "agent", INT64_MAX);
	assert_false(report_is_intact(&model));
	assert_page(&model, "The evidence was altered: do not rely on it", true);
	assert_page(&model, "was altered after it was sealed", true);
	assert_page(&model, "nothing is known to be missing", false);
	report_model_release(&model);
}

/* Counts beyond all reason, and a run that did nothing at all. */
static void extremes_do_no_harm(void **state)
{
	struct filling filling = { .store = open_store("db", STORE_WRITE) };
	struct report_model model;

	(void)state;
	begin_run(&filling, 0, "a\xe2\x80\xae<b>", "");
	end_run(&filling);
	begin_run(&filling, 1, "a\xe2\x80\xae<b>", "t\x1b[2J");
	start(&filling, "/bin/\xff", "x");
	for (int i = 0; i < 3; i++)
		did(&filling, RESOURCE_FILE, ACTION_READ, OUTCOME_OK, i ? "/x" : "", INT64_MAX);
	end_run(&filling);
	store_close(filling.store);
	model = load("db", NULL, INT64_MAX);
	assert_true(model.accesses == INT64_MAX);
	assert_page(&model, "9,223,372,036,854,775,807", true);
	assert_page(&model, "a\\u{202e}&lt;b&gt;", true);
	assert_page(&model, "t\\x1b[2J", true);
	assert_page(&model, "\x1b", false);
	report_model_release(&model);
}

/* Whoever writes into the database behind pare's back gets a page that says so, and no more. */
static void a_database_can_hold_anything(void **state)
{
	static const char *const sql[] = {
		"UPDATE access SET action = 99, outcome = 77, via = 55",
		"UPDATE access SET action = -1, outcome = -1",
		"UPDATE access SET count = -5, first = -9223372036854775808, last = 1 << 62",
		"UPDATE access SET count = -9223372036854775808, errno = -2147483648",
		"UPDATE run SET started = -9223372036854775808, ended = 1, status = -2147483648",
		"UPDATE run SET started = 9223372036854775807",
		"UPDATE resource SET kind = 257",
		"UPDATE resource SET kind = -1",
		"UPDATE name SET bytes = zeroblob(9999) WHERE id = 3",
		"UPDATE run SET command = x'', task = '', host = ''",
		"DELETE FROM image",
		"DELETE FROM seal",
	};

	(void)state;
	for (size_t i = 0; i < sizeof sql / sizeof *sql; i++) {
		struct filling filling = { .store = open_store("db", STORE_WRITE) };
		struct report_model model;

		same_run(&filling, 0);
		same_run(&filling, 1);
		store_close(filling.store);
		tamper("db", sql[i]);
		model = load("db", "agent", INT64_MAX);
		assert_int_equal(model.run_count, 2);
		assert_page(&model, "The evidence was altered: do not rely on it", true);
		report_model_release(&model);
		assert_int_equal(unlink("db"), 0);
	}
}

static int cannot(struct store *store, const struct propose_options *options, struct policy *ret,
		  struct error *err)
{
	(void)store, (void)options, (void)ret;
	return error_say(err, EIO, "propose a policy: the moon is wrong");
}

static void a_proposal_that_fails_leaves_the_rest(void **state)
{
	static const struct house house = { .propose = cannot };
	struct filling filling = { .store = open_store("db", STORE_WRITE) };
	struct report_request request = { .as_of_ns = INT64_MAX };
	struct report_model model;

	(void)state;
	same_run(&filling, 0);
	assert_done(store_begin(filling.store, &filling.err), &filling.err);
	assert_done(report_model_load(&model, filling.store, &house, &request, &filling.err),
		    &filling.err);
	store_close(filling.store);
	assert_page(&model, "None could be proposed: propose a policy: the moon is wrong.", true);
	assert_page(&model, "$WS/a.c", true);
	report_model_release(&model);
}

static void agents_are_told_apart(void **state)
{
	struct filling filling = { .store = open_store("db", STORE_WRITE) };
	struct report_model model;

	(void)state;
	store_close(filling.store);
	load_fails("db", NULL, INT64_MAX, "it holds no runs yet");
	filling.store = open_store("db", STORE_WRITE);
	same_run(&filling, 0);
	begin_run(&filling, 1, "another", "");
	start(&filling, "/bin/sh", "x");
	read_file(&filling, "/w/secret-of-another");
	end_run(&filling);
	store_close(filling.store);
	load_fails("db", NULL, INT64_MAX, "choose one with --agent: agent, another");
	model = load("db", "agent", INT64_MAX);
	assert_page(&model, "secret-of-another", false);
	report_model_release(&model);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_folder, leave_folder)

int main(int argc, char **argv)
{
	const struct CMUnitTest test[] = {
		TEST(enough_runs_of_the_same_are_enough),
		TEST(new_needs_are_not_enough),
		TEST(workspaces_add_up),
		TEST(outcomes_are_never_mixed),
		TEST(what_is_missing_is_said),
		TEST(altered_evidence_is_said),
		TEST(extremes_do_no_harm),
		TEST(a_database_can_hold_anything),
		TEST(a_proposal_that_fails_leaves_the_rest),
		TEST(agents_are_told_apart),
	};

	if (argc == 2)
		return fill(argv[1]);
	return cmocka_run_group_tests(test, NULL, NULL);
}
