#include "core/bucket.h"

#include "core/store_event.h"

static unsigned __int128 product(int64_t a, int64_t b)
{
	return (unsigned __int128)a * (unsigned __int128)b;
}

struct bucket bucket_full(int64_t rate, int64_t period_ns, int64_t burst, int64_t time_ns)
{
	return (struct bucket){ rate, period_ns, burst, product(burst, period_ns), time_ns };
}

int64_t bucket_take(struct bucket *bucket, int64_t time_ns, int64_t count)
{
	unsigned __int128 most = product(bucket->burst, bucket->period_ns);
	int64_t there;

	if (time_ns > bucket->time_ns) {
		bucket->level += product(time_ns - bucket->time_ns, bucket->rate);
		bucket->time_ns = time_ns;
	}
	if (bucket->level > most)
		bucket->level = most;
	there = (int64_t)(bucket->level / (unsigned __int128)bucket->period_ns);
	if (there > count)
		there = count;
	bucket->level -= product(there, bucket->period_ns);
	return count - there;
}

int64_t bucket_replay(int64_t rate, int64_t period_ns, int64_t burst, const struct event *event,
		      size_t count)
{
	struct bucket bucket = bucket_full(rate, period_ns, burst, count ? event->time_ns : 0);
	int64_t held = 0;

	for (size_t i = 0; i < count; i++)
		held += bucket_take(&bucket, event[i].time_ns, event[i].count);
	return held;
}

/* What is missing of a full bucket, however large it is, at its most. */
int64_t bucket_least_burst(int64_t rate, int64_t period_ns, const struct event *event, size_t count)
{
	unsigned __int128 missing = 0, most = 0, filled;
	unsigned __int128 period = (unsigned __int128)period_ns;

	for (size_t i = 0; i < count; i++) {
		filled = i ? product(event[i].time_ns - event[i - 1].time_ns, rate) : 0;
		missing = missing > filled ? missing - filled : 0;
		missing += product(event[i].count, period_ns);
		most = missing > most ? missing : most;
	}
	most = (most + period - 1) / period;
	return most > INT64_MAX ? INT64_MAX : most ? (int64_t)most : 1;
}
