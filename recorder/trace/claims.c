/* Connections that turn out to be to other hosts than those that they were admitted for. */
#include "recorder/trace/tracer.h"

#include "recorder/confine/confine.h"

#include <signal.h>

/* What it runs, where it is still followed. */
static const char *program_of(void *context, pid_t pid)
{
	const struct tracee *tracee = tracee_find(context, pid);

	return tracee && tracee->process ? tracee->process->program : NULL;
}

void claims_look(struct tracer *tracer)
{
	pid_t pid;

	if (!tracer->options->confine)
		return;
	while (confine_claimed(tracer->options->confine, program_of, tracer, &pid))
		if (program_of(tracer, pid))
			kill(pid, SIGKILL);
}
