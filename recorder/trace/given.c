#include "recorder/trace/tracer.h"

#include "recorder/secrets/environment.h"
#include "recorder/secrets/mask.h"
#include "recorder/sink.h"

#include <errno.h>
#include <sys/ptrace.h>

/* Of the newest image, which is not that of the process yet. */
static void report_gap(struct tracer *tracer, enum gap_kind kind, const char *detail)
{
	sink_gap(tracer->options->sink, kind, tracer->images, bytes_of(detail));
}

/* Not so one that was killed since its stop: it will do nothing with what it was given. */
static bool is_stopped(pid_t tid)
{
	unsigned long message;

	return ptrace(PTRACE_GETEVENTMSG, tid, 0, &message) == 0;
}

/* Keeps none where it cannot be read: that of the program before is no longer true. */
static void read_environment(struct tracer *tracer, struct tracee *tracee,
			     const struct secret_view *view)
{
	struct environment *environment = NULL, *before = tracee->process->environment;

	if (environment_read(&environment, view, &tracer->environments) < 0 &&
	    is_stopped(tracee->tid))
		report_gap(tracer, GAP_UNREADABLE, "environment");
	else if (environment && environment->truncated)
		report_gap(tracer, GAP_TRUNCATED, "environment");
	tracee->process->environment = environment;
	environment_leave(before);
}

void given_read(struct tracer *tracer, struct tracee *tracee, struct buffer *argv,
		struct holds *holds)
{
	const struct secret_view view = { tracer->options->key, tracee->tid };
	const struct environment *environment;

	read_environment(tracer, tracee, &view);
	environment = tracee->process->environment;
	if (secret_mask(&view, buffer_bytes(&tracee->call.extra),
			environment ? &environment->holds : NULL, argv, holds) == 0)
		return;
	buffer_release(argv);
	report_gap(tracer, GAP_LOST, "argv: no memory");
}

static void report_holds(struct tracee *tracee, const struct holds *holds)
{
	for (size_t i = 0; i < holds->count; i++) {
		const struct hold *hold = &holds->hold[i];

		call_report_name(&tracee->call, RESOURCE_VARIABLE, ACTION_HOLD,
				 (struct bytes){ hold->name, hold->name_size },
				 bytes_of(hold->peer));
	}
}

void given_report(struct tracee *tracee, const struct holds *holds)
{
	if (tracee->process->environment)
		report_holds(tracee, &tracee->process->environment->holds);
	report_holds(tracee, holds);
}
