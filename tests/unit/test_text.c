#include "core/text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A literal with NULs in it. */
#define RAW(text) ((struct bytes){ (text), sizeof(text) - 1 })

static const struct {
	struct bytes in;
	const char *exact, *safe;
	unsigned flags;
} escape_case[] = {
	{ RAW(""), "", "", 0 },
	{ RAW("/usr/lib/x.so"), "/usr/lib/x.so", "/usr/lib/x.so", 0 },
	{ RAW("a\\n"), "a\\\\n", "a\\\\n", 0 },
	{ RAW("a\nb\tc\x1b[2J"), "a\nb\tc\x1b[2J", "a\\nb\\tc\\x1b[2J", TEXT_CONTROL },
	{ RAW("a\0b"), "a\\x00b", "a\\x00b", TEXT_CONTROL },
	{ RAW("\x7f\xc2\x85"), "\x7f\xc2\x85", "\\x7f\\u{85}", TEXT_CONTROL },
	{ RAW("\xff\xc0\xaf"), "\\xff\\xc0\\xaf", "\\xff\\xc0\\xaf", TEXT_INVALID },
	{ RAW("\xed\xa0\x80"), "\\xed\\xa0\\x80", "\\xed\\xa0\\x80", TEXT_INVALID },
	{ RAW("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80", "\\xf4\\x90\\x80\\x80", TEXT_INVALID },
	{ RAW("\xe2\x82"), "\\xe2\\x82", "\\xe2\\x82", TEXT_INVALID },
	{ RAW("caf\xc3\xa9"), "caf\xc3\xa9", "caf\xc3\xa9", 0 },
	{ RAW("x\xe2\x80\xaetxt"), "x\xe2\x80\xaetxt", "x\\u{202e}txt", TEXT_BIDI },
	{ RAW("a\xe2\x80\x8b"), "a\xe2\x80\x8b", "a\\u{200b}", TEXT_INVISIBLE },
	{ RAW("a\xef\xbf\xbf"), "a\xef\xbf\xbf", "a\\u{ffff}", TEXT_INVISIBLE },
	{ RAW("\xee\x80\x80"), "\xee\x80\x80", "\\u{e000}", TEXT_INVISIBLE },
	{ RAW("\xf3\xa0\x81\x81"), "\xf3\xa0\x81\x81", "\\u{e0041}", TEXT_INVISIBLE },
	{ RAW("a\xc2\xa0z"), "a\xc2\xa0z", "a\\u{a0}z", TEXT_INVISIBLE },
	{ RAW(" a b  c "), " a b  c ", "\\x20a b \\x20c\\x20", 0 },
	{ RAW("  "), "  ", "\\x20\\x20", 0 },
	{ RAW("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81"), "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
	  "e\xcc\x81\xcc\x81\\u{301}\\u{301}", TEXT_STACKED },
	{ RAW("p\xd0\xb0y"), "p\xd0\xb0y", "p\xd0\xb0y", TEXT_MIXED },
	{ RAW("a/\xd0\xb0"), "a/\xd0\xb0", "a/\xd0\xb0", 0 },
	{ RAW("\xce\xb1/\xce\xb1x"), "\xce\xb1/\xce\xb1x", "\xce\xb1/\xce\xb1x", TEXT_MIXED },
	{ RAW("<script>&'\"]]>"), "<script>&'\"]]>", "<script>&'\"]]>", 0 },
};

static void escapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof escape_case / sizeof *escape_case; i++) {
		scoped(buffer) struct buffer exact = { 0 }, safe = { 0 };

		assert_int_equal(text_escape(escape_case[i].in, TEXT_EXACT, &exact),
				 escape_case[i].flags);
		assert_string_equal(buffer_text(&exact), escape_case[i].exact);
		assert_int_equal(text_escape(escape_case[i].in, TEXT_SAFE, &safe),
				 escape_case[i].flags);
		assert_string_equal(buffer_text(&safe), escape_case[i].safe);
	}
}

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Bytes of the kinds that matter, more often than chance has them. */
static size_t random_name(uint64_t *seed, char *name, size_t most)
{
	static const char *const piece[] = {
		"\\",
		" ",
		"\n",
		"\xe2\x80\xae",
		"\xcc\x81",
		"\xd0\xb0",
		"a",
		"/",
		"\xf0\x9f\x98\x80",
		"\\x",
		"\\u{",
		"}",
		"\xef\xbf\xbe",
		"\xc2\x85",
		"\xe2",
		"*",
		"\xed\xa0\x80",
		"$WS",
	};
	size_t size = 0, want = next_random(seed) % most;

	while (size < want) {
		uint64_t dice = next_random(seed);
		const char *text = piece[(dice >> 8) % (sizeof piece / sizeof *piece)];

		if (dice % 3 == 0 || size + strlen(text) > want) {
			name[size++] = (char)(dice >> 16);
		} else {
			memcpy(name + size, text, strlen(text));
			size += strlen(text);
		}
	}
	return size;
}

static bool is_utf8(const char *text)
{
	unsigned code, size;

	for (size_t left = strlen(text); left; left -= size, text += size) {
		size = text_decode(text, left, &code);
		if (!size)
			return false;
	}
	return true;
}

/* The safe style must hold nothing that XML forbids or a terminal obeys. */
static bool is_harmless(const char *text)
{
	unsigned code = 0;

	for (size_t left = strlen(text); left;) {
		unsigned size = text_decode(text, left, &code);

		if (code < 0x20 || (code >= 0x7f && code < 0xa0) || (code & 0xfffe) == 0xfffe)
			return false;
		if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069))
			return false;
		text += size;
		left -= size;
	}
	return true;
}

static void any_bytes_come_back(void **state)
{
	scoped(buffer) struct buffer text = { 0 }, back = { 0 };
	uint64_t seed = 0x9e3779b97f4a7c15;
	char name[48];

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		enum text_style style = i & 1 ? TEXT_SAFE : TEXT_EXACT;
		struct bytes in = { name, random_name(&seed, name, sizeof name) };

		buffer_clear(&text);
		buffer_clear(&back);
		text_escape(in, style, &text);
		assert_int_equal(strlen(buffer_text(&text)), text.size);
		assert_true(is_utf8(buffer_text(&text)));
		if (style == TEXT_SAFE)
			assert_true(is_harmless(buffer_text(&text)));
		assert_int_equal(text_unescape(buffer_bytes(&text), &back), 0);
		assert_int_equal(back.size, in.size);
		assert_memory_equal(buffer_text(&back), name, in.size);
	}
}

static void unescape_refuses_what_nobody_writes(void **state)
{
	static const char *const wrong[] = {
		"\\",	  "a\\",   "\\q",   "\\x",	    "\\x1",	 "\\xg0",
		"\\u",	  "\\u{",  "\\u{}", "\\u{1234567}", "\\u{d800}", "\\u{110000}",
		"\\u{12", "\\u12", "\\ ",   "\\N",
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		scoped(buffer) struct buffer out = { 0 };

		buffer_add(&out, "kept");
		assert_int_equal(text_unescape(bytes_of(wrong[i]), &out), -EINVAL);
		assert_string_equal(buffer_text(&out), "kept");
	}
}

static void unescape_knows_pattern_escapes(void **state)
{
	scoped(buffer) struct buffer out = { 0 };

	(void)state;
	assert_int_equal(
		text_unescape(bytes_of("\\*\\?\\[\\]\\{\\}\\$\\@\\x2F\\u{20AC}\\\\"), &out), 0);
	assert_string_equal(buffer_text(&out), "*?[]{}$@/\xe2\x82\xac\\");
}

static void columns(void **state)
{
	(void)state;
	assert_int_equal(text_columns(""), 0);
	assert_int_equal(text_columns("abc"), 3);
	assert_int_equal(text_columns("e\xcc\x81"), 1);
	assert_int_equal(text_columns("\xe6\xbc\xa2\xed\x95\x9c"), 4); /* CJK, Hangul */
	assert_int_equal(text_columns("\xf0\x9f\x98\x80"), 2);
	assert_int_equal(text_columns("\xc3\xa9\xd0\xb0"), 2);
}

static void safe_cuts_in_the_middle(void **state)
{
	scoped(buffer) struct buffer out = { 0 };

	(void)state;
	assert_string_equal(text_safe(RAW("/usr/lib/python3/x.so"), 0, &out),
			    "/usr/lib/python3/x.so");
	assert_string_equal(text_safe(RAW("0123456789"), 10, &out), "0123456789");
	assert_string_equal(text_safe(RAW("0123456789"), 9, &out), "012...789");
	assert_string_equal(text_safe(RAW("0123456789"), 8, &out), "01...789");
	assert_string_equal(text_safe(RAW("0123456789"), 2, &out), "..");
	assert_string_equal(text_safe(RAW("a\x01\x02\x03z"), 10, &out), "a...\\x03z");
	assert_string_equal(text_safe(RAW(""), 5, &out), "");
}

/* However it is cut, it fits, stays UTF-8, and holds no half escape. */
static void cuts_fit(void **state)
{
	scoped(buffer) struct buffer out = { 0 }, back = { 0 };
	uint64_t seed = 42;
	char name[48];

	(void)state;
	for (unsigned i = 0; i < 50000; i++) {
		struct bytes in = { name, random_name(&seed, name, sizeof name) };
		unsigned most = 1 + (unsigned)(next_random(&seed) % 40);
		const char *text = text_safe(in, most, &out);

		assert_true(is_utf8(text));
		assert_true(text_columns(text) <= most);
		buffer_clear(&back);
		assert_int_equal(text_unescape(bytes_of(text), &back), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes),
		cmocka_unit_test(any_bytes_come_back),
		cmocka_unit_test(unescape_refuses_what_nobody_writes),
		cmocka_unit_test(unescape_knows_pattern_escapes),
		cmocka_unit_test(columns),
		cmocka_unit_test(safe_cuts_in_the_middle),
		cmocka_unit_test(cuts_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
