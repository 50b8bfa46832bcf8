#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include <stdint.h>
#include <time.h>

struct error;

/* Times are nanoseconds since the Unix epoch, UTC; durations are nanoseconds. */
#define SECOND_NS INT64_C(1000000000)

int64_t clock_now_ns(void); /* CLOCK_REALTIME */
int64_t clock_monotonic_ns(void);
/* That long from now, by the same clock: for pthread_cond_timedwait(3). */
struct timespec clock_deadline(int64_t pause_ns);

#define CLOCK_TEXT_SIZE 36
/* "2026-11-21T07:00:00.000000001Z" (ISO 8601). */
const char *clock_format(int64_t time_ns, char text[static CLOCK_TEXT_SIZE]);
/* "2026-11-21 07:00:00", for people; UTC. */
const char *clock_format_short(int64_t time_ns, char text[static CLOCK_TEXT_SIZE]);
/* "1.204 s", "3 min 5 s", "12 ms". */
const char *clock_format_duration(int64_t duration_ns, char text[static CLOCK_TEXT_SIZE]);

/* Reads ISO 8601: DATE or DATE[T ]TIME, optional fraction, optional Z or +hh:mm; UTC unless it
 * has an offset.  Returns 0 or -EINVAL. */
int clock_parse(const char *text, int64_t *ret_ns, struct error *err);
/* Reads "30d", "12h", "15m", "90s", "250ms".  Returns 0 or -EINVAL. */
/* What clock_parse_duration() reads, in the largest unit that is exact: whole milliseconds. */
const char *clock_write_duration(int64_t duration_ns, char text[static CLOCK_TEXT_SIZE]);
int clock_parse_duration(const char *text, int64_t *ret_ns, struct error *err);

#endif
