/* kill(2) and its kin, process_vm_readv(2), ptrace(2): other processes. */
#include "recorder/calls/calls.h"
#include "recorder/calls/resolve.h"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>

/* The program that process `pid` runs, as call->extra; empty where the process is the caller. */
static void take_program(struct call *call, pid_t pid)
{
	buffer_clear(&call->extra);
	if (pid == call->process->tgid || pid == call->tid)
		return;
	if (pid <= 0) /* a process group: kill(2) */
		buffer_add(&call->extra, "process-group");
	else if (resolve_proc_link(pid, "exe", &call->extra) < 0)
		buffer_add(&call->extra, "unknown-process");
}

int enter_process(struct call *call)
{
	take_program(call, (pid_t)call->argument[call->row->a]);
	return 0;
}

void leave_process(struct call *call)
{
	if (call->extra.size)
		call_report_name(call, call->row->resource, call->row->action,
				 buffer_bytes(&call->extra), (struct bytes){ 0 });
}

int enter_ptrace(struct call *call)
{
	uint64_t request = call->argument[call->row->a];

	buffer_clear(&call->extra);
	if (request == PTRACE_TRACEME)
		buffer_add(&call->extra, "parent");
	else if (request == PTRACE_ATTACH || request == PTRACE_SEIZE)
		take_program(call, (pid_t)call->argument[call->row->b]);
	return 0;
}

void leave_ptrace(struct call *call)
{
	if (!call->extra.size)
		return;
	leave_process(call);
	if (call->result == -EPERM)
		call_report_gap(call, GAP_NESTED_TRACE, call->process->program);
}
