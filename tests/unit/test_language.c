/* Sets of names, held against a second way to say the same. */
#include "core/language.h"

#include <errno.h>
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

/* How many bytes the name has that is found in both; 0: none is. */
static size_t size_of_common(const char *a, const char *b)
{
	scoped(language) struct language first = { 0 }, second = { 0 };
	scoped(buffer) struct buffer witness = { 0 };

	build(&first, a);
	build(&second, b);
	language_intersects(&first, &second, &witness);
	return witness.size;
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

/* What find() holds: texts, the last NULL. */
#define TEXTS_MAX 8

struct texts {
	struct language language[TEXTS_MAX];
	const struct language *each[TEXTS_MAX];
	size_t count;
};

static void build_all(struct texts *ret, const char *const *text)
{
	*ret = (struct texts){ 0 };
	for (; text[ret->count]; ret->count++) {
		build(&ret->language[ret->count], text[ret->count]);
		ret->each[ret->count] = &ret->language[ret->count];
	}
}

static void release_all(struct texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		language_release(&texts->language[i]);
}

/* Whether all of `within` have a name in common that none of `without` has; what is found is held
 * against them. */
static int find(const char *const *within, const char *const *without)
{
	scoped(buffer) struct buffer witness = { 0 };
	struct texts in, out;
	int r;

	build_all(&in, within);
	build_all(&out, without);
	r = language_find(in.each, in.count, out.each, out.count, &witness);
	for (size_t i = 0; i < in.count && r == 1; i++)
		assert_true(language_matches(in.each[i], buffer_bytes(&witness)));
	for (size_t i = 0; i < out.count && r == 1; i++)
		assert_false(language_matches(out.each[i], buffer_bytes(&witness)));
	release_all(&in);
	release_all(&out);
	return r;
}

#define TEXTS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define NO_TEXTS   ((const char *const[]){ NULL })

static void several_together_include(void **state)
{
	(void)state;
	assert_int_equal(find(TEXTS("a"), NO_TEXTS), 1);
	assert_int_equal(find(TEXTS("/x/."), TEXTS("/x/a?", "/x/b?")), 1);
	assert_int_equal(find(TEXTS("/S"), TEXTS("/.", "/./S", "*//*", "*/")), 0);
	assert_int_equal(find(TEXTS("/S"), TEXTS("/.", "/./.", "*//*", "*/")), 1);
	assert_int_equal(find(TEXTS("/d"), TEXTS("/0?", "/1?", "/2?", "/3?", "/4?")), 1);
	assert_int_equal(find(TEXTS("/hx"), TEXTS("/?x", "/?y")), 0);
	assert_int_equal(find(TEXTS("*", "/S"), TEXTS("/.")), 1);
	assert_int_equal(find(TEXTS("/a?", "/?b"), TEXTS("/a?b")), 0);
	assert_int_equal(find(TEXTS("/a?", "/?b"), TEXTS("/aab")), 1);
	assert_int_equal(find(TEXTS("/a?", "/b?"), NO_TEXTS), 0);
}

/* Ten digits one by one are the class of digits. */
static void single_names_add_up(void **state)
{
	scoped(language) struct language class = { 0 };
	struct language digit[10] = { 0 };
	const struct language *within = &class, *without[10];
	scoped(buffer) struct buffer witness = { 0 };

	(void)state;
	language_add_class(&class, CLASS_DIGIT, 1, 1);
	for (size_t i = 0; i < 10; i++) {
		char text[2] = { (char)('0' + i), '\0' };

		language_add_literal(&digit[i], bytes_of(text));
		without[i] = &digit[i];
	}
	assert_int_equal(language_find(&within, 1, without, 10, NULL), 0);
	assert_int_equal(language_find(&within, 1, without, 9, &witness), 1);
	assert_string_equal(buffer_text(&witness), "9");
	for (size_t i = 0; i < 10; i++)
		language_release(&digit[i]);
}

static void too_much_is_not_told(void **state)
{
	scoped(language) struct language many = { 0 };
	const struct language *all[5] = { &many, &many, &many, &many, &many };

	(void)state;
	language_add_class(&many, CLASS_ALNUM, 2000, 2000);
	assert_int_equal(language_find(all, 5, NULL, 0, NULL), -E2BIG);
	assert_int_equal(language_find(all, 1, all, 4, NULL), -E2BIG);
	assert_int_equal(language_find(all, 1, all, 1, NULL), 0);
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
			assert_true(!matches(a, name) || size_of_common(a, b) <= strlen(name));
			assert_true(inside == 0 || matches(a, name));
		}
	}
}

/* And of several: each name that is tried is in one of them, or one was found. */
static void any_several_agree_with_names(void **state)
{
	(void)state;
	srand(7);
	for (int round = 0; round < 2000; round++) {
		char text[4][8], name[8];
		int found;

		for (int i = 0; i < 4; i++)
			random_text(text[i]);
		found = find(TEXTS(text[0]), TEXTS(text[1], text[2], text[3]));
		for (int i = 0; i < 50 && found == 0; i++) {
			random_name(name);
			assert_true(!matches(text[0], name) || matches(text[1], name) ||
				    matches(text[2], name) || matches(text[3], name));
		}
	}
}

/* The same of what is in two of them. */
static void any_two_without_others_agree(void **state)
{
	(void)state;
	srand(8);
	for (int round = 0; round < 2000; round++) {
		char text[4][8], name[8];
		int found;

		for (int i = 0; i < 4; i++)
			random_text(text[i]);
		found = find(TEXTS(text[0], text[1]), TEXTS(text[2], text[3]));
		for (int i = 0; i < 50 && found == 0; i++) {
			random_name(name);
			assert_true(!matches(text[0], name) || !matches(text[1], name) ||
				    matches(text[2], name) || matches(text[3], name));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_match),
		cmocka_unit_test(common_names_are_found),
		cmocka_unit_test(inclusion_is_told),
		cmocka_unit_test(several_together_include),
		cmocka_unit_test(single_names_add_up),
		cmocka_unit_test(too_much_is_not_told),
		cmocka_unit_test(any_two_agree_with_names),
		cmocka_unit_test(any_several_agree_with_names),
		cmocka_unit_test(any_two_without_others_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
