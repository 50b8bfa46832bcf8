/* kill(2) and its kin, process_vm_readv(2), pidfd_send_signal(2), ptrace(2): other processes. */
#include "recorder/calls/calls.h"
#include "recorder/calls/descriptors.h"
#include "recorder/calls/numbers.h"
#include "recorder/calls/resolve.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <unistd.h>

/* Whether that is the caller's process, or a thread of it. */
static bool is_own(const struct call *call, pid_t pid)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/task/%d", call->process->tgid, pid);
	return pid == call->process->tgid || pid == call->tid || access(path, F_OK) == 0;
}

/* The program that process `pid` of our /proc runs, as the object's name; empty where it is the
 * caller. */
static void take_program(struct call *call, unsigned index, pid_t pid)
{
	struct buffer *name = &call->object[index].name;

	buffer_clear(name);
	if (is_own(call, pid))
		return;
	if (pid <= 0 || resolve_proc_link(pid, "exe", name) < 0)
		buffer_add(name, "unknown-process");
}

/* The same for the process that argument `column` numbers. */
static void take_number(struct call *call, unsigned index, int column)
{
	take_program(call, index, number_translate(call->tid, (pid_t)call->argument[column]));
}

static void report_programs(struct call *call, enum action action)
{
	for (unsigned i = 0; i < 2; i++)
		if (call->object[i].name.size)
			call_report_name(call, RESOURCE_PROCESS, action,
					 buffer_bytes(&call->object[i].name), (struct bytes){ 0 });
}

/* Column a is a process, and so is column b where there is one: kcmp(2). */
int enter_process(struct call *call)
{
	take_number(call, 0, call->row->a);
	if (call->row->b != NONE)
		take_number(call, 1, call->row->b);
	return 0;
}

void leave_process(struct call *call)
{
	report_programs(call, call->row->action);
}

/* Column a is which limit, b is not 0 where it is set, and c is the process where it is not the
 * caller's; flags: the limit of files is set. */
int enter_limit(struct call *call)
{
	call->flags = (uint32_t)call->argument[call->row->a] == RLIMIT_FSIZE &&
		      call->argument[call->row->b];
	if (call->row->c != NONE && call->argument[call->row->c])
		take_number(call, 0, call->row->c);
	return 0;
}

void leave_limit(struct call *call)
{
	report_programs(call, call->row->action);
}

/* 0 is the caller's process group, -N another, -1 is all that it may signal: kill(2). */
int enter_kill(struct call *call)
{
	pid_t pid = (pid_t)call->argument[call->row->a];

	if (pid > 0)
		return enter_process(call);
	buffer_add(&call->object[0].name, pid == -1 ? "every-process" : "process-group");
	return 0;
}

void leave_kill(struct call *call)
{
	leave_process(call);
}

/* A folder of /proc does as well: pidfd_send_signal(2). */
static bool read_folder_of_proc(pid_t tid, int descriptor, long *ret)
{
	scoped(buffer) struct buffer name = { 0 };
	char link[32], rest;

	snprintf(link, sizeof link, "fd/%d", descriptor);
	return resolve_proc_link(tid, link, &name) == 0 &&
	       sscanf(buffer_text(&name), "/proc/%ld%c", ret, &rest) == 1;
}

/* Column a is a descriptor that stands for a process: pidfd_open(2). */
int enter_pidfd(struct call *call)
{
	int descriptor = call_descriptor(call, call->row->a);
	long pid;

	if (descriptor_info(call->tid, descriptor, "Pid", 10, &pid) == 0 ||
	    read_folder_of_proc(call->tid, descriptor, &pid))
		take_program(call, 0, (pid_t)pid); /* -1 when it is gone */
	return 0;
}

#define SIGNAL_GROUP (1U << 2) /* PIDFD_SIGNAL_PROCESS_GROUP, Linux 6.9 */

/* Column c has the flags: all of a process group may be meant. */
int enter_pidfd_kill(struct call *call)
{
	if (!(call->argument[call->row->c] & SIGNAL_GROUP))
		return enter_pidfd(call);
	buffer_add(&call->object[0].name, "process-group");
	return 0;
}

void leave_pidfd_kill(struct call *call)
{
	leave_pidfd(call);
}

void leave_pidfd(struct call *call)
{
	leave_process(call);
}

/* Taking a descriptor out of another process is taking it over: pidfd_getfd(2). */
int enter_take(struct call *call)
{
	return enter_pidfd(call);
}

void leave_take(struct call *call)
{
	leave_process(call);
	if (call->result >= 0)
		descriptor_report(call, (int)call->result, "received");
}

int enter_ptrace(struct call *call)
{
	uint64_t request = call->argument[call->row->a];

	if (request == PTRACE_TRACEME)
		buffer_add(&call->object[0].name, "parent");
	else if (request == PTRACE_ATTACH || request == PTRACE_SEIZE)
		take_number(call, 0, call->row->b);
	return 0;
}

void leave_ptrace(struct call *call)
{
	if (!call->object[0].name.size)
		return;
	leave_process(call);
	if (call->result == -EPERM)
		call_report_gap(call, GAP_NESTED_TRACE, call->process->program);
}

/* Columns: the process that is measured, 0 or -1 for none in particular, and the flags, which may
 * make that the descriptor of a control group: perf_event_open(2). */
int enter_measure(struct call *call)
{
	if ((pid_t)call->argument[call->row->a] > 0 &&
	    !(call->argument[call->row->c] & PERF_FLAG_PID_CGROUP))
		take_number(call, 0, call->row->a);
	return 0;
}

void leave_measure(struct call *call)
{
	call_report_name(call, RESOURCE_KERNEL, ACTION_USE, bytes_of(call->row->object),
			 (struct bytes){ 0 });
	report_programs(call, ACTION_TRACE);
}
