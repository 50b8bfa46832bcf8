#ifndef RECORDER_FAST_KINDS_H
#define RECORDER_FAST_KINDS_H

#include "recorder/fast/layout.h"

struct call_table;

/* Says of each x86-64 call what the hook is to do with it, by the shape of its row: a call of a
 * known shape needs nothing more than the row in syscalls.def. */
void hook_rows_fill(const struct call_table *table, struct code *ret);

#endif
