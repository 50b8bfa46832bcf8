#include "analyzer/audit/drift.h"

#include "core/error.h"
#include "core/store.h"
#include "core/store_fingerprint.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FINGERPRINT_ROOM 16 /* kinds have codes below that */
#define CHANGES_MAX	 20 /* are told */

void drift_release(struct drift *drift)
{
	if (!drift)
		return;
	for (size_t i = 0; drift->last && i < FINGERPRINT_ROOM; i++)
		buffer_release(&drift->last[i]);
	free(drift->last);
	free(drift->change_run);
	free(drift->run);
	free(drift);
}

/* ---- kinds of use ---- */

enum kind {
#define PAIR(resource, action) KIND_##resource##_##action,
#include "core/vocab.def"
	KIND_COUNT
};

_Static_assert(KIND_COUNT <= DRIFT_KINDS_MAX, "kinds have their room");

size_t drift_kind(enum resource resource, enum action action)
{
	static const uint8_t kind[16][32] = {
#define PAIR(resource, action)                                                                     \
	[RESOURCE_##resource][ACTION_##action] = KIND_##resource##_##action + 1,
#include "core/vocab.def"
	};
	uint8_t found = (size_t)resource < 16 && (size_t)action < 32 ? kind[resource][action] : 0;

	return found ? found - 1u : DRIFT_KINDS_MAX;
}

void drift_use(struct drift *drift, size_t number, const struct access *access)
{
	size_t kind = drift_kind(access->resource, access->action);
	int64_t *use;

	if (number < drift->first || number >= drift->first + drift->count ||
	    kind == DRIFT_KINDS_MAX)
		return;
	use = &drift->run[number - drift->first].use[kind];
	if (__builtin_add_overflow(*use, access->count, use))
		*use = INT64_MAX;
}

/* ---- fingerprints ---- */

struct comparing {
	struct auditing *auditing;
	struct drift *drift;
	const struct run *run;
	struct buffer now[FINGERPRINT_ROOM];
	char before[33];
	bool has_any, had_any;
	int64_t version_ns, previous_ns; /* when the last two versions began */
	size_t number;
};

static void comparing_cleanup(struct comparing *comparing)
{
	for (size_t i = 0; i < FINGERPRINT_ROOM; i++)
		buffer_release(&comparing->now[i]);
}

static int note_value(void *context, enum fingerprint_kind kind, struct bytes value)
{
	struct comparing *comparing = context;

	if ((size_t)kind >= FINGERPRINT_ROOM)
		return 0;
	buffer_append(&comparing->now[kind], value.data, value.size);
	comparing->has_any = true;
	return 0;
}

/* Of the list of packages the sum counts, and not when the file was written. */
static bool is_other(enum fingerprint_kind kind, const struct buffer *was, const struct buffer *is)
{
	size_t a = kind == FINGERPRINT_PACKAGES ? strcspn(buffer_text(was), " ") : was->size;
	size_t b = kind == FINGERPRINT_PACKAGES ? strcspn(buffer_text(is), " ") : is->size;

	return a != b || memcmp(buffer_text(was), buffer_text(is), a) != 0;
}

static bool is_version(enum fingerprint_kind kind)
{
	return kind == FINGERPRINT_PROGRAM || kind == FINGERPRINT_BUILD ||
	       kind == FINGERPRINT_SCRIPT || kind == FINGERPRINT_RELEASE;
}

/* The oldest makes room. */
static void drop_oldest(struct audit_drift *said, struct drift *drift)
{
	if (said->change_count < CHANGES_MAX)
		return;
	free(said->change[0].was);
	free(said->change[0].is);
	said->change_count--;
	said->changes_before++;
	memmove(said->change, said->change + 1, said->change_count * sizeof *said->change);
	memmove(drift->change_run, drift->change_run + 1,
		said->change_count * sizeof *drift->change_run);
}

static int add_change(struct comparing *comparing, enum fingerprint_kind kind)
{
	struct audit_drift *said = &comparing->auditing->audit->drift;
	struct drift *drift = comparing->drift;
	struct drift_change *change;

	drop_oldest(said, drift);
	change = &said->change[said->change_count];
	*change = (struct drift_change){ .changed_ns = comparing->run->started_ns,
					 .kind = kind,
					 .was = strdup(buffer_text(&drift->last[kind])),
					 .is = strdup(buffer_text(&comparing->now[kind])) };
	memcpy(change->before, comparing->before, sizeof change->before);
	memcpy(change->after, comparing->run->id, sizeof change->after);
	drift->change_run[said->change_count++] = comparing->number;
	return change->was && change->is ? 0 : -ENOMEM;
}

/* What is other than in the last run that has any; then this is the last. */
static int compare(struct comparing *comparing)
{
	bool is_new_version = false;
	int r = 0;

	for (size_t i = 0; i < FINGERPRINT_ROOM && r == 0; i++) {
		enum fingerprint_kind kind = (enum fingerprint_kind)i;
		struct buffer *last = &comparing->drift->last[i], was = *last;

		if (comparing->had_any && is_other(kind, last, &comparing->now[i])) {
			r = add_change(comparing, kind);
			is_new_version = is_new_version || is_version(kind);
		}
		*last = comparing->now[i];
		comparing->now[i] = was;
		buffer_clear(&comparing->now[i]);
	}
	if (is_new_version || !comparing->had_any) {
		comparing->previous_ns = comparing->version_ns;
		comparing->version_ns = comparing->run->started_ns;
	}
	memcpy(comparing->before, comparing->run->id, sizeof comparing->before);
	comparing->had_any = true;
	comparing->has_any = false;
	return r;
}

/* ---- runs ---- */

static int add_run(struct drift *drift, const struct run *run)
{
	size_t capacity = drift->capacity ? drift->capacity * 2 : 64;
	struct drift_run *grown = drift->run;

	if (drift->count == drift->capacity) {
		grown = reallocarray(grown, capacity, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		drift->run = grown;
		drift->capacity = capacity;
	}
	grown[drift->count] = (struct drift_run){ .started_ns = run->started_ns };
	memcpy(grown[drift->count++].id, run->id, sizeof run->id);
	return 0;
}

static int visit_run(void *context, const struct run *run)
{
	struct comparing *comparing = context;
	struct auditing *auditing = comparing->auditing;
	int r;

	comparing->run = run;
	memcpy(comparing->drift->last_run, run->id, sizeof run->id);
	comparing->number++;
	r = store_each_fingerprint(auditing->store, run->key, note_value, comparing, auditing->err);
	if (r)
		return r;
	if ((comparing->has_any && compare(comparing) < 0) || add_run(comparing->drift, run) < 0)
		return error_set(auditing->err, ENOMEM, "compare runs");
	return 0;
}

/* The runs that began before that time. */
static size_t runs_until(const struct drift *drift, int64_t time_ns)
{
	size_t count = 0;

	while (count < drift->count && drift->run[count].started_ns < time_ns)
		count++;
	return count;
}

/* Where "before" and "now" begin. */
static void split(const struct comparing *comparing)
{
	const struct audit_options *options = &comparing->auditing->audit->options;
	struct audit_drift *said = &comparing->auditing->audit->drift;
	struct drift *drift = comparing->drift;

	said->by_version = options->drift_by_version;
	said->split_ns = options->as_of_ns - options->window_ns;
	said->begin_ns = said->split_ns - options->window_ns;
	if (said->by_version) {
		said->split_ns = comparing->previous_ns ? comparing->version_ns : 0;
		said->begin_ns = comparing->previous_ns;
	}
	drift->split = said->split_ns ? runs_until(drift, said->split_ns) + 1 : drift->count + 1;
	drift->first = runs_until(drift, said->begin_ns) + 1;
	drift->count -= drift->first - 1;
	if (drift->count)
		memmove(drift->run, drift->run + drift->first - 1,
			drift->count * sizeof *drift->run);
	said->runs_before = (int64_t)(drift->split - drift->first);
	said->runs_now = (int64_t)drift->count - said->runs_before;
}

static int keep_last(const struct drift *drift, struct audit_drift *said)
{
	for (size_t i = 0; i < FINGERPRINT_ROOM; i++) {
		if (!drift->last[i].size)
			continue;
		said->made_with[i] = strdup(buffer_text(&drift->last[i]));
		if (!said->made_with[i])
			return -ENOMEM;
	}
	return 0;
}

int drift_begin(struct auditing *auditing)
{
	const struct audit_options *options = &auditing->audit->options;
	struct run_filter filter = { .agent = options->agent, .until_ns = options->as_of_ns };
	scoped(comparing) struct comparing comparing = { .auditing = auditing };
	struct drift *drift = calloc(1, sizeof *drift);
	int r;

	auditing->drift = comparing.drift = drift;
	if (drift) {
		drift->last = calloc(FINGERPRINT_ROOM, sizeof *drift->last);
		drift->change_run = calloc(CHANGES_MAX, sizeof *drift->change_run);
	}
	auditing->audit->drift.change = calloc(CHANGES_MAX, sizeof(struct drift_change));
	if (!drift || !drift->last || !drift->change_run || !auditing->audit->drift.change)
		return error_set(auditing->err, ENOMEM, "compare runs");
	r = store_each_run(auditing->store, &filter, visit_run, &comparing, auditing->err);
	if (r)
		return r;
	split(&comparing);
	return keep_last(drift, &auditing->audit->drift) < 0
		       ? error_set(auditing->err, ENOMEM, "compare runs")
		       : 0;
}
