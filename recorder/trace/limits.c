/* What the agent may take of the machine, where it is confined: tasks are counted before one more
 * is made, memory is looked at every 100 ms, and the size of files is for the kernel
 * (setrlimit(2)), which sends a signal. */
#include "recorder/trace/tracer.h"

#include "core/policy.h"
#include "recorder/confine/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/user.h>
#include <unistd.h>

#define CODE_I386	0x23 /* __USER32_CS */
#define OWN_DESCRIPTORS 256  /* that the agent may have got of ours */

static const struct policy_limits *limits_of(const struct tracer *tracer)
{
	static const struct policy_limits none;

	return tracer->options->confine ? confine_limits(tracer->options->confine) : &none;
}

static const char *program_of(const struct tracee *tracee)
{
	return tracee && tracee->process ? tracee->process->program : NULL;
}

static void deny(struct tracer *tracer, const struct tracee *tracee, enum denied_limit limit,
		 int64_t asked, struct bytes name)
{
	confine_deny_limit(tracer->options->confine, limit, asked, program_of(tracee), name);
}

/* ---- processes and threads ---- */

static void count_making(struct tracer *tracer, struct tracee *tracee)
{
	tracer->making += tracee->making;
}

void limits_at_call(struct tracer *tracer, struct tracee *tracee)
{
	int64_t limit = limits_of(tracer)->tasks, tasks;

	tracee->making = false;
	if (!limit || tracee->call.skipped || !call_makes_task(tracee->call.row))
		return;
	tracer->making = 0;
	tracee_each(tracer, count_making);
	tasks = (int64_t)tracer->tracees + tracer->making + 1;
	tracee->making = tasks <= limit;
	if (tracee->making)
		return;
	deny(tracer, tracee, LIMIT_TASKS, tasks, (struct bytes){ 0 });
	if (trace_skip(&tracee->call, -EAGAIN) < 0)
		kill(tracee->process->tgid, SIGKILL);
}

/* ---- memory ---- */

/* The most that was resident since the last exec: proc(5); 0: nobody knows. */
static int64_t most_resident(pid_t tid)
{
	char path[64], line[128];
	int64_t kib = 0;
	FILE *status;

	snprintf(path, sizeof path, "/proc/%d/status", tid);
	status = fopen(path, "re");
	while (status && fgets(line, sizeof line, status) &&
	       sscanf(line, "VmHWM: %" SCNd64, &kib) != 1)
		;
	if (status)
		fclose(status);
	return kib * 1024;
}

static void deny_memory(struct tracer *tracer, const struct tracee *tracee, int64_t bytes)
{
	deny(tracer, tracee, LIMIT_MEMORY, bytes, (struct bytes){ 0 });
	tracer->over_memory = true;
}

static void weigh(struct tracer *tracer, struct tracee *tracee)
{
	int64_t bytes;

	/* Before its first exec it is a copy of ours. */
	if (!tracee->process || tracee->tid < 0 || !*tracee->process->program ||
	    tracee->process->weighed == tracer->ticks)
		return;
	tracee->process->weighed = tracer->ticks;
	bytes = most_resident(tracee->tid);
	if (bytes <= limits_of(tracer)->memory_bytes)
		return;
	deny_memory(tracer, tracee, bytes);
	kill(tracee->process->tgid, SIGKILL);
}

/* The first process has begun as a copy of this one, which counts. */
static bool may_be_ours(const struct tracer *tracer, pid_t tid, int64_t bytes)
{
	struct rusage own;

	return tid == tracer->first &&
	       (getrusage(RUSAGE_SELF, &own) < 0 || bytes <= own.ru_maxrss * 1024);
}

void limits_at_end(struct tracer *tracer, pid_t tid, int64_t bytes)
{
	int64_t limit = limits_of(tracer)->memory_bytes;

	/* Its parent has that of its children. */
	if (limit && bytes > limit && !tracer->over_memory && !may_be_ours(tracer, tid, bytes))
		deny_memory(tracer, tracee_find(tracer, tid), bytes);
}

/* ---- time ---- */

bool limits_are_late(const struct tracer *tracer, int64_t passed_ns)
{
	int64_t limit = limits_of(tracer)->time_ns;

	return limit && passed_ns > limit;
}

void limits_end_late(struct tracer *tracer)
{
	deny(tracer, tracee_find(tracer, tracer->first), LIMIT_TIME, 0, (struct bytes){ 0 });
}

/* ---- the size of files ---- */

/* Calls that write, and which argument is the file. */
static const struct {
	const char *name;
	unsigned argument;
} writing[] = {
	{ "write", 0 },	   { "pwrite64", 0 },  { "writev", 0 },	     { "pwritev", 0 },
	{ "pwritev2", 0 }, { "ftruncate", 0 }, { "ftruncate64", 0 }, { "fallocate", 0 },
	{ "sendfile", 0 }, { "splice", 2 },    { "sendfile64", 0 },  { "copy_file_range", 2 },
};

/* The descriptor that the call wrote to which the kernel has just refused, or -1. */
static int descriptor_of(pid_t tid)
{
	struct user_regs_struct registers;
	enum entry entry = ENTRY_X86_64;
	uint64_t argument[3];

	if (ptrace(PTRACE_GETREGS, tid, 0, &registers) < 0 || (int32_t)registers.rax != -EFBIG)
		return -1;
	argument[0] = registers.rdi;
	argument[2] = registers.rdx;
	if (registers.cs == CODE_I386) {
		entry = ENTRY_I386;
		argument[0] = registers.rbx;
	}
	for (size_t i = 0; i < sizeof writing / sizeof *writing; i++)
		if (call_number(entry, writing[i].name) == (int)registers.orig_rax)
			return (int)argument[writing[i].argument];
	return -1;
}

/* What the agent was handed open, and what has no name, was not measured, and is not limited. */
static bool is_measured(const struct stat *file)
{
	struct stat own;

	for (int i = 0; file->st_nlink && i < OWN_DESCRIPTORS; i++)
		if (!(fcntl(i, F_GETFD) & FD_CLOEXEC) && fstat(i, &own) == 0 &&
		    own.st_dev == file->st_dev && own.st_ino == file->st_ino)
			return false;
	return file->st_nlink != 0;
}

static bool set_limit(const struct process *process, int64_t bytes)
{
	struct rlimit limit;

	if (prlimit(process->tgid, RLIMIT_FSIZE, NULL, &limit) < 0)
		return false;
	limit.rlim_cur = bytes && (rlim_t)bytes < limit.rlim_max ? (rlim_t)bytes : limit.rlim_max;
	return prlimit(process->tgid, RLIMIT_FSIZE, &limit, NULL) == 0;
}

/* Until the next tick; the call, which has come to nothing, is made again: `syscall' and
 * `int $0x80' are two bytes. */
static bool lift(const struct tracee *tracee)
{
	struct user_regs_struct registers;

	if (!set_limit(tracee->process, 0) ||
	    ptrace(PTRACE_GETREGS, tracee->tid, 0, &registers) < 0)
		return false;
	tracee->process->unlimited = true;
	registers.rax = registers.orig_rax;
	registers.rip -= 2;
	return ptrace(PTRACE_SETREGS, tracee->tid, 0, &registers) == 0;
}

static void limit_again(struct tracer *tracer, struct tracee *tracee)
{
	if (!tracee->process || !tracee->process->unlimited)
		return;
	set_limit(tracee->process, limits_of(tracer)->file_bytes);
	tracee->process->unlimited = false;
}

bool limits_at_signal(struct tracer *tracer, const struct tracee *tracee, int signal)
{
	char path[64], name[PATH_MAX];
	struct stat file;
	int descriptor;
	ssize_t size = 0;

	if (signal != SIGXFSZ || !limits_of(tracer)->file_bytes)
		return false;
	descriptor = descriptor_of(tracee->tid);
	snprintf(path, sizeof path, "/proc/%d/fd/%d", tracee->tid, descriptor);
	if (descriptor >= 0 && served_stat(path, true, &file) == 0 && !is_measured(&file) &&
	    lift(tracee))
		return true;
	if (descriptor >= 0)
		size = readlink(path, name, sizeof name);
	deny(tracer, tracee, LIMIT_FILE, 0, (struct bytes){ name, size > 0 ? (size_t)size : 0 });
	return false;
}

void limits_at_tick(struct tracer *tracer)
{
	if (limits_of(tracer)->memory_bytes)
		tracee_each(tracer, weigh);
	if (limits_of(tracer)->file_bytes)
		tracee_each(tracer, limit_again);
}
