#include "reports/exporters/exporters.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/policy.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

static json_t *text_json(const char *text)
{
	return text ? json_string(text) : json_null();
}

/* Zero is "none" or "never" wherever a policy has a time. */
static json_t *time_json(int64_t time_ns)
{
	char text[CLOCK_TEXT_SIZE];

	return time_ns ? json_string(clock_format(time_ns, text)) : json_null();
}

/* Sets a member; remembers in `failed` that one could not be made. */
static void set(json_t *object, const char *name, json_t *value, bool *failed)
{
	if (json_object_set_new(object, name, value))
		*failed = true;
}

/* null: any arguments. */
static json_t *argv_json(const struct rule *rule, bool *failed)
{
	json_t *list = rule->argv_count ? json_array() : json_null();

	for (size_t i = 0; i < rule->argv_count; i++)
		if (json_array_append_new(list, json_string(rule->argv[i])))
			*failed = true;
	return list;
}

static json_t *texts_json(char *const *list, size_t count, bool *failed)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		if (json_array_append_new(array, json_string(list[i])))
			*failed = true;
	return array;
}

static json_t *argument_json(const struct argument *argument, bool *failed)
{
	json_t *row = json_object();

	set(row, "path", text_json(argument->path), failed);
	set(row, "type", text_json(argument_type_text(argument->type)), failed);
	set(row, "needed", json_boolean(argument->needed), failed);
	set(row, "format", text_json(argument_format_text(argument->format)), failed);
	set(row, "least", text_json(argument->least), failed);
	set(row, "most", text_json(argument->most), failed);
	set(row, "values", texts_json(argument->value, argument->value_count, failed), failed);
	set(row, "scopes", texts_json(argument->scope, argument->scope_count, failed), failed);
	return row;
}

/* Null where a tool may be called with anything, and for all that is no tool. */
static json_t *arguments_json(const struct arguments *arguments, bool *failed)
{
	json_t *whole, *list;

	if (arguments_are_free(arguments))
		return json_null();
	whole = json_object();
	list = json_array();
	set(whole, "exact", texts_json(arguments->exact, arguments->exact_count, failed), failed);
	for (size_t i = 0; i < arguments->count; i++)
		if (json_array_append_new(list, argument_json(&arguments->argument[i], failed)))
			*failed = true;
	set(whole, "paths", list, failed);
	return whole;
}

static json_t *rule_json(const struct rule *rule, bool *failed)
{
	json_t *row = json_object();

	set(row, "id", text_json(rule->id), failed);
	set(row, "resource", json_string(resource_text(rule->resource)), failed);
	set(row, "action", json_string(action_text(rule->action)), failed);
	set(row, "pattern", text_json(rule->pattern), failed);
	set(row, "argv", argv_json(rule, failed), failed);
	set(row, "arguments", arguments_json(&rule->arguments, failed), failed);
	set(row, "open", json_boolean(pattern_is_open(&rule->match)), failed);
	set(row, "own", json_boolean(rule->own), failed);
	set(row, "phase", text_json(rule->phase), failed);
	set(row, "within_ns", json_integer(rule->within_ns), failed);
	set(row, "rate_per_second", json_integer(rule->rate_per_second), failed);
	set(row, "rate_per_minute", json_integer(rule->rate_per_minute), failed);
	set(row, "burst", json_integer(rule->burst), failed);
	set(row, "rate_per_hour", json_integer(rule->rate_per_hour), failed);
	set(row, "rate_per_run", json_integer(rule->rate_per_run), failed);
	set(row, "headroom", json_integer(rule->headroom), failed);
	set(row, "expires", time_json(rule->expires_ns), failed);
	set(row, "risk", json_string(risk_text(rule->risk)), failed);
	set(row, "gate", json_string(gate_text(rule->gate)), failed);
	set(row, "justification", text_json(rule->justification), failed);
	set(row, "runs", json_integer(rule->runs), failed);
	set(row, "count", json_integer(rule->count), failed);
	set(row, "first", time_json(rule->first_ns), failed);
	set(row, "last", time_json(rule->last_ns), failed);
	return row;
}

/* Of runs that were held out. */
static json_t *quality_json(const struct policy_quality *quality)
{
	return json_pack(
		"{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "runs",
		(json_int_t)quality->runs_tried, "runs_denied", (json_int_t)quality->runs_denied,
		"tasks", (json_int_t)quality->tasks_tried, "tasks_denied",
		(json_int_t)quality->tasks_denied, "later", (json_int_t)quality->later_tried,
		"later_denied", (json_int_t)quality->later_denied, "uses",
		(json_int_t)quality->uses_tried, "uses_denied", (json_int_t)quality->uses_denied,
		"lone_runs", (json_int_t)quality->lone_runs);
}

/* Zero: no limit; beside them, the most that a run took. */
static json_t *limits_json(const struct policy_limits *limits)
{
	return json_pack(
		"{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "runs", (json_int_t)limits->runs,
		"time_ns", (json_int_t)limits->time_ns, "processes", (json_int_t)limits->tasks,
		"memory_bytes", (json_int_t)limits->memory_bytes, "file_bytes",
		(json_int_t)limits->file_bytes, "most_time_ns", (json_int_t)limits->most_ns,
		"most_processes", (json_int_t)limits->most_tasks, "most_memory_bytes",
		(json_int_t)limits->most_memory_bytes, "most_file_bytes",
		(json_int_t)limits->most_file_bytes);
}

static json_t *policy_json(const struct policy *policy, const char *digest, bool *failed)
{
	json_t *whole = json_object(), *list = json_array();

	set(whole, "format", json_string(POLICY_NAMESPACE), failed);
	set(whole, "agent", text_json(policy->agent), failed);
	set(whole, "digest", json_string(digest), failed);
	set(whole, "created", time_json(policy->created_ns), failed);
	set(whole, "parent", text_json(policy->parent), failed);
	set(whole, "evidence", text_json(policy->evidence), failed);
	set(whole, "preset", text_json(policy->preset), failed);
	set(whole, "granted_by", text_json(policy->granted_by), failed);
	set(whole, "quality", quality_json(&policy->quality), failed);
	set(whole, "limits", limits_json(&policy->limits), failed);
	set(whole, "runs", json_integer(policy->runs), failed);
	set(whole, "incomplete_runs", json_integer(policy->incomplete_runs), failed);
	set(whole, "gaps", json_integer(policy->gaps), failed);
	set(whole, "first", time_json(policy->first_ns), failed);
	set(whole, "last", time_json(policy->last_ns), failed);
	for (size_t i = 0; i < policy->count; i++)
		if (json_array_append_new(list, rule_json(&policy->rule[i], failed)))
			*failed = true;
	set(whole, "rules", list, failed);
	return whole;
}

int export_json(const struct policy *policy, struct buffer *out, struct losses *losses,
		struct error *err)
{
	char digest[DIGEST_HEX_SIZE];
	bool failed = false;
	json_t *whole;
	char *text;
	int r = policy_digest(policy, digest, err);

	(void)losses;
	if (r)
		return r;
	whole = policy_json(policy, digest, &failed);
	/* ASCII: the same to every reader of JSON, and safe on a terminal. */
	text = failed ? NULL : json_dumps(whole, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	json_decref(whole);
	if (!text)
		return error_say(err, EINVAL,
				 "write the policy as JSON: a text in it is not UTF-8, or memory "
				 "ran out");
	buffer_add(out, text);
	buffer_add_char(out, '\n');
	free(text);
	return buffer_status(out);
}
