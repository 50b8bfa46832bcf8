#ifndef RECORDER_OBSTACLE_H
#define RECORDER_OBSTACLE_H

#include <stdbool.h>
#include <sys/types.h>

struct error;

/* Why a system does not let pare record, in words that say what to do about it. */

/* What /proc/PID/status says (proc(5)); zeros where it cannot be read. */
struct process_status {
	pid_t tracer;		       /* 0: none that this PID namespace knows */
	int seccomp;		       /* 2: it lives under a filter */
	unsigned long long capability; /* effective: capabilities(7) */
	pid_t inner; /* its number in the PID namespace below ours; 0: it is in ours */
};
/* `pid` 0 is the calling process.  False where it cannot be read. */
bool process_status_read(struct process_status *ret, pid_t pid);

/* ptrace(2) refused our own child with errno `code`.  Returns -code. */
int obstacle_trace(pid_t child, int code, struct error *err);
/* seccomp(2) refused a filter. */
int obstacle_filter(int code, struct error *err);

#endif
