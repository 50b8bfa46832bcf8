#include "recorder/tools/hook.h"

#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

static const struct {
	const char *name;
	enum hook_when when;
} event_row[] = {
#define HOOK(name, when, source) { name, HOOK_##when },
#include "recorder/tools/hooks.def"
};

static enum hook_when find_event(const json_t *name)
{
	for (size_t i = 0; json_is_string(name) && i < sizeof event_row / sizeof *event_row; i++)
		if (!strcmp(event_row[i].name, json_string_value(name)))
			return event_row[i].when;
	return HOOK_OTHER;
}

static void add_string(const json_t *string, struct buffer *out)
{
	buffer_append(out, json_string_value(string), json_string_length(string));
}

/* A slash would part the name in two. */
static void add_name(struct bytes name, struct buffer *out)
{
	for (size_t i = 0; i < name.size; i++)
		buffer_add_char(out, name.data[i] == '/' ? '_' : name.data[i]);
}

static void add_tool(struct bytes server, struct bytes tool, struct buffer *out)
{
	add_name(server, out);
	buffer_add_char(out, '/');
	add_name(tool, out);
}

/* "mcp__SERVER__TOOL": Claude Code, Codex. */
static bool split_name(struct bytes name, struct bytes *ret_server, struct bytes *ret_tool)
{
	static const char begin[] = "mcp__", between[] = "__";
	const char *found;
	struct bytes rest;

	if (!bytes_start_with(name, bytes_of(begin)))
		return false;
	rest = (struct bytes){ name.data + strlen(begin), name.size - strlen(begin) };
	found = memmem(rest.data, rest.size, between, strlen(between));
	if (!found || found == rest.data)
		return false;
	*ret_server = (struct bytes){ rest.data, (size_t)(found - rest.data) };
	found += strlen(between);
	*ret_tool = (struct bytes){ found, (size_t)(rest.data + rest.size - found) };
	return ret_tool->size != 0;
}

static struct bytes string_of(const json_t *object, const char *member)
{
	const json_t *string = json_object_get(object, member);

	return (struct bytes){ json_string_value(string), json_string_length(string) };
}

static void read_tool(struct hook *hook, const json_t *said, const char *agent)
{
	const json_t *context = json_object_get(said, "mcp_context"); /* Gemini CLI */
	struct bytes server = string_of(context, "server_name");
	struct bytes tool = string_of(context, "tool_name");
	struct bytes name = string_of(said, "tool_name");

	if (server.size && tool.size)
		add_tool(server, tool, &hook->tool);
	else if (split_name(name, &server, &tool))
		add_tool(server, tool, &hook->tool);
	else
		add_tool(bytes_of(agent), name, &hook->tool);
}

static size_t dump(const json_t *value, struct buffer *out)
{
	scoped(text) char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

	if (out)
		buffer_add(out, text ? text : "{}");
	return text ? strlen(text) : 0;
}

/* "isError" of MCP, "is_error" of the Messages API, "error" of Gemini CLI. */
static bool is_failure(const json_t *answer)
{
	const json_t *error = json_object_get(answer, "error");

	return json_is_true(json_object_get(answer, "isError")) ||
	       json_is_true(json_object_get(answer, "is_error")) ||
	       (error && !json_is_null(error) && !json_is_false(error));
}

static enum call_status status_of(enum hook_when when, const json_t *said)
{
	if (when == HOOK_BEGAN)
		return STATUS_UNKNOWN;
	if (json_is_true(json_object_get(said, "is_interrupt")))
		return STATUS_CANCELLED;
	if (when == HOOK_FAILED || is_failure(json_object_get(said, "tool_response")))
		return STATUS_TOOL_ERROR;
	return STATUS_OK;
}

static int64_t took_ns(const json_t *duration_ms)
{
	double ms = json_number_value(duration_ms);

	return ms > 0 && ms < 1e9 ? (int64_t)(ms * 1e6) : 0;
}

static int take(struct hook *hook, const json_t *said, const char *agent, struct error *err)
{
	hook->when = find_event(json_object_get(said, "hook_event_name"));
	if (hook->when == HOOK_OTHER)
		return 0;
	add_string(json_object_get(said, "session_id"), &hook->session);
	if (!hook->session.size)
		return error_say(err, EINVAL, "read the hook's input: it has no session_id");
	if (hook->when == HOOK_OVER)
		return 0;
	if (!string_of(said, "tool_name").size)
		return error_say(err, EINVAL, "read the hook's input: it has no tool_name");
	read_tool(hook, said, agent);
	add_string(json_object_get(said, "tool_use_id"), &hook->caller);
	dump(json_object_get(said, "tool_input"), &hook->arguments);
	hook->received = (int64_t)dump(json_object_get(said, "tool_response"), NULL);
	hook->took_ns = took_ns(json_object_get(said, "duration_ms"));
	hook->status = status_of(hook->when, said);
	return buffer_status(&hook->tool) || buffer_status(&hook->arguments)
		       ? error_set(err, ENOMEM, "read the hook's input")
		       : 0;
}

int hook_read(struct hook *ret, struct bytes text, const char *agent, struct error *err)
{
	json_t *said = json_loadb(text.data, text.size, JSON_ALLOW_NUL, NULL);
	int r;

	if (!said)
		return error_say(err, EINVAL, "read the hook's input: it is no JSON object");
	r = take(ret, said, agent, err);
	json_decref(said);
	return r;
}

void hook_release(struct hook *hook)
{
	buffer_release(&hook->session);
	buffer_release(&hook->tool);
	buffer_release(&hook->caller);
	buffer_release(&hook->arguments);
}
