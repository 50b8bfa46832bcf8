#include "analyzer/tool_calls.h"

#include "analyzer/atom.h"
#include "analyzer/call_arguments.h"
#include "analyzer/call_places.h"
#include "core/digest.h"
#include "core/error.h"
#include "core/policy.h"
#include "core/store.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct collector {
	struct tool_calls *calls;
	struct roots roots;
	uint32_t number;
};

const char *sample_tool(const struct call_sample *sample)
{
	return sample->key;
}

const char *sample_phase(const struct call_sample *sample)
{
	return sample->key + strlen(sample->key) + 1;
}

static int build_key(const struct collector *c, const struct tool_call *call,
		     const struct called *called, struct buffer *key)
{
	pattern_of_name(&c->roots, RESOURCE_TOOL, call->tool, key);
	buffer_append(key, "", 1);
	text_escape(call->phase, TEXT_SAFE, key);
	buffer_append(key, "", 1);
	if (called->value && value_write(called->value, key) < 0)
		return -ENOMEM;
	buffer_append(key, "", 1);
	return buffer_status(key);
}

static void sample_free(struct call_sample *sample)
{
	called_release(&sample->called);
	call_places_release(sample->places);
	free(sample->run);
	free(sample);
}

/* Takes over what it was called with. */
static struct call_sample *add_sample(struct tool_calls *calls, const struct buffer *key,
				      struct called *called)
{
	struct call_sample *sample = calloc(1, sizeof *sample + key->size);

	if (!sample)
		return NULL;
	memcpy(sample->key, key->data, key->size);
	HASH_ADD_KEYPTR(hh, calls->sample, sample->key, key->size, sample);
	if (!sample->hh.tbl) {
		free(sample);
		return NULL;
	}
	sample->called = *called;
	*called = (struct called){ 0 };
	return sample;
}

/* Runs are read one after the other, so only the last can be there. */
static int add_run(struct call_sample *sample, uint32_t number)
{
	uint32_t *grown = sample->run;

	sample->count = add_saturated(sample->count, 1);
	if (sample->runs && sample->run[sample->runs - 1] == number)
		return 0;
	if (!(sample->runs & (sample->runs - 1)))
		grown = reallocarray(grown, sample->runs ? sample->runs * 2 : 1, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	sample->run = grown;
	grown[sample->runs++] = number;
	return 0;
}

static bool took_place(const struct tool_call *call)
{
	enum outcome outcome = status_outcome(call->status);

	return outcome == OUTCOME_OK || outcome == OUTCOME_UNKNOWN;
}

static int collect_call(void *context, const struct tool_call *call, const struct image *image)
{
	struct collector *c = context;
	scoped(called) struct called called = { 0 };
	scoped(buffer) struct buffer key = { 0 };
	struct call_sample *sample;
	int r;

	(void)image;
	if (!took_place(call))
		return 0;
	r = called_read(&called, call->arguments, &c->roots);
	if (r == 0)
		r = build_key(c, call, &called, &key);
	if (r < 0)
		return r;
	HASH_FIND(hh, c->calls->sample, key.data, key.size, sample);
	if (!sample)
		sample = add_sample(c->calls, &key, &called);
	return sample ? add_run(sample, c->number) : -ENOMEM;
}

int tool_calls_collect(struct tool_calls *calls, struct store *store, const struct run *run,
		       uint32_t number, struct error *err)
{
	struct collector c = { .calls = calls, .roots = roots_of_run(run), .number = number };
	int r = store_each_call(store, run->key, collect_call, &c, err);

	return r < 0 ? error_set(err, -r, "read what run %s called", run->id) : r;
}

static int compare_numbers(const void *a, const void *b)
{
	const uint32_t *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

static int compare_samples(const struct call_sample *a, const struct call_sample *b)
{
	return bytes_compare((struct bytes){ a->key, a->hh.keylen },
			     (struct bytes){ b->key, b->hh.keylen });
}

void tool_calls_renumber(struct tool_calls *calls, const uint32_t *place, size_t runs)
{
	calls->runs = runs;
	for (struct call_sample *sample = calls->sample; sample; sample = sample->hh.next) {
		for (size_t i = 0; i < sample->runs; i++)
			sample->run[i] = place[sample->run[i]];
		qsort(sample->run, sample->runs, sizeof *sample->run, compare_numbers);
	}
	HASH_SORT(calls->sample, compare_samples);
}

void tool_calls_digest(const struct tool_calls *calls, struct digest *digest)
{
	for (struct call_sample *sample = calls->sample; sample; sample = sample->hh.next) {
		digest_bytes(digest, (struct bytes){ sample->key, sample->hh.keylen });
		digest_int(digest, (int64_t)sample->runs);
		digest_int(digest, sample->count);
	}
}

void tool_calls_release(struct tool_calls *calls)
{
	struct call_sample *sample = calls->sample, *next;

	HASH_CLEAR(hh, calls->sample);
	for (; sample; sample = next) {
		next = sample->hh.next;
		sample_free(sample);
	}
	*calls = (struct tool_calls){ 0 };
}

static bool is_of(const struct call_sample *sample, const char *tool, const char *phase)
{
	return !strcmp(sample_tool(sample), tool) && !strcmp(sample_phase(sample), phase);
}

static struct call_sample *find_first(const struct tool_calls *calls, const char *tool,
				      const char *phase)
{
	struct call_sample *sample = calls->sample;

	while (sample && !is_of(sample, tool, phase))
		sample = sample->hh.next;
	return sample;
}

/* Says in the rule's own words what is open of it. */
static int justify(struct rule *rule, const struct buffer *why)
{
	scoped(buffer) struct buffer text = { 0 };

	if (!why->size)
		return 0;
	if (rule->justification)
		buffer_printf(&text, "%s; ", rule->justification);
	buffer_append(&text, why->data, why->size);
	if (buffer_status(&text) < 0)
		return -ENOMEM;
	free(rule->justification);
	rule->justification = buffer_steal(&text);
	return 0;
}

static int constrain(const struct tool_calls *calls, const struct tuning *tuning, struct rule *rule)
{
	const char *phase = rule->phase ? rule->phase : "";
	struct call_sample *first = find_first(calls, rule->pattern, phase);
	scoped(buffer) struct buffer why = { 0 };
	int r;

	if (!first)
		return 0;
	r = arguments_of_calls(first, NULL, calls->runs, tuning, &rule->arguments, &why);
	return r < 0 ? r : justify(rule, &why);
}

int tool_calls_apply(const struct tool_calls *calls, const struct tuning *tuning,
		     struct policy *policy)
{
	int r = 0;

	for (size_t i = 0; i < policy->count && r == 0; i++)
		if (policy->rule[i].resource == RESOURCE_TOOL)
			r = constrain(calls, tuning, &policy->rule[i]);
	return r;
}

static bool is_in(const struct call_sample *sample, const bool *chosen)
{
	for (size_t i = 0; i < sample->runs; i++)
		if (chosen[sample->run[i]])
			return true;
	return false;
}

bool sample_remains(const struct call_sample *sample, const bool *left_out)
{
	if (!left_out)
		return true;
	for (size_t i = 0; i < sample->runs; i++)
		if (!left_out[sample->run[i]])
			return true;
	return false;
}

static bool any_remains(const struct call_sample *first, const bool *left_out)
{
	for (; first; first = sample_next(first))
		if (sample_remains(first, left_out))
			return true;
	return false;
}

static bool is_denied(const struct call_sample *first, const bool *tried,
		      const struct arguments *arguments)
{
	for (; first; first = sample_next(first))
		if (is_in(first, tried) && !arguments_admit(arguments, &first->called, NULL))
			return true;
	return false;
}

/* One tool in one phase, from the first of its samples: 1 where it would be denied something. */
static int try_tool(const struct tool_calls *calls, struct call_sample *first, const bool *left_out,
		    const bool *tried, const struct tuning *tuning)
{
	struct arguments arguments = { 0 };
	scoped(buffer) struct buffer why = { 0 };
	int r;

	if (!any_remains(first, left_out))
		return 0;
	r = arguments_of_calls(first, left_out, calls->runs, tuning, &arguments, &why);
	if (r == 0 && arguments_finish(&arguments))
		r = -EINVAL;
	if (r == 0)
		r = is_denied(first, tried, &arguments);
	arguments_release(&arguments);
	return r;
}

int tool_calls_try(const struct tool_calls *calls, const bool *left_out, const bool *tried,
		   const struct tuning *tuning)
{
	const struct call_sample *before = NULL;
	int r = 0;

	for (struct call_sample *at = calls->sample; at && r == 0; at = at->hh.next) {
		if (!before || !is_of(at, sample_tool(before), sample_phase(before)))
			r = try_tool(calls, at, left_out, tried, tuning);
		before = at;
	}
	return r;
}
