#include "analyzer/grants/mcp.h"
#include "analyzer/grants/sources.h"

#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <string.h>

/* Servers of MCP as clients are told of them: "mcpServers" of Claude Code, Claude Desktop, Cursor,
 * Cline, Gemini CLI and others, "servers" of VS Code; lists of tools by server, as the gateway of
 * Docker has them and our exporter writes; and the answer to tools/list (MCP 2025-06-18). */

static void add_command(const struct statement *server, json_t *config)
{
	json_t *command = json_object_get(config, "command"),
	       *args = json_object_get(config, "args");
	scoped(buffer) struct buffer text = { 0 };
	struct statement from = *server;

	if (!command)
		return;
	buffer_printf(&text, "%s.command", server->text);
	from.text = buffer_text(&text);
	if (!json_string_length(command) || (args && !json_is_array(args)))
		settings_note_type(&from, "program and list of arguments");
	else
		granted_add_started(&from, json_bytes_of(command), args);
}

/* What no list narrows. */
static void add_rest(const struct statement *from, const struct server *server)
{
	struct statement rest = *from;

	if (server->is_narrowed)
		return;
	rest.gate = server->is_gated ? GATE_CONFIRM : GATE_NONE;
	granted_add_all_tools(&rest, server->name);
}

static bool is_off(const json_t *config)
{
	return settings_flag(config, "disabled", false) || !settings_flag(config, "enabled", true);
}

static void take_server(const struct settings *settings, const struct statement *from,
			const char *name, json_t *config)
{
	struct server server = { .name = bytes_of(name), .is_literal = json_is_array(config) };
	scoped(buffer) struct buffer prefix = { 0 };
	struct settings inside = { settings->source, settings->grants, NULL, &server };

	buffer_printf(&prefix, "%s.", from->text);
	inside.prefix = buffer_text(&prefix);
	if (server.is_literal) {
		mcp_take_tools(&inside, from, config);
	} else if (!json_is_object(config)) {
		settings_note_type(from, "object");
	} else if (!is_off(config)) {
		settings_read(&inside, config, mcp_server_member);
		add_command(from, config);
		add_rest(from, &server);
	}
}

static void take_servers(const struct settings *settings, const struct statement *from,
			 json_t *servers)
{
	const char *name;
	json_t *config;

	if (!json_is_object(servers))
		settings_note_type(from, "object");
	json_object_foreach(servers, name, config)
	{
		scoped(buffer) struct buffer text = { 0 };
		struct statement one = *from;

		buffer_printf(&text, "%s.%s", from->text, name);
		one.text = buffer_text(&text);
		take_server(settings, &one, name, config);
	}
}

/* ---- the document ---- */

static void take_inputs(const struct settings *settings, const struct statement *from,
			json_t *value)
{
	json_t *row;
	size_t i;

	(void)settings;
	json_array_foreach(value, i, row)
	{
		granted_add_secret(from, json_bytes_of(json_object_get(row, "id")));
	}
}

static const struct member configuration_member[] = {
	{ "mcpServers", take_servers },
	{ "mcp_servers", take_servers },
	{ "servers", take_servers },
	{ "inputs", take_inputs },
	{ "$schema", NULL },
	{ NULL, NULL },
};

static const struct member answer_member[] = {
	{ "tools", NULL },	{ "server", NULL }, { "serverInfo", NULL },
	{ "nextCursor", NULL }, { "_meta", NULL },  { "jsonrpc", NULL },
	{ "id", NULL },		{ "result", NULL }, { NULL, NULL },
};

/* {"tools": [...]}, as it is or within an answer of JSON-RPC, with the server's name beside it. */
static void take_answer(const struct settings *settings, json_t *root, json_t *answer)
{
	struct statement from = { .source = settings->source,
				  .grants = settings->grants,
				  .text = "tools" };
	json_t *name = json_object_get(root, "server");
	struct server server = { 0 };
	struct settings inside = *settings;

	if (!name)
		name = json_object_get(json_object_get(root, "serverInfo"), "name");
	server.name = json_bytes_of(name);
	inside.context = &server;
	settings_read(settings, root, answer_member);
	if (answer != root)
		settings_read(settings, answer, answer_member);
	if (!server.name.size)
		granted_note(&from, NOTE_UNREAD,
			     "nobody says whose they are: add \"server\": NAME beside them");
	else
		mcp_take_tools(&inside, &from, json_object_get(answer, "tools"));
	if (json_string_length(json_object_get(answer, "nextCursor"))) {
		from.text = "nextCursor";
		granted_note(&from, NOTE_UNREAD, "the server has more tools than stand here");
	}
}

/* Each member is a server. */
static void take_lists(const struct settings *settings, json_t *root)
{
	const char *name;
	json_t *config;

	json_object_foreach(root, name, config)
	{
		struct statement from = { .source = settings->source,
					  .grants = settings->grants,
					  .text = name };

		take_server(settings, &from, name, config);
	}
}

static bool is_configuration(const json_t *root)
{
	return json_object_get(root, "mcpServers") || json_object_get(root, "mcp_servers") ||
	       json_is_object(json_object_get(root, "servers"));
}

static void take_document(const struct settings *settings, json_t *root)
{
	json_t *result = json_object_get(root, "result"), *tools = json_object_get(root, "tools");

	if (is_configuration(root))
		settings_read(settings, root, configuration_member);
	else if (json_is_array(tools))
		take_answer(settings, root, root);
	else if (json_is_array(json_object_get(result, "tools")))
		take_answer(settings, root, result);
	else
		take_lists(settings, root);
}

/* Lines of comments, as our exporter writes before the document, become blank: a text in JSON has
 * no line break. */
static struct source without_comments(const struct source *source, struct buffer *room)
{
	struct source rest = *source;

	buffer_append(room, source->text.data, source->text.size);
	for (size_t at = 0, end; at < room->size; at = end + 1) {
		const char *newline = memchr(room->data + at, '\n', room->size - at);

		end = newline ? (size_t)(newline - room->data) : room->size;
		if (room->data[at] == '#')
			memset(room->data + at, ' ', end - at);
	}
	rest.text = buffer_bytes(room);
	return rest;
}

int import_mcp(const struct source *source, struct granted *ret, struct error *err)
{
	struct settings settings = { source, ret, "", NULL };
	scoped(buffer) struct buffer name = { 0 }, room = { 0 };
	struct source bare = without_comments(source, &room);
	json_t *root = source_json(&bare, err);
	int r = 0;

	if (!root)
		return -EINVAL;
	if (json_is_object(root))
		take_document(&settings, root);
	else
		r = error_say(err, EINVAL, "%s: it is no object",
			      text_safe(bytes_of(source->name), 100, &name));
	/* Nothing else is kept from a server that runs, or from the agent. */
	ret->governs = 1u << RESOURCE_TOOL;
	json_decref(root);
	return r;
}
