#include "analyzer/grants/mcp.h"
#include "analyzer/grants/sources.h"

#include <string.h>

/* ---- lists of tools ---- */

static struct server *server_of(const struct settings *settings)
{
	return settings->context;
}

static void add_tool(const struct settings *settings, const struct statement *from,
		     struct bytes tool)
{
	granted_add_tools(from, server_of(settings)->name, tool);
}

static void take_allowed(const struct settings *settings, const struct statement *from,
			 json_t *value)
{
	server_of(settings)->is_narrowed = true;
	settings_each_text(settings, from, value, add_tool);
}

static void take_denied(const struct settings *settings, const struct statement *from,
			json_t *value)
{
	struct statement denied = *from;

	denied.is_denied = true;
	settings_each_text(settings, &denied, value, add_tool);
}

/* These are called without a question. */
static void take_unasked(const struct settings *settings, const struct statement *from,
			 json_t *value)
{
	server_of(settings)->is_gated = true;
	settings_each_text(settings, from, value, add_tool);
}

/* A tool as tools/list describes it, or its name. */
static void add_described(const struct settings *settings, const struct statement *from,
			  json_t *row)
{
	struct bytes name = json_bytes_of(json_is_object(row) ? json_object_get(row, "name") : row);
	const struct server *server = server_of(settings);
	scoped(buffer) struct buffer text = { 0 };
	struct statement one = *from;

	if (!name.size) {
		settings_note_type(from, "list of tools");
		return;
	}
	buffer_printf(&text, "%s: %s", from->text, name.data);
	one.text = buffer_text(&text);
	if (json_is_object(row) || server->is_literal)
		granted_add_tool(&one, server->name, name);
	else
		granted_add_tools(&one, server->name, name);
}

/* {"include": [...], "exclude": [...]}: Hermes. */
static const struct member chosen_member[] = {
	{ "include", take_allowed },
	{ "exclude", take_denied },
	{ "resources", NULL },
	{ "prompts", NULL },
	{ NULL, NULL },
};

void mcp_take_tools(const struct settings *settings, const struct statement *from, json_t *value)
{
	json_t *row;
	size_t i;

	if (json_is_object(value)) {
		settings_read(settings, value, chosen_member);
		return;
	}
	if (!json_is_array(value))
		settings_note_type(from, "list of tools");
	server_of(settings)->is_narrowed = true;
	json_array_foreach(value, i, row)
	{
		add_described(settings, from, row);
	}
}

/* ---- how it is reached ---- */

/* The schemes of servers, with the ports that they have. */
static const char *port_of(struct bytes url)
{
	static const char *const scheme[][2] = { { "http://", ":80" },
						 { "https://", ":443" },
						 { "ws://", ":80" },
						 { "wss://", ":443" } };

	for (size_t i = 0; i < sizeof scheme / sizeof *scheme; i++)
		if (bytes_start_with(url, bytes_of(scheme[i][0])))
			return scheme[i][1];
	return NULL;
}

/* "https://mcp.example.com:8443/x": the host, and the port of its scheme. */
static bool url_domain(struct bytes url, struct buffer *ret)
{
	const char *port = port_of(url), *at;
	struct bytes host;

	if (!port)
		return false;
	host.data = strstr(url.data, "://") + 3;
	host.size = strcspn(host.data, "/?#");
	at = memrchr(host.data, '@', host.size);
	if (at) {
		host.size -= (size_t)(at + 1 - host.data);
		host.data = at + 1;
	}
	buffer_append(ret, host.data, host.size);
	at = host.size ? memrchr(host.data, ':', host.size) : NULL;
	if (!at || host.data[host.size - 1] == ']')
		buffer_add(ret, port);
	return host.size;
}

static void take_url(const struct settings *settings, const struct statement *from, json_t *value)
{
	scoped(buffer) struct buffer domain = { 0 };
	struct bytes url = json_bytes_of(value);

	(void)settings;
	granted_add_secrets_of(from, url);
	if (!url.size || !url_domain(url, &domain))
		settings_note_type(from, "address of a server");
	else
		granted_add_domain(from, buffer_bytes(&domain));
}

static void take_texts(const struct settings *settings, const struct statement *from, json_t *value,
		       bool is_environment)
{
	const char *name;
	json_t *text;

	(void)settings;
	if (!json_is_object(value))
		settings_note_type(from, "object");
	json_object_foreach(value, name, text)
	{
		if (is_environment)
			granted_add_secret(from, bytes_of(name));
		granted_add_secrets_of(from, json_bytes_of(text));
	}
}

static void take_environment(const struct settings *settings, const struct statement *from,
			     json_t *value)
{
	take_texts(settings, from, value, true);
}

static void take_headers(const struct settings *settings, const struct statement *from,
			 json_t *value)
{
	take_texts(settings, from, value, false);
}

static void take_elsewhere(const struct settings *settings, const struct statement *from,
			   json_t *value)
{
	(void)settings;
	(void)value;
	granted_note(from, NOTE_UNREAD, "what stands there is not looked at");
}

const struct member mcp_server_member[] = {
	{ "allowedTools", take_allowed },
	{ "allowed_tools", take_allowed },
	{ "enabledTools", take_allowed },
	{ "enabled_tools", take_allowed },
	{ "includeTools", take_allowed },
	{ "include_tools", take_allowed },
	{ "tools", mcp_take_tools },
	{ "disabledTools", take_denied },
	{ "disabled_tools", take_denied },
	{ "excludeTools", take_denied },
	{ "exclude_tools", take_denied },
	{ "alwaysAllow", take_unasked },
	{ "autoApprove", take_unasked },
	{ "url", take_url },
	{ "httpUrl", take_url },
	{ "serverUrl", take_url },
	{ "env", take_environment },
	{ "headers", take_headers },
	{ "http_headers", take_headers },
	{ "envFile", take_elsewhere },
	{ "headersHelper", take_elsewhere },
	{ "command", NULL },
	{ "args", NULL },
	{ "cwd", NULL },
	{ "type", NULL },
	{ "transport", NULL },
	{ "transportType", NULL },
	{ "timeout", NULL },
	{ "disabled", NULL },
	{ "enabled", NULL },
	{ "name", NULL },
	{ "description", NULL },
	{ "trust", NULL },
	{ "oauth", NULL },
	{ "gallery", NULL },
	{ "version", NULL },
	{ "dev", NULL },
	{ NULL, NULL },
};
