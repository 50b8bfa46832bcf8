/* Calls that use a facility of the kernel, and the few that recording has to answer itself. */
#include "recorder/calls/calls.h"
#include "recorder/calls/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/bpf.h>
#include <linux/ipc.h>
#include <linux/sched.h>

#define BPF_F_PATH_FD (1U << 14) /* Linux 6.5 */

/* Afterwards the path may mean something else: chroot(2), mount(2). */
int enter_facility(struct call *call)
{
	int r = 0;

	if (call->row->b != NONE)
		r = call_take_path(call, 0, call->row->a, call->row->b, true);
	if (r == 0) {
		call_resolve(call, 0);
		call_report_links(call, &call->object[0]);
	}
	return r;
}

void leave_facility(struct call *call)
{
	if (call->row->c == VIEW && call->result >= 0)
		process_change_view(call->process);
	call_report_name(call, RESOURCE_KERNEL, ACTION_USE, bytes_of(call->row->object),
			 (struct bytes){ 0 });
	if (call->object[0].requested.size)
		call_report_name(call, RESOURCE_FILE, ACTION_STAT,
				 buffer_bytes(&call->object[0].name), (struct bytes){ 0 });
}

#define NAMESPACES                                                                                 \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |             \
	 CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME)

int enter_unshare(struct call *call)
{
	call->flags = call->argument[call->row->a];
	return 0;
}

/* Threads can part with less than a namespace: with what relative paths start at. */
void leave_unshare(struct call *call)
{
	if (call->flags & NAMESPACES)
		leave_facility(call);
	else if (call->result >= 0)
		process_change_view(call->process);
}

#define ASKS_ONLY 0xa001 /* ADJ_OFFSET_SS_READ: adjtimex(2) */

/* The structure begins with what is to be changed. */
int enter_adjust(struct call *call)
{
	uint32_t modes;
	int r = memory_read(call->tid, call->argument[call->row->a], &modes, sizeof modes);

	call->settled = r == 0 && (modes == 0 || modes == ASKS_ONLY);
	return r;
}

void leave_adjust(struct call *call)
{
	leave_facility(call);
}

int enter_filter(struct call *call)
{
	(void)call;
	return 0;
}

/* From here on the agent's own filter may answer calls before ours sees them: seccomp(2). */
void leave_filter(struct call *call)
{
	call_report_name(call, RESOURCE_KERNEL, ACTION_USE, bytes_of(call->row->object),
			 (struct bytes){ 0 });
	if (call->result < 0)
		return;
	call->process->filtered = true;
	call_report_gap(call, GAP_NESTED_FILTER, call->process->program);
}

static void report_use(struct call *call, const char *facility, struct bytes requested)
{
	struct access access = {
		.resource = RESOURCE_KERNEL,
		.action = ACTION_USE,
		.name = bytes_of(facility),
		.requested = requested,
	};

	call_report_access(call, &access);
}

/* What the facility is asked for, as the evidence's "requested": column a is text, b more of it,
 * c a number (a key of System V IPC: 0 is a private one). */
int enter_detail(struct call *call)
{
	const int text[] = { call->row->a, call->row->b };
	int r = 0;

	for (size_t i = 0; r == 0 && i < 2; i++) {
		if (text[i] == NONE)
			continue;
		if (i > 0)
			buffer_add_char(&call->extra, ':');
		r = memory_string(call->tid, call->argument[text[i]], PATH_MAX, &call->extra);
	}
	if (call->row->c != NONE)
		buffer_printf(&call->extra, "%#x", (unsigned)call->argument[call->row->c]);
	return r;
}

void leave_detail(struct call *call)
{
	report_use(call, call->row->object,
		   call->extra.size ? buffer_bytes(&call->extra) : (struct bytes){ 0 });
}

/* i386 has one call for all of System V IPC: ipc(2). */
int enter_ipc(struct call *call)
{
	static const struct {
		unsigned number;
		const char *name;
		bool has_key;
	} member[] = {
		{ SEMGET, "sysv-sem", true },  { SEMOP, "sysv-sem", false },
		{ SEMCTL, "sysv-sem", false }, { SEMTIMEDOP, "sysv-sem", false },
		{ MSGGET, "sysv-msg", true },  { MSGSND, "sysv-msg", false },
		{ MSGRCV, "sysv-msg", false }, { MSGCTL, "sysv-msg", false },
		{ SHMGET, "sysv-shm", true },  { SHMAT, "sysv-shm", false },
		{ SHMCTL, "sysv-shm", false },
	};
	unsigned number = (unsigned)call->argument[call->row->a] & 0xffff; /* above: a version */

	call->settled = true;
	for (size_t i = 0; i < sizeof member / sizeof *member; i++) {
		if (member[i].number != number)
			continue;
		buffer_add(&call->object[0].name, member[i].name);
		if (member[i].has_key)
			buffer_printf(&call->extra, "%#x", (unsigned)call->argument[call->row->b]);
		call->settled = false;
	}
	return 0;
}

void leave_ipc(struct call *call)
{
	report_use(call, buffer_text(&call->object[0].name),
		   call->extra.size ? buffer_bytes(&call->extra) : (struct bytes){ 0 });
}

/* Objects are pinned to, and got from, a path: bpf(2). */
int enter_bpf(struct call *call)
{
	struct {
		uint64_t path;
		uint32_t descriptor, flags;
		int32_t directory;
	} pin;
	uint64_t command = call->argument[call->row->a];

	if (command != BPF_OBJ_PIN && command != BPF_OBJ_GET)
		return 0;
	if (memory_read(call->tid, call->argument[call->row->b], &pin, sizeof pin) < 0)
		return -EFAULT;
	call->flags = command == BPF_OBJ_PIN ? ACTION_CREATE : ACTION_READ;
	return call_take_path_at(call, 0, pin.flags & BPF_F_PATH_FD ? pin.directory : AT_FDCWD,
				 pin.path, true);
}

void leave_bpf(struct call *call)
{
	report_use(call, call->row->object, (struct bytes){ 0 });
	if (!call->flags)
		return;
	call_resolve(call, 0);
	call_report_links(call, &call->object[0]);
	call_report_as(call, RESOURCE_FILE, (enum action)call->flags, &call->object[0]);
}
