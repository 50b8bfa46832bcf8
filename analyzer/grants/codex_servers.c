#include "analyzer/grants/codex.h"
#include "analyzer/grants/sources.h"
#include "core/argv.h"

#include <stdlib.h>
#include <string.h>

/* [mcp_servers.NAME]: how a server is reached, and which of its tools may be called. */

static bool write_words(const struct codex *codex, const struct toml *word, struct buffer *out)
{
	for (; word; word = word->next) {
		if (!codex_string(codex, word))
			return false;
		buffer_add(out, out->size ? " " : "");
		argv_write_word(buffer_bytes(&word->text), out);
	}
	return true;
}

void codex_command(const struct codex *codex, const struct toml *program,
		   const struct toml *first_word, bool rest)
{
	struct statement from = codex_at(codex, program);
	scoped(buffer) struct buffer pattern = { 0 }, words = { 0 };

	if (!program->key.size)
		from.text = "notify";
	if (!codex_string(codex, program) ||
	    !program_pattern(&from, buffer_bytes(&program->text), &pattern) ||
	    !write_words(codex, first_word, &words))
		return;
	if (rest)
		buffer_add(&words, words.size ? " **" : "**");
	if (buffer_status(&words) < 0)
		from.grants->failed = true;
	else
		granted_add_command(&from, buffer_text(&pattern),
				    words.size ? buffer_text(&words) : "()");
}

static void add_variable(const struct statement *from, struct bytes name)
{
	scoped(buffer) struct buffer pattern = { 0 };

	if (!name.size)
		return;
	pattern_write_literal(name, &pattern);
	if (buffer_status(&pattern) < 0)
		from->grants->failed = true;
	else
		granted_add(from, RESOURCE_VARIABLE, GRANT_ALL, buffer_text(&pattern));
}

/* Variables that the server is given, by key (env), by value (env_http_headers) or in a list. */
static void read_variables(const struct codex *codex, const struct toml *server)
{
	const struct toml *set = toml_get(server, "env"), *passed = toml_get(server, "env_vars");
	const struct toml *headers = toml_get(server, "env_http_headers");
	const struct toml *bearer = toml_get(server, "bearer_token_env_var");
	struct statement from = codex_at(codex, bearer);

	add_variable(&from, codex_text(bearer));
	for (const struct toml *one = set ? set->child : NULL; one; one = one->next) {
		from = codex_at(codex, one);
		add_variable(&from, buffer_bytes(&one->key));
	}
	for (const struct toml *one = headers ? headers->child : NULL; one; one = one->next) {
		from = codex_at(codex, one);
		add_variable(&from, codex_text(one));
	}
	for (const struct toml *one = passed ? passed->child : NULL; one; one = one->next) {
		from = codex_at(codex, one);
		from.text = "env_vars";
		add_variable(&from,
			     codex_text(one->kind == TOML_TABLE ? toml_get(one, "name") : one));
	}
}

/* The host of "https://host:port/path". */
static void read_url(const struct codex *codex, const struct toml *url)
{
	struct statement from = codex_at(codex, url);
	const char *text = buffer_text(&url->text), *host = strstr(text, "://");
	scoped(buffer) struct buffer pattern = { 0 };
	size_t size;
	bool has_port;

	if (!codex_string(codex, url) || !host || strncmp(text, "http", 4) != 0) {
		granted_note(&from, NOTE_UNREAD, "it is no address of HTTP");
		return;
	}
	host += 3;
	size = strcspn(host, "/?#");
	if (memchr(host, '@', size)) {
		size_t user = (size_t)((const char *)memchr(host, '@', size) - host) + 1;

		host += user;
		size -= user;
	}
	has_port = *host == '[' ? memmem(host, size, "]:", 2) : memchr(host, ':', size);
	buffer_add(&pattern, "tcp/");
	pattern_write_literal((struct bytes){ host, size }, &pattern);
	if (!has_port)
		buffer_add(&pattern, text[4] == 's' ? ":443" : ":80");
	if (buffer_status(&pattern) < 0)
		from.grants->failed = true;
	else
		granted_add(&from, RESOURCE_HOST, GRANT_REACH, buffer_text(&pattern));
}

/* ---- tools ---- */

static void add_tool(const struct statement *from, const struct toml *server, struct bytes tool)
{
	scoped(buffer) struct buffer pattern = { 0 };

	pattern_write_literal(buffer_bytes(&server->key), &pattern);
	buffer_add_char(&pattern, '/');
	if (tool.size)
		pattern_write_literal(tool, &pattern);
	else
		buffer_add(&pattern, "{any:1-128}");
	if (buffer_status(&pattern) < 0)
		from->grants->failed = true;
	else
		granted_add(from, RESOURCE_TOOL, GRANT_ALL, buffer_text(&pattern));
}

static enum gate gate_of(const struct toml *mode)
{
	return toml_is(mode, "prompt") ? GATE_CONFIRM : GATE_NONE;
}

static enum gate tool_gate(const struct toml *server, const struct toml *tool, bool *automatic)
{
	const struct toml *own = toml_get(toml_get(server, "tools"), buffer_text(&tool->text));
	const struct toml *mode = toml_get(own, "approval_mode");

	mode = mode ? mode : toml_get(server, "default_tools_approval_mode");
	*automatic = *automatic || !mode || toml_is(mode, "auto");
	return gate_of(mode);
}

static void read_list(const struct codex *codex, const struct toml *server, const struct toml *list,
		      bool is_denied, bool *automatic)
{
	for (const struct toml *tool = list ? list->child : NULL; tool; tool = tool->next) {
		struct statement from = codex_at(codex, tool);

		from.text = buffer_text(&list->key);
		from.is_denied = is_denied;
		if (!codex_string(codex, tool) || !tool->text.size)
			continue;
		if (!is_denied)
			from.gate = tool_gate(server, tool, automatic);
		add_tool(&from, server, buffer_bytes(&tool->text));
	}
}

/* Tools that have a mode of their own beside all others of the server. */
static void read_modes(const struct codex *codex, const struct toml *server, enum gate other)
{
	const struct toml *tools = codex_typed(codex, toml_get(server, "tools"), TOML_TABLE);

	for (const struct toml *tool = tools ? tools->child : NULL; tool; tool = tool->next) {
		struct statement from = codex_at(codex, tool);

		from.gate = gate_of(toml_get(tool, "approval_mode"));
		if (from.gate > other)
			granted_note(&from, NOTE_WIDER,
				     "it is asked about, and is one of all tools of the server");
		add_tool(&from, server, buffer_bytes(&tool->key));
	}
}

static void read_tools(const struct codex *codex, const struct toml *server)
{
	const struct toml *enabled =
		codex_typed(codex, toml_get(server, "enabled_tools"), TOML_ARRAY);
	const struct toml *disabled =
		codex_typed(codex, toml_get(server, "disabled_tools"), TOML_ARRAY);
	const struct toml *mode = toml_get(server, "default_tools_approval_mode");
	struct statement from = codex_at(codex, server);
	bool automatic = false;

	if (enabled) {
		read_list(codex, server, enabled, false, &automatic);
	} else {
		automatic = !mode || toml_is(mode, "auto");
		from.gate = gate_of(mode);
		add_tool(&from, server, (struct bytes){ 0 });
		read_modes(codex, server, from.gate);
	}
	read_list(codex, server, disabled, true, &automatic);
	if (automatic)
		granted_note(&from, NOTE_WIDER,
			     "a tool that says that it changes something is asked about");
}

static void read_server(const struct codex *codex, const struct toml *server)
{
	const struct toml *enabled = toml_get(server, "enabled");
	const struct toml *command = toml_get(server, "command"), *url = toml_get(server, "url");
	const struct toml *words = codex_typed(codex, toml_get(server, "args"), TOML_ARRAY);
	struct statement from = codex_at(codex, server);

	codex_check(codex, CODEX_SERVER, server);
	if (enabled && !codex_is_true(codex, enabled))
		return;
	if (command)
		codex_command(codex, command, words ? words->child : NULL, false);
	if (url)
		read_url(codex, url);
	read_variables(codex, server);
	read_tools(codex, server);
	if (command)
		granted_note(&from, NOTE_NARROWER,
			     "the server runs outside the sandbox, with all that the user may");
}

void codex_servers(struct codex *codex)
{
	const struct toml *servers =
		codex_typed(codex, toml_get(codex->root, "mcp_servers"), TOML_TABLE);

	for (const struct toml *one = servers ? servers->child : NULL; one; one = one->next)
		if (codex_typed(codex, one, TOML_TABLE))
			read_server(codex, one);
}
