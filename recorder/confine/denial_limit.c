/* What is said of a limit that was reached. */
#include "recorder/confine/denial.h"

#include "core/clock.h"
#include "core/text.h"

#include <inttypes.h>

static const struct {
	const char *name, *unit;
	size_t limit, most; /* in struct policy_limits */
} limit_row[] = {
#define LIMIT(name, unit, limit, most)                                                             \
	{                                                                                          \
		name, unit, offsetof(struct policy_limits, limit),                                 \
			offsetof(struct policy_limits, most)                                       \
	}
	[LIMIT_TIME] = LIMIT("time", "from start to end", time_ns, most_ns),
	[LIMIT_TASKS] = LIMIT("processes", "processes and threads at once", tasks, most_tasks),
	[LIMIT_MEMORY] =
		LIMIT("memory", "bytes of memory in one process", memory_bytes, most_memory_bytes),
	[LIMIT_FILE] = LIMIT("file-size", "bytes in one file", file_bytes, most_file_bytes),
};

static int64_t value_at(const struct denial_report *report, size_t offset)
{
	return *(const int64_t *)((const char *)report->limits + offset);
}

struct denied_amount denial_amount(const struct denial *denial, const struct denial_report *report)
{
	return (struct denied_amount){ limit_row[denial->limit].name,
				       value_at(report, limit_row[denial->limit].limit),
				       value_at(report, limit_row[denial->limit].most) };
}

static void write_value(const struct denial *denial, int64_t value, struct buffer *out)
{
	char text[CLOCK_TEXT_SIZE];

	if (denial->limit == LIMIT_TIME)
		buffer_add(out, clock_write_duration(value, text));
	else
		buffer_printf(out, "%" PRId64, value);
}

void denial_write_taken(const struct denial *denial, const struct denial_report *report,
			struct buffer *out)
{
	scoped(buffer) struct buffer name = { 0 };

	buffer_add(out, "more than ");
	write_value(denial, denial_amount(denial, report).allowed, out);
	buffer_printf(out, " %s", limit_row[denial->limit].unit);
	if (denial->name.size)
		buffer_printf(out, ", %s,", text_safe(denial->name, 0, &name));
}

void denial_write_limit(const struct denial *denial, const struct denial_report *report,
			struct buffer *out)
{
	struct denied_amount amount = denial_amount(denial, report);

	buffer_printf(out, "limits %s=\"", amount.name);
	write_value(denial, amount.allowed, out);
	buffer_add_char(out, '"');
	if (!amount.most)
		return;
	buffer_add(out, " (the most that was seen: ");
	write_value(denial, amount.most, out);
	buffer_add_char(out, ')');
}

void denial_write_limit_change(const struct denial *denial, const struct denial_report *report,
			       struct buffer *out)
{
	struct denied_amount amount = denial_amount(denial, report);

	if (!denial->asked) {
		buffer_printf(out, "limits with a larger `%s' than ", amount.name);
		write_value(denial, amount.allowed, out);
		return;
	}
	buffer_printf(out, "limits %s=\"", amount.name);
	write_value(denial, denial->asked, out);
	buffer_add_char(out, '"');
}
