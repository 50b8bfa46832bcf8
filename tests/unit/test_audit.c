#include "analyzer/audit/audit.h"
#include "analyzer/audit/auditing.h"
#include "core/store_grants.h"
#include "reports/audit_text.h"
#include "tests/unit/analyzer_fixture.h"

/* What is granted and when, habits, and what an audit may not depend on. */

#define DAY(number) ((number)*DAY_NS)

/* ---- habits ---- */

static void expect_habit(const int32_t *day, size_t count, size_t occasions, int64_t gap_days)
{
	int32_t copy[32];
	struct day_list used = { .day = copy, .count = count };
	struct habit habit = { 0 };

	memcpy(copy, day, count * sizeof *day);
	assert_int_equal(audit_habit(&used, DAY(30), &habit), 0);
	assert_int_equal(habit.occasions, occasions);
	assert_int_equal(habit.gap_ns, DAY(gap_days));
}

#define EXPECT_HABIT(occasions, gap, ...)                                                          \
	expect_habit((const int32_t[]){ __VA_ARGS__ },                                             \
		     sizeof((const int32_t[]){ __VA_ARGS__ }) / sizeof(int32_t), occasions, gap)

static void a_habit_is_what_comes_again(void **state)
{
	(void)state;
	expect_habit((const int32_t[]){ 0 }, 0, 0, 0);
	EXPECT_HABIT(1, 0, 100);
	EXPECT_HABIT(2, 31, 100, 131);
	EXPECT_HABIT(4, 30, 0, 31, 59, 89);	   /* 28, 30, 31 */
	EXPECT_HABIT(3, 30, 0, 30, 61);		   /* of two the shorter */
	EXPECT_HABIT(4, 92, 0, 92, 183, 275);	   /* quarterly */
	EXPECT_HABIT(3, 92, 0, 1, 2, 92, 93, 184); /* bursts are one use */
	EXPECT_HABIT(2, 50, 0, 10, 50);		   /* up to a third of the threshold */
	EXPECT_HABIT(3, 11, 0, 11, 61);
	/* Daily work with holidays is no job that comes every few weeks. */
	EXPECT_HABIT(3, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 24, 25, 26, 27, 28, 29, 30, 31,
		     32, 33, 34, 46, 47);
	EXPECT_HABIT(2, 30, -15, 15); /* before the epoch, too */
}

static void the_rule_of_three_is_rounded_up(void **state)
{
	(void)state;
	assert_int_equal(audit_most_tenths(0), 1000);
	assert_int_equal(audit_most_tenths(1), 1000);
	assert_int_equal(audit_most_tenths(3), 1000);
	assert_int_equal(audit_most_tenths(4), 750);
	assert_int_equal(audit_most_tenths(7), 429); /* 42.857 */
	assert_int_equal(audit_most_tenths(60), 50);
	assert_int_equal(audit_most_tenths(3000), 1);
	assert_int_equal(audit_most_tenths(1000000), 1); /* never nothing */
}

/* ---- what is granted ---- */

/* Rules that read these files, "/a /b", from then on; one that ends with "!" expires with day 20.
 */
static void grant(struct store *store, int64_t granted_ns, const char *source, const char *names)
{
	scoped(buffer) struct buffer allowed = { 0 };
	scoped(buffer) struct buffer copy = { 0 };
	static const char head[] = "<policy xmlns=\"" POLICY_NAMESPACE "\" agent=\"ada\">";
	struct stored_grants grants = { .agent = "ada",
					.format = "pare",
					.source = bytes_of(source),
					.grantor = "root",
					.granted_ns = granted_ns,
					.imported_ns = 1,
					.governs = 1u << RESOURCE_FILE,
					.digest = "d" };
	struct error err = { 0 };
	char *rest = NULL;

	buffer_add(&allowed, head);
	buffer_add(&copy, names);
	for (char *name = strtok_r(copy.data, " ", &rest); name;
	     name = strtok_r(NULL, " ", &rest)) {
		bool ends = name[strlen(name) - 1] == '!';

		name[strlen(name) - ends] = '\0';
		buffer_printf(&allowed,
			      "<rule resource=\"file\" action=\"read\"%s><pattern>%s"
			      "</pattern><justification>x</justification></rule>",
			      ends ? " expires=\"1970-01-21T00:00:00Z\"" : "", name);
	}
	buffer_add(&allowed, "</policy>");
	buffer_clear(&copy);
	buffer_printf(&copy, "%s</policy>", head);
	grants.allowed = buffer_bytes(&allowed);
	grants.denied = buffer_bytes(&copy);
	assert_done(store_begin(store, &err), &err);
	assert_done(store_add_grants(store, &grants, &err), &err);
	assert_done(store_commit(store, &err), &err);
}

static void run_at(struct store *store, const char *id, int64_t time_ns, enum ending ending,
		   int gaps)
{
	const struct fact used[] = {
		FACT(FILE, READ, "/used", .first_ns = time_ns, .last_ns = time_ns + 5),
		FACT(FILE, READ, "/w/open/x", .first_ns = time_ns, .last_ns = time_ns + 5),
		FACT(FILE, READ, "/gone", .outcome = OUTCOME_ABSENT, .first_ns = time_ns,
		     .last_ns = time_ns),
	};
	const struct story story = {
		.id = id, .started_ns = time_ns, .ending = ending, .gaps = gaps, FACTS(used)
	};

	tell(store, &story);
}

static void make(struct store *store, int64_t as_of_ns, struct audit *ret)
{
	const struct audit_options options = { .agent = "ada",
					       .as_of_ns = as_of_ns,
					       .window_ns = DAY(90),
					       .unused_ns = DAY(30),
					       .grace_ns = DAY(14) };
	struct error err = { 0 };

	assert_done(audit_make(store, &options, ret, &err), &err);
}

/* "/a since first, ..." with days. */
static void expect_held(struct store *store, int64_t as_of_ns, const char *want)
{
	scoped(audit) struct audit audit = { 0 };
	scoped(buffer) struct buffer text = { 0 };

	make(store, as_of_ns, &audit);
	for (size_t i = 0; i < audit.grant_count; i++)
		buffer_printf(&text, "%s%s %d %d", i ? ", " : "", audit.grant[i].rule->pattern,
			      (int)(audit.grant[i].granted_ns / DAY_NS),
			      (int)(audit.grant[i].first_granted_ns / DAY_NS));
	assert_string_equal(buffer_text(&text), want);
}

static void sets_come_and_go(void **state)
{
	struct store *store = open_store("a.db");

	(void)state;
	run_at(store, "1", DAY(5), ENDS, 0);
	grant(store, DAY(10), "one", "/a /b /c!");
	grant(store, DAY(12), "two", "/a");
	grant(store, DAY(15), "one", "/a /c!");
	grant(store, DAY(25), "one", "/a /b /c");
	grant(store, DAY(30), "two", "/d");
	expect_held(store, DAY(11), "/a 10 10, /b 10 10, /c 10 10");
	expect_held(store, DAY(15), "/a 10 10, /c 10 10, /a 12 12");
	expect_held(store, DAY(15) - 1, "/a 10 10, /b 10 10, /c 10 10, /a 12 12");
	/* What has expired is not held, and begins anew. */
	expect_held(store, DAY(20) - 1, "/a 10 10, /c 10 10, /a 12 12");
	expect_held(store, DAY(20), "/a 10 10, /a 12 12");
	expect_held(store, DAY(26), "/a 10 10, /b 25 10, /c 25 10, /a 12 12");
	/* Each source is for itself. */
	expect_held(store, DAY(31), "/a 10 10, /b 25 10, /c 25 10, /d 30 30");
	store_close(store);
}

/* ---- what it may not depend on ---- */

static void print(struct store *store, int64_t as_of_ns, struct buffer *out)
{
	scoped(audit) struct audit audit = { 0 };

	make(store, as_of_ns, &audit);
	audit_add_json(&audit, out);
	assert_int_equal(buffer_status(out), 0);
}

/* Some of the runs begin at the same time. */
static void tell_some(struct store *store, size_t number)
{
	char id[8];

	snprintf(id, sizeof id, "%zu", number + 1);
	run_at(store, id, DAY(100) + DAY((int)(number / 2)), number == 7 ? DIES : ENDS,
	       number == 3);
}

static void the_order_of_recording_changes_nothing(void **state)
{
	scoped(buffer) struct buffer one = { 0 }, other = { 0 };
	struct store *store = open_store("a.db"), *shuffled = open_store("b.db");

	(void)state;
	grant(store, DAY(10), "one", "/used /unused /gone $WS/open/**");
	grant(shuffled, DAY(10), "one", "/used /unused /gone $WS/open/**");
	for (size_t i = 0; i < 20; i++)
		tell_some(store, i);
	for (size_t i = 0; i < 20; i++)
		tell_some(shuffled, (i * 7 + 3) % 20);
	print(store, DAY(112), &one);
	print(shuffled, DAY(112), &other);
	assert_non_null(strstr(buffer_text(&one), "\"all_runs\":20"));
	assert_non_null(strstr(buffer_text(&one), "\"whole_runs\":18"));
	assert_string_equal(buffer_text(&one), buffer_text(&other));
	store_close(store);
	store_close(shuffled);
}

static void what_comes_later_changes_nothing(void **state)
{
	scoped(buffer) struct buffer before = { 0 }, after = { 0 };
	struct store *store = open_store("a.db");

	(void)state;
	grant(store, DAY(10), "one", "/used /unused");
	for (size_t i = 0; i < 6; i++)
		tell_some(store, i);
	print(store, DAY(103), &before);
	grant(store, DAY(103) + 1, "one", "/unused");
	run_at(store, "30", DAY(103), ENDS, 1);
	print(store, DAY(103), &after);
	assert_string_equal(buffer_text(&before), buffer_text(&after));
	store_close(store);
}

/* ---- activity and gaps ---- */

static void expect_state(struct store *store, int64_t as_of_ns, const char *want)
{
	scoped(audit) struct audit audit = { 0 };
	scoped(buffer) struct buffer text = { 0 };

	make(store, as_of_ns, &audit);
	for (size_t i = 0; i < audit.grant_count; i++)
		buffer_printf(&text, "%s%s", i ? " " : "", grant_state_text(audit.grant[i].state));
	assert_string_equal(buffer_text(&text), want);
}

static void one_run_in_a_hundred_may_hide(void **state)
{
	struct store *store = open_store("a.db");
	char id[12];

	(void)state;
	grant(store, DAY(10), "one", "/unused");
	run_at(store, "999", DAY(100), ENDS, 1);
	for (int i = 0; i < 98; i++) {
		snprintf(id, sizeof id, "%d", i + 1);
		run_at(store, id, DAY(100) + DAY(i % 5), ENDS, 0);
	}
	expect_state(store, DAY(110), "insufficient");
	run_at(store, "99", DAY(104), ENDS, 0);
	expect_state(store, DAY(110), "never");
	/* Past the threshold it hides nothing; then the agent was not active, either. */
	expect_state(store, DAY(131), "never");
	expect_state(store, DAY(133), "insufficient");
	store_close(store);
}

/* A run that began long ago, and went on, hides what it hides as long as it lasts. */
static void long_runs_count_as_long_as_they_last(void **state)
{
	const struct fact slow[] = {
		FACT(FILE, READ, "/used", .first_ns = DAY(50), .last_ns = DAY(50)),
		FACT(FILE, READ, "/other", .first_ns = DAY(95), .last_ns = DAY(105)),
	};
	const struct story story = {
		.id = "50", .started_ns = DAY(50), .ending = DIES, FACTS(slow)
	};
	struct store *store = open_store("a.db");

	(void)state;
	grant(store, DAY(10), "one", "/unused");
	for (size_t i = 0; i < 4; i++)
		tell_some(store, i * 2 + 10);
	expect_state(store, DAY(110), "never");
	tell(store, &story);
	expect_state(store, DAY(110), "insufficient");
	expect_state(store, DAY(134), "insufficient");
	store_close(store);
}

/* What it has done so far, it has done: else what it uses all the time were unused. */
static void a_run_that_goes_on_counts(void **state)
{
	struct store *store = open_store("a.db");

	(void)state;
	grant(store, DAY(10), "one", "/unused /used");
	for (size_t i = 0; i < 4; i++)
		run_at(store, (const char *[]){ "1", "2", "3", "4" }[i], DAY(50 + (int)i), ENDS, 0);
	expect_state(store, DAY(110), "insufficient insufficient");
	run_at(store, "5", DAY(100), GOES_ON, 0);
	expect_state(store, DAY(110), "insufficient used");
	store_close(store);
}

static void what_was_granted_again_is_judged_by_runs_since(void **state)
{
	struct store *store = open_store("a.db");

	(void)state;
	grant(store, DAY(10), "one", "/unused");
	grant(store, DAY(50), "one", "/x");
	grant(store, DAY(105), "one", "/unused");
	for (int i = 0; i < 5; i++)
		run_at(store, (const char *[]){ "1", "2", "3", "4", "5" }[i], DAY(100 + i), ENDS,
		       0);
	expect_state(store, DAY(118), "too-new");
	expect_state(store, DAY(120), "insufficient");
	for (int i = 0; i < 3; i++)
		run_at(store, (const char *[]){ "6", "7", "8" }[i], DAY(106 + i), ENDS, 0);
	expect_state(store, DAY(120), "never");
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(a_habit_is_what_comes_again),
		cmocka_unit_test(the_rule_of_three_is_rounded_up),
		cmocka_unit_test(sets_come_and_go),
		cmocka_unit_test(the_order_of_recording_changes_nothing),
		cmocka_unit_test(what_comes_later_changes_nothing),
		cmocka_unit_test(one_run_in_a_hundred_may_hide),
		cmocka_unit_test(long_runs_count_as_long_as_they_last),
		cmocka_unit_test(a_run_that_goes_on_counts),
		cmocka_unit_test(what_was_granted_again_is_judged_by_runs_since),
	};

	return cmocka_run_group_tests(test, enter_folder, leave_folder);
}
