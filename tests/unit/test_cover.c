/* Patterns compared by what they admit; held against names. */
#include "core/cover.h"

#include "core/error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MANY 8

struct patterns {
	struct pattern pattern[MANY];
	const struct pattern *each[MANY];
	size_t count;
};

static void parse(struct patterns *ret, const char *const *text)
{
	struct error err = { 0 };

	*ret = (struct patterns){ 0 };
	for (; text[ret->count]; ret->count++) {
		if (pattern_parse(&ret->pattern[ret->count], RESOURCE_FILE, text[ret->count], &err))
			fail_msg("%s", err.text);
		ret->each[ret->count] = &ret->pattern[ret->count];
	}
}

static void release(struct patterns *patterns)
{
	for (size_t i = 0; i < patterns->count; i++)
		pattern_release(&patterns->pattern[i]);
}

/* A name that begins with a root as text is below that root, and of no other pattern. */
static bool admits(const struct pattern *pattern, struct bytes name)
{
	static const struct roots bound = { { "/R/ws", 5 }, { "/R/home", 7 }, { "/R/tmp", 6 } };
	static const char *const folder[] = { "", "/R/ws", "/R/home", "/R/tmp" };
	scoped(buffer) struct buffer whole = { 0 };
	size_t skip = 0;

	if (pattern->root == ROOT_NONE && *name.data == '$')
		return false;
	for (enum root_kind root = ROOT_WORKSPACE; root <= ROOT_TMP; root++)
		if (bytes_start_with(name, bytes_of(root_text(root)))) {
			buffer_add(&whole, folder[root]);
			skip = strlen(root_text(root));
		}
	buffer_append(&whole, name.data + skip, name.size - skip);
	return pattern_matches(pattern, &bound, buffer_bytes(&whole));
}

/* What is said of them; a witness is held against each. */
static int cover(const char *small, const char *const *large, struct buffer *witness)
{
	struct patterns all, one;
	int r;

	parse(&all, large);
	parse(&one, (const char *const[]){ small, NULL });
	buffer_clear(witness);
	r = patterns_cover(all.each, all.count, one.each[0], witness);
	if (r == 0 && !admits(one.each[0], buffer_bytes(witness)))
		fail_msg("%s does not admit %s", small, buffer_text(witness));
	for (size_t i = 0; i < all.count && r == 0; i++)
		if (admits(all.each[i], buffer_bytes(witness)))
			fail_msg("%s admits %s", large[i], buffer_text(witness));
	release(&all);
	release(&one);
	return r;
}

#define TEXTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const struct {
	const char *small, *large[MANY];
	int covered;
	const char *witness; /* NULL: any */
} covers[] = {
	{ "/a", { "/a" }, 1, NULL },
	{ "/a", { "/b" }, 0, "/a" },
	{ "/a", { NULL }, 0, "/a" },
	{ "/", { "/" }, 1, NULL },
	{ "/", { "/*" }, 0, "/" },
	{ "/home/bobby", { "/home/bob/**" }, 0, "/home/bobby" },
	{ "/home/bob/x", { "/home/bob/**" }, 1, NULL },
	{ "/home/bob", { "/home/bob/**" }, 0, NULL },
	{ "$WS/a", { "$HOME/a", "/w/a", "/**" }, 0, "$WS/a" },
	{ "$WS/{digit:3}", { "$WS/{digit:1-4}" }, 1, NULL },
	{ "$WS/{digit:3}", { "$HOME/{digit:1-4}" }, 0, "$WS/000" },
	{ "$WS/{digit:1-4}", { "$WS/{digit:3}" }, 0, "$WS/0" },
	{ "$TMP/cc{alnum:6}.s", { "$TMP/cc{lower:6}.s" }, 0, NULL },
	{ "/a/{digit:1}", { "/a/{hex:1}" }, 1, NULL },
	{ "/a/{hex:1}", { "/a/{digit:1}", "/a/{lower:1}" }, 1, NULL },
	{ "/a/{alnum:1}", { "/a/{digit:1}", "/a/{lower:1}" }, 0, "/a/A" },
	{ "/a/{digit:1-4}", { "/a/{digit:1-2}", "/a/{digit:3-9}" }, 1, NULL },
	{ "/a/{digit:1-4}", { "/a/{digit:1-2}", "/a/{digit:4-9}" }, 0, "/a/000" },
	{ "/*/x", { "/{name:1-255}/x" }, 0, NULL },
	{ "/a/**", { "/a/*", "/a/*/**" }, 1, NULL },
	{ "/a/**", { "/a/*", "/a/*/*" }, 0, "/a/a/a/a" },
	{ "/a/*/c", { "/a/**" }, 1, NULL },
	{ "/{hex:1}/{hex:1}", { "/{digit:1}/*", "/{lower:1}/{digit:1}", "/*/{lower:1}" }, 1, NULL },
	{ "/{hex:1}/{hex:1}", { "/{digit:1}/*", "/{lower:1}/{digit:1}" }, 0, "/a/a" },
	{ "/{digit:1}", { "/0", "/1", "/2", "/3", "/4", "/5", "/6" }, 0, "/7" },
	{ "pipe:\\[1\\]", { "pipe:\\[1\\]" }, 1, NULL },
	{ "pipe:\\[1\\]", { "pipe:\\[2\\]", "/**" }, 0, "pipe:[1]" },
};

static void what_covers_is_told(void **state)
{
	scoped(buffer) struct buffer witness = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof covers / sizeof *covers; i++) {
		int r = cover(covers[i].small, covers[i].large, &witness);

		if (r != covers[i].covered)
			fail_msg("%s, case %zu: %d", covers[i].small, i, r);
		if (covers[i].witness)
			assert_string_equal(buffer_text(&witness), covers[i].witness);
	}
}

/* Ten single names are the class of digits. */
static void single_names_add_up(void **state)
{
	static const char *const text[] = { "/x/0", "/x/1", "/x/2", "/x/3", "/x/4",
					    "/x/5", "/x/6", "/x/7", "/x/8", "/x/9" };
	scoped(pattern) struct pattern digit = { 0 };
	scoped(buffer) struct buffer witness = { 0 };
	struct pattern one[10] = { 0 };
	const struct pattern *each[10];
	struct error err = { 0 };

	(void)state;
	assert_int_equal(pattern_parse(&digit, RESOURCE_FILE, "/x/{digit:1}", &err), 0);
	for (size_t i = 0; i < 10; i++) {
		assert_int_equal(pattern_parse(&one[i], RESOURCE_FILE, text[i], &err), 0);
		each[i] = &one[i];
	}
	assert_int_equal(patterns_cover(each, 10, &digit, &witness), 1);
	assert_int_equal(patterns_cover(each, 9, &digit, &witness), 0);
	assert_string_equal(buffer_text(&witness), "/x/9");
	for (size_t i = 0; i < 10; i++)
		pattern_release(&one[i]);
}

static void random_pattern(char text[static 64])
{
	static const char *const part[] = { "a",	  "b",	     "{lower:1}", "{alnum:1-2}",
					    "a{digit:1}", "{hex:1}", "*",	  "{digit:1-2}" };
	unsigned parts = 1 + (unsigned)rand() % 3;
	int size = 0;

	for (unsigned i = 0; i < parts; i++)
		size += snprintf(text + size, 64 - (size_t)size, "/%s", part[(size_t)rand() % 8]);
	if (rand() % 5 == 0)
		snprintf(text + size, 64 - (size_t)size, "/**");
}

static void random_name(char text[static 64])
{
	static const char *const part[] = { "a", "b", "7", "a3", "A", "a.", "33", "zz" };
	unsigned parts = 1 + (unsigned)rand() % 4;
	int size = 0;

	for (unsigned i = 0; i < parts; i++)
		size += snprintf(text + size, 64 - (size_t)size, "/%s", part[(size_t)rand() % 8]);
}

static bool one_admits(const char *const *text, const char *name)
{
	struct patterns all;
	bool does = false;

	parse(&all, text);
	for (size_t i = 0; i < all.count; i++)
		does = does || admits(all.each[i], bytes_of(name));
	release(&all);
	return does;
}

/* What is covered is, for each name that is tried; what is not has a witness (cover). */
static void any_patterns_agree_with_names(void **state)
{
	scoped(buffer) struct buffer witness = { 0 };
	char text[4][64], name[64];

	(void)state;
	srand(3);
	for (int round = 0; round < 3000; round++) {
		for (int i = 0; i < 4; i++)
			random_pattern(text[i]);
		if (cover(text[0], TEXTS(text[1], text[2], text[3]), &witness) != 1)
			continue;
		for (int i = 0; i < 30; i++) {
			random_name(name);
			if (one_admits(TEXTS(text[0]), name) &&
			    !one_admits(TEXTS(text[1], text[2], text[3]), name))
				fail_msg("%s of %s", name, text[0]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_covers_is_told),
		cmocka_unit_test(single_names_add_up),
		cmocka_unit_test(any_patterns_agree_with_names),
	};

	return cmocka_run_group_tests_name("cover", tests, NULL, NULL);
}
