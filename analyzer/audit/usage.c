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
#include <stdlib.h>
#include <string.h>

/* Of which resources some access may be missing in a run with such a gap. */
#define ALL   (~0u)
#define FILES (1u << RESOURCE_FILE | 1u << RESOURCE_PROGRAM | 1u << RESOURCE_SOCKET)
#define HOSTS (1u << RESOURCE_HOST)

static unsigned blind_of(enum gap_kind kind)
{
	static const unsigned hidden[] = {
#define BLIND(gap, of) [GAP_##gap] = (of),
#include "analyzer/audit/blind.def"
	};

	return (size_t)kind < sizeof hidden / sizeof *hidden ? hidden[kind] : 0;
}

/* The runs of an agent on their way into the grants. */
struct reading {
	struct auditing *auditing;
	struct memos memos;
	struct evidence roots; /* only these of it */
	struct buffer phase;
	bool wants_argv; /* some grant has a say in arguments of programs */
	/* the run at hand */
	const struct run *run;
	int64_t number;
	bool is_in_window, is_before;
	size_t root;
	struct run_facts facts;
	struct executions executions;
	struct event_replay replay;
};

static void reading_cleanup(struct reading *reading)
{
	memos_release(&reading->memos);
	evidence_release(&reading->roots);
	buffer_release(&reading->phase);
	run_facts_release(&reading->facts);
	executions_release(&reading->executions);
	replay_release(&reading->replay);
}

static int no_memory(const struct reading *reading)
{
	return error_set(reading->auditing->err, ENOMEM, "read what was used");
}

static bool is_attempt(const struct access *access)
{
	return access->outcome != OUTCOME_OK && access->outcome != OUTCOME_UNKNOWN;
}

static int count_for(struct reading *reading, struct memo *memo, const struct access *access)
{
	struct auditing *auditing = reading->auditing;
	struct occasion occasion = { .access = access,
				     .run = reading->run,
				     .number = reading->number,
				     .is_in_window = reading->is_in_window,
				     .is_before = reading->is_before,
				     .is_attempt = is_attempt(access) };

	memo->is_used = memo->is_used || !occasion.is_attempt;
	if (!occasion.is_attempt)
		beyond_use(&memo->use, &occasion);
	for (size_t i = 0; i < memo->count; i++)
		if (note_use(auditing, memo->grant[i], &occasion) < 0 ||
		    (!occasion.is_attempt &&
		     replay_add(&reading->replay, memo->grant[i], access->seq) < 0))
			return -ENOMEM;
	return 0;
}

static int ask(struct reading *reading, struct question *question, const struct access *access)
{
	struct memo *memo;

	question->root = reading->root;
	question->roots = reading->roots.root[reading->root].roots;
	memo = memo_find(&reading->memos, reading->auditing, question);
	if (!memo || count_for(reading, memo, access) < 0)
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

/* What happened after the day of the audit did not happen yet. */
static bool clip(const struct reading *reading, struct access *access)
{
	int64_t as_of_ns = reading->auditing->audit->options.as_of_ns;

	if (access->last_ns >= as_of_ns)
		access->last_ns = as_of_ns - 1;
	return access->first_ns < as_of_ns;
}

static int read_access(void *context, const struct access *row)
{
	struct reading *reading = context;
	struct access access = *row;
	struct question question = { 0 };
	int r;

	executions_note(&reading->executions, row);
	if (!clip(reading, &access))
		return 0;
	r = sessions_access(reading->auditing->sessions, &access);
	if (r || access_is_covered(row) || run_facts_probe(&reading->facts, row))
		return r;
	reading->auditing->observed |= 1u << access.resource;
	question.asked = (struct asked){ .resource = access.resource,
					 .action = access.action,
					 .name = access.name,
					 .phase = phase_of(reading, &access),
					 .own = run_facts_own(&reading->facts, &access) };
	return ask(reading, &question, &access);
}

static int read_execution(void *context, const struct image *image, struct bytes argv,
			  struct bytes by)
{
	struct reading *reading = context;
	struct access access = { .seq = 0,
				 .image = image->seq,
				 .resource = RESOURCE_PROGRAM,
				 .action = ACTION_EXEC,
				 .outcome = OUTCOME_OK,
				 .name = image->program,
				 .count = 1,
				 .first_ns = image->started_ns,
				 .last_ns = image->started_ns };
	struct question question = { .asked = { .resource = RESOURCE_PROGRAM,
						.action = ACTION_EXEC,
						.name = image->program,
						.argv = argv,
						.with_argv = true,
						.in_any_phase = true } };

	(void)by;
	return clip(reading, &access) ? ask(reading, &question, &access) : 0;
}

static int read_call(void *context, const struct tool_call *call, const struct image *image)
{
	struct reading *reading = context;
	struct access access = { .resource = RESOURCE_TOOL,
				 .action = ACTION_CALL,
				 .outcome = status_outcome(call->status),
				 .name = call->tool,
				 .phase = call->phase,
				 .count = 1,
				 .first_ns = call->started_ns,
				 .last_ns = call->started_ns };
	struct question question = { 0 };
	scoped(called) struct called called = { 0 };
	const struct roots *roots = &reading->roots.root[reading->root].roots;

	if (!clip(reading, &access))
		return 0;
	if (sessions_call(reading->auditing->sessions, call, image->seq) < 0 ||
	    called_read(&called, call->arguments, roots) < 0)
		return no_memory(reading);
	question.asked = (struct asked){ .resource = RESOURCE_TOOL,
					 .action = ACTION_CALL,
					 .name = call->tool,
					 .phase = phase_of(reading, &access),
					 .argv = call->arguments,
					 .called = &called };
	return ask(reading, &question, &access);
}

static int read_gap(void *context, const struct gap *gap)
{
	unsigned *hidden = context;

	*hidden |= blind_of(gap->kind);
	return 0;
}

/* How much of the run was seen. */
static int judge_run(struct reading *reading, unsigned *ret_hidden)
{
	struct auditing *auditing = reading->auditing;

	*ret_hidden = reading->run->state == RUN_INCOMPLETE ? ALL : 0;
	if (!reading->run->gaps)
		return 0;
	return store_each_gap(auditing->store, reading->run->key, read_gap, ret_hidden,
			      auditing->err);
}

static int begin_run(struct reading *reading)
{
	struct auditing *auditing = reading->auditing;
	struct roots roots = roots_of_run(reading->run);
	unsigned hidden = 0;
	int r = judge_run(reading, &hidden);

	if (r)
		return r;
	if (note_run(auditing, reading->run, hidden) < 0 ||
	    evidence_add_roots(&reading->roots, &roots, &reading->root) < 0)
		return no_memory(reading);
	run_facts_release(&reading->facts);
	executions_release(&reading->executions);
	r = run_facts_read(&reading->facts, auditing->store, reading->run->key, auditing->err);
	if (!r && reading->is_in_window)
		sessions_begin(auditing->sessions, reading->run, &roots, reading->root,
			       &reading->facts);
	return r;
}

static int read_run(void *context, const struct run *run)
{
	struct reading *reading = context;
	struct auditing *auditing = reading->auditing;
	const struct audit_options *options = &auditing->audit->options;
	int r;

	if (run->state == RUN_RECORDING)
		return 0;
	reading->run = run;
	reading->number++;
	reading->is_in_window = run->started_ns >= options->as_of_ns - options->window_ns;
	reading->is_before = !reading->is_in_window &&
			     run->started_ns >= options->as_of_ns - 2 * options->window_ns;
	r = begin_run(reading);
	r = r ? r : replay_begin(&reading->replay, auditing, run->key);
	r = r ? r : store_each_need(auditing->store, run->key, read_access, reading, auditing->err);
	if (!r && reading->wants_argv)
		r = executions_each(&reading->executions, auditing->store, run->key, read_execution,
				    reading, auditing->err);
	r = r ? r : store_each_call(auditing->store, run->key, read_call, reading, auditing->err);
	r = r ? r : replay_end(&reading->replay, auditing, reading->is_in_window);
	return r ? r : sessions_end(auditing->sessions);
}

static bool has_argv(const struct audit *audit)
{
	for (size_t i = 0; i < audit->grant_count; i++)
		if (audit->grant[i].rule->argv_count)
			return true;
	return false;
}

int audit_usage(struct auditing *auditing)
{
	const struct audit_options *options = &auditing->audit->options;
	struct run_filter filter = { .agent = options->agent, .until_ns = options->as_of_ns };
	scoped(buffer) struct buffer safe = { 0 };
	scoped(reading) struct reading reading = { .auditing = auditing,
						   .wants_argv = has_argv(auditing->audit) };
	int r = store_each_run(auditing->store, &filter, read_run, &reading, auditing->err);

	if (r)
		return r;
	if (!reading.number)
		return error_say(
			auditing->err, ENOENT,
			"audit agent %s: no finished run of it up to that day; `pare runs` "
			"lists what there is",
			text_safe(bytes_of(options->agent), 60, &safe));
	return notes_finish(auditing, &reading.memos) < 0 ? no_memory(&reading) : 0;
}
