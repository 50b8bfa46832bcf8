#include "reports/exporters/limits.h"

#include "core/clock.h"
#include "reports/exporters/losses.h"

#include <inttypes.h>

static void tell(int64_t limit, const char *format, struct losses *losses)
	__attribute__((format(printf, 2, 0)));

static void tell(int64_t limit, const char *format, struct losses *losses)
{
	if (limit)
		losses_add(losses, NULL, LOSS_WIDENED, format, limit);
}

void limit_losses(const struct policy_limits *limits, unsigned said, struct losses *losses)
{
	char text[CLOCK_TEXT_SIZE];

	if (limits->time_ns && !(said & LIMIT_TIME))
		losses_add(losses, NULL, LOSS_WIDENED, "a run may last longer than %s",
			   clock_format_duration(limits->time_ns, text));
	if (!(said & LIMIT_TASKS))
		tell(limits->tasks, "there may be more processes and threads at once than %" PRId64,
		     losses);
	if (!(said & LIMIT_MEMORY))
		tell(limits->memory_bytes,
		     "a process may have more in memory than %" PRId64 " bytes", losses);
	if (!(said & LIMIT_FILE))
		tell(limits->file_bytes, "a file may become larger than %" PRId64 " bytes", losses);
}

void limit_seconds(int64_t duration_ns, struct buffer *out)
{
	int64_t rest = duration_ns % SECOND_NS;
	int digits = 9;

	buffer_printf(out, "%" PRId64, duration_ns / SECOND_NS);
	if (!rest)
		return;
	for (; rest % 10 == 0; digits--)
		rest /= 10;
	buffer_printf(out, ".%0*" PRId64, digits, rest);
}
