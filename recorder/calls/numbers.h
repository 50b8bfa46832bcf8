#ifndef RECORDER_CALLS_NUMBERS_H
#define RECORDER_CALLS_NUMBERS_H

#include <sys/types.h>

/* The process or thread that a tracee means by `number`, which counts in its own PID namespace:
 * pid_namespaces(7).  0: there is none, or it cannot be told. */
pid_t number_translate(pid_t tid, pid_t number);

#endif
