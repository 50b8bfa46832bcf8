#include "core/uuid.h"
#include "reports/companions/companions.h"
#include "reports/companions/controls.h"
#include "reports/companions/csv.h"
#include "reports/companions/edition.h"
#include "reports/companions/source.h"
#include "reports/guard.h"
#include "reports/sign/signature.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void quarters(void **state)
{
	static const char *const none[] = { "",	      "2026Q0",	 "2026Q5",  "2026q1", "2026Q1 ",
					    "26Q1",   "2026-Q1", "2026Q12", " 026Q1", "1969Q4",
					    "2026Q ", "99999Q1", NULL };
	struct quarter quarter;

	(void)state;
	assert_int_equal(quarter_parse("1970Q1", &quarter), 0);
	assert_string_equal(quarter.name, "1970Q1");
	assert_int_equal(quarter.begin_ns, 0);
	assert_int_equal(quarter.end_ns, INT64_C(90) * 86400 * 1000000000);
	assert_int_equal(quarter_parse("2024Q1", &quarter), 0); /* a leap year */
	assert_int_equal(quarter.end_ns - quarter.begin_ns, INT64_C(91) * 86400 * 1000000000);
	assert_int_equal(quarter_parse("2026Q4", &quarter), 0);
	assert_int_equal(quarter.begin_ns, INT64_C(1790812800) * 1000000000);
	assert_int_equal(quarter.end_ns, INT64_C(1798761600) * 1000000000);
	for (size_t i = 0; none[i]; i++)
		if (quarter_parse(none[i], &quarter) != -EINVAL)
			fail_msg("%s is taken for a quarter", none[i]);
}

static bool is_written(const char *name, const char *format, int64_t accesses, bool is_redacted)
{
	struct edition edition = { .accesses = accesses };

	if (is_redacted)
		edition.redactor = (struct redactor *)&edition; /* whatever it is */
	for (const struct companion_row *row = companion_row; row->name; row++)
		if (!strcmp(row->name, name))
			return companion_is_wanted(row, format, &edition);
	fail_msg("there is no companion %s", name);
	return false;
}

static void what_is_asked_for_is_written(void **state)
{
	struct edition without = { 0 };

	(void)state;
	assert_true(is_written("json", "all", INT64_MAX, false));
	assert_true(is_written("json", "json", 0, true));
	assert_false(is_written("json", "csv", 0, false));
	assert_true(is_written("permissions", "csv", 0, false));
	assert_true(is_written("policy", "all", COMPANION_SMALL, false));
	assert_false(is_written("policy", "all", COMPANION_SMALL + 1, false));
	assert_true(is_written("policy", "policy", COMPANION_SMALL + 1, false));
	assert_false(is_written("policy", "all", 0, true));
	assert_false(is_written("policy", "policy", 0, true));
	without.audit_reason.code = ENOENT;
	for (const struct companion_row *row = companion_row; row->name; row++) {
		assert_true(companion_is_wanted(row, row->format, &without));
		if (row->when & AUDIT)
			assert_false(companion_is_wanted(row, "all", &without));
		else
			assert_true(companion_is_wanted(row, "all", &without));
	}
}

static void expect_guarded(const char *text, const char *want)
{
	scoped(buffer) struct buffer out = { 0 };

	guard_text(text, &out);
	assert_string_equal(buffer_text(&out), want);
}

static void the_guard_escapes_what_misleads(void **state)
{
	(void)state;
	expect_guarded(NULL, "");
	expect_guarded("a sentence about $WS/a\\x20b", "a sentence about $WS/a\\x20b");
	expect_guarded("  two  spaces ", "  two  spaces ");
	expect_guarded("\x1b[2J\xff", "\\x1b[2J\\xff");
	expect_guarded("in\xe2\x80\xaegpj", "in\\u{202e}gpj");
	expect_guarded("new\nline\t", "new\\nline\\t");
}

static void cells_are_no_formulas(void **state)
{
	scoped(buffer) struct buffer out = { 0 };

	(void)state;
	csv_head("a,b", &out);
	csv_text("=1+1", &out);
	csv_text("say \"x\", y", &out);
	csv_name(bytes_of("@x\xff"), &out);
	csv_name(bytes_of("\t="), &out);
	csv_number(-5, &out);
	csv_time(0, &out);
	csv_text(NULL, &out);
	csv_end(&out);
	assert_string_equal(
		buffer_text(&out),
		"a,b\r\n\"'=1+1\",\"say \"\"x\"\", y\",\"'@x\\xff\",\"\\t=\",-5,\"\",\"\"\r\n");
}

static void controls_are_called_as_in_oscal(void **state)
{
	char id[CONTROL_SIZE];

	(void)state;
	control_first("AC-6(7) CM-7(1)", id);
	assert_string_equal(id, "ac-6.7");
	control_first("AU-3", id);
	assert_string_equal(id, "au-3");
	control_first("-", id);
	assert_string_equal(id, "ac-6");
}

/* RFC 9562 has no vector of this namespace: these two are Python's uuid.uuid5(NAMESPACE_URL, ...).
 */
static void names_have_uuids(void **state)
{
	char uuid[UUID_TEXT_SIZE];

	(void)state;
	assert_int_equal(uuid_of(bytes_of("pare"), uuid), 0);
	assert_string_equal(uuid, "4959ca40-3011-541c-810c-22c640b09caa");
	assert_int_equal(uuid_of(bytes_of(""), uuid), 0);
	assert_string_equal(uuid, "1b4db7eb-4057-5ddf-91e0-36dec72071f5");
}

static void expect_uri(const char *name, const char *workspace, bool is_below, const char *want)
{
	scoped(buffer) struct buffer out = { 0 };

	assert_int_equal(source_add_uri(bytes_of(name), bytes_of(workspace), &out), is_below);
	assert_string_equal(buffer_text(&out), want);
}

static void files_have_uris(void **state)
{
	(void)state;
	expect_uri("/w/a b/c.json", "/w", true, "a%20b/c.json");
	expect_uri("/w", "/w", false, "file:///w");
	expect_uri("/wx/c", "/w", false, "file:///wx/c");
	expect_uri("/w/c", "", false, "file:///w/c");
	expect_uri("/w/c", "/", false, "file:///w/c");
	expect_uri("/\xff%#?:", "/w", false, "file:///%FF%25%23%3F%3A");
	expect_uri("$HOME/x", "/w", false, "%24HOME/x");
}

static void expect_line(const char *text, const char *format, const char *justification, int want)
{
	struct source_text source = { 0 };
	struct rule rule = { .id = (char *)"r-1",
			     .pattern = (char *)"/etc/**",
			     .justification = (char *)justification };

	buffer_add(&source.text, text);
	assert_int_equal(source_line(&source, format, &rule), want);
	source_release(&source);
}

static void lines_are_found(void **state)
{
	(void)state;
	expect_line("", "toml", "x, line 7", 7);
	expect_line("", "toml", "x, line 3, line 7; y, line 9", 7);
	expect_line("", "toml", "x, line z", 0);
	expect_line("a\nb\nRead(./a)\n", "claude", "Read(./a)", 3);
	expect_line("a\nb\n", "claude", "Read(./a)", 0);
	expect_line("granted\n", "claude", "granted", 0);
	expect_line("a\n<rule id=\"r-1\">", "pare", "a", 2);
	expect_line("a\n\n<pattern>/etc/**</pattern>", "pare", "a", 3);
	expect_line("a\n", "pare", "a", 0);
	expect_line("a\n", "claude", NULL, 0);
}

static void signatures_are_read_with_care(void **state)
{
	/* Magic, version 1, a key of 16 bytes: "ssh-x" and three bytes. */
	static const char good[] =
		"-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQAAABAAAAAFc3NoLXgA\n"
		"AAADAQID\n-----END SSH SIGNATURE-----\n";
	static const char *const bad[] = {
		"",
		"-----END SSH SIGNATURE----------BEGIN SSH SIGNATURE-----",
		"-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----",
		"-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----",
		"-----BEGIN SSH SIGNATURE-----\n!!!!\n-----END SSH SIGNATURE-----",
		"-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAf////8AAAAFc3NoLXgA\n-----END SSH "
		"SIGNATURE-----",
		NULL
	};
	scoped(buffer) struct buffer key = { 0 }, print = { 0 };

	(void)state;
	assert_int_equal(signature_key(bytes_of(good), &key), 0);
	assert_string_equal(buffer_text(&key), "ssh-x AAAABXNzaC14AAAAAwECAw==");
	assert_int_equal(signature_fingerprint(buffer_text(&key), &print), 0);
	assert_int_equal(print.size, strlen("SHA256:") + 43);
	assert_int_equal(signature_fingerprint("none", &print), -EINVAL);
	for (size_t i = 0; bad[i]; i++) {
		scoped(buffer) struct buffer none = { 0 };

		assert_int_equal(signature_key(bytes_of(bad[i]), &none), -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(quarters),
		cmocka_unit_test(what_is_asked_for_is_written),
		cmocka_unit_test(the_guard_escapes_what_misleads),
		cmocka_unit_test(cells_are_no_formulas),
		cmocka_unit_test(controls_are_called_as_in_oscal),
		cmocka_unit_test(names_have_uuids),
		cmocka_unit_test(files_have_uris),
		cmocka_unit_test(lines_are_found),
		cmocka_unit_test(signatures_are_read_with_care),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
