#include "analyzer/grants/sources.h"
#include "core/error.h"
#include "tests/unit/analyzer_fixture.h"

#include <fnmatch.h>
#include <stdlib.h>

static const struct source source = {
	.name = "test", .roots = { .workspace = { "/home/u/ws", 10 }, .home = { "/home/u", 7 } }
};

static struct statement statement_of(struct granted *granted)
{
	return (struct statement){ .source = &source, .grants = granted, .text = "a line" };
}

/* The patterns of a glob, a space between two; '?' in front where a note came with it. */
static void expect_glob(const char *glob, const char *want)
{
	scoped(granted) struct granted granted = { 0 };
	struct statement from = statement_of(&granted);
	scoped(buffer) struct buffer patterns = { 0 }, text = { 0 };
	bool done = glob_patterns(&from, RESOURCE_FILE, bytes_of(glob), &patterns);

	for (size_t i = 0; i < granted.note_count; i++)
		buffer_add_char(&text, "!<>"[granted.note[i].kind]);
	for (size_t i = 0; done && i < patterns.size; i += strlen(patterns.data + i) + 1)
		buffer_printf(&text, " %s", patterns.data + i);
	assert_string_equal(buffer_text(&text), want);
}

static void globs_become_patterns(void **state)
{
	(void)state;
	expect_glob("/", " /");
	expect_glob("/etc/fstab", " /etc/fstab");
	expect_glob("/etc/", " /etc");
	expect_glob("/etc/*", " /etc/*");
	expect_glob("/etc/**", " /etc/**");
	expect_glob("/etc/*.conf", " /etc/{any:0-255}.conf");
	expect_glob("/etc/a?", " /etc/a{any:1}");
	expect_glob("/dev/pts/[0-9]", " /dev/pts/{digit:1}");
	expect_glob("/x/[a-f0-9][0-9a-f]", " /x/{hex:2}");
	expect_glob("/a\\*b/\\[c", " /a\\*b/\\[c");
	expect_glob("/home/u/ws/src/**", " $WS/src/**");
	expect_glob("/home/u/.cache/*", " $HOME/.cache/*");
	expect_glob("/home/ub/*", " /home/ub/*");
	expect_glob("/{a,b}/c", " /a/c /b/c");
	expect_glob("/{a,b{1,2},}x", " /ax /b1x /b2x /x");
	/* what no pattern says exactly */
	expect_glob("/usr/**.so", "< /usr/**");
	expect_glob("/usr/**/lib", "< /usr/**");
	expect_glob("/x/[ac]", "< /x/{hex:1}");
	expect_glob("/x/*a*", " /x/{any:0-255}a{any:0-255}");
	/* what is none */
	expect_glob("etc/*", "!");
	expect_glob("", "!");
	expect_glob("/a/../b", "!");
	expect_glob("/{a,b", "!");
}

/* A random text of few characters, so that chance finds what matches. */
static void random_text(char *out, const char *characters, size_t most)
{
	size_t size = 1 + (size_t)rand() % most;

	for (size_t i = 0; i < size; i++)
		out[i] = characters[(size_t)rand() % strlen(characters)];
	out[size] = '\0';
}

/* Without "**" and braces a glob is what fnmatch(3) takes it for; a pattern that is exact admits
 * the same names, and one that is not admits no fewer. */
static void globs_admit_what_fnmatch_does(void **state)
{
	unsigned matched = 0;

	(void)state;
	srand(7);
	for (int i = 0; i < 40000; i++) {
		scoped(granted) struct granted granted = { 0 };
		struct statement from = statement_of(&granted);
		char glob[16] = "/", name[16] = "/";
		bool admitted, matches;

		random_text(glob + 1, "ab?*[]-c", 6);
		random_text(name + 1, "abc-", 5);
		if (strstr(glob, "**"))
			continue;
		granted_add_glob(&from, RESOURCE_FILE, GRANT_BIT(READ), bytes_of(glob));
		if (!granted.allowed.count)
			continue;
		granted.allowed.agent = strdup("t");
		assert_int_equal(granted_finish(&granted, &(struct error){ 0 }), 0);
		admitted = pattern_matches(&granted.allowed.rule[0].match, &source.roots,
					   bytes_of(name));
		matches = !fnmatch(glob, name, FNM_PATHNAME);
		matched += matches;
		if (granted.note_count ? matches && !admitted : matches != admitted)
			fail_msg("%s %s %s", glob, matches ? "matches" : "does not match", name);
	}
	assert_true(matched > 1000);
}

static void a_policy_that_is_not_granted_has_no_open_deletes(void **state)
{
	scoped(granted) struct granted granted = { 0 };
	struct statement from = statement_of(&granted);
	struct error err = { 0 };

	(void)state;
	granted_add(&from, RESOURCE_FILE, GRANT_CHANGE, "/srv/**");
	assert_int_equal(granted_finish(&granted, &err), -EINVAL);
	assert_says(&err, "a delete needs an exact name");
}

static void equal_grants_are_joined(void **state)
{
	scoped(granted) struct granted granted = { 0 };
	struct statement from = statement_of(&granted);
	struct error err = { 0 };

	(void)state;
	granted_add_command(&from, "/usr/bin/git", "push **");
	from.gate = GATE_CONFIRM;
	granted_add_command(&from, "/usr/bin/git", "status");
	granted_add_command(&from, "/usr/bin/make", "all");
	from.gate = GATE_NONE;
	granted_add_command(&from, "/usr/bin/make", NULL);
	granted_add(&from, RESOURCE_FILE, GRANT_BIT(DELETE), "/srv/**");
	granted.allowed.agent = strdup("t");
	granted.allowed.granted_by = strdup("test");
	assert_int_equal(granted_finish(&granted, &err), 0);
	assert_int_equal(granted.allowed.count, 3);
	assert_int_equal(granted.allowed.rule[1].argv_count, 2);
	assert_int_equal(granted.allowed.rule[1].gate, GATE_NONE);
	assert_int_equal(granted.allowed.rule[2].argv_count, 0);
	assert_int_equal(granted.governs, 1u << RESOURCE_FILE | 1u << RESOURCE_PROGRAM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(globs_become_patterns),
		cmocka_unit_test(globs_admit_what_fnmatch_does),
		cmocka_unit_test(a_policy_that_is_not_granted_has_no_open_deletes),
		cmocka_unit_test(equal_grants_are_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
