#include "recorder/tally.h"

#include "core/clock.h"
#include "core/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The newest second, minute and hour of an access, and how often it happened in each. */
struct window {
	int64_t index, count;
};

enum { WINDOWS = 3 };
static const int64_t window_ns[WINDOWS] = { SECOND_NS, 60 * SECOND_NS, 3600 * SECOND_NS };

struct row {
	struct access access; /* its names point into `key` */
	struct window window[WINDOWS];
	struct row *next_changed;
	bool changed;
	size_t key_size;
	UT_hash_handle hh;
	char key[];
};

/* Everything that makes two accesses different, with the sizes of the names behind it. */
struct identity {
	int64_t image, call;
	int32_t resource, action, outcome, error, own, via;
	uint32_t phase, name, requested, peer;
	int32_t has_requested, has_peer;
};

struct gap_row {
	struct gap gap;
	bool changed;
	struct gap_row *next;
	char detail[];
};

/* A name that this run created, and has not deleted since. */
struct own {
	size_t size;
	UT_hash_handle hh;
	char name[];
};

struct tally {
	struct row *row;
	struct row *changed; /* newest first */
	struct gap_row *gap;
	struct own *own;
	struct bytes phase;
	struct buffer key;
	bool deleted_own; /* the last deletion was of the run's own */
	int64_t accesses, gaps;
};

int tally_open(struct tally **ret, const char *phase)
{
	struct tally *tally = calloc(1, sizeof *tally);

	if (!tally)
		return -ENOMEM;
	tally->phase = bytes_of(phase ? phase : "");
	*ret = tally;
	return 0;
}

void tally_close(struct tally *tally)
{
	struct row *row, *next_row;
	struct own *own, *next_own;

	if (!tally)
		return;
	HASH_ITER(hh, tally->row, row, next_row)
	{
		HASH_DEL(tally->row, row);
		free(row);
	}
	HASH_ITER(hh, tally->own, own, next_own)
	{
		HASH_DEL(tally->own, own);
		free(own);
	}
	while (tally->gap) {
		struct gap_row *gap = tally->gap;

		tally->gap = gap->next;
		free(gap);
	}
	buffer_release(&tally->key);
	free(tally);
}

static struct own *find_own(struct tally *tally, struct bytes name)
{
	struct own *own;

	HASH_FIND(hh, tally->own, name.data, name.size, own);
	return own;
}

static void set_own(struct tally *tally, struct bytes name)
{
	struct own *own;

	if (find_own(tally, name))
		return;
	own = malloc(sizeof *own + name.size);
	if (!own)
		return; /* it then counts as somebody else's: the careful side */
	own->size = name.size;
	memcpy(own->name, name.data, name.size);
	HASH_ADD_KEYPTR(hh, tally->own, own->name, own->size, own);
	if (!own->hh.tbl)
		free(own);
}

static void drop_own(struct tally *tally, struct bytes name)
{
	struct own *own = find_own(tally, name);

	if (!own)
		return;
	HASH_DEL(tally->own, own);
	free(own);
}

/* What is renamed stays whose it was; what stood in its place was perhaps somebody else's. */
static bool becomes_own(struct tally *tally, const struct observation *observation)
{
	if (!observation->moved_from.data)
		return true;
	return find_own(tally, observation->moved_from) &&
	       (!observation->replaced || tally->deleted_own);
}

/* Whether the object is the run's own as this access meets it, and what the access changes. */
static bool follow_own(struct tally *tally, const struct observation *observation)
{
	const struct access *access = &observation->access;
	bool own;

	if (access->resource != RESOURCE_FILE)
		return false;
	own = find_own(tally, access->name) != NULL;
	if (access->outcome != OUTCOME_OK)
		return own;
	if (access->action == ACTION_CREATE && becomes_own(tally, observation)) {
		set_own(tally, access->name);
		return true;
	}
	if (access->action == ACTION_DELETE || access->action == ACTION_RENAME)
		drop_own(tally, access->name);
	if (access->action == ACTION_DELETE)
		tally->deleted_own = own;
	return own;
}

static void make_key(struct buffer *key, const struct access *access)
{
	struct identity identity;

	memset(&identity, 0, sizeof identity); /* padding is compared, too */
	identity = (struct identity){
		.image = access->image,
		.call = access->call,
		.resource = (int32_t)access->resource,
		.action = (int32_t)access->action,
		.outcome = (int32_t)access->outcome,
		.error = access->error,
		.own = access->own,
		.via = (int32_t)access->via,
		.phase = (uint32_t)access->phase.size,
		.name = (uint32_t)access->name.size,
		.requested = (uint32_t)access->requested.size,
		.peer = (uint32_t)access->peer.size,
		.has_requested = access->requested.data != NULL,
		.has_peer = access->peer.data != NULL,
	};
	buffer_clear(key);
	buffer_append(key, &identity, sizeof identity);
	buffer_append(key, access->phase.data, access->phase.size);
	buffer_append(key, access->name.data, access->name.size);
	buffer_append(key, access->requested.data, access->requested.size);
	buffer_append(key, access->peer.data, access->peer.size);
}

static struct bytes into(const char **at, struct bytes like)
{
	struct bytes part = { like.data ? *at : NULL, like.size };

	*at += like.size;
	return part;
}

static struct row *add_row(struct tally *tally, const struct access *access)
{
	struct row *row = calloc(1, sizeof *row + tally->key.size);
	const char *at;

	if (!row)
		return NULL;
	memcpy(row->key, tally->key.data, tally->key.size);
	row->key_size = tally->key.size;
	at = row->key + sizeof(struct identity);
	row->access = *access;
	row->access.phase = into(&at, access->phase);
	row->access.name = into(&at, access->name);
	row->access.requested = into(&at, access->requested);
	row->access.peer = into(&at, access->peer);
	row->access.seq = ++tally->accesses;
	HASH_ADD_KEYPTR(hh, tally->row, row->key, row->key_size, row);
	if (!row->hh.tbl) {
		free(row);
		return NULL;
	}
	return row;
}

static void count(struct row *row, int64_t time_ns, int64_t times)
{
	int64_t *peak[WINDOWS] = { &row->access.peak_second, &row->access.peak_minute,
				   &row->access.peak_hour };

	if (row->access.count == 0)
		row->access.first_ns = time_ns;
	row->access.count += times;
	row->access.last_ns = time_ns;
	for (int i = 0; i < WINDOWS; i++) {
		struct window *window = &row->window[i];

		if (window->index != time_ns / window_ns[i])
			*window = (struct window){ time_ns / window_ns[i], 0 };
		window->count += times;
		if (window->count > *peak[i])
			*peak[i] = window->count;
	}
}

int tally_access(struct tally *tally, const struct observation *observation)
{
	struct access access = observation->access;
	struct row *row;

	access.own = follow_own(tally, observation);
	if (!access.phase.size)
		access.phase = tally->phase;
	make_key(&tally->key, &access);
	if (buffer_status(&tally->key) < 0) {
		buffer_release(&tally->key);
		return -ENOMEM;
	}
	HASH_FIND(hh, tally->row, tally->key.data, tally->key.size, row);
	if (!row)
		row = add_row(tally, &access);
	if (!row)
		return -ENOMEM;
	if (access.ino) {
		row->access.dev = access.dev;
		row->access.ino = access.ino;
	}
	count(row, observation->time_ns, observation->count);
	if (!row->changed) {
		row->changed = true;
		row->next_changed = tally->changed;
		tally->changed = row;
	}
	return 0;
}

int tally_gap(struct tally *tally, const struct gap *gap)
{
	struct gap_row *row = tally->gap;

	while (row && !(row->gap.kind == gap->kind && row->gap.image == gap->image &&
			bytes_equal(row->gap.detail, gap->detail)))
		row = row->next;
	if (row) {
		row->gap.count += gap->count;
		row->gap.last_ns = gap->last_ns;
		row->changed = true;
		return 0;
	}
	row = calloc(1, sizeof *row + gap->detail.size);
	if (!row)
		return -ENOMEM;
	if (gap->detail.size)
		memcpy(row->detail, gap->detail.data, gap->detail.size);
	row->gap = *gap;
	row->gap.detail = (struct bytes){ row->detail, gap->detail.size };
	row->gap.seq = ++tally->gaps;
	row->changed = true;
	row->next = tally->gap;
	tally->gap = row;
	return 0;
}

int tally_save(struct tally *tally, struct store *store, int64_t run, struct error *err)
{
	int r = 0;

	for (struct row *row = tally->changed; r == 0 && row; row = row->next_changed)
		r = store_put_access(store, run, &row->access, err);
	for (struct gap_row *row = tally->gap; r == 0 && row; row = row->next)
		if (row->changed)
			r = store_put_gap(store, run, &row->gap, err);
	return r;
}

void tally_saved(struct tally *tally)
{
	while (tally->changed) {
		struct row *row = tally->changed;

		tally->changed = row->next_changed;
		row->changed = false;
		row->next_changed = NULL;
	}
	for (struct gap_row *row = tally->gap; row; row = row->next)
		row->changed = false;
}
