#include "recorder/fast/fast.h"

#include "core/error.h"
#include "recorder/calls/names.h"
#include "recorder/fast/log.h"
#include "recorder/fast/replay.h"

#include <errno.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

/* Between two looks at the log: short while there is something, longer while there is nothing. */
#define BUSY_NS 2000000
#define IDLE_NS 20000000

struct fast {
	struct region region;
	struct log log;
	struct replay replay;
	pthread_mutex_t lock; /* of the log, the replay, and the region's texts */
	pthread_t thread;
	bool started, stopping;
};

/* Where the system calls of other libraries are made. */
static bool is_libc(const char *path)
{
	const char *name = strrchr(path, '/');

	return name && (!strncmp(name, "/libc.so.", 9) || !strncmp(name, "/libpthread.so.", 15) ||
			!strncmp(name, "/libc-", 6));
}

/* The agent's is most likely the recorder's own. */
static int add_own(struct dl_phdr_info *info, size_t size, void *context)
{
	(void)size;
	if (is_libc(info->dlpi_name))
		region_add_library(context, info->dlpi_name);
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
		region_add_library(&fast->region, path);
}

static void replay(void *context, const struct log_call *call)
{
	struct fast *fast = context;

	learn(fast, call);
	replay_call(&fast->replay, call);
}

int fast_open(struct fast **ret, const struct call_table *table, struct error *err)
{
	struct fast *fast = calloc(1, sizeof *fast);
	int r = fast ? region_open(&fast->region, table) : -ENOMEM;

	if (r == 0) {
		r = replay_open(&fast->replay, table);
		if (r < 0)
			region_close(&fast->region);
	}
	if (r < 0) {
		free(fast);
		return error_set(err, -r, "prepare the fast path");
	}
	log_open(&fast->log, fast->region.ring, replay, fast);
	dl_iterate_phdr(add_own, &fast->region);
	pthread_mutex_init(&fast->lock, NULL);
	*ret = fast;
	return 0;
}

static int64_t read_once(struct fast *fast)
{
	int64_t before, after;

	pthread_mutex_lock(&fast->lock);
	before = fast->log.calls;
	log_read(&fast->log);
	after = fast->log.calls;
	pthread_mutex_unlock(&fast->lock);
	return after - before;
}

static void *read_until_stopped(void *context)
{
	struct fast *fast = context;
	struct timespec pause = { 0, BUSY_NS };

	while (!__atomic_load_n(&fast->stopping, __ATOMIC_ACQUIRE)) {
		nanosleep(&pause, NULL);
		if (read_once(fast) > 0)
			pause.tv_nsec = BUSY_NS;
		else if (pause.tv_nsec < IDLE_NS)
			pause.tv_nsec *= 2;
	}
	return NULL;
}

int fast_start(struct fast *fast, struct sink *sink, struct error *err)
{
	sigset_t all, before;
	int r;

	fast->replay.call.sink = sink;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&fast->thread, NULL, read_until_stopped, fast);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r != 0)
		return error_set(err, r, "start the reader of the log");
	fast->started = true;
	return 0;
}

void fast_stop(struct fast *fast, struct fast_counts *ret)
{
	if (!fast->started)
		return;
	__atomic_store_n(&fast->stopping, true, __ATOMIC_RELEASE);
	pthread_join(fast->thread, NULL);
	fast->started = false;
	log_read_all(&fast->log);
	log_close(&fast->log);
	*ret = (struct fast_counts){ fast->log.calls, fast->region.ring->full, fast->log.broken };
}

void fast_close(struct fast *fast)
{
	if (!fast)
		return;
	replay_close(&fast->replay);
	region_close(&fast->region);
	pthread_mutex_destroy(&fast->lock);
	free(fast);
}

const struct region *fast_region(const struct fast *fast)
{
	return &fast->region;
}

int fast_library(struct fast *fast, const char *path)
{
	int r;

	pthread_mutex_lock(&fast->lock);
	r = region_add_library(&fast->region, path);
	pthread_mutex_unlock(&fast->lock);
	return r;
}

void fast_catch_up(struct fast *fast)
{
	pthread_mutex_lock(&fast->lock);
	log_read_all(&fast->log);
	pthread_mutex_unlock(&fast->lock);
}

void fast_paths_changed(struct fast *fast, bool folders)
{
	pthread_mutex_lock(&fast->lock);
	names_forget_all(fast->replay.past.names);
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
