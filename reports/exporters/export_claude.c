#include "reports/exporters/command_lines.h"
#include "reports/exporters/conditions.h"
#include "reports/exporters/endpoint.h"
#include "reports/exporters/exporters.h"
#include "reports/exporters/header.h"
#include "reports/exporters/programs.h"
#include "reports/exporters/settings.h"
#include "reports/exporters/tools.h"

#include "core/error.h"
#include "core/varying.h"

#include <errno.h>
#include <string.h>

/* Appends "WORDrest" to a list of rules, once. */
static void add(json_t *list, const char *word, struct bytes rest, const char *end)
{
	scoped(buffer) struct buffer text = { 0 };
	json_t *value;

	buffer_add(&text, word);
	buffer_append(&text, rest.data, rest.size);
	buffer_add(&text, end);
	value = json_name(buffer_bytes(&text));
	for (size_t i = 0; i < json_array_size(list); i++)
		if (json_equal(json_array_get(list, i), value)) {
			json_decref(value);
			return;
		}
	json_array_append_new(list, value);
}

/* ---- files: rules in the words of gitignore(5), "//" for "/" ---- */

static bool write_part(const struct part *part, struct buffer *out)
{
	if (part->literal.size)
		buffer_append(out, part->literal.data, part->literal.size);
	else
		buffer_add_char(out, '*');
	return part->literal.size;
}

/* False: wider than the pattern. */
static bool write_glob(const struct pattern *pattern, struct buffer *out)
{
	bool exact = true;

	for (size_t i = 0; i < pattern->count; i++) {
		const struct token *token = &pattern->token[i];

		buffer_add_char(out, '/');
		if (token->kind == TOKEN_LITERAL)
			buffer_append(out, token->literal.data, token->literal.size);
		else if (token->kind != TOKEN_VARYING)
			buffer_add(out, token->kind == TOKEN_ANY ? "*" : "**");
		else
			for (size_t at = 0; at < token->varying->count; at++)
				exact &= write_part(&token->varying->part[at], out);
	}
	return exact;
}

static bool literals_take(const struct pattern *pattern)
{
	for (size_t i = 0; i < pattern->count; i++) {
		const struct token *token = &pattern->token[i];

		if (token->kind == TOKEN_LITERAL && !settings_take(token->literal))
			return false;
		for (size_t at = 0; token->varying && at < token->varying->count; at++)
			if (!settings_take(token->varying->part[at].literal))
				return false;
	}
	return pattern->count;
}

/* The tools read and edit; whatever else is done to a file, commands do in the sandbox. */
static void add_file(json_t *allow, const struct rule *rule, struct losses *losses)
{
	const unsigned edits = ACTION_BIT(WRITE) | ACTION_BIT(APPEND) | ACTION_BIT(CREATE);
	scoped(buffer) struct buffer path = { 0 };

	if (rule->resource != RESOURCE_FILE || rule->match.root != ROOT_NONE ||
	    !((1u << rule->action) & (edits | ACTION_BIT(READ))) || !literals_take(&rule->match))
		return;
	if (!write_glob(&rule->match, &path))
		losses_add(losses, rule, LOSS_WIDENED, "any text in the place of a class");
	losses_add(losses, rule, LOSS_WIDENED, "if it is a folder, all below it");
	add(allow, rule->action == ACTION_READ ? "Read(/" : "Edit(/", buffer_bytes(&path), ")");
}

/* ---- commands, hosts, tools ---- */

/* As it is typed: each template, and no more behind it but where it ends with "**", which a star
 * after a space is there: any words, or none. */
static void add_template(json_t *allow, const struct rule *rule, struct bytes program,
			 struct bytes text, struct losses *losses)
{
	scoped(buffer) struct buffer command = { 0 };
	bool is_open = text.size >= 2 && !memcmp(text.data + text.size - 2, "**", 2);

	buffer_append(&command, program.data, program.size);
	if (!bytes_equal(text, bytes_of("()")))
		buffer_add_char(&command, ' ');
	else
		text.size = 0;
	buffer_append(&command, text.data, text.size - is_open);
	if (memchr(buffer_text(&command), '*', command.size - is_open))
		losses_add(losses, rule, LOSS_WIDENED, "any text in the place of *");
	add(allow, "Bash(", buffer_bytes(&command), ")");
}

static void add_templates(json_t *allow, const struct rule *rule, struct bytes program,
			  struct losses *losses)
{
	for (size_t i = 0; i < rule->argv_count; i++)
		if (template_is_plain(rule, rule->argv[i], losses))
			add_template(allow, rule, program, bytes_of(rule->argv[i]), losses);
}

/* Whether a template goes on with an option behind these words, or with whatever there is. */
static bool has_option(const struct rule *rule, const char *words, size_t size)
{
	for (size_t i = 0; i < rule->argv_count; i++) {
		const char *text = rule->argv[i];

		if (template_goes_on(text) || (!strncmp(text, words, size) &&
					       (text[size] == '-' || strstr(text + size, " -"))))
			return true;
	}
	return false;
}

/* A star takes any words, and a lone * of a policy none with a dash before it. */
static void deny_options(json_t *deny, const struct rule *rule, struct bytes program,
			 struct losses *losses)
{
	for (size_t i = 0; i < rule->argv_count; i++) {
		scoped(buffer) struct buffer command = { 0 };
		const char *text = rule->argv[i];
		size_t size = strcspn(text, "*");

		if (!text[size] || !template_is_plain(rule, text, losses) ||
		    has_option(rule, text, size))
			continue;
		buffer_printf(&command, "%.*s %.*s", (int)program.size, program.data, (int)size,
			      text);
		add(deny, "Bash(", buffer_bytes(&command), "-*)");
		add(deny, "Bash(", buffer_bytes(&command), "* -*)");
	}
}

static void deny_all_options(json_t *deny, const struct policy *policy)
{
	scoped(losses) struct losses unused = { 0 };

	for (size_t i = 0; i < policy->count; i++) {
		scoped(executable) struct executable program = { 0 };

		if (!rule_program(&policy->rule[i], &program, &unused))
			continue;
		deny_options(deny, &policy->rule[i], program.name, &unused);
		deny_options(deny, &policy->rule[i], bytes_of(program.path), &unused);
	}
}

static void add_program(json_t *allow, const struct rule *rule, struct losses *losses)
{
	scoped(executable) struct executable program = { 0 };
	scoped(losses) struct losses again = { 0 };
	struct bytes path;

	if (!rule_program(rule, &program, losses))
		return;
	path = bytes_of(program.path);
	losses_add(losses, rule, LOSS_WIDENED, "whatever program of that name comes first in PATH");
	add_templates(allow, rule, program.name, losses);
	add_templates(allow, rule, path, &again);
	if (rule->argv_count)
		return;
	add(allow, "Bash(", program.name, ")");
	add(allow, "Bash(", program.name, " *)");
	add(allow, "Bash(", path, ")");
	add(allow, "Bash(", path, " *)");
}

static void add_hosts(json_t *allow, const json_t *hosts)
{
	for (size_t i = 0; i < json_array_size(hosts); i++) {
		struct bytes host = bytes_of(json_string_value(json_array_get(hosts, i)));

		if (host_is_plain(host))
			add(allow, "WebFetch(domain:", host, ")");
	}
}

static bool has_separator(struct bytes server)
{
	return memmem(server.data, server.size, "__", 2) || server.data[server.size - 1] == '_';
}

static void add_tool(json_t *allow, json_t *servers, const struct rule *rule, struct losses *losses)
{
	scoped(buffer) struct buffer name = { 0 };
	struct tool tool;

	if (!rule_tool(rule, &tool, losses))
		return;
	if (!tool_is_plain(&tool) || has_separator(tool.server)) {
		losses_add(losses, rule, LOSS_DROPPED, "a name like this cannot be written there");
		return;
	}
	condition_losses(rule, losses);
	buffer_append(&name, tool.server.data, tool.server.size);
	buffer_add(&name, "__");
	buffer_append(&name, tool.name.data, tool.name.size);
	add(allow, "mcp__", buffer_bytes(&name), "");
	add(servers, "", tool.server, "");
}

static json_t *permissions_json(const struct policy *policy, const json_t *hosts, json_t *servers,
				struct losses *losses)
{
	json_t *allow = json_array(), *deny = json_array();

	for (size_t i = 0; i < policy->count; i++) {
		const struct rule *rule = &policy->rule[i];

		add_file(allow, rule, losses);
		add_program(allow, rule, losses);
		add_tool(allow, servers, rule, losses);
	}
	add_hosts(allow, hosts);
	deny_all_options(deny, policy);
	return json_pack("{s:s, s:o, s:o, s:s}", "defaultMode", "dontAsk", "allow", allow, "deny",
			 deny, "disableBypassPermissionsMode", "disable");
}

static json_t *managed_json(const json_t *servers)
{
	json_t *list = json_array();

	for (size_t i = 0; i < json_array_size(servers); i++)
		json_array_append_new(list,
				      json_pack("{s:O}", "serverName", json_array_get(servers, i)));
	return list;
}

static json_t *written_json(const struct trees *trees)
{
	json_t *list = json_array();

	for (size_t i = 0; i < trees->count; i++)
		if (tree_is_written(&trees->tree[i]))
			add(list, "/", bytes_of(trees->tree[i].path), "");
	return list;
}

static json_t *sandbox_json(const struct policy *policy, const struct trees *trees, json_t *hosts)
{
	return json_pack("{s:b, s:b, s:b, s:b, s:[], s:{s:o, s:b, s:b}, s:{s:o}, s:{s:o}}",
			 "enabled", 1, "failIfUnavailable", 1, "autoAllowBashIfSandboxed", 0,
			 "allowUnsandboxedCommands", 0, "excludedCommands", "network",
			 "allowedDomains", hosts, "strictAllowlist", 1, "allowLocalBinding", 0,
			 "filesystem", "allowWrite", written_json(trees), "credentials", "envVars",
			 settings_variables(policy));
}

int export_claude(const struct policy *policy, struct buffer *out, struct losses *losses,
		  struct error *err)
{
	static const struct tree_style style = { .own_devices = true,
						 .whole_system = true,
						 .takes = settings_take };
	scoped(trees) struct trees trees = { 0 };
	json_t *permissions, *sandbox, *header, *hosts, *servers = json_array();

	trees_collect(&trees, policy, &style, losses);
	trees_prune(&trees);
	settings_losses(policy, true, losses);
	settings_variable_losses(policy, losses);
	losses_add(losses, NULL, LOSS_WIDENED,
		   "commands can read every file that their user can, and commands that only read "
		   "(cat, ls, id) are never asked about");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "commands can write in all of the folder that they work in, in folders of the "
		   "sandbox's own (/tmp/claude, ~/.npm/_logs, ~/.claude/debug), and to null, tty, "
		   "stdout and stderr of /dev");
	hosts = settings_hosts(policy, false, losses);
	permissions = permissions_json(policy, hosts, servers, losses);
	sandbox = sandbox_json(policy, &trees, hosts);
	header = trees.failed ? NULL : header_json(policy, losses, err);
	if (!header) {
		json_decref(permissions);
		json_decref(sandbox);
		json_decref(servers);
		return error_set(err, ENOMEM, "collect what is granted");
	}
	return json_finish(json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "$schema",
				     "https://json.schemastore.org/claude-code-settings.json",
				     "pare", header, "permissions", permissions, "sandbox", sandbox,
				     "allowedMcpServers", managed_json(servers),
				     "enabledMcpjsonServers", servers),
			   out, err);
}
