#include "recorder/calls/patience.h"

#include "core/clock.h"
#include "recorder/thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_NS 200000000
#define LEFT_MAX    64 /* who waits for something else than a server waits here */

/* The workers of the whole program: they outlive who gave them work, and a run. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t given, done;
	struct job *first, **last;
	unsigned idle, waiting, left;
} shop = { .lock = PTHREAD_MUTEX_INITIALIZER, .given = PTHREAD_COND_INITIALIZER };

static void init(void)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&shop.done, &attributes);
	pthread_condattr_destroy(&attributes);
	shop.last = &shop.first;
}

/* With the lock held. */
static struct job *take(void)
{
	struct job *job;

	shop.idle++;
	while (!shop.first)
		pthread_cond_wait(&shop.given, &shop.lock);
	shop.idle--;
	job = shop.first;
	shop.first = job->next;
	if (!shop.first)
		shop.last = &shop.first;
	shop.waiting--;
	job->worker = gettid();
	return job;
}

/* Ends after a job that was left: there is another worker by then. */
static void *work(void *unused)
{
	bool left = false;

	pthread_mutex_lock(&shop.lock);
	while (!left) {
		struct job *job = take();

		pthread_mutex_unlock(&shop.lock);
		job->work(job);
		pthread_mutex_lock(&shop.lock);
		job->done = true;
		left = job->left;
		shop.left -= left;
		if (left)
			job->free(job);
		else
			pthread_cond_broadcast(&shop.done);
	}
	pthread_mutex_unlock(&shop.lock);
	return unused;
}

static int start_worker(void)
{
	pthread_t thread;
	int r = thread_start(&thread, "pare-look", work, NULL);

	if (r == 0)
		pthread_detach(thread);
	return r;
}

/* With the lock held. */
static int give(struct job *job)
{
	int r = 0;

	if (shop.left >= LEFT_MAX)
		return -EAGAIN;
	if (shop.waiting >= shop.idle)
		r = start_worker();
	if (r < 0)
		return r;
	job->worker = 0;
	job->done = job->left = false;
	job->next = NULL;
	*shop.last = job;
	shop.last = &job->next;
	shop.waiting++;
	pthread_cond_signal(&shop.given);
	return 0;
}

/* Whether the worker waits for something in the kernel, not for a processor: proc(5). */
static bool is_waiting(pid_t worker)
{
	char path[48], state = 'R';
	FILE *stat;

	if (!worker)
		return false;
	snprintf(path, sizeof path, "/proc/self/task/%d/stat", worker);
	stat = fopen(path, "re");
	if (!stat)
		return false;
	if (fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
		state = 'R';
	fclose(stat);
	return strchr("SD", state);
}

static void wait_for(struct job *job)
{
	struct timespec until = clock_deadline(PATIENCE_NS);

	while (!job->done && pthread_cond_timedwait(&shop.done, &shop.lock, &until) != ETIMEDOUT)
		;
}

int patience_run(struct job *job)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int r;

	pthread_once(&once, init);
	pthread_mutex_lock(&shop.lock);
	r = give(job);
	while (r == 0 && !job->done) {
		wait_for(job);
		if (!job->done && is_waiting(job->worker)) {
			job->late(job);
			job->left = true;
			shop.left++;
			r = -ETIMEDOUT;
		}
	}
	pthread_mutex_unlock(&shop.lock);
	return r;
}
