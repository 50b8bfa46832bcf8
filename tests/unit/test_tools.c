/* Arguments of calls without their secrets, what is other in a definition, and copies that find no
 * room. */
#include "recorder/tools/arguments.h"
#include "recorder/tools/copies.h"
#include "recorder/tools/listings.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct secret_key key = { { 1, 2, 3 } };
static const struct masker masker = { .view = { &key, 0 } };

/* "secret:" and digits as S. */
static void assert_masked(struct bytes json, bool whole, const char *want)
{
	scoped(buffer) struct buffer out = { 0 }, shown = { 0 };
	bool is_whole;
	const char *at;

	assert_int_equal(arguments_mask(&masker, json, &out, &is_whole), 0);
	assert_int_equal(is_whole, whole);
	for (at = buffer_text(&out); *at; at++) {
		if (!strncmp(at, "secret:", 7)) {
			buffer_add_char(&shown, 'S');
			at += 14;
		} else {
			buffer_add_char(&shown, *at);
		}
	}
	assert_string_equal(buffer_text(&shown), want);
}

static void masks_arguments(void **state)
{
	(void)state;
	assert_masked(bytes_of("{ \"a\" : [1.50, \"\\u0041\"] }"), true,
		      "{ \"a\" : [1.50, \"\\u0041\"] }");
	assert_masked(bytes_of("{\"b\":1,\"api_key\":\"0123456789abcdef01\",\"a\":\"x\"}"), true,
		      "{\"b\":1,\"api_key\":\"[S]\",\"a\":\"x\"}");
	assert_masked(bytes_of("{\"password\":7654321}"), true, "{\"password\":\"[S]\"}");
	assert_masked(bytes_of("{\"password\":\"$PASSWORD\"}"), true,
		      "{\"password\":\"$PASSWORD\"}");
	assert_masked(bytes_of("[\"curl\",\"-u\",\"me:s3cr3t-word\"]"), true,
		      "[\"curl\",\"-u\",\"me:[S]\"]");
	assert_masked(bytes_of("[[{\"x\":[\"a b\",{\"client_secret\":\"abcdef\"}]}]]"), true,
		      "[[{\"x\":[\"a b\",{\"client_secret\":\"[S]\"}]}]]");
	assert_masked(bytes_of("\"ghp_0123456789abcdefghijABCDEFGHIJ012345\""), true, "\"[S]\"");
}

/* Who reads it twice may read two things: nothing is taken for certain, and nothing given away. */
static void keeps_a_head_of_what_is_not_clear(void **state)
{
	size_t size = ARGUMENTS_KEPT + 3;
	char *text = malloc(size);
	scoped(buffer) struct buffer out = { 0 };
	bool whole;

	(void)state;
	assert_masked(bytes_of("{\"a\":1,\"a\":2}"), false, "{\"a\":1,\"a\":2}");
	assert_masked(bytes_of("{\"a\":1,\"password\":\"hunter2hunter\",\"a\":2}"), false,
		      "{\"a\":1,\"password\":\"[S]\",\"a\":2}");
	assert_masked(bytes_of("{\"a\":\"\xff\"}"), false, "{\"a\":\"\xff\"}");
	assert_non_null(text);
	memset(text, 'x', size);
	text[0] = text[size - 1] = '"';
	assert_int_equal(arguments_mask(&masker, (struct bytes){ text, size }, &out, &whole), 0);
	assert_false(whole);
	assert_int_equal(out.size, ARGUMENTS_HEAD);
	free(text);
}

static void assert_differs(const char *before, const char *now, size_t most, const char *want)
{
	scoped(buffer) struct buffer out = { 0 };
	json_t *a = json_loads(before, JSON_DECODE_ANY, NULL);
	json_t *b = json_loads(now, JSON_DECODE_ANY, NULL);

	assert_true(a && b);
	definition_differs(a, b, most, &out);
	assert_string_equal(buffer_text(&out), want);
	json_decref(a);
	json_decref(b);
}

static void says_what_is_other(void **state)
{
	(void)state;
	assert_differs("{\"a\":1,\"b\":{\"c\":[1],\"d\":2}}", "{\"b\":{\"d\":2,\"c\":[1]},\"a\":1}",
		       9, "");
	assert_differs("{\"a\":1,\"b\":{\"c\":[1],\"d\":2}}", "{\"a\":2,\"b\":{\"c\":[2],\"e\":2}}",
		       9, "/a\n/b/c\n/b/e\n/b/d\n");
	assert_differs("{\"a\":1}", "{\"x/y~z\":1}", 9, "/x~1y~0z\n/a\n");
	assert_differs("{}", "{\"a\\nb\":1}", 9, "/a\\nb\n");
	assert_differs("{\"a\":1}", "[]", 9, "\n");
	assert_differs("{}", "{\"a\":1,\"b\":2,\"c\":3}", 2, "/a\n/b\n");
}

static void loses_what_finds_no_room(void **state)
{
	size_t size = COPIES_MAX / 4;
	char *data = calloc(1, size);
	struct copies copies;
	struct buffer taken = { 0 };
	struct bytes rest;
	struct copy copy;
	int count = 0;

	(void)state;
	assert_non_null(data);
	copies_open(&copies);
	for (int i = 0; i < 5; i++)
		copies_add(&copies, SIDE_SERVER, (struct bytes){ data, size }, i);
	assert_true(copies_end_missing(&copies, SIDE_SERVER));
	assert_false(copies_end_missing(&copies, SIDE_CLIENT));
	copies_add(&copies, SIDE_CLIENT, bytes_of("a"), 9);
	assert_true(copies_take(&copies, &taken));
	for (rest = buffer_bytes(&taken); copies_next(&rest, &copy); count++)
		assert_false(copy.is_gap);
	assert_in_range(count, 3, 5);
	copies_add(&copies, SIDE_SERVER, bytes_of("b"), 10);
	copies_close(&copies);
	assert_true(copies_take(&copies, &taken));
	rest = buffer_bytes(&taken);
	assert_true(copies_next(&rest, &copy));
	assert_true(copy.is_gap && copy.side == SIDE_SERVER && copy.time_ns == 10);
	assert_true(bytes_equal(copy.data, bytes_of("b")));
	assert_false(copies_next(&rest, &copy));
	assert_false(copies_take(&copies, &taken));
	copies_refuse(&copies);
	copies_add(&copies, SIDE_CLIENT, bytes_of("c"), 11);
	assert_false(copies_take(&copies, &taken));
	buffer_release(&taken);
	copies_release(&copies);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masks_arguments),
		cmocka_unit_test(keeps_a_head_of_what_is_not_clear),
		cmocka_unit_test(says_what_is_other),
		cmocka_unit_test(loses_what_finds_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
