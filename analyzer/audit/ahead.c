#include "analyzer/audit/ahead.h"

#include "core/error.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

/* So many rows go over at once, and so many times that may be waiting. */
#define ROWS_MAX   2048
#define CHUNKS_MAX 8

/* Rows of one run. */
struct chunk {
	int64_t run;
	bool is_last;		/* of the run */
	struct run_facts facts; /* in its first */
	size_t count;
	struct access row[ROWS_MAX];
};

struct ahead {
	struct store *store;
	struct run_filter filter;
	access_reader *read;
	int64_t facts_since_ns;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t written, taken; /* chunks, ever */
	bool is_over, is_closing;
	int status; /* why it is over: 0, -errno */
	struct error error;
	struct chunk *filling; /* that the thread writes; NULL: none */
	struct chunk chunk[CHUNKS_MAX];
};

/* ---- the thread ---- */

/* Waits for one that is free.  -ECANCELED: nobody wants any more. */
static int begin_chunk(struct ahead *ahead, int64_t run)
{
	int r = 0;

	pthread_mutex_lock(&ahead->lock);
	while (!ahead->is_closing && ahead->written - ahead->taken == CHUNKS_MAX)
		pthread_cond_wait(&ahead->changed, &ahead->lock);
	if (ahead->is_closing)
		r = -ECANCELED;
	pthread_mutex_unlock(&ahead->lock);
	if (r < 0)
		return r;
	ahead->filling = &ahead->chunk[ahead->written % CHUNKS_MAX];
	ahead->filling->run = run;
	ahead->filling->count = 0;
	ahead->filling->is_last = false;
	return 0;
}

static void hand_over(struct ahead *ahead)
{
	pthread_mutex_lock(&ahead->lock);
	ahead->filling = NULL;
	ahead->written++;
	pthread_cond_signal(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
}

static int put(void *context, const struct access *access)
{
	struct ahead *ahead = context;
	int64_t run = ahead->filling->run;
	int r = 0;

	if (ahead->filling->count == ROWS_MAX) {
		hand_over(ahead);
		r = begin_chunk(ahead, run);
	}
	if (r == 0)
		ahead->filling->row[ahead->filling->count++] = *access;
	return r;
}

static int read_run(void *context, const struct run *run)
{
	struct ahead *ahead = context;
	int r = begin_chunk(ahead, run->key);

	if (r == 0 && run->started_ns >= ahead->facts_since_ns)
		r = run_facts_read(&ahead->filling->facts, ahead->store, run->key, &ahead->error);
	r = r ? r : ahead->read(ahead->store, run->key, put, ahead, &ahead->error);
	if (r == 0) {
		ahead->filling->is_last = true;
		hand_over(ahead);
	}
	return r;
}

static void *read_all(void *context)
{
	struct ahead *ahead = context;
	int status = store_each_run(ahead->store, &ahead->filter, read_run, ahead, &ahead->error);

	pthread_mutex_lock(&ahead->lock);
	ahead->status = status == -ECANCELED ? 0 : status;
	ahead->is_over = true;
	pthread_cond_signal(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
	return NULL;
}

/* ---- the other side ---- */

int ahead_open(struct ahead **ret, const struct store *like, const struct run_filter *filter,
	       access_reader *read, int64_t facts_since_ns, struct error *err)
{
	struct ahead *ahead = calloc(1, sizeof *ahead);
	int r;

	if (!ahead)
		return error_set(err, ENOMEM, "read what was used");
	ahead->filter = *filter;
	ahead->read = read;
	ahead->facts_since_ns = facts_since_ns;
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->changed, NULL);
	r = store_open(&ahead->store, store_path(like), STORE_READ, err);
	r = r ? r : store_begin(ahead->store, err);
	if (!r && (r = -pthread_create(&ahead->thread, NULL, read_all, ahead)) < 0)
		error_set(err, -r, "read what was used");
	if (r < 0) {
		ahead->is_over = true;
		store_close(ahead->store);
		free(ahead);
		return r;
	}
	*ret = ahead;
	return 0;
}

/* The next that is there; NULL: it is over. */
static struct chunk *next_chunk(struct ahead *ahead)
{
	struct chunk *chunk = NULL;

	pthread_mutex_lock(&ahead->lock);
	while (!ahead->is_over && ahead->written == ahead->taken)
		pthread_cond_wait(&ahead->changed, &ahead->lock);
	if (ahead->written != ahead->taken)
		chunk = &ahead->chunk[ahead->taken % CHUNKS_MAX];
	pthread_mutex_unlock(&ahead->lock);
	return chunk;
}

static void give_back(struct ahead *ahead)
{
	run_facts_release(&ahead->chunk[ahead->taken % CHUNKS_MAX].facts);
	pthread_mutex_lock(&ahead->lock);
	ahead->taken++;
	pthread_cond_signal(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
}

static int fail(const struct ahead *ahead, struct error *err)
{
	if (!ahead->status)
		return error_set(err, ENOENT, "read what was used");
	*err = ahead->error;
	return ahead->status;
}

int ahead_facts(struct ahead *ahead, int64_t run, struct run_facts *ret, struct error *err)
{
	struct chunk *chunk;

	while ((chunk = next_chunk(ahead)) && chunk->run != run)
		give_back(ahead);
	if (!chunk)
		return fail(ahead, err);
	*ret = chunk->facts;
	chunk->facts = (struct run_facts){ 0 };
	return 0;
}

int ahead_each(struct ahead *ahead, int64_t run, need_visit *visit, void *context,
	       struct error *err)
{
	bool is_last = false;
	int r = 0;

	while (!is_last && r == 0) {
		const struct chunk *chunk = next_chunk(ahead);

		if (!chunk)
			return fail(ahead, err);
		for (size_t i = 0; chunk->run == run && i < chunk->count && r == 0; i++)
			r = visit(context, &chunk->row[i]);
		is_last = chunk->run == run && chunk->is_last;
		give_back(ahead);
	}
	return r;
}

void ahead_close(struct ahead *ahead)
{
	if (!ahead)
		return;
	pthread_mutex_lock(&ahead->lock);
	ahead->is_closing = true;
	pthread_cond_signal(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
	pthread_join(ahead->thread, NULL);
	store_close(ahead->store);
	for (size_t i = 0; i < CHUNKS_MAX; i++)
		run_facts_release(&ahead->chunk[i].facts);
	pthread_mutex_destroy(&ahead->lock);
	pthread_cond_destroy(&ahead->changed);
	free(ahead);
}
