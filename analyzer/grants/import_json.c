#include "analyzer/grants/sources.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What `pare export --to json` writes, without a loss. */

/* What a member is.  `to` points into what is filled; false: it is none. */
typedef bool take_value(void *to, json_t *value);

struct member {
	const char *name;
	take_value *take; /* NULL: it follows from others */
	size_t offset;
};

/* ---- values ---- */

static bool take_text(void *to, json_t *value)
{
	char **text = to;

	if (json_is_null(value))
		return true;
	if (!json_is_string(value) || *text)
		return false;
	*text = strdup(json_string_value(value));
	return *text;
}

static bool take_number(void *to, json_t *value)
{
	*(int64_t *)to = json_integer_value(value);
	return json_is_integer(value) && json_integer_value(value) >= 0;
}

static bool take_flag(void *to, json_t *value)
{
	*(bool *)to = json_is_true(value);
	return json_is_boolean(value);
}

static bool take_time(void *to, json_t *value)
{
	struct error ignored = { 0 };

	return json_is_null(value) ||
	       (json_is_string(value) && !clock_parse(json_string_value(value), to, &ignored));
}

static bool take_resource(void *to, json_t *value)
{
	int code = json_is_string(value) ? word_code(resource_word, json_string_value(value)) : 0;

	*(enum resource *)to = (enum resource)code;
	return code;
}

static bool take_action(void *to, json_t *value)
{
	int code = json_is_string(value) ? word_code(action_word, json_string_value(value)) : 0;

	*(enum action *)to = (enum action)code;
	return code;
}

static bool take_gate(void *to, json_t *value)
{
	return json_is_string(value) && !gate_parse(json_string_value(value), to);
}

static bool take_risk(void *to, json_t *value)
{
	return json_is_string(value) && !risk_parse(json_string_value(value), to);
}

static bool take_type(void *to, json_t *value)
{
	enum argument_type type =
		json_is_string(value) ? argument_type_parse(json_string_value(value)) : TYPE_NONE;

	*(enum argument_type *)to = type;
	return type != TYPE_NONE;
}

static bool take_format(void *to, json_t *value)
{
	enum argument_format format = json_is_string(value)
					      ? argument_format_parse(json_string_value(value))
					      : FORMAT_NONE;

	*(enum argument_format *)to = format;
	return json_is_null(value) || format != FORMAT_NONE;
}

/* ---- objects ---- */

/* What was wrong, and where. */
struct reader {
	const struct source *source;
	struct error *err;
};

static bool refuse(const struct reader *reader, const char *where, const char *name,
		   const char *why)
{
	scoped(buffer) struct buffer file = { 0 }, safe = { 0 };

	error_say(reader->err, EINVAL, "%s: %s \"%s\" %s",
		  text_safe(bytes_of(reader->source->name), 100, &file), where,
		  text_safe(bytes_of(name), 60, &safe), why);
	return false;
}

static bool take_members(const struct reader *reader, const char *where, json_t *object,
			 const struct member *known, void *to)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		const struct member *member = known;

		while (member->name && strcmp(member->name, name))
			member++;
		if (!member->name)
			return refuse(reader, where, name, "is not known");
		if (member->take && !member->take((char *)to + member->offset, value))
			return refuse(reader, where, name, "is not what it has to be");
	}
	return true;
}

typedef int add_text(void *to, char *text);

/* Each string of an array; null is an empty one. */
static bool take_texts(const struct reader *reader, const char *where, const char *name,
		       json_t *list, add_text *add, void *to)
{
	json_t *item;
	size_t i;

	if (list && !json_is_null(list) && !json_is_array(list))
		return refuse(reader, where, name, "is no list");
	json_array_foreach(list, i, item)
	{
		if (!json_is_string(item))
			return refuse(reader, where, name, "is no list of texts");
		if (add(to, strdup(json_string_value(item))) < 0)
			return refuse(reader, where, name, "is more than memory has room for");
	}
	return true;
}

/* ---- arguments ---- */

#define OF_ARGUMENT(member) offsetof(struct argument, member)

static const struct member argument_member[] = {
	{ "path", take_text, OF_ARGUMENT(path) },
	{ "type", take_type, OF_ARGUMENT(type) },
	{ "needed", take_flag, OF_ARGUMENT(needed) },
	{ "format", take_format, OF_ARGUMENT(format) },
	{ "least", take_text, OF_ARGUMENT(least) },
	{ "most", take_text, OF_ARGUMENT(most) },
	{ "values", NULL, 0 },
	{ "scopes", NULL, 0 },
	{ NULL, NULL, 0 },
};

static int add_value(void *to, char *text)
{
	struct argument *argument = to;

	return text ? texts_add(&argument->value, &argument->value_count, text) : -ENOMEM;
}

static int add_scope(void *to, char *text)
{
	struct argument *argument = to;

	return text ? texts_add(&argument->scope, &argument->scope_count, text) : -ENOMEM;
}

static int add_exact(void *to, char *text)
{
	struct arguments *arguments = to;

	return text ? texts_add(&arguments->exact, &arguments->exact_count, text) : -ENOMEM;
}

static int add_argv(void *to, char *text)
{
	int r = text ? rule_add_argv(to, text) : -ENOMEM;

	free(text);
	return r;
}

static bool take_argument(const struct reader *reader, json_t *row, struct arguments *ret)
{
	struct argument argument = { 0 };
	bool fits = json_is_object(row)
			    ? take_members(reader, "argument", row, argument_member, &argument)
			    : refuse(reader, "a rule's", "paths", "is no list of objects");

	fits = fits && take_texts(reader, "argument", "values", json_object_get(row, "values"),
				  add_value, &argument);
	fits = fits && take_texts(reader, "argument", "scopes", json_object_get(row, "scopes"),
				  add_scope, &argument);
	if (fits && (!argument.path || !argument.type))
		fits = refuse(reader, "argument", "path", "or type is missing");
	if (!fits) {
		argument_release(&argument);
		return false;
	}
	return arguments_add(ret, &argument) == 0;
}

static bool take_arguments(const struct reader *reader, json_t *whole, struct arguments *ret)
{
	json_t *list = json_object_get(whole, "paths"), *row;
	bool fits;
	size_t i;

	if (!whole || json_is_null(whole))
		return true;
	if (!json_is_object(whole) || !json_is_array(list))
		return refuse(reader, "rule's", "arguments", "is no object with paths");
	fits = take_texts(reader, "arguments'", "exact", json_object_get(whole, "exact"), add_exact,
			  ret);
	json_array_foreach(list, i, row)
	{
		fits = fits && take_argument(reader, row, ret);
	}
	return fits;
}

/* ---- rules ---- */

#define OF_RULE(member) offsetof(struct rule, member)

static const struct member rule_member[] = {
	{ "id", take_text, OF_RULE(id) },
	{ "resource", take_resource, OF_RULE(resource) },
	{ "action", take_action, OF_RULE(action) },
	{ "pattern", take_text, OF_RULE(pattern) },
	{ "argv", NULL, 0 },
	{ "arguments", NULL, 0 },
	{ "open", NULL, 0 },
	{ "own", take_flag, OF_RULE(own) },
	{ "phase", take_text, OF_RULE(phase) },
	{ "within_ns", take_number, OF_RULE(within_ns) },
	{ "rate_per_second", take_number, OF_RULE(rate_per_second) },
	{ "rate_per_minute", take_number, OF_RULE(rate_per_minute) },
	{ "burst", take_number, OF_RULE(burst) },
	{ "rate_per_hour", take_number, OF_RULE(rate_per_hour) },
	{ "rate_per_run", take_number, OF_RULE(rate_per_run) },
	{ "headroom", take_number, OF_RULE(headroom) },
	{ "expires", take_time, OF_RULE(expires_ns) },
	{ "risk", take_risk, OF_RULE(risk) },
	{ "gate", take_gate, OF_RULE(gate) },
	{ "justification", take_text, OF_RULE(justification) },
	{ "runs", take_number, OF_RULE(runs) },
	{ "count", take_number, OF_RULE(count) },
	{ "first", take_time, OF_RULE(first_ns) },
	{ "last", take_time, OF_RULE(last_ns) },
	{ NULL, NULL, 0 },
};

static bool take_rule(const struct reader *reader, json_t *row, struct granted *grants)
{
	struct rule rule = { 0 };
	bool fits = json_is_object(row) ? take_members(reader, "rule's", row, rule_member, &rule)
					: refuse(reader, "the", "rules", "are no objects");

	fits = fits &&
	       take_texts(reader, "rule's", "argv", json_object_get(row, "argv"), add_argv, &rule);
	fits = fits && take_arguments(reader, json_object_get(row, "arguments"), &rule.arguments);
	if (fits && (!rule.resource || !rule.action || !rule.pattern))
		fits = refuse(reader, "rule's", "resource", "or action or pattern is missing");
	if (!fits) {
		rule_release(&rule);
		return false;
	}
	return policy_add(&grants->allowed, &rule) == 0;
}

/* ---- the whole ---- */

#define OF_POLICY(member) offsetof(struct policy, member)

static const struct member quality_member[] = {
	{ "runs", take_number, OF_POLICY(quality.runs_tried) },
	{ "runs_denied", take_number, OF_POLICY(quality.runs_denied) },
	{ "tasks", take_number, OF_POLICY(quality.tasks_tried) },
	{ "tasks_denied", take_number, OF_POLICY(quality.tasks_denied) },
	{ "later", take_number, OF_POLICY(quality.later_tried) },
	{ "later_denied", take_number, OF_POLICY(quality.later_denied) },
	{ "uses", take_number, OF_POLICY(quality.uses_tried) },
	{ "uses_denied", take_number, OF_POLICY(quality.uses_denied) },
	{ "lone_runs", take_number, OF_POLICY(quality.lone_runs) },
	{ NULL, NULL, 0 },
};

static const struct member limits_member[] = {
	{ "runs", take_number, OF_POLICY(limits.runs) },
	{ "time_ns", take_number, OF_POLICY(limits.time_ns) },
	{ "processes", take_number, OF_POLICY(limits.tasks) },
	{ "memory_bytes", take_number, OF_POLICY(limits.memory_bytes) },
	{ "file_bytes", take_number, OF_POLICY(limits.file_bytes) },
	{ "most_time_ns", take_number, OF_POLICY(limits.most_ns) },
	{ "most_processes", take_number, OF_POLICY(limits.most_tasks) },
	{ "most_memory_bytes", take_number, OF_POLICY(limits.most_memory_bytes) },
	{ "most_file_bytes", take_number, OF_POLICY(limits.most_file_bytes) },
	{ NULL, NULL, 0 },
};

static const struct member policy_member[] = {
	{ "format", NULL, 0 },
	{ "agent", NULL, 0 },
	{ "digest", NULL, 0 },
	{ "created", take_time, OF_POLICY(created_ns) },
	{ "parent", take_text, OF_POLICY(parent) },
	{ "evidence", take_text, OF_POLICY(evidence) },
	{ "preset", take_text, OF_POLICY(preset) },
	{ "granted_by", NULL, 0 },
	{ "quality", NULL, 0 },
	{ "limits", NULL, 0 },
	{ "runs", take_number, OF_POLICY(runs) },
	{ "incomplete_runs", take_number, OF_POLICY(incomplete_runs) },
	{ "gaps", take_number, OF_POLICY(gaps) },
	{ "first", take_time, OF_POLICY(first_ns) },
	{ "last", take_time, OF_POLICY(last_ns) },
	{ "rules", NULL, 0 },
	{ NULL, NULL, 0 },
};

static bool take_policy(const struct reader *reader, json_t *root, struct granted *grants)
{
	struct bytes format = json_bytes_of(json_object_get(root, "format"));
	json_t *rules = json_object_get(root, "rules"), *row;
	size_t i;

	if (!bytes_equal(format, bytes_of(POLICY_NAMESPACE)))
		return refuse(reader, "its", "format", "is not " POLICY_NAMESPACE);
	if (!json_is_array(rules))
		return refuse(reader, "its", "rules", "are no list");
	if (!take_members(reader, "policy's", root, policy_member, &grants->allowed) ||
	    !take_members(reader, "quality's", json_object_get(root, "quality"), quality_member,
			  &grants->allowed) ||
	    !take_members(reader, "limits'", json_object_get(root, "limits"), limits_member,
			  &grants->allowed))
		return false;
	json_array_foreach(rules, i, row)
	{
		if (!take_rule(reader, row, grants))
			return false;
	}
	return true;
}

int import_json(const struct source *source, struct granted *ret, struct error *err)
{
	const struct reader reader = { source, err };
	json_t *root = source_json(source, err);
	bool fits;

	if (!root)
		return -EINVAL;
	fits = take_policy(&reader, root, ret);
	json_decref(root);
	for (const struct word *word = resource_word; word->code; word++)
		ret->governs |= 1u << word->code;
	/* Where nothing is said, memory ran out. */
	return fits ? 0 : error_set(err, ENOMEM, "read a policy");
}
