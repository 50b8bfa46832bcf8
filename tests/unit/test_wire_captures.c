/* Packets of real programs, and what the decoders make of them: each capture in fixtures/wire has
 * beside it what is to come out (NAME.names) and what Wireshark said (NAME.tshark). */
#include "wire_print.h"

#include <ctype.h>

/* The lines of `text` that differ from a file, or none. */
static void assert_same_lines(const char *name, const char *text)
{
	scoped(buffer) struct buffer want = { 0 };
	char path[256];
	const char *a, *b;
	int line = 1;

	snprintf(path, sizeof path, "fixtures/wire/%s.names", name);
	if (getenv("UPDATE")) { /* to make them anew; then read the difference */
		FILE *file = fopen(path, "w");

		assert_non_null(file);
		fputs(text, file);
		fclose(file);
	}
	add_file(&want, path);
	for (a = buffer_text(&want), b = text; *a || *b; line++) {
		size_t size = strcspn(a, "\n"), other = strcspn(b, "\n");

		if (size != other || memcmp(a, b, size))
			fail_msg("%s:%d: want %.*s\n#   got %.*s", path, line, (int)size, a,
				 (int)other, b);
		a += size + (a[size] != 0);
		b += other + (b[other] != 0);
	}
}

/* Whether a line of `text` for that packet has that name in it, small or large letters. */
static bool has_name(const char *text, const char *number, const char *name)
{
	size_t digits = strlen(number);
	char line[4096];

	for (; *text; text += strcspn(text, "\n") + 1) {
		if (strncmp(text, number, digits) || text[digits] != ' ')
			continue;
		snprintf(line, sizeof line, "%.*s", (int)strcspn(text, "\n"), text);
		if (strcasestr(line, name))
			return true;
	}
	return false;
}

static void assert_wireshark_agrees(const char *name, const char *text)
{
	scoped(buffer) struct buffer theirs = { 0 };
	char path[256], *line, *rest;

	snprintf(path, sizeof path, "fixtures/wire/%s.tshark", name);
	add_file(&theirs, path);
	for (line = theirs.data; line && *line; line = rest) {
		char *space = strchr(line, ' ');

		assert_non_null(space);
		rest = space + strcspn(space, "\n");
		if (*rest)
			*rest++ = '\0';
		*space = '\0';
		if (!has_name(text, line, space + 1))
			fail_msg("%s: packet %s has no %s for us", path, line, space + 1);
	}
}

static void captures_are_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < CAPTURES; i++) {
		scoped(buffer) struct buffer out = { 0 };

		print_capture(captures[i], &out);
		assert_int_equal(buffer_status(&out), 0);
		assert_same_lines(captures[i], buffer_text(&out));
		assert_wireshark_agrees(captures[i], buffer_text(&out));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(captures_are_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
