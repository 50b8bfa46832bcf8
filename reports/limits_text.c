#include "reports/limits_text.h"

#include "core/clock.h"

#include <inttypes.h>

static void add_options(const struct policy_limits *limits, struct buffer *out)
{
	char text[CLOCK_TEXT_SIZE];

	buffer_add(out, "# apply: pare record");
	if (limits->time_ns)
		buffer_printf(out, " --timeout %s", clock_write_duration(limits->time_ns, text));
	if (limits->file_bytes)
		buffer_printf(out, " --max-file-size %" PRId64, limits->file_bytes);
	buffer_add(out, " -- COMMAND\n");
}

/* What setrlimit(2) counts otherwise must not be said to apply them. */
static void add_others(const struct policy_limits *limits, struct buffer *out)
{
	if (limits->tasks)
		buffer_printf(out,
			      "# no option applies %" PRId64
			      " processes: --max-processes counts all of the user's\n",
			      limits->tasks);
	if (limits->memory_bytes)
		buffer_printf(out,
			      "# nor %" PRId64
			      " bytes in memory: --max-memory limits the address space, which is "
			      "larger\n",
			      limits->memory_bytes);
}

static void add_part(struct buffer *out, const char *what, int64_t limit)
{
	if (limit)
		buffer_printf(out, "%s%s %" PRId64, out->size ? ", " : "", what, limit);
}

void limits_add_text(const struct policy_limits *limits, struct buffer *out)
{
	scoped(buffer) struct buffer parts = { 0 };
	char time[CLOCK_TEXT_SIZE];

	if (limits->time_ns)
		buffer_printf(&parts, "time %s", clock_write_duration(limits->time_ns, time));
	add_part(&parts, "processes and threads", limits->tasks);
	add_part(&parts, "bytes in memory", limits->memory_bytes);
	add_part(&parts, "bytes in a file", limits->file_bytes);
	if (!parts.size)
		return;
	buffer_printf(out, "# limits: %s", buffer_text(&parts));
	if (limits->runs)
		buffer_printf(out, "; from the most of %" PRId64 " run%s", limits->runs,
			      limits->runs == 1 ? "" : "s");
	buffer_add_char(out, '\n');
	if (limits->time_ns || limits->file_bytes)
		add_options(limits, out);
	add_others(limits, out);
}
