#include "recorder/tally.h"

#include "core/clock.h"
#include "core/store_event.h"
#include "recorder/tally_connection.h"
#include "recorder/tally_gap.h"
#include "recorder/tally_name.h"
#include "recorder/tally_phase.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The newest second, minute and hour of an access, and how often it happened in each. */
struct window {
	int64_t index, count;
};

enum { WINDOWS = 3 };
static const int64_t window_ns[WINDOWS] = { SECOND_NS, 60 * SECOND_NS, 3600 * SECOND_NS };

/* Everything that makes two accesses different. */
struct identity {
	int64_t image, call;
	int32_t resource, action, outcome, error, own, via;
	struct name *phase, *name, *requested, *peer; /* NULL: no data */
};

struct row {
	struct access access; /* its names are those of `identity` */
	struct identity identity;
	struct window window[WINDOWS];
	struct access_keys keys;
	struct row *next_changed;
	bool changed, stored;
	UT_hash_handle hh;
};

struct changes {
	struct row *first, **end; /* oldest first: rows are best added in their order */
};

struct tally {
	struct row *row;
	struct changes found, again; /* rows that are not stored yet; that grew since they were */
	struct name *name;
	struct gap_row *gap;
	struct counted connections;
	struct phases phases;
	bool deleted_own; /* the last deletion was of the run's own */
	int64_t accesses, gaps;
	bool keeps_events;
	struct event_writer events; /* not yet in the store */
};

static void empty(struct changes *changes)
{
	*changes = (struct changes){ NULL, &changes->first };
}

int tally_open(struct tally **ret, const char *phase, bool events)
{
	struct tally *tally = calloc(1, sizeof *tally);

	if (!tally)
		return -ENOMEM;
	tally->keeps_events = events;
	empty(&tally->found);
	empty(&tally->again);
	if (phase && phases_begin(&tally->phases, bytes_of(phase)) < 0) {
		free(tally);
		return -ENOMEM;
	}
	*ret = tally;
	return 0;
}

int tally_phase(struct tally *tally, struct bytes name)
{
	return phases_begin(&tally->phases, name);
}

void tally_close(struct tally *tally)
{
	struct row *row, *next_row;

	if (!tally)
		return;
	row = tally->row;
	HASH_CLEAR(hh, tally->row);
	for (; row; row = next_row) {
		next_row = row->hh.next;
		free(row);
	}
	names_release(&tally->name);
	counted_release(&tally->connections);
	gaps_release(&tally->gap);
	phases_release(&tally->phases);
	buffer_release(&tally->events.data);
	free(tally);
}

static bool is_own(struct tally *tally, struct bytes bytes)
{
	struct name *name = name_find(tally->name, bytes);

	return name && name->own;
}

/* What is renamed stays whose it was; what stood in its place was perhaps somebody else's. */
static bool becomes_own(struct tally *tally, const struct observation *observation)
{
	if (!observation->moved_from.data)
		return true;
	return is_own(tally, observation->moved_from) &&
	       (!observation->replaced || tally->deleted_own);
}

/* Whether the object is the run's own as it is met, and what that changes. */
static bool follow_own(struct tally *tally, const struct observation *observation,
		       struct name *name)
{
	const struct access *access = &observation->access;
	bool own = name->own;

	if (access->resource != RESOURCE_FILE)
		return false;
	if (access->outcome != OUTCOME_OK)
		return own;
	if (access->action == ACTION_CREATE && becomes_own(tally, observation)) {
		name->own = true;
		return true;
	}
	if (access->action == ACTION_DELETE || access->action == ACTION_RENAME)
		name->own = false;
	if (access->action == ACTION_DELETE)
		tally->deleted_own = own;
	return own;
}

/* Points `bytes` to the name that the tally keeps of them; without data there is none. */
static int keep(struct tally *tally, struct bytes *bytes, struct name **ret)
{
	*ret = NULL;
	if (!bytes->data)
		return 0;
	*ret = name_intern(&tally->name, *bytes);
	if (!*ret)
		return -ENOMEM;
	bytes->data = (*ret)->bytes;
	return 0;
}

static int keep_names(struct tally *tally, struct access *access, struct identity *ret)
{
	int r;

	if (!access->phase.size)
		access->phase = phases_now(&tally->phases);
	if (!access->name.data)
		access->name = bytes_of("");
	memset(ret, 0, sizeof *ret); /* padding is compared, too */
	r = keep(tally, &access->phase, &ret->phase);
	r = r ? r : keep(tally, &access->name, &ret->name);
	r = r ? r : keep(tally, &access->requested, &ret->requested);
	return r ? r : keep(tally, &access->peer, &ret->peer);
}

static void identify(const struct access *access, struct identity *ret)
{
	ret->image = access->image;
	ret->call = access->call;
	ret->resource = (int32_t)access->resource;
	ret->action = (int32_t)access->action;
	ret->outcome = (int32_t)access->outcome;
	ret->error = access->error;
	ret->own = access->own;
	ret->via = (int32_t)access->via;
}

static struct row *add_row(struct tally *tally, const struct access *access,
			   const struct identity *identity)
{
	struct row *row = calloc(1, sizeof *row);

	if (!row)
		return NULL;
	row->access = *access;
	row->access.seq = ++tally->accesses;
	row->identity = *identity;
	HASH_ADD(hh, tally->row, identity, sizeof row->identity, row);
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

	row->access.count += times;
	if (times < 0)
		return; /* taken back: they count under another name now */
	if (!row->access.first_ns)
		row->access.first_ns = time_ns;
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

static void change(struct tally *tally, struct row *row)
{
	struct changes *changes = row->stored ? &tally->again : &tally->found;

	if (row->changed)
		return;
	row->changed = true;
	row->next_changed = NULL;
	*changes->end = row;
	changes->end = &row->next_changed;
}

/* What is taken back may be of a phase before. */
static struct row *find_taken(struct tally *tally, struct access *access, int64_t times,
			      struct identity *identity, struct row *now)
{
	for (size_t i = tally->phases.count; i-- > 0;) {
		struct row *row;

		if (now && now->access.count + times >= 0)
			return now;
		access->phase = i ? tally->phases.name[i - 1] : bytes_of("");
		identity->phase = name_find(tally->name, access->phase);
		HASH_FIND(hh, tally->row, identity, sizeof *identity, row);
		now = row ? row : now;
	}
	return now;
}

int tally_access(struct tally *tally, const struct observation *observation)
{
	struct access access = observation->access;
	struct identity identity;
	struct row *row;

	if (keep_names(tally, &access, &identity) < 0)
		return -ENOMEM;
	access.own = follow_own(tally, observation, identity.name);
	identify(&access, &identity);
	HASH_FIND(hh, tally->row, &identity, sizeof identity, row);
	if (observation->count < 0 && !observation->access.phase.size)
		row = find_taken(tally, &access, observation->count, &identity, row);
	if (!row)
		row = add_row(tally, &access, &identity);
	if (!row)
		return -ENOMEM;
	if (access.ino) {
		row->access.dev = access.dev;
		row->access.ino = access.ino;
	}
	count(row, observation->time_ns, observation->count);
	change(tally, row);
	if (tally->keeps_events)
		event_add(&tally->events, row->access.seq, observation->time_ns,
			  observation->count);
	return 0;
}

int tally_gap(struct tally *tally, const struct gap *gap)
{
	return gaps_add(&tally->gap, gap, &tally->gaps);
}

int tally_connection(struct tally *tally, const struct connection *change)
{
	return counted_add(&tally->connections, change);
}

static int know(struct store *store, struct row *row, struct error *err)
{
	const struct identity *identity = &row->identity;
	struct name *name = identity->name;
	struct name *requested = identity->requested == name ? NULL : identity->requested;
	int r;

	if (row->keys.resource)
		return 0;
	r = name_know(store, identity->phase, &row->keys.phase, err);
	r = r ? r : name_know(store, requested, &row->keys.requested, err);
	r = r ? r : name_know(store, identity->peer, &row->keys.peer, err);
	return r ? r
		 : name_know_resource(store, name, row->access.resource, &row->keys.resource, err);
}

static int save_rows(const struct changes *changes, struct store *store, int64_t run,
		     struct error *err)
{
	int r = 0;

	for (struct row *row = changes->first; r == 0 && row; row = row->next_changed) {
		if (row->access.count == 0) {
			r = store_drop_access(store, run, row->access.seq, err);
			continue;
		}
		r = know(store, row, err);
		if (r == 0)
			r = store_put_known(store, run, &row->access, &row->keys, err);
	}
	return r;
}

int tally_save(struct tally *tally, struct store *store, int64_t run, bool again, struct error *err)
{
	int r = save_rows(&tally->found, store, run, err);

	if (r == 0 && again)
		r = save_rows(&tally->again, store, run, err);
	for (struct gap_row *row = tally->gap; r == 0 && row; row = row->next)
		if (row->changed)
			r = store_put_gap(store, run, &row->gap, err);
	r = r ? r : event_save(&tally->events, store, run, err);
	return r ? r : counted_save(&tally->connections, store, run, again, err);
}

bool tally_grew(const struct tally *tally)
{
	return tally->again.first || counted_grew(&tally->connections);
}

void tally_forget(struct tally *tally)
{
	names_forget_keys(tally->name);
	for (struct row *row = tally->row; row; row = row->hh.next)
		row->keys = (struct access_keys){ 0 };
}

void tally_each(void *source, access_sum *sum, void *context)
{
	const struct tally *tally = source;

	for (const struct row *row = tally->row; row; row = row->hh.next)
		if (row->access.count)
			sum(context, &row->access);
}

static void rows_saved(struct changes *changes)
{
	for (struct row *row = changes->first; row; row = row->next_changed) {
		row->changed = false;
		row->stored = true;
	}
	empty(changes);
}

void tally_saved(struct tally *tally, bool again)
{
	rows_saved(&tally->found);
	if (again)
		rows_saved(&tally->again);
	counted_saved(&tally->connections, again);
	event_saved(&tally->events);
	for (struct gap_row *row = tally->gap; row; row = row->next)
		row->changed = false;
}
