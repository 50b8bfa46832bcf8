#include "analyzer/check_private.h"

#include "analyzer/evidence.h"
#include "core/error.h"
#include "core/store.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct misfit no_misfit;

/* The sizes behind them tell fields apart that hold a NUL. */
static int build_key(struct buffer *key, const struct access *access, const struct image *image,
		     const struct misfit *misfit, struct bytes argv)
{
	size_t sizes[] = { access->name.size, image->program.size, access->phase.size,
			   misfit->path.size, misfit->value.size,  misfit->allowed.size };
	char head[] = { (char)access->resource, (char)access->action, (char)access->outcome };

	buffer_clear(key);
	buffer_append(key, head, sizeof head);
	buffer_append(key, access->name.data, access->name.size);
	buffer_append(key, "", 1);
	buffer_append(key, image->program.data, image->program.size);
	buffer_append(key, "", 1);
	buffer_append(key, access->phase.data, access->phase.size);
	buffer_append(key, "", 1);
	buffer_append(key, misfit->path.data, misfit->path.size);
	buffer_append(key, "", 1);
	buffer_append(key, misfit->value.data, misfit->value.size);
	buffer_append(key, "", 1);
	buffer_append(key, misfit->allowed.data, misfit->allowed.size);
	buffer_append(key, "", 1);
	buffer_append(key, argv.data, argv.size);
	buffer_append(key, sizes, sizeof sizes);
	return buffer_status(key);
}

static struct bytes take(const char **at, size_t size)
{
	struct bytes taken = { *at, size };

	*at += size + 1;
	return taken;
}

static struct violation *violation_new(const struct buffer *key, const struct access *access,
				       const struct image *image, const struct misfit *misfit,
				       struct bytes argv)
{
	struct violation *violation = calloc(1, sizeof *violation + key->size);
	const char *at;

	if (!violation)
		return NULL;
	memcpy(violation->key, key->data, key->size);
	at = violation->key + 3;
	violation->resource = access->resource;
	violation->action = access->action;
	violation->outcome = access->outcome;
	violation->name = take(&at, access->name.size);
	violation->program = take(&at, image->program.size);
	violation->phase = take(&at, access->phase.size);
	violation->path = take(&at, misfit->path.size);
	violation->value = take(&at, misfit->value.size);
	violation->allowed = take(&at, misfit->allowed.size);
	violation->argv = (struct bytes){ at, argv.size };
	violation->first_ns = INT64_MAX;
	violation->last_ns = INT64_MIN;
	return violation;
}

static int find_violation(struct replay *replay, const struct access *access,
			  const struct image *image, const struct misfit *misfit,
			  struct violation **ret)
{
	struct violation *violation;
	const struct buffer *key = &replay->key;

	if (build_key(&replay->key, access, image, misfit, replay->argv))
		return -ENOMEM;
	HASH_FIND(hh, replay->check->violation, key->data, key->size, violation);
	if (!violation) {
		violation = violation_new(key, access, image, misfit, replay->argv);
		if (!violation)
			return -ENOMEM;
		HASH_ADD_KEYPTR(hh, replay->check->violation, violation->key, key->size, violation);
		if (!violation->hh.tbl) {
			free(violation);
			return -ENOMEM;
		}
	}
	*ret = violation;
	return 0;
}

const struct rule *replay_match(struct replay *replay, const struct access *access,
				const struct called *called, const struct rule **nearest)
{
	struct asked asked = {
		.resource = access->resource,
		.action = access->action,
		.name = access->name,
		.own = run_facts_own(&replay->facts, access),
		.called = called,
	};

	/* As a proposal writes it: the agent may have called a phase anything. */
	buffer_clear(&replay->phase);
	text_escape(access->phase, TEXT_SAFE, &replay->phase);
	asked.phase = buffer_bytes(&replay->phase);
	return policy_match(replay->check->policy, &replay->roots, &asked, nearest);
}

bool rule_has_expired(const struct rule *rule, int64_t last_ns)
{
	return rule->expires_ns && last_ns >= rule->expires_ns;
}

int replay_deny(struct replay *replay, const struct access *access, const struct image *image,
		const struct rule *expired, const struct misfit *misfit)
{
	struct violation *violation;

	if (find_violation(replay, access, image, misfit ? misfit : &no_misfit, &violation))
		return error_set(replay->err, ENOMEM, "check run %s", replay->run->id);
	if (!violation->runs) {
		violation->nearest = expired;
		violation->is_expired = expired && !misfit && !violation->argv.size;
		violation->is_misfit = misfit != NULL;
		if (violation->argv.size)
			violation->nearest_argv = rule_nearest_argv(
				expired, &replay->roots, violation->name, violation->argv);
		violation->last_run = -1;
	}
	if (!violation->nearest)
		replay_match(replay, access, NULL, &violation->nearest);
	violation->runs += violation->last_run != replay->check->runs;
	violation->last_run = replay->check->runs;
	violation->count = add_saturated(violation->count, access->count);
	if (access->first_ns < violation->first_ns)
		violation->first_ns = access->first_ns;
	if (access->last_ns > violation->last_ns)
		violation->last_ns = access->last_ns;
	return 0;
}

/* Only what happened takes a permission. */
static bool had_effect(const struct replay *replay, const struct access *access)
{
	return (access->outcome == OUTCOME_OK || access->outcome == OUTCOME_UNKNOWN) &&
	       !access_is_covered(access) && !run_facts_probe(&replay->facts, access);
}

/* From when on the rule's time is counted. */
static int64_t start_of(const struct replay *replay, const struct rule *rule,
			const struct access *access)
{
	if (!rule->phase)
		return replay->run->started_ns;
	return run_facts_start(&replay->facts, access->phase);
}

static int replay_access(void *context, const struct access *access, const struct image *image)
{
	struct replay *replay = context;
	struct check *check = replay->check;
	const struct rule *rule = replay_match(replay, access, NULL, NULL);
	bool is_denied = !rule || rule_has_expired(rule, access->last_ns),
	     happened = had_effect(replay, access);

	check->accesses++;
	executions_note(&replay->executions, access);
	if (is_denied && happened)
		return replay_deny(replay, access, image, rule, NULL);
	check->attempts += is_denied;
	if (!is_denied && happened)
		rates_use(&check->rates, check->policy, rule, access,
			  start_of(replay, rule, access));
	check->confirms += !is_denied && happened && rule->gate == GATE_CONFIRM;
	return 0;
}

/* What was executed, and may be, but not with these arguments. */
static int replay_command(void *context, const struct image *image, struct bytes argv,
			  struct bytes by)
{
	struct replay *replay = context;
	const struct image parent = { .program = by };
	const struct access access = { .resource = RESOURCE_PROGRAM,
				       .action = ACTION_EXEC,
				       .outcome = OUTCOME_OK,
				       .name = image->program,
				       .count = 1,
				       .first_ns = image->started_ns,
				       .last_ns = image->started_ns };
	struct asked asked = { .resource = RESOURCE_PROGRAM,
			       .action = ACTION_EXEC,
			       .name = image->program,
			       .in_any_phase = true };
	const struct rule *rule = policy_match(replay->check->policy, &replay->roots, &asked, NULL);
	int r;

	asked.with_argv = true;
	asked.argv = argv;
	if (!rule || policy_match(replay->check->policy, &replay->roots, &asked, NULL))
		return 0;
	replay->argv = argv;
	r = replay_deny(replay, &access, &parent, rule, NULL);
	replay->argv = (struct bytes){ NULL, 0 };
	return r;
}

int check_run(struct check *check, struct store *store, const struct run *run, struct error *err)
{
	struct replay replay = {
		.check = check, .run = run, .roots = roots_of_run(run), .err = err
	};
	int r = run_facts_read(&replay.facts, store, run->key, err);

	if (!r && rates_begin(&check->rates, check->policy) < 0)
		r = error_set(err, ENOMEM, "check run %s", run->id);
	if (!r)
		r = store_each_access(store, run->key, replay_access, &replay, err);
	if (!r && rates_end_run(&check->rates, check->policy) < 0)
		r = error_set(err, ENOMEM, "check run %s", run->id);
	if (!r)
		r = check_calls(&replay, store);
	if (!r)
		r = executions_each(&replay.executions, store, run->key, replay_command, &replay,
				    err);
	executions_release(&replay.executions);
	run_facts_release(&replay.facts);
	buffer_release(&replay.key);
	buffer_release(&replay.phase);
	if (!r)
		limits_check(check->taken, &check->policy->limits, run);
	check->runs += !r;
	return r;
}

static int compare_violations(const struct violation *a, const struct violation *b)
{
	return bytes_compare((struct bytes){ a->key, a->hh.keylen },
			     (struct bytes){ b->key, b->hh.keylen });
}

void check_sort(struct check *check)
{
	HASH_SORT(check->violation, compare_violations);
	rates_sort(&check->rates);
}

bool check_found(const struct check *check)
{
	return check->violation || check->rates.count || limits_exceeded(check->taken);
}

void check_release(struct check *check)
{
	struct violation *violation = check->violation, *next;

	HASH_CLEAR(hh, check->violation);
	for (; violation; violation = next) {
		next = violation->hh.next;
		free(violation);
	}
	rates_release(&check->rates);
	*check = (struct check){ 0 };
}
