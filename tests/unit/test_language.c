/* Sets of names, held against a second way to say the same. */
#include "core/language.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* "a" a letter, "d" digits 1 to 3, "h" two hexadecimal ones, "." any component, "*" any bytes, "?"
 * any but slashes, "S" a subtree, "u" a uuid: small languages from small texts. */
static void build(struct language *ret, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case 'd':
			language_add_class(ret, CLASS_DIGIT, 1, 3);
			break;
		case 'h':
			language_add_class(ret, CLASS_HEX, 2, 2);
			break;
		case '.':
			language_add_component(ret);
			break;
		case '*':
			language_add_any(ret, true);
			break;
		case '?':
			language_add_any(ret, false);
			break;
		case 'S':
			language_add_subtree(ret);
			break;
		case 'u':
			language_add_class(ret, CLASS_UUID, 1, 1);
			break;
		default:
			language_add_literal(ret, (struct bytes){ text, 1 });
		}
	}
	assert_false(ret->failed);
}

static bool matches(const char *text, const char *name)
{
	scoped(language) struct language language = { 0 };

	build(&language, text);
	return language_matches(&language, bytes_of(name));
}

static int intersects(const char *a, const char *b)
{
	scoped(language) struct language first = { 0 }, second = { 0 };
	scoped(buffer) struct buffer witness = { 0 };
	int r;

	build(&first, a);
	build(&second, b);
	r = language_intersects(&first, &second, &witness);
	assert_int_equal(r, language_intersects(&second, &first, NULL));
	if (r == 1) {
		assert_true(language_matches(&first, buffer_bytes(&witness)));
		assert_true(language_matches(&second, buffer_bytes(&witness)));
	}
	return r;
}

static int includes(const char *large, const char *small)
{
	scoped(language) struct language first = { 0 }, second = { 0 };
	scoped(buffer) struct buffer witness = { 0 };
	int r;

	build(&first, large);
	build(&second, small);
	r = language_includes(&first, &second, &witness);
	if (r == 0) {
		assert_false(language_matches(&first, buffer_bytes(&witness)));
		assert_true(language_matches(&second, buffer_bytes(&witness)));
	}
	return r;
}

static void names_match(void **state)
{
	(void)state;
	assert_true(matches("/x/d", "/x/7"));
	assert_true(matches("/x/d", "/x/777"));
	assert_false(matches("/x/d", "/x/7777"));
	assert_false(matches("/x/d", "/x/"));
	assert_true(matches("/x/h", "/x/a0"));
	assert_false(matches("/x/h", "/x/A0"));
	assert_true(matches("/x/.", "/x/anything at all"));
	assert_false(matches("/x/.", "/x/a/b"));
	assert_false(matches("/x/.", "/x/"));
	assert_true(matches("/x/S", "/x/a/b"));
	assert_false(matches("/x/S", "/x/"));
	assert_false(matches("/x/S", "/x"));
	assert_true(matches("*/k", "/k"));
	assert_true(matches("*/k", "/a/b/k"));
	assert_false(matches("?/k", "/a/b/k"));
	assert_true(matches("u", "0123abcd-0123-4567-89ab-0123456789ab"));
	assert_false(matches("u", "0123abcd-0123-4567-89ab-0123456789aB"));
	assert_true(matches("", ""));
	assert_false(matches("", "x"));
}

static void common_names_are_found(void **state)
{
	(void)state;
	assert_int_equal(intersects("/x/d", "/x/12"), 1);
	assert_int_equal(intersects("/x/d", "/x/1234"), 0);
	assert_int_equal(intersects("/x/d", "/x/h"), 1);
	assert_int_equal(intersects("/x/.", "*/id_?"), 1);
	assert_int_equal(intersects("/x/d", "*/id_?"), 0);
	assert_int_equal(intersects("/home/bob/S", "/home/bobby/."), 0);
	assert_int_equal(intersects("/home/S", "*/.ssh/id_?"), 1);
	assert_int_equal(intersects("/etc/.", "/etc/shadow?"), 1);
	assert_int_equal(intersects("/etc/d", "/etc/shadow?"), 0);
	assert_int_equal(intersects("", ""), 1);
}

static void inclusion_is_told(void **state)
{
	(void)state;
	assert_int_equal(includes("/x/.", "/x/d"), 1);
	assert_int_equal(includes("/x/d", "/x/."), 0);
	assert_int_equal(includes("/x/S", "/x/."), 1);
	assert_int_equal(includes("/x/.", "/x/S"), 0);
	assert_int_equal(includes("/x/ddd", "/x/ddd"), 1);
	assert_int_equal(includes("/x/ddd", "/x/d"), 0); /* three digits at least */
	assert_int_equal(includes("/x/dd", "/x/12"), 1);
	assert_int_equal(includes("*", "/x/S"), 1);
	assert_int_equal(includes("?d", "d"), 1);
	assert_int_equal(includes("/h", "/d"), 0);
	assert_int_equal(includes("/S", "/a/h"), 1);
	assert_int_equal(includes("*a*", "*ba*"), 1);
	assert_int_equal(includes("*ba*", "*a*"), 0);
	assert_int_equal(includes("x", "y"), 0);
}

static void random_text(char text[static 8])
{
	static const char parts[] = "ab01/dhS.*?";
	size_t size = (size_t)rand() % 6;

	for (size_t i = 0; i < size; i++)
		text[i] = parts[(size_t)rand() % (sizeof parts - 1)];
	text[size] = '\0';
}

static void random_name(char name[static 8])
{
	static const char bytes[] = "ab01/";
	size_t size = (size_t)rand() % 6;

	for (size_t i = 0; i < size; i++)
		name[i] = bytes[(size_t)rand() % (sizeof bytes - 1)];
	name[size] = '\0';
}

/* What is said of two languages holds of every name that is tried. */
static void any_two_agree_with_names(void **state)
{
	(void)state;
	srand(6);
	for (int round = 0; round < 4000; round++) {
		char a[8], b[8], name[8];
		int common, inside;

		random_text(a);
		random_text(b);
		common = intersects(a, b);
		inside = includes(a, b);
		for (int i = 0; i < 50; i++) {
			random_name(name);
			if (!matches(b, name))
				continue;
			assert_true(common == 1 || !matches(a, name));
			assert_true(inside == 0 || matches(a, name));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_match),
		cmocka_unit_test(common_names_are_found),
		cmocka_unit_test(inclusion_is_told),
		cmocka_unit_test(any_two_agree_with_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
