#include "core/argument.h"
#include "core/error.h"
#include "core/policy.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#define RAW(text) ((struct bytes){ (text), sizeof(text) - 1 })

static const struct roots roots = { RAW("/home/ada/w"), RAW("/home/ada"), RAW("/tmp") };

/* The rule of a document with these elements. */
static int read_rule(struct policy *ret, const char *elements, struct error *err)
{
	scoped(buffer) struct buffer document = { 0 };

	buffer_printf(&document,
		      "<policy xmlns=\"urn:pare:policy:1\" agent=\"a\">"
		      "<rule resource=\"tool\" action=\"call\"><pattern>s/t</pattern>%s"
		      "<justification>x</justification></rule></policy>",
		      elements);
	return policy_read_memory(ret, buffer_bytes(&document), "p", err);
}

static bool admits_bytes(const char *elements, struct bytes text)
{
	scoped(policy) struct policy policy = { 0 };
	scoped(called) struct called called = { 0 };
	struct asked asked = { .resource = RESOURCE_TOOL,
			       .action = ACTION_CALL,
			       .name = RAW("s/t"),
			       .called = &called };
	struct error err = { 0 };

	if (read_rule(&policy, elements, &err))
		fail_msg("%s: %s", elements, err.text);
	assert_int_equal(called_read(&called, text, &roots), 0);
	return policy_match(&policy, &roots, &asked, NULL);
}

static bool admits(const char *elements, const char *text)
{
	return admits_bytes(elements, bytes_of(text));
}

#define WHOLE "<argument path=\"\" type=\"object\"/>"
#define A_STRING                                                                                   \
	WHOLE "<argument path=\"/a\" type=\"string\" needed=\"true\">"                             \
	      "<value>\"1\"</value><value>\"$WS/x\"</value><value>\"$$WS/x\"</value></argument>"

static void admits_values_of_one_type(void **state)
{
	(void)state;
	assert_true(admits(A_STRING, "{\"a\":\"1\"}"));
	assert_true(admits(A_STRING, " { \"\\u0061\" : \"\\u0031\" } ")); /* the same text */
	assert_false(admits(A_STRING, "{\"a\":1}"));
	assert_false(admits(A_STRING, "{\"a\":1.0}"));
	assert_false(admits(A_STRING, "{\"a\":[\"1\"]}"));
	assert_false(admits(A_STRING, "{\"a\":{\"0\":\"1\"}}"));
	assert_false(admits(A_STRING, "{\"a\":null}"));
	assert_false(admits(A_STRING, "{\"a\":true}"));
	assert_false(admits(A_STRING, "{\"a\":\"2\"}"));
	assert_false(admits(A_STRING, "{\"a\":\"1 \"}"));
	assert_false(admits(A_STRING, "{}"));
	assert_false(admits(A_STRING, "{\"A\":\"1\"}"));
	assert_false(admits(A_STRING, "{\"a\":\"1\",\"b\":\"1\"}"));
	assert_false(admits(A_STRING, "[{\"a\":\"1\"}]"));
	assert_false(admits(A_STRING, "\"1\""));
}

static void knows_paths_from_text(void **state)
{
	(void)state;
	assert_true(admits(A_STRING, "{\"a\":\"/home/ada/w/x\"}"));
	assert_true(admits(A_STRING, "{\"a\":\"$WS/x\"}")); /* of $$WS/x */
	assert_false(admits(A_STRING, "{\"a\":\"/home/ada/w/./x\"}"));
	assert_false(admits(A_STRING, "{\"a\":\"/home/ada/w//x\"}"));
	assert_false(admits(A_STRING, "{\"a\":\"/home/ada/w/y/../x\"}"));
	assert_false(admits(A_STRING, "{\"a\":\"/home/ada/w/x/\"}"));
	assert_false(admits(A_STRING, "{\"a\":\"/home/ada/wx\"}"));
	assert_false(admits(A_STRING, "{\"a\":\"$$WS/x\"}"));
}

static void reads_json_in_one_way_only(void **state)
{
	static const struct bytes odd[] = {
		RAW(""),
		RAW("{"),
		RAW("{\"a\":\"1\"} x"),
		RAW("{\"a\":\"1\",\"a\":\"1\"}"),
		RAW("{\"a\":\"2\",\"\\u0061\":\"1\"}"),
		RAW("{\"a\":\"1\\u0000\"}"),
		RAW("{\"a\\u0000\":\"1\"}"),
		RAW("{\"a\":\"1\0\"}"),
		RAW("{\"a\":\"1\"}\0"),
		RAW("{\"a\":\"\xff\"}"),
		RAW("{\"a\":\"\xc0\xaf\"}"),
		RAW("{\"a\":\"\\ud800\"}"),
		RAW("{\"a\":NaN}"),
		RAW("{\"a\":1e999}"),
		RAW("{\"a\":99999999999999999999999}"),
		RAW("{a:\"1\"}"),
		RAW("{'a':'1'}"),
		RAW("{\"a\":\"1\",}"),
		RAW("// x\n{\"a\":\"1\"}"),
		RAW("\xef\xbb\xbf{\"a\":\"1\"}"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		if (admits_bytes(A_STRING, odd[i]))
			fail_msg("admitted %s", odd[i].data);
	assert_false(admits_bytes(A_STRING, (struct bytes){ 0 }));
}

/* A tool without arguments in its rule may be called with whatever there is, read or not. */
static void is_free_where_nothing_is_said(void **state)
{
	(void)state;
	assert_true(admits("", "{\"a\":1}"));
	assert_true(admits("", "{"));
}

static void survives_depth_and_size(void **state)
{
	scoped(buffer) struct buffer deep = { 0 }, large = { 0 };
	scoped(called) struct called called = { 0 }, big = { 0 };

	(void)state;
	buffer_add(&deep, "{\"a\":");
	for (int i = 0; i < 100000; i++)
		buffer_add_char(&deep, '[');
	assert_false(admits_bytes(A_STRING, buffer_bytes(&deep)));
	buffer_clear(&deep);
	buffer_add(&deep, "{\"a\":");
	for (int i = 0; i < 500; i++)
		buffer_add(&deep, "{\"a\":");
	buffer_add(&deep, "1");
	for (int i = 0; i < 501; i++)
		buffer_add(&deep, "}");
	assert_int_equal(called_read(&called, buffer_bytes(&deep), &roots), 0);
	assert_null(called.value);
	assert_string_equal(called.fault, "it is nested too deeply");
	buffer_add(&large, "{\"a\":\"");
	for (int i = 0; i < 1 << 20; i++)
		buffer_add_char(&large, 'x');
	buffer_add(&large, "\"}");
	assert_false(admits_bytes(A_STRING, buffer_bytes(&large)));
	assert_int_equal(called_read(&big, buffer_bytes(&large), &roots), 0);
	assert_non_null(big.value);
	buffer_clear(&large);
	assert_int_equal(value_write(big.value, &large), 0);
	assert_true(large.size < 100);
	assert_non_null(strstr(large.data, "{\"a\":\"$sha256:"));
}

/* What is written is JSON that, were it sent, is another call: a "$" never stands for itself. */
static void writes_what_it_reads(void **state)
{
	static const struct {
		const char *sent, *written;
	} row[] = {
		{ "{ \"b\" : 1, \"a\" : [ 1.5, null, true ] }", "{\"a\":[1.5,null,true],\"b\":1}" },
		{ "{\"p\":\"/home/ada/w/a b\"}", "{\"p\":\"$WS/a b\"}" },
		{ "{\"p\":\"/home/ada\"}", "{\"p\":\"$HOME\"}" },
		{ "{\"p\":\"/tmp/x\"}", "{\"p\":\"$TMP/x\"}" },
		{ "{\"p\":\"$TMP/x\"}", "{\"p\":\"$$TMP/x\"}" },
		{ "{\"p\":\"$$\"}", "{\"p\":\"$$$\"}" },
		{ "{\"p\":\"/etc/passwd\"}", "{\"p\":\"/etc/passwd\"}" },
		{ "{\"p\":\"\xc3\xa9\\u00e9\\n\"}", "{\"p\":\"\\u00E9\\u00E9\\n\"}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		scoped(called) struct called called = { 0 };
		scoped(buffer) struct buffer text = { 0 };

		assert_int_equal(called_read(&called, bytes_of(row[i].sent), &roots), 0);
		assert_non_null(called.value);
		assert_int_equal(value_write(called.value, &text), 0);
		assert_string_equal(buffer_text(&text), row[i].written);
	}
}

static void tells_members_from_items(void **state)
{
#define ITEMS                                                                                      \
	WHOLE "<argument path=\"/a\" type=\"array\" least=\"1\" most=\"2\"/>"                      \
	      "<argument path=\"/a/*\" type=\"integer\"><value>1</value></argument>"
#define STAR                                                                                       \
	WHOLE "<argument path=\"/a\" type=\"object\"/>"                                            \
	      "<argument path=\"/a/~2\" type=\"integer\"><value>1</value></argument>"
	(void)state;
	assert_true(admits(ITEMS, "{\"a\":[1,1]}"));
	assert_true(admits(ITEMS, "{}"));
	assert_false(admits(ITEMS, "{\"a\":[]}"));
	assert_false(admits(ITEMS, "{\"a\":[1,1,1]}"));
	assert_false(admits(ITEMS, "{\"a\":[1,2]}"));
	assert_false(admits(ITEMS, "{\"a\":1}"));
	assert_false(admits(ITEMS, "{\"a\":{\"*\":1}}"));
	assert_false(admits(ITEMS, "{\"a\":{\"0\":1}}"));
	assert_true(admits(STAR, "{\"a\":{\"*\":1}}"));
	assert_false(admits(STAR, "{\"a\":[1]}"));
	assert_false(admits(STAR, "{\"a\":{\"~2\":1}}"));
	assert_false(admits(STAR, "{\"a\":{\"\\u001a\":1}}"));
	assert_false(admits(STAR, "{\"a/*\":1}"));
	assert_false(admits(STAR, "{\"a/~2\":1}"));
}

static const struct {
	const char *elements, *why;
} meaningless[] = {
	{ "<argument path=\"/a\" type=\"null\"/>", "lack the object itself" },
	{ WHOLE WHOLE, "stands twice" },
	{ WHOLE "<argument path=\"a\" type=\"null\"/>", "begins with a slash" },
	{ WHOLE "<argument path=\"/a\" type=\"string\"/>", "nothing would fit" },
	{ WHOLE "<argument path=\"/a\" type=\"integer\" format=\"hex\" least=\"1\""
		" most=\"2\"/>",
	  "only strings" },
	{ WHOLE "<argument path=\"/a\" type=\"string\" format=\"hex\"/>", "lacks its limits" },
	{ WHOLE "<argument path=\"/a\" type=\"string\" format=\"sql\" least=\"1\""
		" most=\"2\"/>",
	  "have scopes" },
	{ WHOLE "<argument path=\"/a\" type=\"integer\" least=\"3\" most=\"2\"/>",
	  "wrong way round" },
	{ WHOLE "<argument path=\"/a\" type=\"integer\" least=\"x\" most=\"2\"/>", "no number" },
	{ WHOLE "<argument path=\"/a\" type=\"integer\"><value>1.0</value></argument>",
	  "not JSON of its type" },
	{ WHOLE "<argument path=\"/a\" type=\"text\"/>", "is no type" },
	{ WHOLE "<argument path=\"/a\" type=\"integer\"><value>1</value>"
		"<value>1</value></argument>",
	  "twice" },
	{ "<exact>{\"b\":1,\"a\":1}</exact>", "one form" },
	{ "<exact>[]</exact>", "one form" },
	{ "<exact>{}</exact><exact>{}</exact>", "twice" },
};

static void refuses_what_means_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof meaningless / sizeof *meaningless; i++) {
		struct policy policy = { 0 };
		struct error err = { 0 };

		assert_int_equal(read_rule(&policy, meaningless[i].elements, &err), -EINVAL);
		if (!strstr(err.text, meaningless[i].why))
			fail_msg("no \"%s\" in \"%s\"", meaningless[i].why, err.text);
	}
}

/* Written, read and written again it is the same, and what it admits is part of its name. */
static void comes_back(void **state)
{
	static const char *const elements[] = {
		"",
		"<exact>{\"a\":\"\\u00E9\"}</exact><exact>{}</exact>",
		A_STRING,
		ITEMS,
		WHOLE "<argument path=\"/a~1b\\n\" type=\"number\" least=\"0.5\" most=\"1.25\">"
		      "<value>7.0</value></argument>",
		WHOLE
		"<argument path=\"/q\" type=\"string\" format=\"sql\" least=\"1\" most=\"64\">"
		"<scope>select a where</scope></argument>",
		WHOLE
		"<argument path=\"/q\" type=\"string\" format=\"sql\" least=\"1\" most=\"64\">"
		"<scope>select a</scope></argument>",
	};
	char id[sizeof elements / sizeof *elements][40];

	(void)state;
	for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
		scoped(policy) struct policy policy = { 0 }, again = { 0 };
		scoped(buffer) struct buffer first = { 0 }, second = { 0 };
		struct error err = { 0 };

		if (read_rule(&policy, elements[i], &err) || policy_write(&policy, &first, &err) ||
		    policy_read_memory(&again, buffer_bytes(&first), "p", &err) ||
		    policy_write(&again, &second, &err))
			fail_msg("%s: %s", elements[i], err.text);
		assert_string_equal(buffer_text(&first), buffer_text(&second));
		snprintf(id[i], sizeof id[i], "%s", policy.rule[0].id);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(id[k], id[i]);
	}
}

static void says_what_does_not_fit(void **state)
{
	static const struct {
		const char *elements, *text, *path, *value, *allowed;
	} row[] = {
		{ A_STRING, "{\"a\":\"13\"}", "/a", "\"13\"",
		  "/a string \"$$WS/x\", \"$WS/x\", \"1\"" },
		{ A_STRING, "{}", "/a", "", "it must be there" },
		{ A_STRING, "{\"b\":1}", "/b", "1", "nothing may stand there" },
		{ ITEMS, "{\"a\":[]}", "/a", "[]", "/a? array 1..2 items" },
		{ ITEMS, "{\"a\":[7]}", "/a/*", "7", "/a/*? integer 1" },
		{ "<exact>{\"a\":1}</exact>", "{\"a\":2}", "", "{\"a\":2}", "{\"a\":1}" },
		{ WHOLE, "{", "", "", "it is not JSON that can be read in one way only" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		scoped(policy) struct policy policy = { 0 };
		scoped(called) struct called called = { 0 };
		struct misfit misfit = { 0 };
		struct error err = { 0 };

		assert_int_equal(read_rule(&policy, row[i].elements, &err), 0);
		assert_int_equal(called_read(&called, bytes_of(row[i].text), &roots), 0);
		assert_false(arguments_admit(&policy.rule[0].arguments, &called, &misfit));
		assert_string_equal(buffer_text(&misfit.path), row[i].path);
		assert_string_equal(buffer_text(&misfit.value), row[i].value);
		assert_string_equal(buffer_text(&misfit.allowed), row[i].allowed);
		misfit_release(&misfit);
	}
}

static bool includes(const char *outer, const char *inner)
{
	scoped(policy) struct policy one = { 0 }, other = { 0 };
	struct error err = { 0 };

	assert_int_equal(read_rule(&one, outer, &err), 0);
	assert_int_equal(read_rule(&other, inner, &err), 0);
	return arguments_include(&one.rule[0].arguments, &other.rule[0].arguments);
}

#define NUMBER(least, most, rest)                                                                  \
	WHOLE "<argument path=\"/n\" type=\"integer\" " rest " least=\"" least "\" most=\"" most   \
	      "\"/>"

static void compares_what_is_admitted(void **state)
{
	(void)state;
	assert_true(includes("", ""));
	assert_true(includes("", A_STRING));
	assert_false(includes(A_STRING, ""));
	assert_true(includes(A_STRING, A_STRING));
	assert_true(includes(A_STRING, "<exact>{\"a\":\"1\"}</exact>"));
	assert_false(includes(A_STRING, "<exact>{\"a\":\"2\"}</exact>"));
	assert_false(includes(A_STRING, "<exact>{\"a\":1}</exact>"));
	assert_false(includes(A_STRING, WHOLE));
	assert_false(includes(WHOLE, A_STRING));
	assert_true(includes(NUMBER("1", "9", ""), NUMBER("2", "9", "")));
	assert_true(includes(NUMBER("1", "9", ""), NUMBER("2", "9", "needed=\"true\"")));
	assert_true(includes(NUMBER("1", "9", ""), WHOLE));
	assert_false(includes(NUMBER("1", "9", ""), NUMBER("2", "10", "")));
	assert_false(includes(NUMBER("1", "9", "needed=\"true\""), NUMBER("2", "9", "")));
	assert_false(includes(NUMBER("1", "9", "needed=\"true\""), WHOLE));
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(admits_values_of_one_type),
		cmocka_unit_test(knows_paths_from_text),
		cmocka_unit_test(reads_json_in_one_way_only),
		cmocka_unit_test(is_free_where_nothing_is_said),
		cmocka_unit_test(survives_depth_and_size),
		cmocka_unit_test(writes_what_it_reads),
		cmocka_unit_test(tells_members_from_items),
		cmocka_unit_test(refuses_what_means_nothing),
		cmocka_unit_test(comes_back),
		cmocka_unit_test(says_what_does_not_fit),
		cmocka_unit_test(compares_what_is_admitted),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
