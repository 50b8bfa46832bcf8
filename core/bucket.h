#ifndef CORE_BUCKET_H
#define CORE_BUCKET_H

#include <stddef.h>
#include <stdint.h>

struct event;

/* A token bucket (RFC 2697, section 3; tc-tbf(8)), exactly, in integers: `rate` tokens flow in
 * evenly over each period, no more than `burst` are held, and it is full at first.  Rates, bursts
 * and periods are at least 1; a token that is not there is not waited for. */
struct bucket {
	int64_t rate, period_ns, burst;
	unsigned __int128 level; /* tokens, times the period */
	int64_t time_ns;	 /* as of when */
};

struct bucket bucket_full(int64_t rate, int64_t period_ns, int64_t burst, int64_t time_ns);
/* Takes as many of `count` tokens as there are, at a time that is no earlier than those before;
 * returns how many there were not. */
int64_t bucket_take(struct bucket *bucket, int64_t time_ns, int64_t count);

/* How many of the events, sorted by time, the bucket would have held back. */
int64_t bucket_replay(int64_t rate, int64_t period_ns, int64_t burst, const struct event *event,
		      size_t count);
/* The least burst with which it would have held back none, at that rate; at least 1. */
int64_t bucket_least_burst(int64_t rate, int64_t period_ns, const struct event *event,
			   size_t count);

#endif
