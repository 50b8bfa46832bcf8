/* What is said of what a policy denied. */
#include "recorder/confine/denial.h"

#include "core/error.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char rule_id[] = "r-1", rule_pattern[] = "/usr/bin/git";
static const struct rule rule = {
	.id = rule_id, .resource = RESOURCE_PROGRAM, .action = ACTION_EXEC, .pattern = rule_pattern
};
static const struct policy_limits limits = { .tasks = 8, .most_tasks = 4, .time_ns = 90000000000 };
static const struct roots roots = { .workspace = { "/w", 2 }, .home = { "/home/ada", 9 } };

static struct denial of_git(const char *argv)
{
	return (struct denial){ .resource = RESOURCE_PROGRAM,
				.action = ACTION_EXEC,
				.why = DENIED_ARGV,
				.name = bytes_of("/usr/bin/git"),
				.program = bytes_of("/bin/sh"),
				.argv = bytes_of(argv),
				.nearest_argv = "push origin",
				.nearest = &rule };
}

static struct denial of_tasks(int64_t asked)
{
	return (struct denial){ .why = DENIED_LIMIT,
				.limit = LIMIT_TASKS,
				.asked = asked,
				.program = bytes_of("/bin/sh") };
}

static void add(struct denials *denials, struct denial denial)
{
	assert_int_equal(denials_add(denials, &denial), 0);
}

typedef void printer(const struct denials *denials, const struct denial_report *report, FILE *out);

static void print_json(const struct denials *denials, const struct denial_report *report, FILE *out)
{
	assert_int_equal(denials_print_json(denials, report, out), 0);
}

static char text[4096];

static void write_text(const struct denials *denials, printer *print)
{
	const struct denial_report report = { .roots = &roots, .limits = &limits };
	FILE *out;

	memset(text, 0, sizeof text);
	out = fmemopen(text, sizeof text, "w");
	assert_non_null(out);
	print(denials, &report, out);
	assert_int_equal(fclose(out), 0);
}

static void are_told_once_each(void **state)
{
	struct denials denials = { 0 };

	(void)state;
	add(&denials, of_git("push --force"));
	add(&denials, of_tasks(9));
	add(&denials, of_git("push --force"));
	add(&denials, of_git("push origin other"));
	add(&denials, of_tasks(11));
	add(&denials, of_tasks(10));
	write_text(&denials, denials_print);
	assert_string_equal(
		text,
		"denied: program exec /usr/bin/git with push --force by /bin/sh (2 times): "
		"its rule does not admit these arguments\n"
		"    nearest: program exec /usr/bin/git (r-1)\n"
		"    nearest arguments: push origin\n"
		"    smallest change: r-1 also with: push --force\n"
		"denied: more than 8 processes and threads at once by /bin/sh (3 times): the "
		"policy "
		"limits it\n"
		"    nearest: limits processes=\"8\" (the most that was seen: 4)\n"
		"    smallest change: limits processes=\"11\"\n"
		"denied: program exec /usr/bin/git with push origin other by /bin/sh (1 time): "
		"its rule does not admit these arguments\n"
		"    nearest: program exec /usr/bin/git (r-1)\n"
		"    nearest arguments: push origin\n"
		"    smallest change: r-1 also with: push origin other\n");
	denials_release(&denials);
}

static void of_how_much_nobody_may_know(void **state)
{
	struct denials denials = { 0 };

	(void)state;
	add(&denials, (struct denial){ .why = DENIED_LIMIT,
				       .limit = LIMIT_TIME,
				       .program = bytes_of("/bin/sh") });
	write_text(&denials, denials_print);
	assert_string_equal(text,
			    "denied: more than 90s from start to end by /bin/sh (1 time): the "
			    "policy limits it\n"
			    "    nearest: limits time=\"90s\"\n"
			    "    smallest change: limits with a larger `time' than 90s\n");
	denials_release(&denials);
}

static void are_json(void **state)
{
	struct denials denials = { 0 };
	json_t *limit, *argv;
	char *second;

	(void)state;
	add(&denials, of_tasks(9));
	add(&denials, of_git("()"));
	write_text(&denials, print_json);
	second = strchr(text, '\n');
	assert_non_null(second);
	*second = '\0';
	limit = json_loads(text, 0, NULL);
	argv = json_loads(second + 1, 0, NULL);
	assert_non_null(limit);
	assert_non_null(argv);
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(limit, "limit"), "asked")), 9);
	assert_true(json_is_null(json_object_get(limit, "resource")));
	assert_string_equal(json_string_value(json_object_get(argv, "arguments")), "()");
	assert_string_equal(json_string_value(json_object_get(argv, "change")),
			    "r-1 also with: ()");
	assert_true(json_is_null(json_object_get(argv, "limit")));
	json_decref(limit);
	json_decref(argv);
	denials_release(&denials);
}

/* ---- files that arguments name ---- */

static void collect(void *context, struct bytes path)
{
	buffer_append(context, path.data, path.size);
	buffer_add(context, " ");
}

static void name_files(void **state)
{
	static const struct {
		const char *argv, *paths;
	} row[] = {
		{ "$HOME/.ssh/id_rsa", "/home/ada/.ssh/id_rsa " },
		{ "--file=$WS/a /etc/passwd b", "/w/a /etc/passwd " },
		{ "-c (cat $HOME/.netrc) (ls)", "/home/ada/.netrc " },
		{ "push origin main", "" },
		{ "()", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		const struct denial denial = of_git(row[i].argv);
		struct buffer paths = { 0 };

		denial_each_path(&denial, &roots, collect, &paths);
		assert_string_equal(buffer_text(&paths), row[i].paths);
		buffer_release(&paths);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(are_told_once_each),
		cmocka_unit_test(of_how_much_nobody_may_know),
		cmocka_unit_test(are_json),
		cmocka_unit_test(name_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
