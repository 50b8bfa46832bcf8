#ifndef RECORDER_CALLS_MAPS_H
#define RECORDER_CALLS_MAPS_H

#include "core/bytes.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef void map_visit(void *context, struct bytes file, bool executable);
/* Visits the file behind each mapping of a process that touches [from, to); memory that belongs to
 * no file is left out.  0 or -errno. */
int maps_visit(pid_t tid, uint64_t from, uint64_t to, map_visit *visit, void *context);

#endif
