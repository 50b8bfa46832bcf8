#include "reports/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A literal with NULs in it. */
#define RAW(text) ((struct bytes){ (text), sizeof(text) - 1 })

static void strings_are_valid_and_reversible(void **state)
{
	static const struct {
		struct bytes in;
		const char *want;
	} row[] = {
		{ { NULL, 0 }, "\"\"" },
		{ RAW("/usr/bin/git"), "\"/usr/bin/git\"" },
		{ RAW("a\"b"), "\"a\\\"b\"" },
		{ RAW("a\\b"), "\"a\\\\\\\\b\"" },
		{ RAW("a\nb\x7f"), "\"a\\u000ab\\u007f\"" },
		{ RAW("\xff\0"), "\"\\\\xff\\\\x00\"" },
		{ RAW("caf\xc3\xa9"), "\"caf\xc3\xa9\"" },
		/* What cannot be seen takes all else out of UTF-8 with it. */
		{ RAW("\xc3\xa9\xe2\x80\xae"), "\"\\u00e9\\u202e\"" },
		{ RAW("\xc2\x9b\xf0\x9f\x98\x80"), "\"\\u009b\\ud83d\\ude00\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		scoped(buffer) struct buffer out = { 0 };

		json_bytes(row[i].in, &out);
		assert_string_equal(buffer_text(&out), row[i].want);
	}
}

static void commas_stand_between(void **state)
{
	scoped(buffer) struct buffer out = { 0 };

	(void)state;
	json_open('{', &out);
	json_key("a", &out);
	json_arguments(RAW("x\0\0,\0no end"), &out);
	json_key("b", &out);
	json_open('[', &out);
	json_number(INT64_MIN, &out);
	json_number(0, &out);
	json_bool(true, &out);
	json_none(&out);
	json_open('{', &out);
	json_close('}', &out);
	json_text(NULL, &out);
	json_close(']', &out);
	json_key("t", &out);
	json_time(1, &out);
	json_close('}', &out);
	assert_string_equal(buffer_text(&out),
			    "{\"a\":[\"x\",\"\",\",\",\"no end\"],\"b\":[-9223372036854775808,0,"
			    "true,null,{},\"\"],\"t\":\"1970-01-01T00:00:00.000000001Z\"}");
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(strings_are_valid_and_reversible),
		cmocka_unit_test(commas_stand_between),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
