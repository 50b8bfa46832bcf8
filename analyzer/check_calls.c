#include "analyzer/check_private.h"

#include "core/error.h"

#include <errno.h>

static struct access access_of(const struct tool_call *call)
{
	return (struct access){
		.image = call->image,
		.phase = call->phase,
		.call = call->seq,
		.resource = RESOURCE_TOOL,
		.action = ACTION_CALL,
		.name = call->tool,
		.outcome = status_outcome(call->status),
		.count = 1,
		.first_ns = call->started_ns,
		.last_ns = call->started_ns,
		.via = VIA_TOOL,
	};
}

static bool has_violation(const struct check *check, const struct access *access)
{
	for (const struct violation *at = check->violation; at; at = at->hh.next)
		if (at->resource == RESOURCE_TOOL && bytes_equal(at->name, access->name) &&
		    bytes_equal(at->phase, access->phase) && !at->path.size)
			return true;
	return false;
}

/* `named` is the rule of the tool, whatever it is called with. */
static int deny_arguments(struct replay *replay, const struct access *access,
			  const struct image *image, const struct rule *named,
			  const struct called *called)
{
	struct misfit misfit = { 0 };
	int r;

	arguments_admit(&named->arguments, called, &misfit);
	r = replay_deny(replay, access, image, named, &misfit);
	misfit_release(&misfit);
	return r;
}

static int replay_call(void *context, const struct tool_call *call, const struct image *image)
{
	struct replay *replay = context;
	struct access access = access_of(call);
	scoped(called) struct called called = { 0 };
	const struct rule *rule, *named;

	if (access.outcome != OUTCOME_OK && access.outcome != OUTCOME_UNKNOWN)
		return 0;
	if (called_read(&called, call->arguments, &replay->roots) < 0)
		return error_set(replay->err, ENOMEM, "check run %s", replay->run->id);
	rule = replay_match(replay, &access, &called, NULL);
	if (rule && !rule_has_expired(rule, access.last_ns))
		return 0;
	named = rule ? rule : replay_match(replay, &access, NULL, NULL);
	if (!rule && named)
		return deny_arguments(replay, &access, image, named, &called);
	if (has_violation(replay->check, &access))
		return 0;
	return replay_deny(replay, &access, image, rule, NULL);
}

int check_calls(struct replay *replay, struct store *store)
{
	return store_each_call(store, replay->run->key, replay_call, replay, replay->err);
}
