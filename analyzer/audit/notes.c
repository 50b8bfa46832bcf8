#include "analyzer/audit/notes.h"

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

/* Days come nearly in order. */
static int add_day(struct day_list *list, int32_t day)
{
	size_t at = list->count, capacity = list->capacity ? list->capacity * 2 : 16;
	int32_t *grown = list->day;

	while (at && list->day[at - 1] > day)
		at--;
	if (at && list->day[at - 1] == day)
		return 0;
	if (list->count == list->capacity) {
		grown = reallocarray(grown, capacity, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		list->day = grown;
		list->capacity = capacity;
	}
	memmove(grown + at + 1, grown + at, (list->count - at) * sizeof *grown);
	grown[at] = day;
	list->count++;
	return 0;
}

/* ---- runs ---- */

static int64_t window_begin(const struct auditing *auditing)
{
	return auditing->audit->options.as_of_ns - auditing->audit->options.window_ns;
}

static int64_t recent_begin(const struct auditing *auditing)
{
	return auditing->audit->options.as_of_ns - auditing->audit->options.unused_ns;
}

static int be_active(struct auditing *auditing, int64_t time_ns)
{
	int32_t day = day_of(time_ns);

	if (time_ns >= window_begin(auditing) && add_day(&auditing->active, day) < 0)
		return -ENOMEM;
	if (time_ns >= recent_begin(auditing) && add_day(&auditing->recent, day) < 0)
		return -ENOMEM;
	return 0;
}

/* Days of a run that takes no more than one are counted at its end. */
int note_time(struct auditing *auditing, struct noted_run *run, int64_t first_ns, int64_t last_ns)
{
	int r = 0;

	if (last_ns > run->last_ns)
		run->last_ns = last_ns;
	if (last_ns - run->run->started_ns < DAY_NS / 2)
		return 0;
	r = be_active(auditing, first_ns);
	return r ? r : be_active(auditing, last_ns);
}

void note_observed(struct auditing *auditing, const struct access *access)
{
	if (access->last_ns >= window_begin(auditing))
		auditing->observed |= 1u << access->resource;
}

static int64_t end_of(const struct auditing *auditing, const struct noted_run *run)
{
	int64_t end_ns = run->run->ended_ns;

	if (end_ns >= auditing->audit->options.as_of_ns)
		end_ns = auditing->audit->options.as_of_ns - 1;
	if (end_ns < run->last_ns)
		end_ns = run->last_ns;
	return end_ns < run->run->started_ns ? run->run->started_ns : end_ns;
}

static int keep_run(struct auditing *auditing, const struct noted_run *noted, int64_t ended_ns)
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
	*kept = (struct audited_run){ .key = noted->run->key,
				      .started_ns = noted->run->started_ns,
				      .ended_ns = ended_ns,
				      .hidden = noted->hidden };
	memcpy(kept->id, noted->run->id, sizeof kept->id);
	return 0;
}

int note_run(struct auditing *auditing, const struct noted_run *noted)
{
	struct audit *audit = auditing->audit;
	int64_t ended_ns = end_of(auditing, noted), started_ns = noted->run->started_ns;
	int r;

	audit->first_ns = audit->all_runs ? audit->first_ns : started_ns;
	audit->last_ns = started_ns;
	audit->all_runs++;
	if (ended_ns < window_begin(auditing))
		return 0;
	audit->runs++;
	audit->whole_runs += !noted->hidden;
	audit->recent_runs += ended_ns >= recent_begin(auditing);
	r = be_active(auditing, started_ns);
	r = r ? r : be_active(auditing, ended_ns);
	return r ? r : keep_run(auditing, noted, ended_ns);
}

static bool is_hidden(const struct audited_run *run, const struct audit_grant *grant)
{
	return run->hidden >> grant->rule->resource & 1;
}

struct activity audit_activity(const struct auditing *auditing, const struct audit_grant *grant)
{
	struct activity activity = { 0 };
	int64_t begin_ns = recent_begin(auditing);

	if (begin_ns < grant->granted_ns)
		begin_ns = grant->granted_ns;
	for (size_t i = 0; i < auditing->run_count; i++) {
		const struct audited_run *run = &auditing->run[i];

		activity.runs += run->ended_ns >= begin_ns;
		activity.hidden += run->ended_ns >= begin_ns && is_hidden(run, grant);
	}
	for (size_t i = 0; i < auditing->recent.count; i++)
		activity.days += auditing->recent.day[i] >= day_of(begin_ns);
	return activity;
}

int64_t audit_whole_runs(const struct auditing *auditing, const struct audit_grant *grant)
{
	int64_t count = 0;

	for (size_t i = 0; i < auditing->run_count; i++) {
		const struct audited_run *run = &auditing->run[i];

		count += run->started_ns >= grant->granted_ns && !is_hidden(run, grant);
	}
	return count;
}

int64_t audit_most_tenths(int64_t runs)
{
	return runs <= 3 ? 1000 : (3000 + runs - 1) / runs;
}

/* ---- uses ---- */

/* The later one, by time; of those at the same time any, but always the same. */
static bool is_later(const struct occasion *occasion, int64_t time_ns,
		     const struct witness *witness)
{
	int order = strcmp(occasion->run->id, witness->run);

	if (occasion->access->last_ns != time_ns)
		return occasion->access->last_ns > time_ns;
	return order ? order > 0 : occasion->access->seq > witness->seq;
}

static void set_witness(const struct occasion *occasion, int64_t *time_ns, struct witness *witness)
{
	if (!is_later(occasion, *time_ns, witness))
		return;
	*time_ns = occasion->access->last_ns;
	memcpy(witness->run, occasion->run->id, sizeof witness->run);
	witness->seq = occasion->access->seq;
}

static void count_use(const struct auditing *auditing, struct grant_use *use,
		      struct grant_notes *note, const struct occasion *occasion)
{
	const struct access *access = occasion->access;

	use->uses = add_saturated(use->uses, access->count);
	use->runs += note->run != occasion->number;
	note->run = occasion->number;
	if (!use->first_ns || access->first_ns < use->first_ns)
		use->first_ns = access->first_ns;
	set_witness(occasion, &use->last_ns, &use->last);
	if (access->last_ns < window_begin(auditing))
		return;
	use->window_uses = add_saturated(use->window_uses, access->count);
	use->window_runs += note->window_run != occasion->number;
	note->window_run = occasion->number;
	if (access->own)
		return;
	note->foreign_uses = add_saturated(note->foreign_uses, access->count);
	set_witness(occasion, &note->foreign_ns, &note->foreign);
}

int note_use(struct auditing *auditing, uint32_t grant, const struct occasion *occasion)
{
	struct grant_use *use = &auditing->audit->grant[grant].use;
	struct grant_notes *note = &auditing->note[grant];
	int32_t first, last;
	int r;

	if (occasion->is_attempt) {
		use->attempts = add_saturated(use->attempts, occasion->access->count);
		set_witness(occasion, &use->attempt_ns, &use->attempt);
		return 0;
	}
	count_use(auditing, use, note, occasion);
	rate_use(&note->rate, auditing->audit->grant[grant].rule, occasion);
	first = day_of(occasion->access->first_ns);
	last = day_of(occasion->access->last_ns);
	r = add_day(&note->used, first);
	r = r < 0 ? r : daily_use(auditing, grant, occasion->number, first);
	if (r < 0 || first == last)
		return r;
	r = add_day(&note->used, last);
	return r < 0 ? r : daily_use(auditing, grant, occasion->number, last);
}

static int compare_runs(const void *a, const void *b)
{
	const struct audited_run *one = a, *other = b;

	if (one->started_ns != other->started_ns)
		return one->started_ns < other->started_ns ? -1 : 1;
	return strcmp(one->id, other->id);
}

void notes_finish(struct auditing *auditing)
{
	struct audit *audit = auditing->audit;

	if (auditing->run_count)
		qsort(auditing->run, auditing->run_count, sizeof *auditing->run, compare_runs);
	audit->days = (int64_t)auditing->active.count;
	audit->recent_days = (int64_t)auditing->recent.count;
	for (size_t i = 0; i < audit->grant_count; i++)
		rate_end(&auditing->note[i].rate, audit->grant[i].rule);
	for (size_t i = 0; i < audit->grant_count; i++)
		audit->grant[i].use.days = (int64_t)auditing->note[i].used.count;
}
