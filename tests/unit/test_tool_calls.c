#include "analyzer/check.h"
#include "analyzer/propose.h"

#include "tests/unit/analyzer_fixture.h"

#include <jansson.h>

#define RUNS 8

/* Runs of calls; each text is one call of the tool, "" none. */
struct told {
	const char *tool;
	const char *text[RUNS][4];
};

static void tell_run(struct store *store, int id, const struct told *told, size_t run)
{
	struct call_fact call[4] = { 0 };
	char name[12], workspace[20];
	struct story story = { .id = name, .workspace = workspace, .started_ns = id, .call = call };

	snprintf(name, sizeof name, "%d", id);
	snprintf(workspace, sizeof workspace, "/w/%zu", run);
	for (size_t i = 0; i < 4 && told->text[run][i]; i++) {
		call[i].tool = told->tool;
		call[i].arguments = bytes_of(told->text[run][i]);
		story.call_count++;
	}
	tell(store, &story);
}

/* In the order of the runs, or from the last to the first. */
static struct policy policy_of(const struct told *told, const char *preset, bool backwards)
{
	struct propose_options options = { .agent = "ada", .preset = preset, .created_ns = 1 };
	struct store *store = open_store("a.db");
	struct policy policy = { 0 };
	struct error err = { 0 };

	for (size_t i = 0; i < RUNS; i++) {
		size_t run = backwards ? RUNS - 1 - i : i;

		if (told->text[run][0])
			tell_run(store, (int)run + 1, told, run);
	}
	assert_done(propose(store, &options, &policy, &err), &err);
	store_close(store);
	return policy;
}

static bool admits(const struct policy *policy, const char *tool, const char *text)
{
	static const struct roots roots = { BYTES("/w/9"), BYTES("/home/ada"), BYTES("/tmp") };
	scoped(called) struct called called = { 0 };
	struct asked asked = { .resource = RESOURCE_TOOL,
			       .action = ACTION_CALL,
			       .name = bytes_of(tool),
			       .phase = BYTES(""),
			       .called = &called };

	assert_int_equal(called_read(&called, bytes_of(text), &roots), 0);
	return policy_match(policy, &roots, &asked, NULL);
}

static const struct argument *argument_of(const struct policy *policy, const char *path)
{
	const struct arguments *arguments = &policy->rule[0].arguments;

	assert_int_equal(policy->count, 1);
	for (size_t i = 0; i < arguments->count; i++)
		if (!strcmp(arguments->argument[i].path, path))
			return &arguments->argument[i];
	fail_msg("no argument %s", path);
	return NULL;
}

static const struct told files = {
	"files/read",
	{
		{ "{\"path\":\"/w/0/src/a.c\",\"mode\":\"text\",\"limit\":3}" },
		{ "{\"path\":\"/w/1/src/b.c\",\"mode\":\"text\",\"limit\":17}" },
		{ "{\"path\":\"/w/2/src/x/c.c\",\"mode\":\"raw\",\"limit\":44}" },
		{ "{\"path\":\"/w/3/src/d.c\",\"mode\":\"text\",\"limit\":90}" },
		{ "{\"path\":\"/w/4/src/e.c\",\"mode\":\"raw\",\"limit\":50,\"x\":null}" },
	},
};

static void finds_types_sets_and_limits(void **state)
{
	struct policy policy = policy_of(&files, "balanced", false);
	const struct argument *path = argument_of(&policy, "/path");

	(void)state;
	assert_int_equal(path->format, FORMAT_PATH);
	assert_int_equal(path->scope_count, 1);
	assert_string_equal(path->scope[0], "$WS/src");
	assert_true(path->needed);
	assert_int_equal(argument_of(&policy, "/mode")->value_count, 2);
	assert_int_equal(argument_of(&policy, "/mode")->format, FORMAT_NONE);
	assert_string_equal(argument_of(&policy, "/limit")->least, "2");
	assert_string_equal(argument_of(&policy, "/limit")->most, "128");
	assert_false(argument_of(&policy, "/x")->needed);
	assert_non_null(strstr(policy.rule[0].justification, "/limit integer 2..128 is open: 5"));
#define READS(p, m, l) "{\"path\":" p ",\"mode\":" m ",\"limit\":" l "}"
	assert_true(admits(&policy, "files/read", READS("\"/w/9/src/new.c\"", "\"raw\"", "128")));
	assert_false(admits(&policy, "files/read", READS("\"/w/9/src/../x\"", "\"raw\"", "9")));
	assert_false(admits(&policy, "files/read", READS("\"/w/9/new.c\"", "\"raw\"", "9")));
	assert_false(admits(&policy, "files/read", READS("\"/w/9/src/.env\"", "\"raw\"", "9")));
	assert_false(admits(&policy, "files/read", READS("\"/w/8/src/a.c\"", "\"raw\"", "9")));
	assert_false(admits(&policy, "files/read", READS("\"src/a.c\"", "\"raw\"", "9")));
	assert_false(admits(&policy, "files/read", READS("\"$WS/src/a.c\"", "\"raw\"", "9")));
	assert_false(admits(&policy, "files/read", READS("[\"/w/9/src/a.c\"]", "\"raw\"", "9")));
	assert_false(admits(&policy, "files/read", READS("\"/w/9/src/a.c\"", "\"bin\"", "9")));
	assert_false(admits(&policy, "files/read", READS("\"/w/9/src/a.c\"", "\"raw\"", "129")));
	assert_false(admits(&policy, "files/read", READS("\"/w/9/src/a.c\"", "\"raw\"", "\"9\"")));
	assert_false(admits(&policy, "files/read", READS("\"/w/9/src/a.c\"", "\"raw\"", "9.0")));
	assert_false(admits(&policy, "files/write", READS("\"/w/9/src/a.c\"", "\"raw\"", "9")));
	policy_release(&policy);
}

static void literal_is_what_was_called(void **state)
{
	struct policy policy = policy_of(&files, "literal", false);

	(void)state;
	assert_int_equal(policy.rule[0].arguments.exact_count, 5);
	assert_int_equal(policy.rule[0].arguments.count, 0);
	assert_true(admits(&policy, "files/read", READS("\"/w/9/src/a.c\"", "\"text\"", "3")));
	assert_false(admits(&policy, "files/read", READS("\"/w/9/src/a.c\"", "\"raw\"", "3")));
	assert_false(admits(&policy, "files/read", READS("\"/w/9/src/a.c\"", "\"text\"", "17")));
	policy_release(&policy);
}

static const struct told queries = {
	"db/query",
	{
		{ "{\"sql\":\"select * from users where id = 1\"}" },
		{ "{\"sql\":\"SELECT name FROM users WHERE id = 2\"}" },
		{ "{\"sql\":\"select 1 from users where id = 3\"}", "{\"sql\":\"PRAGMA x\"}" },
		{ "{\"sql\":\"select 2 from users where id = 4\"}", "{\"sql\":\"PRAGMA x\"}" },
	},
};

static void knows_what_statements_do(void **state)
{
	struct policy policy = policy_of(&queries, "balanced", false);
	static const char *const trick[] = {
		"select * from secrets where id = 1",
		"select * from users",
		"delete from users where id = 1",
		"SELECT/**/1;DROP TABLE users",
		"select * from users where id = 1; drop table users",
		"with x as (delete from users returning *) select * from users where id = 1",
		"select * from users where id in secrets",
		"select * from users where id = 1 -- ",
		"PRAGMA y",
	};

	(void)state;
	assert_int_equal(argument_of(&policy, "/sql")->format, FORMAT_SQL);
	assert_int_equal(argument_of(&policy, "/sql")->value_count, 1);
	assert_true(admits(&policy, "db/query", "{\"sql\":\"select x from users where y = 'z'\"}"));
	assert_true(admits(&policy, "db/query", "{\"sql\":\"PRAGMA x\"}"));
	for (size_t i = 0; i < sizeof trick / sizeof *trick; i++) {
		char text[200];

		snprintf(text, sizeof text, "{\"sql\":\"%s\"}", trick[i]);
		if (admits(&policy, "db/query", text))
			fail_msg("admitted %s", text);
	}
	policy_release(&policy);
}

/* A statement among sentences: what is open for text would be open for any statement. */
static void text_never_takes_statements_in(void **state)
{
	static const struct told mixed = {
		"db/ask",
		{
			{ "{\"q\":\"how many are there\"}" },
			{ "{\"q\":\"select * from users\"}" },
			{ "{\"q\":\"and who is it\"}" },
			{ "{\"q\":\"what else\"}" },
		},
	};
	struct policy policy = policy_of(&mixed, "balanced", false);

	(void)state;
	assert_int_equal(argument_of(&policy, "/q")->format, FORMAT_NONE);
	assert_int_equal(argument_of(&policy, "/q")->value_count, 4);
	policy_release(&policy);
}

static const struct told many = {
	"net/send",
	{
		{ "{\"id\":\"123e4567-e89b-12d3-a456-426614174000\",\"to\":[\"a@x.org\"],"
		  "\"url\":\"https://a.example/1\",\"say\":\"hello there\"}" },
		{ "{\"id\":\"223e4567-e89b-12d3-a456-426614174000\",\"to\":[\"b@x.org\"],"
		  "\"url\":\"https://a.example/2\",\"say\":\"good bye, all\"}" },
		{ "{\"id\":\"323e4567-e89b-12d3-a456-426614174000\",\"to\":[\"c@x.org\"],"
		  "\"url\":\"https://a.example/3\",\"say\":\"see src/a.c, please\"}" },
		{ "{\"id\":\"423e4567-e89b-12d3-a456-426614174000\",\"to\":[\"d@y.org\"],"
		  "\"url\":\"https://b.example/4\",\"say\":\"what now\"}" },
	},
};

#define SENDS(id, to, url, say)                                                                    \
	"{\"id\":\"" id "\",\"to\":[\"" to "\"],\"url\":\"" url "\",\"say\":\"" say "\"}"
#define ID "523e4567-e89b-12d3-a456-426614174000"

static void finds_formats(void **state)
{
	struct policy policy = policy_of(&many, "balanced", false);

	(void)state;
	assert_int_equal(argument_of(&policy, "/id")->format, FORMAT_UUID);
	assert_int_equal(argument_of(&policy, "/to/*")->format, FORMAT_EMAIL);
	assert_int_equal(argument_of(&policy, "/url")->format, FORMAT_URL);
	assert_int_equal(argument_of(&policy, "/say")->format, FORMAT_LINE);
#define A "https://a.example/9"
	assert_true(admits(&policy, "net/send", SENDS(ID, "z@x.org", A, "fine words")));
	/* One run alone has been there: that name, and no other of the place. */
	assert_true(admits(&policy, "net/send", SENDS(ID, "d@y.org", A, "fine words")));
	assert_false(admits(&policy, "net/send", SENDS(ID, "e@y.org", A, "fine words")));
	assert_false(admits(&policy, "net/send",
			    SENDS(ID, "z@x.org", "https://b.example/5", "fine words")));
	assert_false(admits(&policy, "net/send",
			    SENDS(ID, "z@x.org", "https://a.example.evil/9", "fine words")));
	assert_false(admits(&policy, "net/send",
			    SENDS(ID, "z@x.org", "http://a.example/9", "fine words")));
	assert_false(admits(&policy, "net/send", SENDS("x" ID, "z@x.org", A, "fine words")));
	assert_false(admits(&policy, "net/send", SENDS(ID, "z@x.org", A, "../../etc/passwd")));
	assert_false(admits(&policy, "net/send", SENDS(ID, "z@x.org\",\"y@x.org", A, "fine")));
	policy_release(&policy);
}

static void one_run_opens_nothing(void **state)
{
	struct told alone = { "net/send", { { 0 } } };
	struct policy policy;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		alone.text[0][i] = many.text[i][0];
	policy = policy_of(&alone, "balanced", false);
	assert_false(arguments_are_open(&policy.rule[0].arguments));
	assert_true(admits(&policy, "net/send", many.text[2][0]));
	assert_false(admits(&policy, "net/send", SENDS(ID, "a@x.org", A, "hello there")));
	policy_release(&policy);
}

static void order_of_runs_changes_nothing(void **state)
{
	static const struct told *const all[] = { &files, &queries, &many };
	static const char *const preset[] = { "literal", "balanced", "workspace" };

	(void)state;
	for (size_t i = 0; i < 9; i++) {
		struct policy one = policy_of(all[i / 3], preset[i % 3], false);
		struct policy other = policy_of(all[i / 3], preset[i % 3], true);
		scoped(buffer) struct buffer first = { 0 }, second = { 0 };
		struct error err = { 0 };

		assert_done(policy_write(&one, &first, &err), &err);
		assert_done(policy_write(&other, &second, &err), &err);
		assert_string_equal(buffer_text(&first), buffer_text(&second));
		policy_release(&one);
		policy_release(&other);
	}
}

/* What was not run is no need; what nobody can read is none that could be granted. */
static void grants_what_took_place(void **state)
{
	static const struct call_fact call[] = {
		CALL("s/a", "{\"n\":1}"),
		CALL("s/a", "{\"n\":2}", .status = STATUS_TOOL_ERROR),
		CALL("s/a", "{\"n\":3}", .status = STATUS_CANCELLED),
		CALL("s/a", "{\"n\":4}", .status = STATUS_PROTOCOL_ERROR),
		CALL("s/a", "{\"n\":5}", .status = STATUS_SUPPRESSED),
		CALL("s/a", "{\"n\":6,\"n\":6}"),
		CALL("s/b", "{"),
		CALL("s/c", "[1]"),
		CALL("s/d", "{}", .status = STATUS_PROTOCOL_ERROR),
	};
	struct propose_options options = { .agent = "ada" };
	struct store *store = open_store("a.db");
	struct policy policy = { 0 };
	struct error err = { 0 };

	(void)state;
	tell(store, &(struct story){ "1", CALLS(call) });
	assert_done(propose(store, &options, &policy, &err), &err);
	store_close(store);
	assert_int_equal(policy.count, 3);
	assert_true(admits(&policy, "s/a", "{\"n\":1}"));
	assert_true(admits(&policy, "s/a", "{\"n\":2}"));
	assert_true(admits(&policy, "s/a", "{\"n\":3}"));
	assert_false(admits(&policy, "s/a", "{\"n\":4}"));
	assert_false(admits(&policy, "s/a", "{\"n\":5}"));
	assert_false(admits(&policy, "s/a", "{\"n\":6}"));
	assert_false(admits(&policy, "s/b", "{"));
	assert_false(admits(&policy, "s/c", "[1]"));
	assert_true(admits(&policy, "s/c", "{}"));
	policy_release(&policy);
}

static int replay(void *context, const struct run *run)
{
	void **both = context;
	struct error err = { 0 };

	assert_done(check_run(both[1], both[0], run, &err), &err);
	return 0;
}

static void check_says_which_argument(void **state)
{
	static const struct call_fact call[] = {
		CALL("files/read", READS("\"/w/src/a.c\"", "\"raw\"", "9")),
		CALL("files/read", READS("\"/w/src/a.c\"", "\"rew\"", "9")),
		CALL("files/read", READS("\"/w/src/b.c\"", "\"rew\"", "9")),
		CALL("files/read", "{\"n\":1", .status = STATUS_CANCELLED),
		CALL("files/read", "{\"n\":1", .status = STATUS_SUPPRESSED),
		CALL("files/write", "{}"),
	};
	struct policy policy = policy_of(&files, "balanced", false);
	struct check check = { .policy = &policy };
	struct store *store = open_store("b.db");
	void *both[] = { store, &check };
	const struct violation *at;
	struct error err = { 0 };

	(void)state;
	tell(store, &(struct story){ "1", .workspace = "/w", CALLS(call) });
	assert_done(store_each_run(store, NULL, replay, both, &err), &err);
	check_sort(&check);
	store_close(store);
	assert_int_equal(HASH_COUNT(check.violation), 3);
	at = check.violation;
	assert_true(bytes_equal(at->path, BYTES("/mode")));
	assert_true(bytes_equal(at->value, BYTES("\"rew\"")));
	assert_true(bytes_equal(at->allowed, BYTES("/mode string \"raw\", \"text\"")));
	assert_int_equal(at->count, 2);
	assert_true(at->is_misfit);
	assert_ptr_equal(at->nearest, &policy.rule[0]);
	at = at->hh.next;
	assert_true(bytes_equal(at->name, BYTES("files/write")));
	assert_false(at->is_misfit);
	assert_int_equal(at->count, 1);
	at = at->hh.next;
	assert_int_equal(at->outcome, OUTCOME_UNKNOWN);
	assert_true(at->is_misfit);
	assert_true(bytes_start_with(at->allowed, BYTES("it is not JSON")));
	check_release(&check);
	policy_release(&policy);
}

/* Runs that are held out are denied calls, too. */
static void quality_counts_arguments(void **state)
{
	static const struct told changing = {
		"s/t",
		{
			{ "{\"a\":\"/etc/a\"}" },
			{ "{\"a\":\"/etc/b\"}" },
			{ "{\"a\":\"/etc/c\"}" },
			{ "{\"a\":\"/etc/d\"}" },
		},
	};
	static const struct told same = {
		"s/t",
		{ { "{\"a\":1}" }, { "{\"a\":1}" }, { "{\"a\":1}" }, { "{\"a\":1}" } },
	};
	struct policy one = policy_of(&changing, "balanced", false);
	struct policy other = policy_of(&same, "balanced", false);

	(void)state;
	assert_int_equal(one.quality.runs_tried, 4);
	assert_int_equal(one.quality.runs_denied, 4);
	assert_int_equal(other.quality.runs_tried, 4);
	assert_int_equal(other.quality.runs_denied, 0);
	policy_release(&one);
	policy_release(&other);
}

/* ---- any evidence ---- */

static uint64_t seed = 7;

static unsigned draw(unsigned below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % below;
}

static const char *const leaf[] = {
	"1",
	"2",
	"300",
	"1.5",
	"true",
	"false",
	"null",
	"\"1\"",
	"\"a\"",
	"\"b c\"",
	"\"a/b\"",
	"\"\"",
	"\"/w/x/y\"",
	"\"/etc/x\"",
	"\"2026-01-02\"",
	"[]",
	"{}",
	"[1]",
	"[\"a\"]",
	"{\"k\":1}",
	"\"123e4567-e89b-12d3-a456-426614174000\"",
	"\"select a from b\"",
};
#define LEAVES (sizeof leaf / sizeof *leaf)

static void draw_call(char *out, size_t size, unsigned kinds, unsigned first)
{
	const char *b = leaf[(first + draw(kinds)) % LEAVES];

	snprintf(out, size, draw(3) ? "{\"a\":%s,\"b\":%s}" : "{\"a\":%s}",
		 leaf[(first + 5 + draw(kinds)) % LEAVES], b);
}

static json_type type_at(const char *text, const char *name)
{
	json_t *value = json_loads(text, 0, NULL), *member = json_object_get(value, name);
	json_type type = member ? json_typeof(member) : (json_type)-1;

	json_decref(value);
	return type == JSON_FALSE ? JSON_TRUE : type;
}

struct drawn {
	char text[RUNS * 2][200];
	size_t count;
};

static bool has_type(const struct drawn *drawn, const char *name, json_type type)
{
	for (size_t i = 0; i < drawn->count; i++)
		if (type_at(drawn->text[i], name) == type)
			return true;
	return false;
}

static void hold_against(const struct policy *policy, const struct drawn *drawn)
{
	char text[200], more[220];

	for (size_t i = 0; i < drawn->count; i++) {
		if (!admits(policy, "s/t", drawn->text[i]))
			fail_msg("seen and not admitted: %s", drawn->text[i]);
		snprintf(more, sizeof more, "%.*s,\"c\":1}", (int)strlen(drawn->text[i]) - 1,
			 drawn->text[i]);
		if (admits(policy, "s/t", more))
			fail_msg("an extra property is admitted: %s", more);
	}
	for (int i = 0; i < 40; i++) {
		draw_call(text, sizeof text, LEAVES, 0);
		if (!admits(policy, "s/t", text))
			continue;
		if (!has_type(drawn, "a", type_at(text, "a")) ||
		    !has_type(drawn, "b", type_at(text, "b")))
			fail_msg("another type is admitted: %s", text);
	}
}

/* A value of a set that has no format is one that was seen. */
static void hold_sets(const struct policy *policy)
{
	const struct arguments *arguments = &policy->rule[0].arguments;

	for (size_t i = 0; i < arguments->count; i++) {
		const struct argument *argument = &arguments->argument[i];
		char text[200];

		if (strcmp(argument->path, "/a") != 0 || argument->format || argument->least)
			continue;
		for (size_t k = 0; k < LEAVES; k++) {
			bool known = false;

			snprintf(text, sizeof text, "{\"a\":%s}", leaf[k]);
			for (size_t j = 0; j < argument->value_count; j++)
				known = known || !strcmp(argument->value[j], leaf[k]);
			if (argument->type == TYPE_STRING && *leaf[k] == '"' && !known &&
			    strcmp(leaf[k], "\"/w/x/y\"") != 0 && admits(policy, "s/t", text))
				fail_msg("not in the set: %s", text);
		}
	}
}

static void admits_no_more_than_was_shown(void **state)
{
	(void)state;
	for (int round = 0; round < 150; round++) {
		static struct drawn drawn;
		struct told told = { "s/t", { { 0 } } };
		unsigned kinds = 1 + draw(LEAVES), first = draw(LEAVES);
		struct policy policy;

		drawn.count = 0;
		for (size_t i = 0; i < RUNS; i++)
			for (size_t k = 0; k < 1 + draw(2); k++) {
				char *text = drawn.text[drawn.count++];

				draw_call(text, sizeof drawn.text[0], kinds, first);
				told.text[i][k] = text;
			}
		policy = policy_of(&told, round % 3 ? "balanced" : "workspace", round % 2);
		hold_against(&policy, &drawn);
		hold_sets(&policy);
		policy_release(&policy);
	}
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(finds_types_sets_and_limits),
		cmocka_unit_test(literal_is_what_was_called),
		cmocka_unit_test(knows_what_statements_do),
		cmocka_unit_test(text_never_takes_statements_in),
		cmocka_unit_test(finds_formats),
		cmocka_unit_test(one_run_opens_nothing),
		cmocka_unit_test(order_of_runs_changes_nothing),
		cmocka_unit_test(grants_what_took_place),
		cmocka_unit_test(check_says_which_argument),
		cmocka_unit_test(quality_counts_arguments),
		cmocka_unit_test(admits_no_more_than_was_shown),
	};

	return cmocka_run_group_tests(test, enter_folder, leave_folder);
}
