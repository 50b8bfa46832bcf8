#include "analyzer/audit/narrow.h"
#include "core/cover.h"
#include "tests/unit/property.h"

/* What would do in the place of a permission is never more than it, and admits all that was used.
 */

#define MOST 64

struct using
{
	struct used used[MOST];
	char name[MOST][64];
	size_t count;
};

static int compare(const void *a, const void *b)
{
	return narrow_compare(((const struct used *)a)->text, ((const struct used *)b)->text);
}

/* Sorted, each once; names that need no escaping. */
static void finish(struct using *using)
{
	size_t kept = 0;

	qsort(using->used, using->count, sizeof *using->used, compare);
	for (size_t i = 0; i < using->count; i++)
		if (!kept || strcmp(using->used[kept - 1].text, using->used[i].text))
			using->used[kept++] = using->used[i];
	using->count = kept;
}

static void use(struct using *using, const char *name, uint32_t first, uint32_t last, uint32_t runs)
{
	char *copy = using->name[using->count];

	snprintf(copy, sizeof using->name[0], "%s", name);
	using->used[using->count++] = (struct used){ copy, bytes_of(copy), first, last, runs };
}

static struct rule rule_of(enum resource resource, const char *pattern)
{
	struct rule rule = { .resource = resource, .action = ACTION_READ };
	struct error err = { 0 };

	if (pattern_parse(&rule.match, resource, pattern, &err))
		fail_msg("%s", err.text);
	return rule;
}

/* The lines, with spaces between. */
static void expect(enum resource resource, const char *pattern, struct using *using,
		   const char *want)
{
	struct rule rule = rule_of(resource, pattern);
	scoped(buffer) struct buffer lines = { 0 };

	finish(using);
	assert_int_equal(narrow_names(&rule, using->used, using->count, &lines), 0);
	for (size_t i = 0; i < lines.size; i++)
		if (lines.data[i] == '\n')
			lines.data[i] = ' ';
	assert_string_equal(buffer_text(&lines), want);
	pattern_release(&rule.match);
	using->count = 0;
}

static void few_names_stand_for_a_tree(void **state)
{
	struct using using = { .count = 0 };

	(void)state;
	use(&using, "$WS/a", 1, 9, 9);
	use(&using, "$WS/b/c", 1, 9, 9);
	expect(RESOURCE_FILE, "$WS/**", &using, "$WS/a $WS/b/c");
	/* Once in a while something new: no names are all that is needed. */
	use(&using, "$WS/a", 1, 9, 9);
	use(&using, "$WS/b/c", 3, 3, 1);
	expect(RESOURCE_FILE, "$WS/**", &using, "");
	use(&using, "$WS/a", 1, 19, 19);
	use(&using, "$WS/b/c", 3, 3, 1);
	expect(RESOURCE_FILE, "$WS/**", &using, "$WS/a $WS/b/c");
	/* A folder is no name below itself. */
	use(&using, "/etc/ssl", 1, 9, 9);
	use(&using, "/etc/ssl-old", 1, 9, 9);
	use(&using, "/etc/ssl/a", 1, 9, 9);
	expect(RESOURCE_FILE, "/etc/**", &using, "/etc/ssl /etc/ssl/a /etc/ssl-old");
	use(&using, "/", 1, 9, 9);
	expect(RESOURCE_FILE, "/**", &using, "");
	use(&using, "$WS/a", 1, 9, 9);
	expect(RESOURCE_FILE, "$WS/a", &using, "");
	expect(RESOURCE_FILE, "$WS/**", &using, "");
}

static void folders_stand_for_many(void **state)
{
	struct using using = { .count = 0 };
	char name[64];

	(void)state;
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof name, "/srv/src/d%d/%s", i % 3, i % 2 ? "x" : "y");
		use(&using, name, 1, 9, 9);
	}
	expect(RESOURCE_FILE, "/srv/**", &using,
	       "/srv/src/d0/x /srv/src/d0/y /srv/src/d1/x /srv/src/d1/y /srv/src/d2/x "
	       "/srv/src/d2/y");
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof name, "/srv/src/%c%c/deep/%c", 'a' + i % 20, 'a' + i,
			 'a' + i);
		use(&using, name, (uint32_t)i + 1, (uint32_t)i + 1, 1);
	}
	use(&using, "/srv/log", 1, 40, 40);
	expect(RESOURCE_FILE, "/srv/**", &using, "/srv/log /srv/src/**");
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof name, "/srv/src/n%c%c", 'a' + i % 20, 'a' + i / 20);
		use(&using, name, 1, 9, 9);
	}
	use(&using, "/srv/log", 1, 40, 40);
	expect(RESOURCE_FILE, "/srv/**", &using, "/srv/log /srv/src/*");
	/* No more than what was there. */
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof name, "/srv/n%c%c", 'a' + i % 20, 'a' + i / 20);
		use(&using, name, 1, 9, 9);
	}
	expect(RESOURCE_FILE, "/srv/**", &using, "");
}

static void what_chance_made_has_a_class(void **state)
{
	struct using using = { .count = 0 };
	char name[64];

	(void)state;
	chance = 7;
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof name, "$TMP/build/zz%016llx.o", (unsigned long long)draw());
		use(&using, name, (uint32_t)i + 1, (uint32_t)i + 1, 1);
	}
	expect(RESOURCE_FILE, "$TMP/**", &using, "$TMP/build/zz{hex:16}.o");
}

static void other_names_are_names(void **state)
{
	struct using using = { .count = 0 };
	char name[64];

	(void)state;
	use(&using, "tcp/a.example.com:443", 1, 9, 9);
	use(&using, "tcp/b.example.com:443", 1, 9, 9);
	expect(RESOURCE_HOST, "tcp/{any:1-40}.example.com:443", &using,
	       "tcp/a.example.com:443 tcp/b.example.com:443");
	for (int i = 0; i < 9; i++) {
		snprintf(name, sizeof name, "github/tool%d", i);
		use(&using, name, 1, 9, 9);
	}
	expect(RESOURCE_TOOL, "github/{any:1-40}", &using, "");
}

/* ---- by chance ---- */

static void add_names(struct using *using)
{
	static const char *const part[] = { "a",  "b",	"a-b",	    "src",     "lib",
					    "x1", "x2", "0f3a9c4d", "77aa01ce" };
	size_t count = 1 + pick(MOST - 1);

	for (size_t i = 0; i < count; i++) {
		scoped(buffer) struct buffer name = { 0 };
		uint32_t first = 1 + (uint32_t)pick(5), last = first + (uint32_t)pick(20);

		buffer_add(&name, "/top");
		for (size_t depth = 1 + pick(4); depth--;)
			buffer_printf(&name, "/%s", PICK(part));
		use(using, buffer_text(&name), first, last,
		    1 + (last > first) * (1 + (uint32_t)pick(9)));
	}
	finish(using);
}

static bool is_admitted(const struct used *used, const char *lines)
{
	const struct roots roots = { { 0 }, { 0 }, { 0 } };
	scoped(buffer) struct buffer copy = { 0 };
	bool found = false;
	char *rest = NULL;

	buffer_add(&copy, lines);
	for (char *line = strtok_r(copy.data, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		struct rule rule = rule_of(RESOURCE_FILE, line);

		found = found || pattern_matches(&rule.match, &roots, used->raw);
		pattern_release(&rule.match);
	}
	return found;
}

static bool are_within(const struct rule *rule, const char *lines)
{
	scoped(buffer) struct buffer copy = { 0 };
	bool within = true;
	char *rest = NULL;

	buffer_add(&copy, lines);
	for (char *line = strtok_r(copy.data, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		struct rule small = rule_of(RESOURCE_FILE, line);

		within = within && pattern_includes(&rule->match, &small.match) &&
			 !pattern_includes(&small.match, &rule->match);
		pattern_release(&small.match);
	}
	return within;
}

static void nothing_is_wider_or_missing(void **state)
{
	static const char *const pattern[] = { "/**", "/top/**", "/top/*", "/top/a/**",
					       "/top/*/src" };
	long first = number_of("SEED", 1), count = number_of("N", 3000), narrower = 0;

	(void)state;
	for (long seed = first; seed < first + count; seed++) {
		struct rule rule = rule_of(RESOURCE_FILE, pattern[(size_t)seed % 5]);
		const struct roots roots = { { 0 }, { 0 }, { 0 } };
		scoped(buffer) struct buffer lines = { 0 };
		struct using using = { .count = 0 };
		size_t kept = 0;

		chance = (uint64_t)seed;
		add_names(&using);
		for (size_t i = 0; i < using.count; i++)
			if (pattern_matches(&rule.match, &roots, using.used[i].raw))
				using.used[kept++] = using.used[i];
		assert_int_equal(narrow_names(&rule, using.used, kept, &lines), 0);
		if (lines.size && !are_within(&rule, lines.data))
			fail_msg("SEED=%ld N=1: wider: %s", seed, lines.data);
		for (size_t i = 0; lines.size && i < kept; i++)
			if (!is_admitted(&using.used[i], lines.data))
				fail_msg("SEED=%ld N=1: %s is missing in %s", seed,
					 using.used[i].text, lines.data);
		narrower += lines.size != 0;
		pattern_release(&rule.match);
	}
	assert_true(count < 1000 || narrower > count / 10);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(few_names_stand_for_a_tree),
		cmocka_unit_test(folders_stand_for_many),
		cmocka_unit_test(what_chance_made_has_a_class),
		cmocka_unit_test(other_names_are_names),
		cmocka_unit_test(nothing_is_wider_or_missing),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
