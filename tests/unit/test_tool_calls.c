#include "tests/unit/calls_fixture.h"

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
	};

	return cmocka_run_group_tests(test, enter_folder, leave_folder);
}
