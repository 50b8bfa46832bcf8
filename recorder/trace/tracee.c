#include "recorder/trace/tracer.h"

#include "recorder/calls/hearing.h"
#include "recorder/calls/rings.h"
#include "recorder/fast/fast.h"
#include "recorder/obstacle.h"
#include "recorder/secrets/environment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct tracee **bucket_of(struct tracer *tracer, pid_t tid)
{
	return &tracer->bucket[(unsigned)tid % TRACEE_BUCKETS];
}

struct tracee *tracee_find(struct tracer *tracer, pid_t tid)
{
	struct tracee *tracee = *bucket_of(tracer, tid);

	while (tracee && tracee->tid != tid)
		tracee = tracee->next;
	return tracee;
}

struct tracee *tracee_add(struct tracer *tracer, pid_t tid)
{
	struct tracee *tracee = calloc(1, sizeof *tracee);
	struct tracee **bucket = bucket_of(tracer, tid);

	if (!tracee)
		return NULL;
	tracee->tid = tid;
	tracee->call.tid = tid;
	tracee->call.row = call_row_named("execve"); /* until another call is looked at */
	tracee->call.sink = tracer->options->sink;
	tracee->call.wire = tracer->options->wire;
	tracee->call.confine = tracer->options->confine;
	tracee->call.names = tracer->options->fast ? fast_names(tracer->options->fast) : NULL;
	tracee->call.io_uring_allowed = tracer->options->io_uring_allowed;
	tracee->call.rings = tracer->rings;
	tracee->call.hearing = tracer->hearing;
	tracee->next = *bucket;
	*bucket = tracee;
	tracer->tracees++;
	if ((int64_t)tracer->tracees > tracer->result.usage.tasks)
		tracer->result.usage.tasks = (int64_t)tracer->tracees;
	return tracee;
}

static void process_leave(struct process *process)
{
	if (!process || --process->threads)
		return;
	process_leave_view(process);
	environment_leave(process->environment);
	held_release(process->held);
	free(process->program);
	free(process);
}

static void tracee_free(struct tracer *tracer, struct tracee *tracee)
{
	if (tracee->in_call || tracee->interrupted)
		call_abandon(&tracee->call);
	if (tracee->process && tracee->process->threads == 1)
		rings_leave(tracer->rings, tracee->process);
	process_leave(tracee->process);
	call_release(&tracee->call);
	free(tracee);
	tracer->tracees--;
}

static void take_out(struct tracer *tracer, struct tracee *tracee)
{
	struct tracee **at = bucket_of(tracer, tracee->tid);

	while (*at != tracee)
		at = &(*at)->next;
	*at = tracee->next;
}

void tracee_remove(struct tracer *tracer, struct tracee *tracee)
{
	take_out(tracer, tracee);
	tracee_free(tracer, tracee);
}

void tracee_set_aside(struct tracer *tracer, struct tracee *tracee)
{
	struct tracee **bucket = bucket_of(tracer, -tracee->tid);

	take_out(tracer, tracee);
	tracee->tid = -tracee->tid;
	tracee->next = *bucket;
	*bucket = tracee;
}

/* A process that is a copy of `parent`, which may be NULL.  NULL: no memory. */
static struct process *process_new(pid_t tgid, const struct process *parent)
{
	struct process *process = calloc(1, sizeof *process);

	if (!process)
		return NULL;
	if (parent)
		*process = *parent;
	process->tgid = tgid;
	process->threads = 0;
	process->same_view = NULL;
	process->program = strdup(parent && parent->program ? parent->program : "");
	process->environment = parent ? environment_share(parent->environment) : NULL;
	process->held = parent ? held_copy(parent->held) : NULL;
	if (process->program)
		return process;
	environment_leave(process->environment);
	held_release(process->held);
	free(process);
	return NULL;
}

/* What it takes for its number itself: proc(5), NSpid. */
static void take_number(struct process *process)
{
	struct process_status status;

	process->number = process->tgid;
	if (process->run_root && process_status_read(&status, process->tgid) && status.inner)
		process->number = status.inner;
}

int tracee_adopt(struct tracee *tracee, struct process *parent, bool is_thread)
{
	struct process *process = is_thread ? parent : process_new(tracee->tid, parent);

	if (!process)
		return -ENOMEM;
	if (!is_thread)
		take_number(process);
	process->threads++;
	tracee->process = process;
	tracee->call.process = process;
	return 0;
}

int tracee_adopt_first(const struct tracer *tracer, struct tracee *tracee)
{
	int r = tracee_adopt(tracee, NULL, false);

	if (r < 0 || !tracer->options->run_root)
		return r;
	tracee->process->own_view = true;
	tracee->process->run_root = tracer->options->run_root;
	take_number(tracee->process);
	return 0;
}

bool is_thread_of(pid_t tgid, pid_t tid)
{
	return syscall(SYS_tgkill, tgid, tid, 0) == 0;
}

static bool is_gone(const struct tracee *tracee)
{
	return tracee->tid < 0 || !is_thread_of(tracee->process->tgid, tracee->tid);
}

void tracee_remove_others(struct tracer *tracer, const struct tracee *keep)
{
	if (keep->process->threads == 1)
		return;
	for (size_t i = 0; i < TRACEE_BUCKETS; i++) {
		struct tracee **at = &tracer->bucket[i];

		while (*at) {
			struct tracee *tracee = *at;

			if (tracee == keep || tracee->process != keep->process ||
			    !is_gone(tracee)) {
				at = &tracee->next;
				continue;
			}
			*at = tracee->next;
			tracee_free(tracer, tracee);
		}
	}
}

void tracee_each(struct tracer *tracer, tracee_visit *visit)
{
	for (size_t i = 0; i < TRACEE_BUCKETS; i++) {
		struct tracee *next;

		for (struct tracee *tracee = tracer->bucket[i]; tracee; tracee = next) {
			next = tracee->next;
			visit(tracer, tracee);
		}
	}
}

static void remove_one(struct tracer *tracer, struct tracee *tracee)
{
	tracee_remove(tracer, tracee);
}

void tracer_release(struct tracer *tracer)
{
	tracee_each(tracer, remove_one);
	rings_close(tracer->rings);
	hearing_close(tracer->hearing);
	environments_release(&tracer->environments);
}
