#ifndef RECORDER_TRACE_TRACER_H
#define RECORDER_TRACE_TRACER_H

/* What the files of trace/ share; nobody else includes it. */

#include "recorder/calls/calls.h"
#include "recorder/secrets/holds.h"
#include "recorder/trace/trace.h"

/* One thread of the agent.  Until its parent's fork event has named it, it has no process and
 * stays in the stop it was born in. */
struct tracee {
	pid_t tid;
	struct process *process; /* NULL: not named yet */
	bool in_call;		 /* between a stop at entry and the one at the end */
	bool interrupted;	 /* the call in `call` may be made again */
	uint64_t instruction_pointer, stack_pointer; /* of that call */
	int first_stop;		/* wait status of the stop it waits in to be named */
	unsigned waiting_ticks; /* how long it has waited */
	struct call call;
	struct tracee *next; /* in its bucket */
};

#define TRACEE_BUCKETS 4096
#define WAITED_MAX     4096

struct tracer {
	const struct trace_options *options;
	struct tracee *bucket[TRACEE_BUCKETS]; /* by tid */
	size_t tracees;
	struct {
		pid_t tid;
		int status;
	} waited[WAITED_MAX]; /* reported by the kernel and not handled yet */
	size_t waiting;
	unsigned idle_ticks; /* how long nobody has been left */
	pid_t first;	     /* the agent's first process */
	bool first_ended;
	int64_t images;	    /* sequence number of the newest image */
	int64_t started_ns; /* monotonic */
	bool ending;
	struct trace_result result;
};

/* tracee.c */
struct tracee *tracee_find(struct tracer *tracer, pid_t tid);
/* Adds one without a process.  NULL: no memory. */
struct tracee *tracee_add(struct tracer *tracer, pid_t tid);
void tracee_remove(struct tracer *tracer, struct tracee *tracee);
/* Gives it the process `parent`, when it is a thread of it, or a copy, when it is a child. */
int tracee_adopt(struct tracee *tracee, struct process *parent, bool is_thread);
/* Removes every thread of the process but `keep`: an exec ended them. */
void tracee_remove_others(struct tracer *tracer, const struct tracee *keep);
typedef void tracee_visit(struct tracer *tracer, struct tracee *tracee);
void tracee_each(struct tracer *tracer, tracee_visit *visit);
void tracer_release(struct tracer *tracer);

/* step.c */
/* The filter stopped a call at its entry. */
void step_begin(struct tracer *tracer, struct tracee *tracee);
/* A stop that PTRACE_SYSCALL asked for: what it is, the kernel says. */
void step_end(struct tracee *tracee);

/* view.c: in the event of a new process: what it has of its parent's root and mounts. */
void view_begin(struct tracee *parent, struct process *child);

/* interpreter.c: what an exec makes the kernel open */
void interpreter_report_script(struct tracee *tracee);
void interpreter_report_loader(struct tracee *tracee);

/* privilege.c: after an exec of `program`: whether it runs with less privilege than it would have
 * without us. */
void privilege_warn(struct tracer *tracer, struct tracee *tracee, const struct buffer *program);

/* given.c: what an exec hands to a program.  Reads its environment; appends to `argv` the
 * arguments, their secrets replaced, and to `holds` what these were. */
void given_read(struct tracer *tracer, struct tracee *tracee, struct buffer *argv,
		struct holds *holds);
/* Reports the secrets of both, as held by the new image. */
void given_report(struct tracee *tracee, const struct holds *holds);

/* image.c: the stop after an exec: a new image, and what led to it. */
void image_begin(struct tracer *tracer, struct tracee *tracee);

#endif
