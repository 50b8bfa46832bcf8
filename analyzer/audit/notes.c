#include "analyzer/audit/notes.h"

#include "analyzer/audit/memo.h"
#include "analyzer/evidence.h"
#include "core/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Days since the epoch, also of times before it. */
static int32_t day_of(int64_t time_ns)
{
	int64_t day = time_ns / DAY_NS - (time_ns % DAY_NS < 0);

	return (int32_t)(day > INT32_MAX ? INT32_MAX : day < INT32_MIN ? INT32_MIN : day);
}

/* ---- runs ---- */

static void count_run(struct audit *audit, const struct run *run, unsigned hidden, bool is_new_day)
{
	const struct audit_options *options = &audit->options;
	bool is_recent = run->started_ns >= options->as_of_ns - options->unused_ns;

	audit->first_ns = audit->all_runs ? audit->first_ns : run->started_ns;
	audit->last_ns = run->started_ns;
	audit->all_runs++;
	if (run->started_ns >= options->as_of_ns - options->window_ns) {
		audit->runs++;
		audit->days += is_new_day;
		audit->whole_runs += !hidden;
	}
	audit->recent_runs += is_recent;
	audit->recent_days += is_recent && is_new_day;
}

static int keep_run(struct auditing *auditing, const struct run *run, unsigned hidden)
{
	size_t capacity = auditing->run_capacity ? auditing->run_capacity * 2 : 64;
	struct audited_run *grown = auditing->run, *kept;

	if (auditing->run_count == auditing->run_capacity) {
		grown = reallocarray(grown, capacity, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		auditing->run = grown;
		auditing->run_capacity = capacity;
	}
	kept = &auditing->run[auditing->run_count++];
	*kept = (struct audited_run){ .key = run->key,
				      .started_ns = run->started_ns,
				      .hidden = hidden };
	memcpy(kept->id, run->id, sizeof kept->id);
	return 0;
}

int note_run(struct auditing *auditing, const struct run *run, unsigned hidden)
{
	struct audit *audit = auditing->audit;
	const struct audit_options *options = &audit->options;
	bool is_new_day = !audit->all_runs || day_of(audit->last_ns) != day_of(run->started_ns);

	count_run(audit, run, hidden, is_new_day);
	for (unsigned i = 0; i < RESOURCE_ROOM; i++)
		if (run->started_ns >= options->as_of_ns - options->unused_ns)
			auditing->recent_hidden[i] += hidden >> i & 1;
	if (run->started_ns < options->as_of_ns - options->window_ns)
		return 0;
	return keep_run(auditing, run, hidden);
}

/* ---- uses ---- */

/* Days come nearly in order. */
static int add_day(struct grant_notes *note, int32_t day)
{
	size_t at = note->day_count, capacity = note->day_capacity ? note->day_capacity * 2 : 16;
	int32_t *grown = note->day;

	while (at && note->day[at - 1] > day)
		at--;
	if (at && note->day[at - 1] == day)
		return 0;
	if (note->day_count == note->day_capacity) {
		grown = reallocarray(grown, capacity, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		note->day = grown;
		note->day_capacity = capacity;
	}
	memmove(grown + at + 1, grown + at, (note->day_count - at) * sizeof *grown);
	grown[at] = day;
	note->day_count++;
	return 0;
}

static void set_witness(struct witness *witness, const struct occasion *occasion)
{
	memcpy(witness->run, occasion->run->id, sizeof witness->run);
	witness->seq = occasion->access->seq;
}

static void count_use(struct grant_use *use, struct grant_notes *note,
		      const struct occasion *occasion)
{
	const struct access *access = occasion->access;

	use->uses = add_saturated(use->uses, access->count);
	use->runs += note->run != occasion->number;
	note->run = occasion->number;
	if (!use->first_ns || access->first_ns < use->first_ns)
		use->first_ns = access->first_ns;
	if (access->last_ns >= use->last_ns) {
		use->last_ns = access->last_ns;
		set_witness(&use->last, occasion);
	}
	if (!occasion->is_in_window)
		return;
	use->window_uses = add_saturated(use->window_uses, access->count);
	use->window_runs += note->window_run != occasion->number;
	note->window_run = occasion->number;
}

int note_use(struct auditing *auditing, uint32_t grant, const struct occasion *occasion)
{
	struct grant_use *use = &auditing->audit->grant[grant].use;
	struct grant_notes *note = &auditing->note[grant];
	int32_t first, last;
	int r;

	if (occasion->is_attempt) {
		use->attempts = add_saturated(use->attempts, occasion->access->count);
		set_witness(&use->attempt, occasion);
		return 0;
	}
	count_use(use, note, occasion);
	rate_use(&note->rate, auditing->audit->grant[grant].rule, occasion);
	first = day_of(occasion->access->first_ns);
	last = day_of(occasion->access->last_ns);
	r = add_day(note, first);
	return r < 0 || first == last ? r : add_day(note, last);
}

/* ---- objects ---- */

struct pair {
	uint32_t grant;
	char *pattern; /* the memo's */
};

static int compare_pairs(const void *a, const void *b)
{
	const struct pair *one = a, *other = b;

	if (one->grant != other->grant)
		return one->grant < other->grant ? -1 : 1;
	return strcmp(one->pattern, other->pattern);
}

static size_t count_pairs(const struct memos *memos)
{
	size_t count = 0;

	for (const struct memo *memo = memos->memo; memo; memo = memo->hh.next)
		count += memo->is_used ? memo->count : 0;
	return count;
}

static void fill_pairs(const struct memos *memos, struct pair *pair)
{
	for (const struct memo *memo = memos->memo; memo; memo = memo->hh.next)
		for (size_t i = 0; memo->is_used && i < memo->count; i++)
			*pair++ = (struct pair){ memo->grant[i], memo->pattern };
}

static int keep_object(struct grant_notes *note, const char *pattern)
{
	if (!note->object)
		note->object = calloc(OBJECTS_KEPT, sizeof *note->object);
	if (!note->object)
		return -ENOMEM;
	if (note->object_count == OBJECTS_KEPT)
		return 0;
	note->object[note->object_count] = strdup(pattern);
	return note->object[note->object_count++] ? 0 : -ENOMEM;
}

static int count_objects(struct auditing *auditing, const struct pair *pair, size_t count)
{
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		if (i && !compare_pairs(&pair[i - 1], &pair[i]))
			continue;
		auditing->audit->grant[pair[i].grant].use.objects++;
		r = keep_object(&auditing->note[pair[i].grant], pair[i].pattern);
	}
	return r;
}

int notes_finish(struct auditing *auditing, const struct memos *memos)
{
	size_t count = count_pairs(memos);
	struct pair *pair = calloc(count + 1, sizeof *pair);
	int r;

	if (!pair)
		return -ENOMEM;
	fill_pairs(memos, pair);
	qsort(pair, count, sizeof *pair, compare_pairs);
	r = count_objects(auditing, pair, count);
	r = r < 0 ? r : beyond_collect(auditing, memos);
	free(pair);
	for (size_t i = 0; i < auditing->audit->grant_count; i++)
		rate_end(&auditing->note[i].rate, auditing->audit->grant[i].rule);
	for (size_t i = 0; i < auditing->audit->grant_count; i++)
		auditing->audit->grant[i].use.days = (int64_t)auditing->note[i].day_count;
	return r;
}
