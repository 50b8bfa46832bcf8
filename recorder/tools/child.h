#ifndef RECORDER_TOOLS_CHILD_H
#define RECORDER_TOOLS_CHILD_H

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

struct error;

/* The server of tools: a child with pipes of ours as its standard input and output, and all else as
 * it would have had it without us.  It does not outlive us (prctl(2), PR_SET_PDEATHSIG). */
struct child {
	char *path; /* the executable */
	char **argv;
	uint64_t ignored; /* signals, as launch_ignored_signals() has them */
	sigset_t mask_before;
	pid_t pid;
	int to, from; /* its standard input and output */
};

/* Keeps what the child shall inherit and takes over all signals that can be passed on.  Before the
 * first thread is made. */
void child_take_signals(struct child *child);
/* 0 or -errno; -ENOEXEC and others of execve(2) where it was found and could not be executed. */
int child_start(struct child *child, struct error *err);
/* Passes signals on until it has ended; its status as wait(2) has it. */
int child_wait(const struct child *child);
/* Ends this process as it was ended. */
__attribute__((noreturn)) void child_end_like(int status);

#endif
