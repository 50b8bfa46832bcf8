#ifndef RECORDER_CALLS_DESCRIPTORS_H
#define RECORDER_CALLS_DESCRIPTORS_H

#include "recorder/calls/calls.h"

#define MQUEUE_MAGIC 0x19800202 /* ipc/mqueue.c */

/* Descriptors that a process holds without having opened them: what they give access to is told
 * by the mode they were opened with.  Pipes, anonymous inodes and memory files are nobody else's
 * and are not reported. */

/* Reports what a descriptor gives; `how`: "inherited" or "received". */
void descriptor_report(struct call *call, int descriptor, const char *how);
/* The same for each descriptor that the process has, as inherited. */
void descriptor_report_all(struct call *call);
/* The number behind "KEY:" in /proc/TID/fdinfo/DESCRIPTOR (proc(5)).  0 or -errno. */
int descriptor_info(pid_t tid, int descriptor, const char *key, int base, long *ret);
/* Whether the descriptor writes, but only at the end of its file: O_APPEND. */
bool descriptor_only_appends(const struct call *call, int descriptor);

#endif
