#include "reports/html/collect.h"

#include "core/command.h"
#include "core/error.h"
#include "reports/html/witnesses.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void count_new(struct report_model *model)
{
	size_t total = 0;

	for (size_t i = 0; i < model->use_count; i++) {
		const struct use *use = &model->use[i];
		int64_t runs = use->tally[OUTCOME_OK].runs;

		if (!runs)
			continue;
		model->run[use->first_run].new_uses++;
		model->incidences += (size_t)runs;
		model->twice += runs == 2;
		model->lone += runs == 1;
		model->lone_own += runs == 1 && use->own;
		model->run[use->first_run].lone_uses += runs == 1;
	}
	for (size_t i = 0; i < model->run_count; i++)
		model->run[i].total_uses = total += model->run[i].new_uses;
}

/* By program and object, so that what concerns one object stands together. */
static int compare_links(const void *a, const void *b, void *context)
{
	const struct link *one = a, *other = b;
	const struct use *use = context;
	size_t left = use[one->use].object, right = use[other->use].object;

	if (one->program != other->program)
		return one->program < other->program ? -1 : 1;
	if (left != right)
		return left < right ? -1 : 1;
	return (int)use[one->use].action - (int)use[other->use].action;
}

/* Counts one object of a program, whatever was done to it. */
static void count_program(struct report_model *model, size_t first, size_t last)
{
	struct program *program = &model->program[model->link[first].program];
	enum resource resource = model->object[model->use[model->link[first].use].object].resource;
	uint32_t actions = 0;

	for (size_t i = first; i < last; i++) {
		program->denied = count_add(program->denied, model->link[i].denied);
		if (model->link[i].ok)
			actions |= ACTION_BIT(model->use[model->link[i].use].action);
	}
	program->reads += resource == RESOURCE_FILE && (actions & ACTIONS_READ);
	program->changes += resource == RESOURCE_FILE && (actions & ACTIONS_CHANGE);
	program->hosts += resource == RESOURCE_HOST && actions;
}

static bool same_object(const struct report_model *model, const struct link *a,
			const struct link *b)
{
	return a->program == b->program && model->use[a->use].object == model->use[b->use].object;
}

static void count_programs(struct report_model *model)
{
	size_t next;

	if (model->link_count)
		qsort_r(model->link, model->link_count, sizeof *model->link, compare_links,
			model->use);
	for (size_t first = 0; first < model->link_count; first = next) {
		for (next = first + 1; next < model->link_count; next++)
			if (!same_object(model, &model->link[first], &model->link[next]))
				break;
		count_program(model, first, next);
	}
}

/* ---- the proposed policy ---- */

int64_t report_until(int64_t as_of_ns)
{
	return as_of_ns == INT64_MAX ? 0 : as_of_ns + 1;
}

static int propose(struct report_model *model, struct store *store, const struct house *house)
{
	struct propose_options options = {
		.agent = model->agent,
		.since_ns = INT64_MIN,
		.until_ns = report_until(model->as_of_ns),
		.preset = "literal",
		.created_ns = model->as_of_ns,
	};

	if (model->audit) /* its own proposals are told */
		return -ENOENT;
	if (!house->propose)
		return error_say(model->policy_reason, ENOSYS,
				 "this program was built without its analyzer");
	return house->propose(store, &options, &model->policy, model->policy_reason);
}

static void join_rule(struct report_model *model, struct use *use, const struct rule *rule)
{
	struct object *object = &model->object[use->object];

	if (!use->rule || use->rule->risk < rule->risk)
		use->rule = rule;
	if (!object->rule || object->rule->risk < rule->risk)
		object->rule = rule;
}

/* Each use learns its rule; of several (phases) the one with the highest risk. */
static int join_rules(struct report_model *model, struct collector *collector)
{
	for (size_t i = 0; i < model->policy.count; i++) {
		const struct rule *rule = &model->policy.rule[i];
		char kind = (char)rule->resource;
		size_t object, use;

		buffer_clear(&collector->key);
		buffer_append(&collector->key, &kind, 1);
		buffer_add(&collector->key, rule->pattern);
		if (buffer_status(&collector->key) ||
		    keys_number(&collector->object, buffer_bytes(&collector->key), &object))
			return -ENOMEM;
		if (object >= model->object_count)
			continue; /* a pattern that no one object has as its name */
		use = model->object[object].use[rule->action];
		if (use)
			join_rule(model, &model->use[use - 1], rule);
	}
	return 0;
}

/* ---- all of it ---- */

static int collect(struct report_model *model, struct store *store, const struct house *house,
		   int64_t as_of_ns, struct error *err)
{
	struct collector collector = { .model = model, .store = store, .err = err };
	int status = 0;

	for (size_t i = 0; !status && i < model->run_count; i++)
		status = collect_run(&collector, i);
	if (!status) {
		model->as_of_ns = as_of_ns == INT64_MAX ? model->last_ns : as_of_ns;
		if (propose(model, store, house)) /* its section says why */
			policy_release(&model->policy);
		status = join_rules(model, &collector);
	}
	collector_release(&collector);
	if (status)
		return error_set(err, -status, "add up the evidence");
	count_new(model);
	count_programs(model);
	return 0;
}

#define SHOWN_TROUBLE 20

struct trouble {
	struct buffer line;
	int64_t count;
};

static void note_trouble(void *context, bool bad, const char *line)
{
	struct trouble *trouble = context;

	if (bad && trouble->count++ < SHOWN_TROUBLE)
		buffer_printf(&trouble->line, "%s\n", line);
}

/* To verify so many takes about a second; more are left to `pare fsck`, and the report says so. */
#define VERIFIED_MOST 250000

/* Before anything is believed: whether each run is as it was sealed. */
static int verify(struct report_model *model, struct store *store, struct error *err)
{
	struct trouble trouble = { 0 };
	struct fsck_result result = { 0 };
	int64_t most = 0;
	int status = store_most_accesses(store, &most, err);

	if (status || most > VERIFIED_MOST)
		return status;
	store_verify(store, note_trouble, &trouble, &result);
	if (buffer_status(&trouble.line))
		status = error_set(err, ENOMEM, "verify the evidence");
	model->is_verified = true;
	model->trouble_count = trouble.count;
	model->trouble = buffer_steal(&trouble.line);
	return status;
}

/* What a reader may hold against the database later. */
static int read_seal(struct report_model *model, struct store *store, struct error *err)
{
	return store_seal_of(store, model->run[model->run_count - 1].run.key, model->last_seal,
			     err);
}

static int read_all(struct report_model *model, struct store *store, const struct house *house,
		    const struct report_request *request, struct error *err)
{
	int status = report_choose(model, store, request, err);

	if (!status)
		status = collect(model, store, house, request->as_of_ns, err);
	if (!status)
		status = read_seal(model, store, err);
	if (!status && model->audit)
		status = witnesses_load(model, store, err);
	return status;
}

static int load(struct report_model *model, struct store *store, const struct house *house,
		const struct report_request *request, struct error *err)
{
	int status;

	model->audit = request->audit;
	model->quarter = request->quarter ? request->quarter : "";
	model->redactor = request->redactor;
	model->database = strdup(store_path(store));
	model->policy_reason = calloc(1, sizeof *model->policy_reason);
	if (!model->database || !model->policy_reason)
		return error_set(err, ENOMEM, "begin a report");
	status = verify(model, store, err);
	return status ? status : read_all(model, store, house, request, err);
}

int report_model_load(struct report_model *ret, struct store *store, const struct house *house,
		      const struct report_request *request, struct error *err)
{
	struct report_model model = { 0 };
	int status = load(&model, store, house, request, err);

	if (status)
		report_model_release(&model);
	else
		*ret = model;
	return status;
}

void report_model_release(struct report_model *model)
{
	for (size_t i = 0; i < model->run_count; i++) {
		run_release(&model->run[i].run);
		free(model->run[i].command);
	}
	for (size_t i = 0; i < model->object_count; i++)
		free(model->object[i].name);
	for (size_t i = 0; i < model->program_count; i++) {
		free(model->program[i].name);
		free(model->program[i].in_run);
		free(model->program[i].example);
	}
	for (size_t i = 0; i < model->gap_count; i++)
		free(model->gap[i].detail);
	free(model->agent);
	witnesses_release(model);
	free(model->database);
	free(model->started_ns);
	free(model->run);
	free(model->object);
	free(model->use);
	free(model->program);
	free(model->link);
	free(model->gap);
	policy_release(&model->policy);
	free(model->policy_reason);
	free(model->trouble);
	*model = (struct report_model){ 0 };
}

void report_model_cleanup(struct report_model *model)
{
	report_model_release(model);
}

bool report_is_intact(const struct report_model *model)
{
	return !model->trouble_count;
}

bool report_is_complete(const struct report_model *model)
{
	return report_is_intact(model) && !model->incomplete && !model->gaps;
}

bool report_is_enough(const struct report_model *model)
{
	return model->run_count >= REPORT_ENOUGH_RUNS &&
	       model->lone * REPORT_ENOUGH_LONE <= model->run_count;
}

size_t report_used(const struct report_model *model)
{
	return model->run_count ? model->run[model->run_count - 1].total_uses : 0;
}

int64_t report_accesses(const struct report_model *model, enum outcome outcome)
{
	int64_t count = 0;

	for (size_t i = 0; i < model->use_count; i++)
		count = count_add(count, model->use[i].tally[outcome].count);
	return count;
}
