#include "core/argument.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool is(const char *format, const char *text)
{
	scoped(buffer) struct buffer scope = { 0 };

	return format_fits(argument_format_parse(format), bytes_of(text), &scope);
}

static void knows_formats(void **state)
{
	(void)state;
	assert_true(is("uuid", "123e4567-e89b-12d3-a456-426614174000"));
	assert_false(is("uuid", "123e4567-e89b-12d3-a456-42661417400g"));
	assert_false(is("uuid", "123e4567-e89b-12d3-a456-426614174000 "));
	assert_true(is("date", "2026-02-28"));
	assert_false(is("date", "2026-13-28"));
	assert_true(is("time", "2026-02-28T10:00:00Z"));
	assert_true(is("time", "2026-02-28T10:00:00.25+01:00"));
	assert_false(is("time", "2026-02-28T10:00:00"));
	assert_false(is("time", "2026-02-28T10:00:00.Z"));
	assert_true(is("hex", "00ff"));
	assert_false(is("hex", "00FF"));
	assert_true(is("email", "a.b@example.org"));
	assert_false(is("email", "a@b@example.org"));
	assert_false(is("email", "-a@example.org"));
	assert_true(is("url", "https://a.example:8443/x?y=1"));
	assert_false(is("url", "https://a.example@evil.example/x"));
	assert_false(is("url", "https://a.example/x/../y"));
	assert_false(is("url", "https://a.example/%2e%2E/y"));
	assert_false(is("url", "https://a.example\\@evil/"));
	assert_true(is("path", "$WS/a/b"));
	assert_false(is("path", "$WS/.env"));
	assert_false(is("path", "/etc/passwd"));
	assert_false(is("path", "$$WS/a"));
	assert_true(is("word", "main"));
	assert_false(is("word", "-rf"));
	assert_false(is("word", "a/b"));
	assert_false(is("word", "a..b"));
	assert_true(is("line", "fix the test in src/a.c"));
}

static void keeps_tricks_out_of_text(void **state)
{
	static const char *const trick[] = {
		"/etc/passwd",
		" /etc/passwd",
		"~/.ssh/id_rsa",
		"../x",
		"a/../../etc",
		"a\\..\\b",
		"..",
		"a/..",
		"-rf",
		"--force",
		"https://evil/",
		"\nhttps://evil/",
		"file:/etc/x",
		".env",
		"a/.git/hooks/x",
		"%2e%2e/x",
		"a\x1b[2J",
		"a\xe2\x80\xae"
		"b",
		"a\xe2\x80\x8b"
		"b",
		"$WS/x",
		"",
		" ",
	};

	(void)state;
	for (size_t i = 0; i < sizeof trick / sizeof *trick; i++)
		if (is("line", trick[i]) || is("text", trick[i]) || is("word", trick[i]))
			fail_msg("taken for text: %s", trick[i]);
	assert_true(is("text", "two\nlines, and a/b"));
	assert_false(is("line", "two\nlines"));
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(knows_formats),
		cmocka_unit_test(keeps_tricks_out_of_text),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
