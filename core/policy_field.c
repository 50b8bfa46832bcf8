#include "core/policy_private.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char no_memory[] = "there is no memory left for it";

/* Takes the text over where it is one. */
static const char *keep_text(char **value, struct buffer *text)
{
	if (buffer_status(text) < 0)
		return no_memory;
	if (!text->size)
		return "is empty";
	if (strlen(text->data) != text->size)
		return "has a NUL in it";
	free(*value);
	*value = buffer_steal(text);
	return NULL;
}

static const char *read_text(void *value, const char *text)
{
	scoped(buffer) struct buffer raw = { 0 };

	if (text_unescape(bytes_of(text), &raw) < 0)
		return "has a backslash that begins no known escape; one of its own is \\\\";
	return keep_text(value, &raw);
}

static bool write_text(const void *value, struct buffer *out)
{
	char *const *text = value;

	if (*text)
		text_escape(bytes_of(*text), TEXT_SAFE, out);
	return *text;
}

static const char *read_id(void *value, const char *text)
{
	scoped(buffer) struct buffer raw = { 0 };

	if (!isascii(*text) || (!isalpha(*text) && *text != '_'))
		return "must begin with a letter";
	for (const char *at = text; *at; at++)
		if (!isascii(*at) || (!isalnum(*at) && !strchr("_.-", *at)))
			return "must be letters, digits, \"_\", \".\" and \"-\"";
	buffer_add(&raw, text);
	return keep_text(value, &raw);
}

static const char *read_digest(void *value, const char *text)
{
	if (strlen(text) != DIGEST_HEX_SIZE - 1 ||
	    strspn(text, "0123456789abcdef") != DIGEST_HEX_SIZE - 1)
		return "must be 64 hexadecimal digits in lower case";
	return read_text(value, text);
}

static const char *read_number(void *value, const char *text)
{
	size_t size = strlen(text);

	if (!size || size > 18 || strspn(text, "0123456789") != size)
		return "must be a whole number of at most 18 digits";
	*(int64_t *)value = strtoll(text, NULL, 10);
	return NULL;
}

static bool write_number(const void *value, struct buffer *out)
{
	buffer_printf(out, "%lld", (long long)*(const int64_t *)value);
	return true;
}

static const char *read_limit(void *value, const char *text)
{
	const char *why = read_number(value, text);

	return why || *(int64_t *)value ? why : "must be at least 1; leave it out for no limit";
}

static bool write_limit(const void *value, struct buffer *out)
{
	return *(const int64_t *)value && write_number(value, out);
}

static const char *read_time(void *value, const char *text)
{
	struct error ignored = { 0 };
	int64_t time_ns;

	if (clock_parse(text, &time_ns, &ignored) < 0)
		return "must be a time like 2026-11-21T07:00:00Z";
	if (time_ns <= 0)
		return "is before 1970";
	*(int64_t *)value = time_ns;
	return NULL;
}

static bool write_time(const void *value, struct buffer *out)
{
	char text[CLOCK_TEXT_SIZE];
	int64_t time_ns = *(const int64_t *)value;

	if (time_ns)
		buffer_add(out, clock_format(time_ns, text));
	return time_ns != 0;
}

static const char *read_duration(void *value, const char *text)
{
	struct error ignored = { 0 };
	int64_t duration_ns;

	if (clock_parse_duration(text, &duration_ns, &ignored) < 0)
		return "must be a duration like 30s, 5m or 2h";
	if (duration_ns <= 0)
		return "must be longer than nothing; leave it out for no limit";
	*(int64_t *)value = duration_ns;
	return NULL;
}

static bool write_duration(const void *value, struct buffer *out)
{
	char text[CLOCK_TEXT_SIZE];
	int64_t duration_ns = *(const int64_t *)value;

	if (duration_ns)
		buffer_add(out, clock_write_duration(duration_ns, text));
	return duration_ns != 0;
}

static const char *read_resource(void *value, const char *text)
{
	int code = word_code(resource_word, text);

	if (!code)
		return "is no resource; these are"
#define RESOURCE(code, name, text, names) " " text
#include "core/vocab.def"
			;
	*(enum resource *)value = (enum resource)code;
	return NULL;
}

static bool write_resource(const void *value, struct buffer *out)
{
	buffer_add(out, resource_text(*(const enum resource *)value));
	return true;
}

static const char *read_action(void *value, const char *text)
{
	int code = word_code(action_word, text);

	if (!code)
		return "is no action; these are"
#define ACTION(code, name, text, past) " " text
#include "core/vocab.def"
			;
	*(enum action *)value = (enum action)code;
	return NULL;
}

static bool write_action(const void *value, struct buffer *out)
{
	buffer_add(out, action_text(*(const enum action *)value));
	return true;
}

static const char *read_gate(void *value, const char *text)
{
	return gate_parse(text, value) < 0 ? "must be none or confirm" : NULL;
}

static bool write_gate(const void *value, struct buffer *out)
{
	buffer_add(out, gate_text(*(const enum gate *)value));
	return true;
}

static const char *read_risk(void *value, const char *text)
{
	return risk_parse(text, value) < 0 ? "must be low, medium, high or critical" : NULL;
}

static bool write_risk(const void *value, struct buffer *out)
{
	buffer_add(out, risk_text(*(const enum risk *)value));
	return true;
}

static const char *read_flag(void *value, const char *text)
{
	*(bool *)value = true;
	return strcmp(text, "true") ? "must be true, or left out" : NULL;
}

static bool write_flag(const void *value, struct buffer *out)
{
	buffer_add(out, "true");
	return *(const bool *)value;
}

/* White space at the ends belongs to the layout of the document: a pattern that has some of its
 * own writes it \x20. */
static const char *read_pattern(void *value, const char *text)
{
	scoped(buffer) struct buffer trimmed = { 0 };
	size_t size;

	text += strspn(text, " \t\r\n");
	size = strlen(text);
	while (size && strchr(" \t\r\n", text[size - 1]))
		size--;
	buffer_append(&trimmed, text, size);
	return keep_text(value, &trimmed);
}

/* A line break in the document is a space. */
static const char *read_prose(void *value, const char *text)
{
	scoped(buffer) struct buffer folded = { 0 };

	for (text += strspn(text, " \t\r\n"); *text; text += strspn(text, " \t\r\n")) {
		size_t size = strcspn(text, " \t\r\n");

		if (folded.size)
			buffer_add_char(&folded, ' ');
		buffer_append(&folded, text, size);
		text += size;
	}
	return buffer_status(&folded) < 0 ? no_memory : read_text(value, buffer_text(&folded));
}

static const struct field_kind text = { read_text, write_text };
static const struct field_kind id = { read_id, write_text };
static const struct field_kind digest = { read_digest, write_text };
static const struct field_kind number = { read_number, write_number };
static const struct field_kind limit = { read_limit, write_limit };
static const struct field_kind duration = { read_duration, write_duration };
static const struct field_kind moment = { read_time, write_time };
static const struct field_kind resource = { read_resource, write_resource };
static const struct field_kind action = { read_action, write_action };
static const struct field_kind flag = { read_flag, write_flag };
static const struct field_kind gate = { read_gate, write_gate };
static const struct field_kind risk = { read_risk, write_risk };
const struct field_kind field_pattern = { read_pattern, write_text };
const struct field_kind field_prose = { read_prose, write_text };

#define END                                                                                        \
	{                                                                                          \
		NULL, false, NULL, 0                                                               \
	}
#define OF_POLICY(member) offsetof(struct policy, member)
#define OF_RULE(member)	  offsetof(struct rule, member)

const struct field policy_field[] = {
	{ "agent", true, &text, OF_POLICY(agent) },
	{ "created", false, &moment, OF_POLICY(created_ns) },
	{ "parent", false, &digest, OF_POLICY(parent) },
	{ "evidence", false, &digest, OF_POLICY(evidence) },
	{ "preset", false, &text, OF_POLICY(preset) },
	{ "granted-by", false, &text, OF_POLICY(granted_by) },
	END,
};

const struct field basis_field[] = {
	{ "runs", true, &number, OF_POLICY(runs) },
	{ "incomplete", true, &number, OF_POLICY(incomplete_runs) },
	{ "gaps", true, &number, OF_POLICY(gaps) },
	{ "first", false, &moment, OF_POLICY(first_ns) },
	{ "last", false, &moment, OF_POLICY(last_ns) },
	END,
};

const struct field quality_field[] = {
	{ "runs", true, &number, OF_POLICY(quality.runs_tried) },
	{ "runs-denied", true, &number, OF_POLICY(quality.runs_denied) },
	{ "tasks", true, &number, OF_POLICY(quality.tasks_tried) },
	{ "tasks-denied", true, &number, OF_POLICY(quality.tasks_denied) },
	{ "later", true, &number, OF_POLICY(quality.later_tried) },
	{ "later-denied", true, &number, OF_POLICY(quality.later_denied) },
	{ "uses", true, &number, OF_POLICY(quality.uses_tried) },
	{ "uses-denied", true, &number, OF_POLICY(quality.uses_denied) },
	{ "lone", true, &number, OF_POLICY(quality.lone_runs) },
	END,
};

const struct field limits_field[] = {
	{ "runs", false, &limit, OF_POLICY(limits.runs) },
	{ "time", false, &duration, OF_POLICY(limits.time_ns) },
	{ "processes", false, &limit, OF_POLICY(limits.tasks) },
	{ "memory", false, &limit, OF_POLICY(limits.memory_bytes) },
	{ "file-size", false, &limit, OF_POLICY(limits.file_bytes) },
	{ "most-time", false, &duration, OF_POLICY(limits.most_ns) },
	{ "most-processes", false, &limit, OF_POLICY(limits.most_tasks) },
	{ "most-memory", false, &limit, OF_POLICY(limits.most_memory_bytes) },
	{ "most-file-size", false, &limit, OF_POLICY(limits.most_file_bytes) },
	END,
};

const struct field rule_field[] = {
	{ "id", false, &id, OF_RULE(id) },
	{ "resource", true, &resource, OF_RULE(resource) },
	{ "action", true, &action, OF_RULE(action) },
	{ "gate", false, &gate, OF_RULE(gate) },
	{ "risk", false, &risk, OF_RULE(risk) },
	{ "phase", false, &text, OF_RULE(phase) },
	{ "own", false, &flag, OF_RULE(own) },
	{ "within", false, &duration, OF_RULE(within_ns) },
	{ "rate-second", false, &limit, OF_RULE(rate_per_second) },
	{ "rate", false, &limit, OF_RULE(rate_per_minute) },
	{ "burst", false, &limit, OF_RULE(burst) },
	{ "rate-hour", false, &limit, OF_RULE(rate_per_hour) },
	{ "rate-run", false, &limit, OF_RULE(rate_per_run) },
	{ "headroom", false, &limit, OF_RULE(headroom) },
	{ "expires", false, &moment, OF_RULE(expires_ns) },
	END,
};

const struct field evidence_field[] = {
	{ "runs", true, &number, OF_RULE(runs) },
	{ "count", true, &number, OF_RULE(count) },
	{ "first", false, &moment, OF_RULE(first_ns) },
	{ "last", false, &moment, OF_RULE(last_ns) },
	END,
};

bool field_any(const struct field *list, const void *from)
{
	for (; list->name; list++)
		if (*(const int64_t *)(const void *)((const char *)from + list->offset))
			return true;
	return false;
}
