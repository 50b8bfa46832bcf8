#ifndef RECORDER_THREAD_H
#define RECORDER_THREAD_H

#include <pthread.h>

/* Starts a thread that takes no signals: those are for the tracer.  `name` has at most 15 bytes, as
 * prctl(2) wants.  0 or -errno. */
int thread_start(pthread_t *ret, const char *name, void *(*run)(void *), void *context);

#endif
