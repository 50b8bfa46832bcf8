/* What is other in a dry run. */
#include "recorder/calls/calls.h"
#include "recorder/calls/names.h"

#include <errno.h>

static bool is_in_dry_run(const struct call *call)
{
	return call->past ? *names_root(call->names) : call->process->run_root != NULL;
}

void call_report_uncopied(struct call *call, const struct access *access)
{
	scoped(buffer) struct buffer detail = { 0 };

	if (access->error != EOVERFLOW || !is_in_dry_run(call))
		return;
	buffer_append(&detail, access->name.data, access->name.size);
	buffer_add(&detail, " could not be changed: it is another user's or group's");
	call_report_gap(call, GAP_DRY_RUN, buffer_text(&detail));
}
