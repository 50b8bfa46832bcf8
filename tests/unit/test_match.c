#include "core/error.h"
#include "core/match.h"
#include "core/store.h"
#include "core/text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RAW(text) ((struct bytes){ (text), sizeof(text) - 1 })

#define BOB                                                                                        \
	{                                                                                          \
		RAW("/home/bob/work"), RAW("/home/bob"), RAW("/tmp")                               \
	}

static const struct roots bob = BOB;

static const struct {
	enum resource resource;
	const char *pattern, *name;
	bool matches;
} match_case[] = {
	{ RESOURCE_FILE, "/usr/lib/x.so", "/usr/lib/x.so", true },
	{ RESOURCE_FILE, "/usr/lib/x.so", "/usr/lib/x.so.1", false },
	{ RESOURCE_FILE, "/usr/lib/x.so", "/usr/lib", false },
	{ RESOURCE_FILE, "/usr/lib", "/usr/lib/x.so", false },
	{ RESOURCE_FILE, "/home/bob", "/home/bobby", false },
	{ RESOURCE_FILE, "$HOME/x", "/home/bob/x", true },
	{ RESOURCE_FILE, "$HOME/x", "/home/bobby/x", false },
	{ RESOURCE_FILE, "$HOME", "/home/bob", true },
	{ RESOURCE_FILE, "$HOME", "/home/bobby", false },
	{ RESOURCE_FILE, "$HOME", "/home/bob/", false },
	{ RESOURCE_FILE, "$HOME/**", "/home/bobby/x", false },
	{ RESOURCE_FILE, "$HOME/**", "/home/bob", false },
	{ RESOURCE_FILE, "$HOME/**", "/home/bob/a/b/c", true },
	{ RESOURCE_FILE, "$HOME/**", "/home/bob/../eve/x", false },
	{ RESOURCE_FILE, "$HOME/**", "/home/bob/a/..", false },
	{ RESOURCE_FILE, "$HOME/**", "/home/bob/a//b", false },
	{ RESOURCE_FILE, "$HOME/**", "/home/bob/a/", false },
	{ RESOURCE_FILE, "$HOME/**", "/home/bob/", false },
	{ RESOURCE_FILE, "/etc/*", "/etc/passwd", true },
	{ RESOURCE_FILE, "/etc/*", "/etc/.hidden", true },
	{ RESOURCE_FILE, "/etc/*", "/etc/", false },
	{ RESOURCE_FILE, "/etc/*", "/etc/.", false },
	{ RESOURCE_FILE, "/etc/*", "/etc/..", false },
	{ RESOURCE_FILE, "/etc/*", "/etc/ssl/x", false },
	{ RESOURCE_FILE, "/etc/*", "/etc", false },
	{ RESOURCE_FILE, "/etc/*/x", "/etc/a/x", true },
	{ RESOURCE_FILE, "/etc/*/x", "/etc/../x", false },
	{ RESOURCE_FILE, "/**", "/a", true },
	{ RESOURCE_FILE, "/**", "/", false },
	{ RESOURCE_FILE, "/", "/", true },
	{ RESOURCE_FILE, "/", "/a", false },
	{ RESOURCE_FILE, "/", "", false },
	{ RESOURCE_FILE, "/**", "", false },
	{ RESOURCE_FILE, "/**", "pipe:[1]", false },
	{ RESOURCE_FILE, "/a/\\*", "/a/*", true },
	{ RESOURCE_FILE, "/a/\\*", "/a/b", false },
	{ RESOURCE_FILE, "/a/\\$WS", "/a/$WS", true },
	{ RESOURCE_FILE, "/a/\\xff\\n", "/a/\xff\n", true },
	{ RESOURCE_FILE, "pipe:\\[1\\]", "pipe:[1]", true },
	{ RESOURCE_FILE, "pipe:\\[1\\]", "pipe:1", false },
	{ RESOURCE_FILE, "memfd:a\\x2fb", "memfd:a/b", true },
	{ RESOURCE_FILE, "/t/cc{alnum:6}.o", "/t/ccAb12cd.o", true },
	{ RESOURCE_FILE, "/t/cc{alnum:6}.o", "/t/ccAb12cde.o", false },
	{ RESOURCE_FILE, "/t/cc{alnum:6}.o", "/t/ccAb12cd.o/x", false },
	{ RESOURCE_FILE, "/t/cc{alnum:6}.o", "/t/ccAb1/cd.o", false },
	{ RESOURCE_FILE, "/t/{digit:1-3}/x", "/t/42/x", true },
	{ RESOURCE_FILE, "/t/{any:0-3}.so", "/t/\xff\n1.so", true },
	{ RESOURCE_FILE, "/t/{any:0-3}.so", "/t/a/.so", false },
	{ RESOURCE_FILE, "/t/{any:0-3}.so", "/t/abcd.so", false },
	{ RESOURCE_FILE, "/t/{any:0-255}-{any:0-255}.o", "/t/a-b-.o", true },
	{ RESOURCE_FILE, "/t/{any:0-255}-{any:0-255}.o", "/t/ab.o", false },
	{ RESOURCE_FILE, "/t/{any:1-255}", "/t/..", false },
	{ RESOURCE_TOOL, "github/{any:1-128}", "github/get_issue", true },
	{ RESOURCE_TOOL, "github/{any:1-128}", "github/a/b", false },
	{ RESOURCE_VARIABLE, "{any:1-255}", "GITHUB_TOKEN", true },
	{ RESOURCE_FILE, "/t/{digit:1-3}/x", "/t/4242/x", false },
	{ RESOURCE_FILE, "/t/{digit:1-3}/x", "/t//x", false },
	{ RESOURCE_FILE, "/t/{uuid}", "/t/01234567-89ab-cdef-0123-456789abcdef", true },
	{ RESOURCE_FILE, "/t/{uuid}", "/t/01234567-89ab-cdef-0123-456789abcdeg", false },
	{ RESOURCE_FILE, "/t/{name:1-2}", "/t/..", false },
	{ RESOURCE_FILE, "/t/{name:1-2}", "/t/.", false },
	{ RESOURCE_FILE, "/t/{name:1-2}", "/t/.a", true },
	{ RESOURCE_FILE, "/t/\\{uuid\\}", "/t/{uuid}", true },
	{ RESOURCE_PROGRAM, "/usr/bin/*", "/usr/bin/git", true },
	{ RESOURCE_PROCESS, "$WS/run", "/home/bob/work/run", true },
	{ RESOURCE_SOCKET, "/run/*", "/run/x.sock", true },
	{ RESOURCE_SOCKET, "@/tmp/.X11-unix/X0", "@/tmp/.X11-unix/X0", true },
	{ RESOURCE_SOCKET, "\\@a", "@a", true },
	{ RESOURCE_SOCKET, "@a", "/@a", false },
	{ RESOURCE_HOST, "tcp/api.example.com:443", "tcp/api.example.com:443", true },
	{ RESOURCE_HOST, "tcp/api.example.com:443", "tcp/api.example.com:4430", false },
	{ RESOURCE_HOST, "tcp/\\[::1\\]:80", "tcp/[::1]:80", true },
	{ RESOURCE_HOST, "tcp/\\[fe80::1%eth0\\]:80", "tcp/[fe80::1%eth0]:80", true },
	{ RESOURCE_HOST, "tcp/\\[fe80::1%eth0\\]:80", "tcp/[fe80::1%eth1]:80", false },
	{ RESOURCE_VARIABLE, "TOKEN", "TOKEN", true },
	{ RESOURCE_VARIABLE, "TOKEN", "TOKENS", false },
	{ RESOURCE_TOOL, "files/read", "files/read", true },
};

static void matches(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof match_case / sizeof *match_case; i++) {
		scoped(pattern) struct pattern pattern = { 0 };
		struct error err = { 0 };

		if (pattern_parse(&pattern, match_case[i].resource, match_case[i].pattern, &err))
			fail_msg("%s", err.text);
		if (pattern_matches(&pattern, &bob, bytes_of(match_case[i].name)) !=
		    match_case[i].matches)
			fail_msg("%s and %s", match_case[i].pattern, match_case[i].name);
	}
}

static const struct {
	enum resource resource;
	const char *pattern, *error;
} error_case[] = {
	{ RESOURCE_FILE, "", "read pattern \"\": is empty" },
	{ RESOURCE_FILE, "/a/../b", "\"..\" is no component of a resolved path" },
	{ RESOURCE_FILE, "/a/./b", "\".\" is no component of a resolved path" },
	{ RESOURCE_FILE, "/a/\\x2e\\x2e", "\"..\" is no component of a resolved path" },
	{ RESOURCE_FILE, "/..", "\"..\" is no component of a resolved path" },
	{ RESOURCE_FILE, "$WS/..", "\"..\" is no component of a resolved path" },
	{ RESOURCE_FILE, "/a//b", "has an empty component" },
	{ RESOURCE_FILE, "//", "has an empty component" },
	{ RESOURCE_FILE, "/a/", "ends with a slash" },
	{ RESOURCE_FILE, "$WS/", "ends with a slash" },
	{ RESOURCE_FILE, "$WSX/a", "\"$WSX\" is no root: these are $WS, $HOME and $TMP" },
	{ RESOURCE_FILE, "$", "\"$\" is no root" },
	{ RESOURCE_FILE, "a/b", "is not absolute: it must begin with /, $WS, $HOME or $TMP" },
	{ RESOURCE_PROGRAM, "../b", "is not absolute" },
	{ RESOURCE_SOCKET, "run/x", "is not absolute" },
	{ RESOURCE_FILE, "/a/b*", "\"**\" must be a whole component" },
	{ RESOURCE_FILE, "/a/***", "must be a whole component of a path" },
	{ RESOURCE_FILE, "/a/{b,c}", "\"{b,c}\" is no class" },
	{ RESOURCE_FILE, "/a/{hex}", "\"{hex}\" is no class" },
	{ RESOURCE_FILE, "/a/{hex:0}",
	  "is no class: they are written {hex:8}, {digit:1-4}, {uuid}" },
	{ RESOURCE_FILE, "/a/{hex:08}", "is no class" },
	{ RESOURCE_FILE, "/a/{hex:3-3}", "is no class" },
	{ RESOURCE_FILE, "/a/{hex:4-3}", "is no class" },
	{ RESOURCE_FILE, "/a/{hex:-3}", "is no class" },
	{ RESOURCE_FILE, "/a/{hex:256}", "is no class" },
	{ RESOURCE_FILE, "/a/{uuid:3}", "is no class" },
	{ RESOURCE_FILE, "/a/{hex:8", "\"{hex:8\" is no class" },
	{ RESOURCE_FILE, "/a/{hex:8}\\x2f", "has a slash or a NUL in a component" },
	{ RESOURCE_FILE, "/a/{hex:8}*", "must be a whole component" },
	{ RESOURCE_FILE, "/a/{hex:200}{digit:200}", "is longer than any name" },
	{ RESOURCE_HOST, "tcp/{hex}:443", "is no class" },
	{ RESOURCE_KERNEL, "a{hex:8", "\"{hex:8\" is no class" },
	{ RESOURCE_FILE, "/a/b?", "\"?\" is reserved" },
	{ RESOURCE_FILE, "/a/[0-9]", "\"[\" is reserved" },
	{ RESOURCE_FILE, "/a/$WS", "\"$\" is reserved" },
	{ RESOURCE_FILE, "/a/@own", "\"@\" is reserved" },
	{ RESOURCE_FILE, "@own", "\"@\" is reserved" },
	{ RESOURCE_FILE, "/**/a", "\"**\" may only be the last component" },
	{ RESOURCE_FILE, "/a\\q", "\"a\\\\q\" has a backslash that begins no known escape" },
	{ RESOURCE_FILE, "/a\\", "has a backslash that begins no known escape" },
	{ RESOURCE_FILE, "/a\\x2fb", "has a slash or a NUL in a component" },
	{ RESOURCE_FILE, "/a\\x00b", "has a slash or a NUL in a component" },
	{ RESOURCE_FILE, "/a\nb", "read pattern \"/a\\nb\": has characters that cannot be seen" },
	{ RESOURCE_FILE, "/a\xe2\x80\xae", "has characters that cannot be seen; write them so" },
	{ RESOURCE_FILE, "/a\xff", "has characters that cannot be seen" },
	{ RESOURCE_HOST, "tcp/*.example.com:443", "must be a whole component of a path" },
	{ RESOURCE_HOST, "*", "must be a whole component of a path" },
};

static void refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof error_case / sizeof *error_case; i++) {
		struct pattern pattern = { 0 };
		struct error err = { 0 };
		int r = pattern_parse(&pattern, error_case[i].resource, error_case[i].pattern,
				      &err);

		if (r != -EINVAL || !strstr(err.text, error_case[i].error))
			fail_msg("%s: %d %s", error_case[i].pattern, r, err.text);
		assert_null(pattern.token);
	}
}

static void refuses_too_long(void **state)
{
	scoped(buffer) struct buffer text = { 0 };
	struct pattern pattern = { 0 };
	struct error err = { 0 };

	(void)state;
	for (unsigned i = 0; i < 33 * 1024; i++)
		buffer_add(&text, "/a");
	assert_int_equal(pattern_parse(&pattern, RESOURCE_FILE, buffer_text(&text), &err), -EINVAL);
	assert_non_null(strstr(err.text, "is longer than 64 KiB"));
}

static const struct {
	struct roots roots;
	enum resource resource;
	const char *name, *pattern;
} write_case[] = {
	{ BOB, RESOURCE_FILE, "/home/bob/work/a", "$WS/a" },
	{ BOB, RESOURCE_FILE, "/home/bob/work", "$WS" },
	{ BOB, RESOURCE_FILE, "/home/bob/works", "$HOME/works" },
	{ BOB, RESOURCE_FILE, "/home/bobby", "/home/bobby" },
	{ BOB, RESOURCE_FILE, "/", "/" },
	{ BOB, RESOURCE_FILE, "/tmp/a b/ c", "$TMP/a b/\\x20c" },
	{ BOB, RESOURCE_FILE, "/a/*?[]{}$@\\", "/a/\\*\\?\\[\\]\\{\\}\\$\\@\\\\" },
	{ BOB, RESOURCE_FILE, "/a/\xe2\x80\xae", "/a/\\u{202e}" },
	{ BOB, RESOURCE_FILE, "/a/../b", "\\x2fa\\x2f..\\x2fb" },
	{ BOB, RESOURCE_FILE, "pipe:[1]", "pipe:\\[1\\]" },
	{ BOB, RESOURCE_PROCESS, "/home/bob/x", "$HOME/x" },
	{ BOB, RESOURCE_SOCKET, "/tmp/s", "$TMP/s" },
	{ BOB, RESOURCE_SOCKET, "@/tmp/s@", "@/tmp/s\\@" },
	{ BOB, RESOURCE_HOST, "tcp/[::1]:80", "tcp/\\[::1\\]:80" },
	{ BOB, RESOURCE_HOST, "udp/[fe80::1%eth0]:5", "udp/\\[fe80::1%eth0\\]:5" },
	{ BOB, RESOURCE_VARIABLE, "/tmp/x", "/tmp/x" },
	{ { RAW("/w"), RAW("/w"), RAW("/w") }, RESOURCE_FILE, "/w/a", "$WS/a" },
	{ { RAW(""), RAW("/w"), RAW("/w") }, RESOURCE_FILE, "/w/a", "$HOME/a" },
	{ { RAW("/"), RAW(""), RAW("/w/") }, RESOURCE_FILE, "/w/a", "$TMP/a" },
	{ { RAW("/"), RAW(""), RAW("//") }, RESOURCE_FILE, "/w/a", "/w/a" },
	{ { RAW("/w/.."), RAW("w"), RAW(".") }, RESOURCE_FILE, "/w/a", "/w/a" },
};

static void chooses_the_longest_root(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof write_case / sizeof *write_case; i++) {
		scoped(buffer) struct buffer out = { 0 };

		pattern_of_name(&write_case[i].roots, write_case[i].resource,
				bytes_of(write_case[i].name), &out);
		assert_string_equal(buffer_text(&out), write_case[i].pattern);
	}
}

/* A root that is not bound to a folder admits nothing, whatever the name. */
static void unbound_roots_match_nothing(void **state)
{
	static const struct roots unbound[] = {
		{ { NULL, 0 }, { NULL, 0 }, { NULL, 0 } },
		{ RAW("/"), RAW("/"), RAW("//") },
		{ RAW("relative"), RAW("/a/../b"), RAW("/a//b") },
	};
	static const char *const text[] = { "$WS", "$WS/**", "$HOME/*", "$HOME/**", "$TMP/**" };
	static const char *const name[] = {
		"", "/", "/a", "/b/c", "/a/../b/c", "relative/a", "//a"
	};

	(void)state;
	for (size_t i = 0; i < sizeof unbound / sizeof *unbound; i++) {
		for (size_t j = 0; j < sizeof text / sizeof *text; j++) {
			scoped(pattern) struct pattern pattern = { 0 };
			scoped(buffer) struct buffer out = { 0 };
			struct error err = { 0 };

			assert_int_equal(pattern_parse(&pattern, RESOURCE_FILE, text[j], &err), 0);
			for (size_t k = 0; k < sizeof name / sizeof *name; k++)
				assert_false(
					pattern_matches(&pattern, &unbound[i], bytes_of(name[k])));
			assert_int_equal(pattern_expand(&pattern, &unbound[i], &out), -EINVAL);
		}
	}
}

static const struct {
	const char *pattern, *name;
	size_t near;
} near_case[] = {
	{ "/usr/lib/x", "/usr/lib/y", 2 },
	{ "/usr/lib/x", "/usr/lib/x", 3 },
	{ "/usr/lib/x", "/usr/li", 1 },
	{ "/usr/lib/x", "/etc", 0 },
	{ "$WS/a/b", "/home/bob/work/a/c", 4 },
	{ "$WS/a/b", "/home/bob/x", 2 },
	{ "$HOME/*/b", "/home/bob/z/c", 3 },
	{ "/", "/", 0 },
	{ "$TMP", "pipe:[1]", 0 },
	{ "pipe:x", "pipe:y", 1 },
};

static void nearness(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof near_case / sizeof *near_case; i++) {
		scoped(pattern) struct pattern pattern = { 0 };
		struct error err = { 0 };

		assert_int_equal(pattern_parse(&pattern, RESOURCE_FILE, near_case[i].pattern, &err),
				 0);
		if (pattern_nearness(&pattern, &bob, bytes_of(near_case[i].name)) !=
		    near_case[i].near)
			fail_msg("%s and %s: %zu", near_case[i].pattern, near_case[i].name,
				 pattern_nearness(&pattern, &bob, bytes_of(near_case[i].name)));
	}
}

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static size_t random_name(uint64_t *seed, char *name, size_t most)
{
	static const char *const piece[] = {
		"/", "/", "/",	".",	"..", "a",    "b", "*", "**", "\\",	  "$WS",
		"@", " ", "\n", "\xff", "/w", "/w/h", "[", "{", "}",  "\xcc\x81", "\xe2\x80\xae",
		"?", "]", ":",
	};
	size_t size = 0, want = 1 + next_random(seed) % most;

	if (next_random(seed) % 4)
		name[size++] = '/';
	while (size < want) {
		const char *text = piece[next_random(seed) % (sizeof piece / sizeof *piece)];

		memcpy(name + size, text, strlen(text));
		size += strlen(text);
	}
	return size;
}

/* The pattern of a name admits that name and no other, and gives it back. */
static void check_round_trip(enum resource resource, struct bytes name, struct bytes other)
{
	static const struct roots roots = { RAW("/w"), RAW("/w/h"), RAW("/a") };
	scoped(buffer) struct buffer text = { 0 }, back = { 0 }, again = { 0 };
	scoped(pattern) struct pattern pattern = { 0 };
	struct error err = { 0 };

	pattern_of_name(&roots, resource, name, &text);
	if (pattern_parse(&pattern, resource, buffer_text(&text), &err))
		fail_msg("%s", err.text);
	assert_false(pattern_is_open(&pattern));
	assert_true(pattern_matches(&pattern, &roots, name));
	if (pattern_matches(&pattern, &roots, other) && !bytes_equal(name, other))
		fail_msg("%s admits another name", buffer_text(&text));
	assert_int_equal(pattern_expand(&pattern, &roots, &back), 0);
	assert_true(bytes_equal(buffer_bytes(&back), name));
	pattern_write(&pattern, &again);
	assert_string_equal(buffer_text(&again), buffer_text(&text));
}

static void round_trip(void **state)
{
	static const enum resource resource[] = { RESOURCE_FILE, RESOURCE_SOCKET, RESOURCE_HOST };
	uint64_t seed = 0x9e3779b97f4a7c15;
	char name[64], other[64];

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		struct bytes first = { name, random_name(&seed, name, 24) };
		struct bytes second = { other, random_name(&seed, other, 6) };

		if (i & 1) { /* nearly the same */
			memcpy(other, name, first.size);
			other[next_random(&seed) % first.size] = "/.a*"[next_random(&seed) % 4];
			second.size = first.size - next_random(&seed) % 2;
		}
		check_round_trip(resource[i % 3], first, second);
	}
}

static void roots_come_from_the_run(void **state)
{
	struct run run = { .workspace = RAW("/w"), .home = RAW("/h"), .tmp = RAW("/t") };
	struct roots roots = roots_of_run(&run);

	(void)state;
	assert_true(bytes_equal(roots.workspace, run.workspace));
	assert_true(bytes_equal(roots.home, run.home));
	assert_true(bytes_equal(roots.tmp, run.tmp));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches),
		cmocka_unit_test(refusals),
		cmocka_unit_test(refuses_too_long),
		cmocka_unit_test(chooses_the_longest_root),
		cmocka_unit_test(unbound_roots_match_nothing),
		cmocka_unit_test(nearness),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(roots_come_from_the_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
