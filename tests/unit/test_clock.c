#include "core/clock.h"
#include "core/error.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const struct {
	int64_t time_ns;
	const char *exact, *brief;
} time_row[] = {
	{ 0, "1970-01-01T00:00:00.000000000Z", "1970-01-01 00:00:00" },
	{ -1, "1969-12-31T23:59:59.999999999Z", "1969-12-31 23:59:59" },
	{ -SECOND_NS, "1969-12-31T23:59:59.000000000Z", "1969-12-31 23:59:59" },
	{ 1795244400 * SECOND_NS + 1, "2026-11-21T07:00:00.000000001Z", "2026-11-21 07:00:00" },
	{ 951782400 * SECOND_NS, "2000-02-29T00:00:00.000000000Z", "2000-02-29 00:00:00" },
	{ INT64_MAX, "2262-04-11T23:47:16.854775807Z", "2262-04-11 23:47:16" },
	{ INT64_MIN, "1677-09-21T00:12:43.145224192Z", "1677-09-21 00:12:43" },
};

static void formats_times(void **state)
{
	char text[CLOCK_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof time_row / sizeof *time_row; i++) {
		assert_string_equal(clock_format(time_row[i].time_ns, text), time_row[i].exact);
		assert_string_equal(clock_format_short(time_row[i].time_ns, text),
				    time_row[i].brief);
	}
}

static void ignores_the_time_zone(void **state)
{
	char text[CLOCK_TEXT_SIZE];
	struct error err = { 0 };
	int64_t got;

	(void)state;
	setenv("TZ", "America/New_York", 1);
	tzset();
	assert_string_equal(clock_format_short(0, text), "1970-01-01 00:00:00");
	assert_int_equal(clock_parse("1970-01-01T00:00:01", &got, &err), 0);
	assert_int_equal(got, SECOND_NS);
	unsetenv("TZ");
	tzset();
}

#define AT_SEVEN (1795244400 * SECOND_NS) /* 2026-11-21T07:00:00Z */

static const struct {
	const char *text;
	int64_t time_ns;
} parse_row[] = {
	{ "2026-11-21T07:00:00Z", AT_SEVEN },
	{ "2026-11-21T07:00:00", AT_SEVEN },
	{ "2026-11-21 07:00:00", AT_SEVEN },
	{ "2026-11-21T07:00", AT_SEVEN },
	{ "2026-11-21T07:00Z", AT_SEVEN },
	{ "2026-11-21", AT_SEVEN - 7 * 3600 * SECOND_NS },
	{ "2026-11-21T08:00:00+01:00", AT_SEVEN },
	{ "2026-11-21T12:45:00+05:45", AT_SEVEN },
	{ "2026-11-20T23:30:00-07:30", AT_SEVEN },
	{ "2026-11-21T07:00:00-00:00", AT_SEVEN },
	{ "2026-11-21T07:00:00.5Z", AT_SEVEN + SECOND_NS / 2 },
	{ "2026-11-21T07:00:00,25Z", AT_SEVEN + SECOND_NS / 4 },
	{ "2026-11-21T07:00:00.000000001Z", AT_SEVEN + 1 },
	{ "2026-11-21T07:00:00.0000000019Z", AT_SEVEN + 1 },
	{ "2000-02-29", 951782400 * SECOND_NS },
	{ "2024-02-29T00:00:00Z", 1709164800 * SECOND_NS },
	{ "1969-12-31T23:59:59.75Z", -SECOND_NS / 4 },
	{ "1678-01-01", -INT64_C(9214560000) * SECOND_NS },
	{ "2261-12-31T23:59:59Z", INT64_C(9214646399) * SECOND_NS },
};

static void reads_times(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof parse_row / sizeof *parse_row; i++) {
		struct error err = { 0 };
		int64_t got = 1;

		if (clock_parse(parse_row[i].text, &got, &err) || got != parse_row[i].time_ns)
			fail_msg("%s: %" PRId64 ", not %" PRId64 " %s", parse_row[i].text, got,
				 parse_row[i].time_ns, err.text);
	}
}

static const char *const bad_time[] = {
	"",
	"now",
	"2026",
	"2026-11",
	"2026-11-21T",
	"2026-11-21 ",
	"2026-11-21Z",
	"2026-11-21T7:00",
	"2026-11-21T07",
	"2026-11-21T07:00:0",
	"2026-11-21T07:00:00.",
	"2026-11-21T07:00:00.Z",
	"2026-11-21T07:00:00ZZ",
	"2026-11-21T07:00:00+1:00",
	"2026-11-21T07:00:00+0100",
	"2026-11-21T07:00:00+24:00",
	"2026-11-21T07:00:00+01:60",
	"2026-11-21T24:00:00",
	"2026-11-21T23:60:00",
	"2026-11-21T23:59:60",
	"2026-13-01",
	"2026-00-01",
	"2026-01-00",
	"2026-01-32",
	"2026-04-31",
	"2026-02-29",
	"1900-02-29",
	"2026-2-1",
	"-026-02-01",
	" 2026-02-01",
	"2026/02/01",
	"1677-01-01",
	"2262-01-01",
	"99999-01-01",
	"2026-11-21T07:00:00\xff",
	"\x1b[31m",
};

static void refuses_what_is_no_time(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad_time / sizeof *bad_time; i++) {
		struct error err = { 0 };
		int64_t got = 42;

		if (clock_parse(bad_time[i], &got, &err) != -EINVAL || got != 42)
			fail_msg("\"%s\" was read as %" PRId64, bad_time[i], got);
		assert_non_null(strstr(err.text, "not a date and time"));
		assert_null(strchr(err.text, '\x1b'));
	}
}

static void reads_what_it_wrote(void **state)
{
	char text[CLOCK_TEXT_SIZE];
	struct error err = { 0 };
	int64_t time_ns = -INT64_C(9214560000) * SECOND_NS, got;

	(void)state;
	for (; time_ns < INT64_C(9000000000) * SECOND_NS; time_ns += INT64_C(12345678901234567)) {
		assert_int_equal(clock_parse(clock_format(time_ns, text), &got, &err), 0);
		assert_int_equal(got, time_ns);
	}
}

static const struct {
	int64_t duration_ns;
	const char *text;
} duration_row[] = {
	{ 0, "0.000 s" },
	{ 1, "1 ns" },
	{ 999, "999 ns" },
	{ 1500, "1 us" },
	{ 12000000, "12 ms" },
	{ 999999999, "999 ms" },
	{ SECOND_NS, "1.000 s" },
	{ 1204 * INT64_C(1000000), "1.204 s" },
	{ 60 * SECOND_NS - 1, "59.999 s" },
	{ 185 * SECOND_NS, "3 min 5 s" },
	{ 3600 * SECOND_NS - 1, "59 min 59 s" },
	{ 7500 * SECOND_NS, "2 h 5 min" },
	{ 90 * 86400 * SECOND_NS, "90 d 0 h" },
	{ -1204 * INT64_C(1000000), "-1.204 s" },
	{ INT64_MAX, "106751 d 23 h" },
	{ INT64_MIN, "-106751 d 23 h" },
};

static void formats_durations(void **state)
{
	char text[CLOCK_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof duration_row / sizeof *duration_row; i++)
		assert_string_equal(clock_format_duration(duration_row[i].duration_ns, text),
				    duration_row[i].text);
}

static void reads_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t duration_ns;
	} row[] = {
		{ "30d", 30 * 86400 * SECOND_NS },
		{ "12h", 12 * 3600 * SECOND_NS },
		{ "15m", 900 * SECOND_NS },
		{ "90s", 90 * SECOND_NS },
		{ "250ms", 250000000 },
		{ "0s", 0 },
		{ "007s", 7 * SECOND_NS },
		{ "106751d", 86400 * SECOND_NS * 106751 },
	};
	static const char *const bad[] = {
		"",    "d",   "30",	 "30 d", "-30d",  "1.5h", "30days",
		"30D", "d30", "106752d", "+1s",	 "1h30m", "0x1s", "99999999999999999999s"
	};
	struct error err = { 0 };
	int64_t got;

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		assert_int_equal(clock_parse_duration(row[i].text, &got, &err), 0);
		assert_int_equal(got, row[i].duration_ns);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		got = 42;
		err = (struct error){ 0 };
		if (clock_parse_duration(bad[i], &got, &err) != -EINVAL || got != 42)
			fail_msg("\"%s\" was read as %" PRId64, bad[i], got);
		assert_non_null(strstr(err.text, "not a number with a unit"));
	}
}

static void the_clocks_go_on(void **state)
{
	int64_t now_ns = clock_now_ns(), monotonic_ns = clock_monotonic_ns();

	(void)state;
	assert_true(now_ns > AT_SEVEN - 3 * 365 * 86400 * SECOND_NS);
	assert_true(monotonic_ns > 0 && clock_monotonic_ns() >= monotonic_ns);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(formats_times),       cmocka_unit_test(ignores_the_time_zone),
		cmocka_unit_test(reads_times),	       cmocka_unit_test(refuses_what_is_no_time),
		cmocka_unit_test(reads_what_it_wrote), cmocka_unit_test(formats_durations),
		cmocka_unit_test(reads_durations),     cmocka_unit_test(the_clocks_go_on),
	};

	return cmocka_run_group_tests_name("clock", test, NULL, NULL);
}
