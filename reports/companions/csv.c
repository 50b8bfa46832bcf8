#include "reports/companions/csv.h"

#include "core/clock.h"
#include "core/text.h"
#include "reports/guard.h"

#include <inttypes.h>
#include <string.h>

static void separate(struct buffer *out)
{
	if (out->size && out->data[out->size - 1] != '\n')
		buffer_add_char(out, ',');
}

static void quote(const char *text, struct buffer *out)
{
	separate(out);
	buffer_add_char(out, '"');
	if (*text && strchr("=+-@\t\r", *text))
		buffer_add_char(out, '\'');
	for (; *text; text++) {
		if (*text == '"')
			buffer_add_char(out, '"');
		buffer_add_char(out, *text);
	}
	buffer_add_char(out, '"');
}

void csv_head(const char *names, struct buffer *out)
{
	buffer_add(out, names);
	csv_end(out);
}

void csv_text(const char *text, struct buffer *out)
{
	scoped(buffer) struct buffer safe = { 0 };

	guard_text(text, &safe);
	quote(buffer_text(&safe), out);
	out->failed |= safe.failed;
}

void csv_name(struct bytes name, struct buffer *out)
{
	scoped(buffer) struct buffer safe = { 0 };

	text_escape(name, TEXT_SAFE, &safe);
	quote(buffer_text(&safe), out);
	out->failed |= safe.failed;
}

void csv_number(int64_t value, struct buffer *out)
{
	separate(out);
	buffer_printf(out, "%" PRId64, value);
}

void csv_time(int64_t time_ns, struct buffer *out)
{
	char text[CLOCK_TEXT_SIZE];

	quote(time_ns ? clock_format(time_ns, text) : "", out);
}

void csv_end(struct buffer *out)
{
	buffer_append(out, "\r\n", 2);
}
