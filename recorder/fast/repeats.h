#ifndef RECORDER_FAST_REPEATS_H
#define RECORDER_FAST_REPEATS_H

#include "recorder/fast/log.h"
#include "recorder/fast/replay.h"

/* Most calls look at what was just looked at: equal ones are counted, and replayed once. */
struct repeats;

int repeats_open(struct repeats **ret);
void repeats_close(struct repeats *repeats); /* NULL is fine */

/* Replays a call, at once or together with others like it, and in order with whatever changes
 * something. */
void repeats_call(struct repeats *repeats, struct replay *replay, const struct log_call *call);
/* Replays what has only been counted so far. */
void repeats_flush(struct repeats *repeats, struct replay *replay);

#endif
