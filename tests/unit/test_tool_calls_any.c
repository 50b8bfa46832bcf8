#include "tests/unit/calls_fixture.h"

#include <jansson.h>

static uint64_t seed = 7;

static unsigned draw(unsigned below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % below;
}

static const char *const leaf[] = {
	"1",
	"2",
	"300",
	"1.5",
	"true",
	"false",
	"null",
	"\"1\"",
	"\"a\"",
	"\"b c\"",
	"\"a/b\"",
	"\"\"",
	"\"/w/x/y\"",
	"\"/etc/x\"",
	"\"2026-01-02\"",
	"[]",
	"{}",
	"[1]",
	"[\"a\"]",
	"{\"k\":1}",
	"\"123e4567-e89b-12d3-a456-426614174000\"",
	"\"select a from b\"",
};
#define LEAVES (sizeof leaf / sizeof *leaf)

static void draw_call(char *out, size_t size, unsigned kinds, unsigned first)
{
	const char *b = leaf[(first + draw(kinds)) % LEAVES];

	snprintf(out, size, draw(3) ? "{\"a\":%s,\"b\":%s}" : "{\"a\":%s}",
		 leaf[(first + 5 + draw(kinds)) % LEAVES], b);
}

static json_type type_at(const char *text, const char *name)
{
	json_t *value = json_loads(text, 0, NULL), *member = json_object_get(value, name);
	json_type type = member ? json_typeof(member) : (json_type)-1;

	json_decref(value);
	return type == JSON_FALSE ? JSON_TRUE : type;
}

struct drawn {
	char text[RUNS * 2][200];
	size_t count;
};

static bool has_type(const struct drawn *drawn, const char *name, json_type type)
{
	for (size_t i = 0; i < drawn->count; i++)
		if (type_at(drawn->text[i], name) == type)
			return true;
	return false;
}

static void hold_against(const struct policy *policy, const struct drawn *drawn)
{
	char text[200], more[220];

	for (size_t i = 0; i < drawn->count; i++) {
		if (!admits(policy, "s/t", drawn->text[i]))
			fail_msg("seen and not admitted: %s", drawn->text[i]);
		snprintf(more, sizeof more, "%.*s,\"c\":1}", (int)strlen(drawn->text[i]) - 1,
			 drawn->text[i]);
		if (admits(policy, "s/t", more))
			fail_msg("an extra property is admitted: %s", more);
	}
	for (int i = 0; i < 40; i++) {
		draw_call(text, sizeof text, LEAVES, 0);
		if (!admits(policy, "s/t", text))
			continue;
		if (!has_type(drawn, "a", type_at(text, "a")) ||
		    !has_type(drawn, "b", type_at(text, "b")))
			fail_msg("another type is admitted: %s", text);
	}
}

static bool is_known(const struct argument *argument, const char *value)
{
	for (size_t i = 0; i < argument->value_count; i++)
		if (!strcmp(argument->value[i], value))
			return true;
	return false;
}

/* A path of the runs' workspace has another name in the set. */
static bool may_be_asked(const char *value)
{
	return *value == '"' && strcmp(value, "\"/w/x/y\"") != 0;
}

/* A value of a set that has no format is one that was seen. */
static void hold_set(const struct policy *policy, const struct argument *argument)
{
	char text[200];

	for (size_t k = 0; k < LEAVES; k++) {
		if (!may_be_asked(leaf[k]) || is_known(argument, leaf[k]))
			continue;
		snprintf(text, sizeof text, "{\"a\":%s}", leaf[k]);
		if (admits(policy, "s/t", text))
			fail_msg("not in the set: %s", text);
	}
}

static void hold_sets(const struct policy *policy)
{
	const struct arguments *arguments = &policy->rule[0].arguments;

	for (size_t i = 0; i < arguments->count; i++) {
		const struct argument *argument = &arguments->argument[i];

		if (!strcmp(argument->path, "/a") && argument->type == TYPE_STRING &&
		    !argument->format)
			hold_set(policy, argument);
	}
}

static void admits_no_more_than_was_shown(void **state)
{
	(void)state;
	for (int round = 0; round < 150; round++) {
		static struct drawn drawn;
		struct told told = { "s/t", { { 0 } } };
		unsigned kinds = 1 + draw(LEAVES), first = draw(LEAVES);
		struct policy policy;

		drawn.count = 0;
		for (size_t i = 0; i < RUNS; i++)
			for (size_t k = 0; k < 1 + draw(2); k++) {
				char *text = drawn.text[drawn.count++];

				draw_call(text, sizeof drawn.text[0], kinds, first);
				told.text[i][k] = text;
			}
		policy = policy_of(&told, round % 3 ? "balanced" : "workspace", round % 2);
		hold_against(&policy, &drawn);
		hold_sets(&policy);
		policy_release(&policy);
	}
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(admits_no_more_than_was_shown),
	};

	return cmocka_run_group_tests(test, enter_folder, leave_folder);
}
