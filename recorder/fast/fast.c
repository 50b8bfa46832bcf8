#include "recorder/fast/fast.h"

#include "core/clock.h"
#include "core/error.h"
#include "recorder/calls/names.h"
#include "recorder/fast/log.h"
#include "recorder/fast/repeats.h"
#include "recorder/fast/replay.h"
#include "recorder/thread.h"

#include <errno.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

/* Between two looks at the log: short while there is something, longer while there is nothing. */
#define BUSY_NS 2000000
#define IDLE_NS 20000000
/* How long equal calls are only counted, unless the clock's second ends: they belong to one. */
#define COUNT_NS (SECOND_NS / 10)

struct fast {
	struct region region;
	struct log log;
	struct replay replay;
	struct repeats *repeats;
	pthread_mutex_t lock; /* of the log, the replay, and the region's texts */
	pthread_cond_t stop;
	pthread_t thread;
	bool started, stopping, single;
};

/* Where the system calls of other libraries are made. */
static bool is_libc(const char *path)
{
	const char *name = strrchr(path, '/');

	return name && (!strncmp(name, "/libc.so.", 9) || !strncmp(name, "/libpthread.so.", 15) ||
			!strncmp(name, "/libc-", 6));
}

/* At a path of the agent's. */
static int add_library(struct fast *fast, const char *path)
{
	char whole[PATH_MAX + 32];

	snprintf(whole, sizeof whole, "%s%s", names_root(fast->replay.call.names), path);
	return region_add_library(&fast->region, whole);
}

/* The agent's is most likely the recorder's own. */
static int add_own(struct dl_phdr_info *info, size_t size, void *context)
{
	(void)size;
	if (is_libc(info->dlpi_name))
		add_library(context, info->dlpi_name);
	return 0;
}

/* One that was not known is there for the next process that maps it. */
static void learn(struct fast *fast, const struct log_call *call)
{
	char path[PATH_MAX];
	const struct bytes *name = &call->place[0].path;

	if (call->number != SYS_mmap || name->size >= sizeof path)
		return;
	memcpy(path, name->data, name->size);
	path[name->size] = '\0';
	if (is_libc(path))
		add_library(fast, path);
}

static void replay(void *context, const struct log_call *call)
{
	struct fast *fast = context;

	learn(fast, call);
	repeats_call(fast->repeats, &fast->replay, call);
	if (fast->single)
		repeats_flush(fast->repeats, &fast->replay);
}

static void init_locks(struct fast *fast)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&fast->lock, NULL);
	pthread_cond_init(&fast->stop, &attributes);
	pthread_condattr_destroy(&attributes);
}

static int open_parts(struct fast *fast, const struct call_table *table,
		      const struct region_place *place)
{
	int r = region_open(&fast->region, table, place);

	if (r < 0)
		return r;
	r = replay_open(&fast->replay, table, place->root);
	if (r == 0)
		r = repeats_open(&fast->repeats);
	if (r < 0) {
		replay_close(&fast->replay);
		region_close(&fast->region);
	}
	return r;
}

int fast_open(struct fast **ret, const struct call_table *table, bool events,
	      const struct region_place *place, struct error *err)
{
	struct fast *fast = calloc(1, sizeof *fast);
	int r = fast ? open_parts(fast, table, place) : -ENOMEM;

	if (r < 0) {
		free(fast);
		return error_set(err, -r, "prepare the fast path");
	}
	fast->single = events;
	log_open(&fast->log, fast->region.ring, replay, fast);
	dl_iterate_phdr(add_own, fast);
	init_locks(fast);
	*ret = fast;
	return 0;
}

/* With the lock held.  False when it is time to stop. */
static bool pause_for(struct fast *fast, int64_t pause_ns)
{
	struct timespec until = clock_deadline(pause_ns);

	if (!fast->stopping)
		pthread_cond_timedwait(&fast->stop, &fast->lock, &until);
	return !fast->stopping;
}

/* Whether what was counted since then is to be replayed. */
static bool is_over(int64_t since_ns)
{
	int64_t now_ns = clock_now_ns();

	return now_ns < since_ns || now_ns - since_ns >= COUNT_NS ||
	       now_ns / SECOND_NS != since_ns / SECOND_NS;
}

static void *read_until_stopped(void *context)
{
	struct fast *fast = context;
	int64_t pause_ns = BUSY_NS, since_ns = 0;

	pthread_mutex_lock(&fast->lock);
	while (pause_for(fast, pause_ns)) {
		int64_t before = fast->log.calls;

		if (is_over(since_ns)) {
			repeats_flush(fast->repeats, &fast->replay);
			since_ns = clock_now_ns();
		}
		log_read(&fast->log);
		if (fast->log.calls == before)
			repeats_flush(fast->repeats, &fast->replay);
		if (fast->log.calls > before)
			pause_ns = BUSY_NS;
		else if (pause_ns < IDLE_NS)
			pause_ns *= 2;
	}
	pthread_mutex_unlock(&fast->lock);
	return NULL;
}

int fast_start(struct fast *fast, struct sink *sink, struct wire *wire, struct error *err)
{
	int r;

	fast->replay.call.sink = sink;
	fast->replay.call.wire = wire;
	r = thread_start(&fast->thread, "pare-reader", read_until_stopped, fast);
	if (r < 0)
		return error_set(err, -r, "start the reader of the log");
	fast->started = true;
	return 0;
}

void fast_stop(struct fast *fast, struct fast_counts *ret)
{
	if (!fast->started)
		return;
	pthread_mutex_lock(&fast->lock);
	fast->stopping = true;
	pthread_cond_signal(&fast->stop);
	pthread_mutex_unlock(&fast->lock);
	pthread_join(fast->thread, NULL);
	fast->started = false;
	log_read_all(&fast->log);
	log_close(&fast->log);
	repeats_flush(fast->repeats, &fast->replay);
	*ret = (struct fast_counts){ fast->log.calls, fast->region.ring->full, fast->log.broken };
}

void fast_close(struct fast *fast)
{
	if (!fast)
		return;
	repeats_close(fast->repeats);
	replay_close(&fast->replay);
	region_close(&fast->region);
	pthread_cond_destroy(&fast->stop);
	pthread_mutex_destroy(&fast->lock);
	free(fast);
}

const struct region *fast_region(const struct fast *fast)
{
	return &fast->region;
}

struct names *fast_names(const struct fast *fast)
{
	return fast->replay.call.names;
}

int fast_library(struct fast *fast, const char *path)
{
	int r;

	pthread_mutex_lock(&fast->lock);
	r = add_library(fast, path);
	pthread_mutex_unlock(&fast->lock);
	return r;
}

void fast_catch_up(struct fast *fast)
{
	pthread_mutex_lock(&fast->lock);
	log_read_all(&fast->log);
	repeats_flush(fast->repeats, &fast->replay);
	pthread_mutex_unlock(&fast->lock);
}

void fast_paths_changed(struct fast *fast, bool folders)
{
	pthread_mutex_lock(&fast->lock);
	names_forget_all(fast->replay.call.names);
	if (folders)
		__atomic_fetch_add(&fast->region.ring->epoch, 1, __ATOMIC_ACQ_REL);
	pthread_mutex_unlock(&fast->lock);
}

void fast_process_ended(struct fast *fast, pid_t tgid)
{
	pthread_mutex_lock(&fast->lock);
	log_owner_ended(&fast->log, tgid);
	pthread_mutex_unlock(&fast->lock);
}
