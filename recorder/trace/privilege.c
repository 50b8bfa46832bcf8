/* What no_new_privs takes from a program: prctl(2), capabilities(7). */
#include "recorder/trace/tracer.h"

#include "recorder/calls/served.h"

#include <stdio.h>
#include <sys/stat.h>

/* /proc/PID/exe is what runs: of a script, its interpreter, as the kernel has it. */
static bool has_file_capabilities(pid_t tid)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/exe", tid);
	return served_attribute(path, "security.capability") > 0;
}

void privilege_warn(struct tracer *tracer, struct tracee *tracee, const struct buffer *program)
{
	if (!tracer->options->no_new_privs)
		return;
	if (tracee->call.object[0].mode & (S_ISUID | S_ISGID))
		call_report_gap(&tracee->call, GAP_NO_NEW_PRIVS,
				buffer_text(&tracee->call.object[0].name));
	else if (has_file_capabilities(tracee->tid))
		call_report_gap(&tracee->call, GAP_NO_NEW_PRIVS, buffer_text(program));
}
