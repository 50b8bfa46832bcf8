#include "core/text.h"
#include "reports/terminal.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

static const struct terminal plain = { .utf8 = true, .columns = 100 };
static const struct terminal ascii = { .columns = 100 };

/* A terminal that nobody looks at. */
static FILE *open_terminal(unsigned short columns, int *ret_master)
{
	struct winsize size = { .ws_row = 24, .ws_col = columns };
	int master = posix_openpt(O_RDWR | O_NOCTTY), fd;

	assert_true(master >= 0);
	assert_int_equal(grantpt(master) | unlockpt(master), 0);
	fd = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(fd >= 0);
	assert_int_equal(ioctl(fd, TIOCSWINSZ, &size), 0);
	*ret_master = master;
	return fdopen(fd, "w");
}

static struct terminal on_terminal(unsigned short columns)
{
	int master;
	FILE *out = open_terminal(columns, &master);
	struct terminal terminal = terminal_of(out);

	fclose(out);
	close(master);
	return terminal;
}

static struct terminal on_file(void)
{
	FILE *out = fopen("/dev/null", "w");
	struct terminal terminal = terminal_of(out);

	fclose(out);
	return terminal;
}

static void set(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static void colour_follows_the_conventions(void **state)
{
	static const struct {
		const char *no_color, *force, *term;
		bool on_terminal, on_file;
	} row[] = {
		{ NULL, NULL, "xterm", true, false }, { NULL, NULL, "dumb", false, false },
		{ NULL, NULL, NULL, false, false },   { "", NULL, "xterm", true, false },
		{ "1", NULL, "xterm", false, false }, { NULL, "1", "dumb", true, true },
		{ NULL, "0", "xterm", true, false },  { "0", "1", "xterm", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		set("NO_COLOR", row[i].no_color);
		set("CLICOLOR_FORCE", row[i].force);
		set("TERM", row[i].term);
		assert_int_equal(on_terminal(80).colour, row[i].on_terminal);
		assert_int_equal(on_file().colour, row[i].on_file);
	}
}

static void width_is_held_to_what_can_be_read(void **state)
{
	(void)state;
	set("COLUMNS", "77");
	assert_int_equal(on_terminal(72).columns, 72);
	assert_int_equal(on_terminal(20).columns, 40);
	assert_int_equal(on_terminal(500).columns, 160);
	assert_int_equal(on_terminal(0).columns, 77);
	assert_int_equal(on_file().columns, 77);
	set("COLUMNS", "9999999999999999999999");
	assert_int_equal(on_file().columns, 160);
	set("COLUMNS", "wide");
	assert_int_equal(on_file().columns, 100);
	set("COLUMNS", NULL);
	assert_int_equal(on_file().columns, 100);
}

static void assert_name(const struct terminal *terminal, const char *name, unsigned columns,
			const char *want)
{
	scoped(buffer) struct buffer out = { 0 };
	unsigned used = terminal_add_name(terminal, bytes_of(name), columns, &out);

	assert_string_equal(buffer_text(&out), want);
	assert_int_equal(used, text_columns(buffer_text(&out)));
}

static void names_are_never_raw(void **state)
{
	(void)state;
	assert_name(&plain, "/a\x1b[2J\xff", 0, "/a\\x1b[2J\\xff");
	assert_name(&plain, "caf\xc3\xa9", 0, "caf\xc3\xa9");
	assert_name(&ascii, "caf\xc3\xa9", 0, "caf\\u{e9}");
	assert_name(&ascii, "\xf0\x9f\x98\x80", 0, "\\u{1f600}");
	assert_name(&plain, "/home/me/a-long-name-indeed.c", 20, "/home/me...-indeed.c");
	/* An escape is kept whole or left out. */
	assert_name(&ascii, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 16, "\\u{e9}...\\u{e9}");
}

static void escaped_text_is_not_escaped_twice(void **state)
{
	scoped(buffer) struct buffer out = { 0 };

	(void)state;
	terminal_add_escaped(&plain, bytes_of("/a\\*\\x1b\\\\\x1b[2J\\"), 0, &out);
	assert_string_equal(buffer_text(&out), "/a\\*\\x1b\\\\\\x1b[2J\\");
	buffer_clear(&out);
	terminal_add_escaped(&plain, bytes_of(""), 0, &out);
	assert_string_equal(buffer_text(&out), "");
}

static void commands_are_quoted(void **state)
{
	static const char argv[] = "git\0commit\0-m\0it's done; rm\0\0a=b\0";
	scoped(buffer) struct buffer out = { 0 };

	(void)state;
	terminal_add_command(&plain, (struct bytes){ argv, sizeof argv - 1 }, 0, &out);
	assert_string_equal(buffer_text(&out), "git commit -m 'it'\"'\"'s done; rm' '' a=b");
}

static void counts_are_grouped(void **state)
{
	static const struct {
		int64_t count;
		const char *want;
	} row[] = { { 0, "0 files" },
		    { 1, "1 file" },
		    { 999, "999 files" },
		    { 1000, "1,000 files" },
		    { -123456, "-123,456 files" },
		    { INT64_MAX, "9,223,372,036,854,775,807 files" } };

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		scoped(buffer) struct buffer out = { 0 };

		terminal_add_count(row[i].count, "file", "files", &out);
		assert_string_equal(buffer_text(&out), row[i].want);
	}
}

static void assert_bar(bool utf8, int64_t part, int64_t whole, const char *want)
{
	const struct terminal terminal = { .utf8 = utf8, .columns = 80 };
	scoped(buffer) struct buffer out = { 0 };

	terminal_add_bar(&terminal, part, whole, 4, &out);
	assert_string_equal(buffer_text(&out), want);
}

static void bars_say_how_much(void **state)
{
	(void)state;
	assert_bar(true, 0, 7, "····");
	assert_bar(true, 7, 7, "████");
	assert_bar(true, 9, 7, "████");
	assert_bar(true, 1, 2, "██··");
	assert_bar(true, 1, 32, "▏···");
	assert_bar(true, 1, 1000000, "▏···");
	assert_bar(true, 31, 32, "███▉");
	assert_bar(true, 1, 0, "····");
	assert_bar(true, -1, 7, "····");
	assert_bar(true, INT64_MAX, INT64_MAX, "████");
	assert_bar(false, 1, 1000, "#...");
	assert_bar(false, 5, 8, "###.");
	assert_bar(false, 0, 8, "....");
}

static void assert_wraps(unsigned columns, const char *text, const char *want)
{
	const struct terminal terminal = { .colour = true, .utf8 = true, .columns = columns };
	scoped(buffer) struct buffer out = { 0 };

	terminal_wrap(&terminal, bytes_of(text), &out);
	assert_string_equal(buffer_text(&out), want);
}

static void lines_are_broken_at_spaces(void **state)
{
	(void)state;
	assert_wraps(10, "one two three\n", "one two\n  three\n");
	assert_wraps(10, "  one two three", "  one two\n    three");
	assert_wraps(10, "exactly 10\n\nx", "exactly 10\n\nx");
	assert_wraps(10, "unbreakable-word next", "unbreakable-word\n  next");
	assert_wraps(10, "one \033[1;31mtwo\033[0m x three", "one \033[1;31mtwo\033[0m x\n  three");
	assert_wraps(10, "\xc3\xa9\xc3\xa9\xc3\xa9 \xc3\xa9\xc3\xa9\xc3\xa9 \xc3\xa9",
		     "\xc3\xa9\xc3\xa9\xc3\xa9 \xc3\xa9\xc3\xa9\xc3\xa9 \xc3\xa9");
}

static void styles_need_colour(void **state)
{
	const struct terminal colour = { .colour = true };
	scoped(buffer) struct buffer out = { 0 };

	(void)state;
	terminal_add(&plain, STYLE_BAD, "x", &out);
	terminal_add(&colour, STYLE_BAD, "x", &out);
	terminal_add(&colour, STYLE_PLAIN, "x", &out);
	assert_string_equal(buffer_text(&out), "x\033[1;31mx\033[0mx");
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(colour_follows_the_conventions),
		cmocka_unit_test(width_is_held_to_what_can_be_read),
		cmocka_unit_test(names_are_never_raw),
		cmocka_unit_test(escaped_text_is_not_escaped_twice),
		cmocka_unit_test(commands_are_quoted),
		cmocka_unit_test(counts_are_grouped),
		cmocka_unit_test(bars_say_how_much),
		cmocka_unit_test(lines_are_broken_at_spaces),
		cmocka_unit_test(styles_need_colour),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
