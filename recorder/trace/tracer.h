#ifndef RECORDER_TRACE_TRACER_H
#define RECORDER_TRACE_TRACER_H

/* What the files of trace/ share; nobody else includes it. */

#include "recorder/calls/calls.h"
#include "recorder/fast/region.h"
#include "recorder/secrets/environment.h"
#include "recorder/secrets/holds.h"
#include "recorder/trace/trace.h"

/* One thread of the agent.  Until its parent's fork event has named it, it has no process and
 * stays in the stop it was born in. */
struct tracee {
	pid_t tid;
	struct process *process; /* NULL: not named yet */
	bool end_watched;	 /* PTRACE_O_TRACEEXIT is set */
	bool making;		 /* it is about to make a task: limits.c */
	bool in_call;		 /* between a stop at entry and the one at the end */
	bool interrupted;	 /* the call in `call` may be made again */
	uint64_t instruction_pointer, stack_pointer; /* of that call */
	bool every_call; /* it was last let go on to stop at each call: listen.c */
	struct {
		enum entry entry;
		uint64_t number, argument[6];
	} heard;		/* the last call that stopped at its entry */
	int first_stop;		/* wait status of the stop it waits in to be named */
	unsigned waiting_ticks; /* how long it has waited */
	unsigned looks;		/* of the watchdog that found it stopped since its last stop */
	struct {
		int library;	/* whose entry was written over for the last image */
		uint64_t entry; /* 0: none was */
		uint64_t stack_pointer;
	} boot;
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
	unsigned ticks;	     /* in all */
	pid_t first;	     /* the agent's first process */
	bool first_ended;
	struct environments environments;
	int64_t images;	     /* sequence number of the newest image */
	unsigned served;     /* enum served, as far as the reader of the log must know it */
	int64_t started_ns;  /* monotonic */
	struct rings *rings; /* of io_uring */
	struct hearing *hearing;
	int64_t making;	  /* tasks that are about to be made */
	bool over_memory; /* a process had more than it may: that was said */
	bool ending;
	struct trace_result result;
};

/* tracee.c */
struct tracee *tracee_find(struct tracer *tracer, pid_t tid);
/* Adds one without a process.  NULL: no memory. */
struct tracee *tracee_add(struct tracer *tracer, pid_t tid);
void tracee_remove(struct tracer *tracer, struct tracee *tracee);
/* The kernel may have given its number to another task already, while the exec or the end of its
 * process, which it waits for, is still to be told: its tid becomes negative. */
void tracee_set_aside(struct tracer *tracer, struct tracee *tracee);
/* Whether a task is in this thread group: tgkill(2) with signal 0 finds it only there. */
bool is_thread_of(pid_t tgid, pid_t tid);
/* Gives it the process `parent`, when it is a thread of it, or a copy, when it is a child. */
int tracee_adopt(struct tracee *tracee, struct process *parent, bool is_thread);
/* The same for one whose parent is none of the agent's, or was killed. */
int tracee_adopt_first(const struct tracer *tracer, struct tracee *tracee);
/* Removes every thread of the process but `keep` that is no more: an exec, or its end, ended them.
 */
void tracee_remove_others(struct tracer *tracer, const struct tracee *keep);
typedef void tracee_visit(struct tracer *tracer, struct tracee *tracee);
void tracee_each(struct tracer *tracer, tracee_visit *visit);
void tracer_release(struct tracer *tracer);

/* watchdog.c */
/* Once a tick: whether it is time to look at every tracee. */
bool watchdog_is_due(struct tracer *tracer);
/* Whether the tracee has been left in a stop, of this status, that it goes on from with `signal`;
 * reports that as a gap. */
bool watchdog_finds(const struct tracer *tracer, struct tracee *tracee, int *ret_status,
		    int *ret_signal);

/* step.c */
/* The filter stopped a call at its entry. */
void step_begin(struct tracer *tracer, struct tracee *tracee);
/* A stop that PTRACE_SYSCALL asked for: what it is, the kernel says. */
void step_end(struct tracer *tracer, struct tracee *tracee);
/* Notes in tracee->heard which call it is in. */
void step_note(struct tracee *tracee, uint32_t architecture, uint64_t number,
	       const uint64_t argument[static 6]);

/* listen.c: while a process has sockets whose first bytes are wanted (calls/hearing.h) each call
 * of its threads stops. */
/* At a stop that PTRACE_SYSCALL asked for. */
void listen_at_call(struct tracer *tracer, struct tracee *tracee);
/* At the stop that an interruption of ours led to: the call that it broke off is made again. */
void listen_at_interruption(const struct tracee *tracee);

/* view.c: in the event of a new process: what it has of its parent's root and mounts.  Returns the
 * flags of clone(2). */
uint64_t view_begin(struct tracee *parent, struct process *child);

/* privilege.c: after an exec of `program`: whether it runs with less privilege than it would have
 * without us. */
void privilege_warn(struct tracer *tracer, struct tracee *tracee, const struct buffer *program);

/* given.c: what an exec hands to a program.  Reads its environment; appends to `argv` the
 * arguments, their secrets replaced, and to `holds` what these were. */
void given_read(struct tracer *tracer, struct tracee *tracee, struct buffer *argv,
		struct holds *holds);
/* Reports the secrets of both, as held by the new image. */
void given_report(struct tracee *tracee, const struct holds *holds);

/* accelerate.c: processes whose calls are logged instead of stopped (recorder/fast). */
/* At the stop after an exec: the new image begins with the hook, where that is possible. */
void accelerate_image(struct tracer *tracer, struct tracee *tracee, const char *loader);
/* Before a stopped call is looked at. */
void accelerate_before(struct tracer *tracer);
/* After a stopped call has been reported. */
void accelerate_after(struct tracer *tracer, struct tracee *tracee);
/* A new process of an accelerated one; `clone_flags` as far as its stop has shown them. */
void accelerate_child(struct tracer *tracer, struct tracee *child, const struct tracee *parent,
		      uint64_t clone_flags);
/* withdraw.c: takes a thread that waits in a call of the hook back to where its library makes the
 * call, as if that were about to be made.  False where it is not in such a call. */
bool withdraw(const struct region *region, pid_t tid);

/* Whether a signal is the hook's own business and must not reach the program. */
bool accelerate_signal(struct tracer *tracer, struct tracee *tracee, int signal);

/* claims.c: kills who asks for other hosts than its connections were admitted for. */
void claims_look(struct tracer *tracer);

/* limits.c: what the agent may take of the machine, where it is confined. */
/* At a call's entry: it is skipped where it would make a task too many. */
void limits_at_call(struct tracer *tracer, struct tracee *tracee);
/* Once a tick: kills who has too much memory; who wrote to what is not limited is limited again. */
void limits_at_tick(struct tracer *tracer);
/* A task has ended that had so much memory, or a child of it. */
void limits_at_end(struct tracer *tracer, pid_t tid, int64_t bytes);
/* Whether the time of the policy is over, and what is then said. */
bool limits_are_late(const struct tracer *tracer, int64_t passed_ns);
void limits_end_late(struct tracer *tracer);
/* A signal that is about to be delivered: too large a file?  True where it must not be. */
bool limits_at_signal(struct tracer *tracer, const struct tracee *tracee, int signal);

/* image.c: the stop after an exec: a new image, and what led to it. */
void image_begin(struct tracer *tracer, struct tracee *tracee);

#endif
