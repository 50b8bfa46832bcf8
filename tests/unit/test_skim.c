/* What is read off messages as they pass, held against jansson. */
#include "recorder/tools/lines.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool skim_in_pieces(struct skim *skim, struct bytes text, size_t piece)
{
	skim_clear(skim);
	for (size_t at = 0; at < text.size; at += piece) {
		size_t rest = text.size - at;

		skim_feed(skim, (struct bytes){ text.data + at, rest < piece ? rest : piece });
	}
	skim_end(skim);
	return !skim->malformed;
}

static void assert_field(const struct skim *skim, enum field field, const char *text,
			 const char *want)
{
	const struct skim_field *seen = &skim->field[field];

	if (!want) {
		assert_false(skim_has(skim, field));
		return;
	}
	assert_true(skim_has(skim, field));
	assert_int_equal(seen->end - seen->begin, strlen(want));
	assert_memory_equal(text + seen->begin, want, strlen(want));
}

static void finds_members(void **state)
{
	static const char text[] = " {\"jsonrpc\":\"2.0\", \"method\" : "
				   "\"tools/c\\u0061ll\",\"params\":{\"x\":{\"name\":1},"
				   "\"name\":\"a\\\"b\",\"arguments\":{\"id\":[1,{\"method\":2}]} "
				   ",\"_meta\":{\"name\":0}},"
				   "\"id\":-12e1,\"result\":{\"isError\":true,\"tools\":[{\"name\":"
				   "\"t\"}],\"nextCursor\":null},"
				   "\"\\u0065rror\":{\"code\":1}}\r";
	struct skim skim = { 0 };

	(void)state;
	for (size_t piece = 1; piece <= sizeof text; piece++) {
		assert_true(skim_in_pieces(&skim, bytes_of(text), piece));
		assert_true(skim_is(&skim, FIELD_METHOD, "tools/call"));
		assert_field(&skim, FIELD_NAME, text, "\"a\\\"b\"");
		assert_true(skim_is(&skim, FIELD_NAME, "a\"b"));
		assert_field(&skim, FIELD_ARGUMENTS, text, "{\"id\":[1,{\"method\":2}]}");
		assert_field(&skim, FIELD_META, text, "{\"name\":0}");
		assert_field(&skim, FIELD_ID, text, "-12e1");
		assert_field(&skim, FIELD_IS_ERROR, text, "true");
		assert_field(&skim, FIELD_TOOLS, text, "[{\"name\":\"t\"}]");
		assert_field(&skim, FIELD_NEXT_CURSOR, text, "null");
		assert_field(&skim, FIELD_ERROR, text, "{\"code\":1}");
		assert_field(&skim, FIELD_CURSOR, text, NULL);
		assert_field(&skim, FIELD_STATE, text, NULL);
	}
	skim_release(&skim);
}

/* As JSON.parse() has it. */
static void takes_the_last_of_two(void **state)
{
	static const char text[] = "{\"params\":{\"name\":\"a\",\"arguments\":{}},\"id\":1,"
				   "\"params\":{\"name\":\"b\"},\"id\":\"1\"}";
	struct skim skim = { 0 };

	(void)state;
	assert_true(skim_in_pieces(&skim, bytes_of(text), 7));
	assert_true(skim_is(&skim, FIELD_NAME, "b"));
	assert_field(&skim, FIELD_ARGUMENTS, text, NULL);
	assert_field(&skim, FIELD_ID, text, "\"1\"");
	skim_release(&skim);
}

static void assert_key(const char *id, const char *want)
{
	scoped(buffer) struct buffer text = { 0 }, key = { 0 };
	struct skim skim = { 0 };

	buffer_printf(&text, "{\"id\":%s}", id);
	assert_true(skim_in_pieces(&skim, buffer_bytes(&text), 3));
	assert_int_equal(skim_key(&skim, FIELD_ID, '>', &key), want != NULL);
	if (want)
		assert_string_equal(buffer_text(&key), want);
	skim_release(&skim);
}

static void tells_ids_apart(void **state)
{
	(void)state;
	assert_key("1", ">n1");
	assert_key("\"1\"", ">s1");
	assert_key("\"\\u0031\"", ">s1");
	assert_key("\"\\ud83d\\ude00\"", ">s\xf0\x9f\x98\x80");
	assert_key("\"\\ud83d\"", ">s\\ud83d");
	assert_key("0", ">n0");
	assert_key("null", NULL);
	assert_key("{}", NULL);
	assert_key("true", NULL);
}

static void refuses_what_is_no_json(void **state)
{
	static const char *const bad[] = { "",		 "{",	     "}",	    "{]",  "[1,]",
					   "{\"a\"}",	 "{\"a\":}", "{,}",	    "01",  "-",
					   "1.",	 "1e",	     "1e+",	    "tru", "truex",
					   "\"a",	 "\"\\x\"",  "\"\\u12g4\"", "1 2", "[1 2]",
					   "{\"a\":1,}", "\"\t\"",   ".5",	    "+1",  "[}" };
	static const char *const good[] = { "0",	"-0.5E-10",	    "[]",   "{}",
					    "[[],{}]",	"\"\\u12aF\\n\"",   "true", " null ",
					    "[1 , 2 ]", "{\"\":{\"\":[]}}", "12" };
	struct skim skim = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (skim_in_pieces(&skim, bytes_of(bad[i]), 1))
			fail_msg("%s is taken for JSON", bad[i]);
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!skim_in_pieces(&skim, bytes_of(good[i]), 1))
			fail_msg("%s is taken for none", good[i]);
	skim_release(&skim);
}

/* Changes some bytes of a text to others that JSON is made of. */
static void change(char *text, size_t size, unsigned *seed)
{
	static const char made_of[] = "{}[]\",:\\u09.eE+-truefalsn \t";

	for (int i = rand_r(seed) % 4; i >= 0; i--)
		text[(size_t)rand_r(seed) % size] =
			made_of[(size_t)rand_r(seed) % (sizeof made_of - 1)];
}

/* The last of members that are there twice is what jansson keeps, too. */
static void compare(const struct skim *skim, const char *text, const json_t *json)
{
	const json_t *params = json_object_get(json, "params");
	const json_t *arguments =
		json_is_object(params) ? json_object_get(params, "arguments") : NULL;
	const struct skim_field *seen = &skim->field[FIELD_ARGUMENTS];
	json_t *found;

	assert_int_equal(skim_has(skim, FIELD_ARGUMENTS), arguments != NULL);
	if (!arguments)
		return;
	found = json_loadb(text + seen->begin, seen->end - seen->begin,
			   JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	assert_true(json_equal(found, arguments));
	json_decref(found);
}

/* Halves of surrogate pairs and numbers that do not fit are JSON all the same. */
static bool is_too_much(const char *why)
{
	return strstr(why, "nicode") || strstr(why, "overflow") || strstr(why, "big");
}

/* Whether it is an object to both. */
static bool agree(struct skim *skim, const char *text, size_t piece)
{
	json_error_t why = { .text = "" };
	bool taken = skim_in_pieces(skim, bytes_of(text), piece);
	json_t *json = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
	bool is_object = json_is_object(json);

	if (taken != (json != NULL) && !(taken && is_too_much(why.text)))
		fail_msg("%s\n%s, %s", text, taken ? "taken" : "refused", why.text);
	if (is_object)
		compare(skim, text, json);
	json_decref(json);
	return is_object;
}

static void agrees_with_jansson(void **state)
{
	static const char from[] =
		"{\"id\":10.5,\"params\":{\"arguments\":{\"a\":[1,-2e0,true,null,\"\\u00e9\\n\"]},"
		"\"name\":\"n\"},\"params2\":[[],{},\"params\",{\"arguments\":0}]}";
	const char *n = getenv("N");
	unsigned seed = 11;
	struct skim skim = { 0 };
	int whole = 0;

	(void)state;
	for (long i = n ? atol(n) : 100000; i > 0; i--) {
		char text[sizeof from];

		memcpy(text, from, sizeof from);
		change(text, sizeof from - 1, &seed);
		whole += agree(&skim, text, (size_t)rand_r(&seed) % 9 + 1);
	}
	assert_true(whole > 1000);
	skim_release(&skim);
}

struct seen {
	int count;
	bool malformed[8], whole[8];
	size_t size[8];
};

static void see(void *context, const struct message *message)
{
	struct seen *seen = context;

	seen->malformed[seen->count] = message->skim->malformed;
	seen->whole[seen->count] = message->whole;
	seen->size[seen->count++] = message->size;
}

static void takes_lines(void **state)
{
	static const char text[] = "{}\n\n \r\nno\n[1]";
	struct lines lines = { 0 };
	struct seen seen = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof text - 1; i++)
		lines_feed(&lines, (struct bytes){ text + i, 1 }, 1, see, &seen);
	assert_int_equal(seen.count, 2);
	assert_false(seen.malformed[0]);
	assert_true(seen.malformed[1]);
	assert_true(lines_are_open(&lines));
	lines_lose(&lines);
	assert_false(lines_are_open(&lines));
	lines_feed(&lines, bytes_of("rest\n{\"id\":1}\n"), 2, see, &seen);
	assert_int_equal(seen.count, 3);
	assert_false(seen.malformed[2]);
	assert_int_equal(seen.size[2], 8);
	lines_release(&lines);
}

static void keeps_no_more_than_it_may(void **state)
{
	struct lines lines = { 0 };
	struct seen seen = { 0 };
	size_t size = LINES_KEPT + 100;
	char *text = malloc(size);

	(void)state;
	assert_non_null(text);
	memset(text, ' ', size);
	text[0] = '[';
	text[size - 2] = ']';
	text[size - 1] = '\n';
	for (size_t at = 0; at < size; at += 65536)
		lines_feed(&lines,
			   (struct bytes){ text + at, size - at < 65536 ? size - at : 65536 }, 1,
			   see, &seen);
	assert_int_equal(seen.count, 1);
	assert_false(seen.malformed[0]);
	assert_false(seen.whole[0]);
	assert_int_equal(seen.size[0], size - 1);
	lines_release(&lines);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_members),
		cmocka_unit_test(takes_the_last_of_two),
		cmocka_unit_test(tells_ids_apart),
		cmocka_unit_test(refuses_what_is_no_json),
		cmocka_unit_test(agrees_with_jansson),
		cmocka_unit_test(takes_lines),
		cmocka_unit_test(keeps_no_more_than_it_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
