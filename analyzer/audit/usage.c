#include "analyzer/audit/ahead.h"
#include "analyzer/audit/beyond.h"
#include "analyzer/audit/blast.h"
#include "analyzer/audit/drift.h"
#include "analyzer/audit/memo.h"
#include "analyzer/audit/notes.h"
#include "analyzer/audit/replay.h"
#include "analyzer/audit/session.h"
#include "analyzer/evidence.h"
#include "analyzer/executions.h"
#include "analyzer/run_facts.h"
#include "core/error.h"
#include "core/store.h"
#include "core/text.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The runs of an agent on their way into the grants. */
struct reading {
	struct auditing *auditing;
	struct memos memos;
	struct evidence roots; /* only these of it */
	struct buffer phase;
	bool wants_commands, wants_calls; /* some grant has a say in arguments */
	int64_t number;			  /* of the run at hand, from 1 */
	struct noted_run run;		  /* the run at hand, so far */
	struct occasion occasion;	  /* what is the same of all its accesses */
	size_t root;
	struct run_facts facts;
	struct executions executions;
	struct event_replay replay;
	struct access *kept; /* its accesses to hosts and tools */
	size_t kept_count, kept_capacity;
	int drift_status; /* drift_end() */
};

static void reading_cleanup(struct reading *reading)
{
	memos_release(&reading->memos);
	evidence_release(&reading->roots);
	buffer_release(&reading->phase);
	run_facts_release(&reading->facts);
	executions_release(&reading->executions);
	replay_release(&reading->replay);
	free(reading->kept);
}

static int no_memory(const struct reading *reading)
{
	return error_set(reading->auditing->err, ENOMEM, "read what was used");
}

static bool is_attempt(const struct access *access)
{
	return access->outcome != OUTCOME_OK && access->outcome != OUTCOME_UNKNOWN;
}

/* Of grants for programs, those with any arguments have it from the access already. */
static bool is_counted(const struct reading *reading, const struct memo *memo, uint32_t grant)
{
	return memo->key || memo->resource != RESOURCE_PROGRAM ||
	       reading->auditing->audit->grant[grant].rule->argv_count;
}

/* Single events are those of accesses. */
static int count_use(struct reading *reading, const struct memo *memo, uint32_t grant,
		     const struct occasion *occasion)
{
	int r = note_use(reading->auditing, grant, occasion);

	if (r < 0 || occasion->is_attempt || !memo->key)
		return r;
	return replay_add(&reading->replay, grant, occasion->access->seq);
}

static int count_for(struct reading *reading, struct memo *memo, const struct access *access)
{
	const struct grant_set *set = memo_set(&reading->memos, memo);
	struct occasion occasion = reading->occasion;

	occasion.access = access;
	occasion.is_attempt = is_attempt(access);
	if (!occasion.is_attempt)
		memo_use(memo, (uint32_t)reading->number, access);
	if (!occasion.is_attempt && memo->key)
		drift_use(reading->auditing->drift, (size_t)reading->number, access);
	for (size_t i = 0; i < set->count; i++)
		if (is_counted(reading, memo, set->grant[i]) &&
		    count_use(reading, memo, set->grant[i], &occasion) < 0)
			return no_memory(reading);
	return 0;
}

static struct bytes phase_of(struct reading *reading, const struct access *access)
{
	buffer_clear(&reading->phase);
	if (access->phase.size)
		text_escape(access->phase, TEXT_SAFE, &reading->phase);
	return buffer_bytes(&reading->phase);
}

static struct question question_of(struct reading *reading, const struct access *access)
{
	struct question question = { .root = reading->root,
				     .roots = reading->roots.root[reading->root].roots };

	question.asked = (struct asked){ .resource = access->resource,
					 .action = access->action,
					 .name = access->name,
					 .phase = phase_of(reading, access),
					 .own = access->own };
	return question;
}

static int take(struct reading *reading, const struct access *access)
{
	struct memo *memo = memo_find(&reading->memos, access, reading->root, access->own);
	struct question question;

	if (!memo) {
		question = question_of(reading, access);
		memo = memo_add(&reading->memos, reading->auditing, &question, access);
	}
	return memo ? count_for(reading, memo, access) : no_memory(reading);
}

/* What happened after the day of the audit did not happen yet. */
static bool clip(const struct reading *reading, struct access *access)
{
	int64_t as_of_ns = reading->auditing->audit->options.as_of_ns;

	if (access->last_ns >= as_of_ns)
		access->last_ns = as_of_ns - 1;
	return access->first_ns < as_of_ns;
}

/* Of hosts it is only known at the end of the run what they were; of tools it is asked again which
 * access a call was. */
static int keep(struct reading *reading, const struct access *access)
{
	size_t capacity = reading->kept_capacity ? reading->kept_capacity * 2 : 64;
	struct access *grown = reading->kept;

	if (reading->kept_count == reading->kept_capacity) {
		grown = reallocarray(grown, capacity, sizeof *grown);
		if (!grown)
			return no_memory(reading);
		reading->kept = grown;
		reading->kept_capacity = capacity;
	}
	grown[reading->kept_count++] = *access;
	return 0;
}

static int read_access(void *context, const struct access *row)
{
	struct reading *reading = context;
	struct access access = *row;
	int r;

	executions_note(&reading->executions, row);
	if (!reading->occasion.is_in_window && run_facts_note(&reading->facts, row) < 0)
		return no_memory(reading);
	if (!clip(reading, &access))
		return 0;
	r = sessions_access(reading->auditing->sessions, &access);
	if (r || access_is_covered(row))
		return r;
	if (note_time(reading->auditing, &reading->run, access.first_ns, access.last_ns) < 0)
		return no_memory(reading);
	note_observed(reading->auditing, &access);
	return access.resource == RESOURCE_HOST || access.resource == RESOURCE_TOOL
		       ? keep(reading, &access)
		       : take(reading, &access);
}

static int take_kept(struct reading *reading)
{
	int r = reading->occasion.is_in_window
			? 0
			: run_facts_noted(&reading->facts, reading->auditing->store,
					  reading->run.run->key, reading->auditing->err);

	for (size_t i = 0; i < reading->kept_count && r == 0; i++) {
		struct access *access = &reading->kept[i];

		if (run_facts_probe(&reading->facts, access))
			continue;
		access->own = run_facts_own(&reading->facts, access);
		r = take(reading, access);
	}
	return r;
}

static int read_execution(void *context, const struct image *image, struct bytes argv,
			  struct bytes by)
{
	struct reading *reading = context;
	struct access access = { .seq = executions_seq(&reading->executions, image),
				 .image = image->seq,
				 .resource = RESOURCE_PROGRAM,
				 .action = ACTION_EXEC,
				 .outcome = OUTCOME_OK,
				 .name = image->program,
				 .count = 1,
				 .first_ns = image->started_ns,
				 .last_ns = image->started_ns };
	struct question question = question_of(reading, &access);
	struct memo *memo;

	(void)by;
	if (!clip(reading, &access))
		return 0;
	question.asked.argv = argv;
	question.asked.with_argv = question.asked.in_any_phase = true;
	memo = memo_told(&reading->memos, reading->auditing, &question);
	return memo ? count_for(reading, memo, &access) : no_memory(reading);
}

/* The access that the call is; 0: there is none. */
static int64_t seq_of_call(const struct reading *reading, const struct tool_call *call)
{
	for (size_t i = 0; i < reading->kept_count; i++) {
		const struct access *access = &reading->kept[i];

		if (access->resource == RESOURCE_TOOL && bytes_equal(access->name, call->tool) &&
		    access->image == call->image && bytes_equal(access->phase, call->phase))
			return access->seq;
	}
	return 0;
}

static int read_call(void *context, const struct tool_call *call, const struct image *image)
{
	struct reading *reading = context;
	struct access access = { .seq = seq_of_call(reading, call),
				 .image = call->image,
				 .resource = RESOURCE_TOOL,
				 .action = ACTION_CALL,
				 .outcome = status_outcome(call->status),
				 .name = call->tool,
				 .phase = call->phase,
				 .count = 1,
				 .first_ns = call->started_ns,
				 .last_ns = call->started_ns };
	struct question question = question_of(reading, &access);
	scoped(called) struct called called = { 0 };
	struct memo *memo;

	if (!clip(reading, &access))
		return 0;
	if (sessions_call(reading->auditing->sessions, call, image->seq) < 0)
		return no_memory(reading);
	if (!reading->wants_calls)
		return 0;
	if (called_read(&called, call->arguments, &question.roots) < 0)
		return no_memory(reading);
	question.asked.argv = call->arguments;
	question.asked.called = &called;
	memo = memo_told(&reading->memos, reading->auditing, &question);
	return memo ? count_for(reading, memo, &access) : no_memory(reading);
}

/* ---- a run ---- */

static struct occasion occasion_of(const struct reading *reading, const struct run *run)
{
	const struct audit_options *options = &reading->auditing->audit->options;
	int64_t ago_ns = options->as_of_ns - run->started_ns;

	return (struct occasion){ .run = run,
				  .number = reading->number,
				  .is_in_window = ago_ns <= options->window_ns,
				  .is_before = ago_ns > options->window_ns &&
					       ago_ns <= 2 * options->window_ns };
}

/* Looks at what the run does in its order: so all must be known of it at once. */
static int begin_session(struct reading *reading, const struct roots *roots)
{
	struct auditing *auditing = reading->auditing;
	const struct run *run = reading->run.run;
	int r = ahead_facts(auditing->ahead, run->key, &reading->facts, auditing->err);

	if (r == 0)
		sessions_begin(auditing->sessions, run, roots, reading->root, &reading->facts);
	return r;
}

static int begin_run(struct reading *reading, const struct run *run)
{
	struct roots roots = roots_of_run(run);
	int r;

	reading->number++;
	reading->run = (struct noted_run){ .run = run };
	reading->occasion = occasion_of(reading, run);
	reading->kept_count = 0;
	run_facts_release(&reading->facts);
	executions_release(&reading->executions);
	if (evidence_add_roots(&reading->roots, &roots, &reading->root) < 0 ||
	    memos_begin_run(&reading->memos, (size_t)reading->number, run->id) < 0)
		return no_memory(reading);
	r = reading->occasion.is_in_window ? begin_session(reading, &roots) : 0;
	return r ? r : audit_hidden(reading->auditing, run, &reading->run.hidden);
}

static int read_arguments(struct reading *reading)
{
	struct store *store = reading->auditing->store;
	struct error *err = reading->auditing->err;
	int64_t run = reading->run.run->key;
	int r = 0;

	if (reading->wants_commands)
		r = executions_each(&reading->executions, store, run, read_execution, reading, err);
	if (!r && (reading->wants_calls || reading->occasion.is_in_window))
		r = store_each_call(store, run, read_call, reading, err);
	return r;
}

static int read_run(void *context, const struct run *run)
{
	struct reading *reading = context;
	struct auditing *auditing = reading->auditing;
	int r = begin_run(reading, run);

	r = r ? r : replay_begin(&reading->replay, auditing, run->key);
	r = r ? r : ahead_each(auditing->ahead, run->key, read_access, reading, auditing->err);
	r = r ? r : take_kept(reading);
	r = r ? r : read_arguments(reading);
	r = r ? r : replay_end(&reading->replay, auditing, reading->occasion.is_in_window);
	r = r ? r : sessions_end(auditing->sessions);
	if (!r && note_run(auditing, &reading->run) < 0)
		r = no_memory(reading);
	return r;
}

static void *end_drift(void *context)
{
	struct reading *reading = context;

	reading->drift_status = drift_end(reading->auditing, &reading->memos, &reading->roots);
	return NULL;
}

/* What drifted is found beside what was used: neither changes what the other looks at. */
static int end_reading(struct reading *reading)
{
	struct auditing *auditing = reading->auditing;
	pthread_t drift;
	bool is_beside;
	int r;

	notes_finish(auditing);
	memos_settle(&reading->memos);
	sessions_settle(auditing->sessions);
	is_beside = pthread_create(&drift, NULL, end_drift, reading) == 0;
	r = audit_objects(auditing, &reading->memos, &reading->roots);
	r = r < 0 ? r : beyond_collect(auditing, &reading->memos, &reading->roots);
	r = r < 0 ? r : blast_note(auditing, &reading->memos, &reading->roots);
	if (is_beside)
		pthread_join(drift, NULL);
	else
		end_drift(reading);
	return r < 0 ? r : reading->drift_status;
}

int audit_usage(struct auditing *auditing)
{
	const struct audit_options *options = &auditing->audit->options;
	struct run_filter filter = { .agent = options->agent, .until_ns = options->as_of_ns };
	scoped(reading) struct reading reading = {
		.auditing = auditing,
		.wants_commands = audit_wants_arguments(auditing->audit, RESOURCE_PROGRAM),
		.wants_calls = audit_wants_arguments(auditing->audit, RESOURCE_TOOL),
	};
	/* With peaks where some grant has a rate. */
	int r = ahead_open(&auditing->ahead, auditing->store, &filter,
			   audit_has_rates(auditing->audit) ? store_each_need : store_each_use,
			   options->as_of_ns - options->window_ns, auditing->err);

	r = r ? r : store_each_run(auditing->store, &filter, read_run, &reading, auditing->err);

	/* Without a run the grants are there all the same, and nothing shows what they are for. */
	if (r)
		return r;
	return end_reading(&reading) < 0 ? no_memory(&reading) : 0;
}
