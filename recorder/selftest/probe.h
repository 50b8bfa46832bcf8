#ifndef RECORDER_SELFTEST_PROBE_H
#define RECORDER_SELFTEST_PROBE_H

struct error;

/* Tries each thing that recording cannot do without, on a child of its own: /proc, ptrace(2) with
 * PTRACE_GET_SYSCALL_INFO (Linux 5.3), seccomp(2) filters, and reading the child's memory.  0, or
 * -errno with what is in the way and what to do.  Takes about a millisecond. */
int probe_system(struct error *err);

#endif
