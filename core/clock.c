#include "core/clock.h"
#include "core/bytes.h"
#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return now.tv_sec * SECOND_NS + now.tv_nsec;
}

int64_t clock_now_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

struct timespec clock_deadline(int64_t pause_ns)
{
	int64_t at_ns = clock_monotonic_ns() + pause_ns;

	return (struct timespec){ at_ns / SECOND_NS, at_ns % SECOND_NS };
}

/* Splits towards the past, so that the fraction is never negative. */
static void split(int64_t time_ns, struct tm *ret_date, long *ret_fraction)
{
	time_t second = time_ns / SECOND_NS;
	long fraction = (long)(time_ns % SECOND_NS);

	if (fraction < 0) {
		fraction += SECOND_NS;
		second--;
	}
	gmtime_r(&second, ret_date);
	*ret_fraction = fraction;
}

const char *clock_format(int64_t time_ns, char text[static CLOCK_TEXT_SIZE])
{
	struct tm date;
	long fraction;
	size_t used;

	split(time_ns, &date, &fraction);
	used = strftime(text, CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &date);
	snprintf(text + used, CLOCK_TEXT_SIZE - used, ".%09ldZ", fraction);
	return text;
}

const char *clock_format_short(int64_t time_ns, char text[static CLOCK_TEXT_SIZE])
{
	struct tm date;
	long fraction;

	split(time_ns, &date, &fraction);
	strftime(text, CLOCK_TEXT_SIZE, "%Y-%m-%d %H:%M:%S", &date);
	return text;
}

/* A duration reads best in two units: the row's own and the one it divides into. */
static const struct {
	uint64_t unit_ns, part_ns;
	const char *format;
} duration_row[] = {
	{ UINT64_C(86400) * SECOND_NS, UINT64_C(3600) * SECOND_NS, "%s%llu d %llu h" },
	{ UINT64_C(3600) * SECOND_NS, UINT64_C(60) * SECOND_NS, "%s%llu h %llu min" },
	{ UINT64_C(60) * SECOND_NS, SECOND_NS, "%s%llu min %llu s" },
	{ SECOND_NS, 1000000, "%s%llu.%03llu s" },
	{ 1000000, 1000000, "%s%llu ms" },
	{ 1000, 1000, "%s%llu us" },
	{ 1, 1, "%s%llu ns" },
};

const char *clock_format_duration(int64_t duration_ns, char text[static CLOCK_TEXT_SIZE])
{
	uint64_t size = duration_ns < 0 ? -(uint64_t)duration_ns : (uint64_t)duration_ns;
	size_t i = size ? 0 : 3; /* nothing is "0.000 s" */

	while (size && size < duration_row[i].unit_ns)
		i++;
	snprintf(text, CLOCK_TEXT_SIZE, duration_row[i].format, duration_ns < 0 ? "-" : "",
		 (unsigned long long)(size / duration_row[i].unit_ns),
		 (unsigned long long)(size % duration_row[i].unit_ns / duration_row[i].part_ns));
	return text;
}

/* Reads exactly `count` digits that make a number up to `most`, and moves past them. */
static bool take_number(const char **at, int count, int most, int *ret)
{
	int value = 0;

	for (int i = 0; i < count; i++) {
		char c = (*at)[i];

		if (c < '0' || c > '9')
			return false;
		value = value * 10 + (c - '0');
	}
	if (value > most)
		return false;
	*at += count;
	*ret = value;
	return true;
}

static bool take_char(const char **at, const char *any)
{
	if (!**at || !strchr(any, **at))
		return false;
	(*at)++;
	return true;
}

static bool take_date(const char **at, struct tm *ret)
{
	int year, month;

	/* What 64 bits of nanoseconds hold on either side, in whole years. */
	if (!take_number(at, 4, 2261, &year) || year < 1678)
		return false;
	if (!take_char(at, "-") || !take_number(at, 2, 12, &month) || month < 1)
		return false;
	if (!take_char(at, "-") || !take_number(at, 2, 31, &ret->tm_mday) || ret->tm_mday < 1)
		return false;
	ret->tm_year = year - 1900;
	ret->tm_mon = month - 1;
	return true;
}

/* ".5" is 500000000; digits beyond the ninth are dropped. */
static bool take_fraction(const char **at, int64_t *ret_ns)
{
	int64_t place = SECOND_NS / 10;

	if (!take_char(at, ".,"))
		return true;
	if (**at < '0' || **at > '9')
		return false;
	for (; **at >= '0' && **at <= '9'; (*at)++, place /= 10)
		*ret_ns += place * (**at - '0');
	return true;
}

static bool take_time(const char **at, struct tm *ret, int64_t *ret_fraction_ns)
{
	if (!take_number(at, 2, 23, &ret->tm_hour) || !take_char(at, ":") ||
	    !take_number(at, 2, 59, &ret->tm_min))
		return false;
	if (!take_char(at, ":"))
		return true;
	return take_number(at, 2, 59, &ret->tm_sec) && take_fraction(at, ret_fraction_ns);
}

static bool take_offset(const char **at, int *ret_seconds)
{
	int hours, minutes, sign = **at == '-' ? -1 : 1;

	if (take_char(at, "Z") || !take_char(at, "+-"))
		return true;
	if (!take_number(at, 2, 23, &hours) || !take_char(at, ":") ||
	    !take_number(at, 2, 59, &minutes))
		return false;
	*ret_seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

static bool parse(const char *text, int64_t *ret_ns)
{
	struct tm date = { 0 }, same;
	int64_t fraction_ns = 0;
	int offset_seconds = 0;
	time_t second;

	if (!take_date(&text, &date))
		return false;
	if (take_char(&text, "T ") &&
	    (!take_time(&text, &date, &fraction_ns) || !take_offset(&text, &offset_seconds)))
		return false;
	if (*text)
		return false;
	same = date;
	second = timegm(&same); /* moves 30 February to March */
	if (same.tm_mday != date.tm_mday)
		return false;
	*ret_ns = (second - offset_seconds) * SECOND_NS + fraction_ns;
	return true;
}

int clock_parse(const char *text, int64_t *ret_ns, struct error *err)
{
	scoped(buffer) struct buffer shown = { 0 };

	if (parse(text, ret_ns))
		return 0;
	return error_say(err, EINVAL,
			 "read time '%s': not a date and time like 2026-11-21 or "
			 "2026-11-21T07:00:00Z",
			 text_safe(bytes_of(text), 40, &shown));
}

static const struct {
	const char *unit;
	int64_t size_ns;
} unit_row[] = {
	{ "d", 86400 * SECOND_NS }, { "h", 3600 * SECOND_NS }, { "m", 60 * SECOND_NS },
	{ "s", SECOND_NS },	    { "ms", 1000000 },	       { NULL, 0 },
};

const char *clock_write_duration(int64_t duration_ns, char text[static CLOCK_TEXT_SIZE])
{
	size_t i = 0;

	while (unit_row[i + 1].unit != NULL && duration_ns % unit_row[i].size_ns)
		i++;
	snprintf(text, CLOCK_TEXT_SIZE, "%lld%s", (long long)(duration_ns / unit_row[i].size_ns),
		 unit_row[i].unit);
	return text;
}

static bool parse_duration(const char *text, int64_t *ret_ns)
{
	int64_t value = 0;
	const char *at = text;

	for (; *at >= '0' && *at <= '9'; at++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *at - '0', &value))
			return false;
	for (size_t i = 0; at > text && unit_row[i].unit; i++)
		if (!strcmp(at, unit_row[i].unit) &&
		    !__builtin_mul_overflow(value, unit_row[i].size_ns, &value)) {
			*ret_ns = value;
			return true;
		}
	return false;
}

int clock_parse_duration(const char *text, int64_t *ret_ns, struct error *err)
{
	scoped(buffer) struct buffer shown = { 0 };

	if (parse_duration(text, ret_ns))
		return 0;
	return error_say(err, EINVAL,
			 "read duration '%s': not a number with a unit (d h m s ms), like 30d",
			 text_safe(bytes_of(text), 40, &shown));
}
