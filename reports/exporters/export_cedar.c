#include "reports/exporters/command_lines.h"
#include "reports/exporters/conditions.h"
#include "reports/exporters/exporters.h"
#include "reports/exporters/grants.h"
#include "reports/exporters/header.h"
#include "reports/exporters/trees.h"

#include "core/error.h"
#include "core/varying.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Cedar's strings and patterns: escapes as \u{...}, a star of its own as \*. */
static void write_text(struct bytes text, bool pattern, struct buffer *out)
{
	for (size_t i = 0; i < text.size; i++) {
		unsigned char byte = (unsigned char)text.data[i];

		if (byte < ' ' || byte == 0x7f || byte == '"' || byte == '\\')
			buffer_printf(out, "\\u{%x}", byte);
		else if (byte == '*' && pattern)
			buffer_add(out, "\\*");
		else
			buffer_add_char(out, (char)byte);
	}
}

static void write_token(const struct token *token, struct buffer *out)
{
	if (token->kind == TOKEN_LITERAL) {
		write_text(token->literal, true, out);
		return;
	}
	if (token->kind != TOKEN_VARYING) {
		buffer_add_char(out, '*');
		return;
	}
	for (size_t i = 0; i < token->varying->count; i++) {
		struct bytes literal = token->varying->part[i].literal;

		if (literal.size)
			write_text(literal, true, out);
		else
			buffer_add_char(out, '*');
	}
}

/* A star of Cedar's crosses slashes: a name with more of them than the pattern is another. */
static void write_depth(const struct pattern *pattern, struct buffer *out)
{
	if (pattern_is_tree(pattern) || !pattern->is_path)
		return;
	buffer_add(out, " && !(context.name like \"*");
	for (size_t i = 0; i <= pattern->count; i++)
		buffer_add(out, "/*");
	buffer_add(out, "\")");
}

static void write_name(const struct pattern *pattern, struct buffer *out)
{
	bool open = pattern_is_open(pattern);

	buffer_printf(out, "context.name %s \"%s", open ? "like" : "==", root_text(pattern->root));
	for (size_t i = 0; i < pattern->count; i++) {
		if (pattern->is_path)
			buffer_add_char(out, '/');
		if (open)
			write_token(&pattern->token[i], out);
		else
			write_text(pattern->token[i].literal, false, out);
	}
	if (!pattern->count && pattern->root == ROOT_NONE)
		buffer_add_char(out, '/');
	buffer_add_char(out, '"');
	if (open)
		write_depth(pattern, out);
}

/* " like PATTERN": of the template's pieces before `end`, and `more`. */
static void write_like(const char *text, size_t end, const char *more, struct buffer *out)
{
	struct piece piece;

	buffer_add(out, "context.command like \"");
	for (size_t at = 0; at < end && template_next(text, &at, &piece);)
		if (piece.kind == PIECE_TEXT)
			write_text(piece.text, true, out);
		else if (piece.kind != PIECE_WORDS)
			buffer_add_char(out, '*');
	buffer_printf(out, "%s\"", more);
}

/* A star takes spaces, too: what has more of them is more words. */
static void write_end(const char *text, struct buffer *out)
{
	if (!strcmp(text, "**")) {
		write_like(text, 0, "*", out);
	} else if (template_goes_on(text)) {
		buffer_add_char(out, '(');
		write_like(text, strlen(text), "", out);
		buffer_add(out, " || ");
		write_like(text, strlen(text), " *", out);
		buffer_add_char(out, ')');
	} else {
		write_like(text, strlen(text), "", out);
		buffer_add(out, " && !(context.command like \"*");
		for (size_t i = 0; i <= template_spaces(text); i++)
			buffer_add(out, " *");
		buffer_add(out, "\")");
	}
}

/* No word that varies begins with a dash. */
static void write_open_command(const char *text, struct buffer *out)
{
	struct piece piece;

	buffer_add_char(out, '(');
	write_end(text, out);
	for (size_t at = 0, before = 0; template_next(text, &at, &piece); before = at) {
		if (piece.kind == PIECE_TEXT || piece.kind == PIECE_WORDS || !piece.begins)
			continue;
		buffer_add(out, " && !(");
		write_like(text, before, "-*", out);
		buffer_add_char(out, ')');
	}
	buffer_add_char(out, ')');
}

static void write_commands(const struct rule *rule, struct buffer *out)
{
	for (size_t i = 0; i < rule->argv_count; i++) {
		buffer_add(out, i ? " || " : " && (");
		if (template_is_open(rule->argv[i])) {
			write_open_command(rule->argv[i], out);
			continue;
		}
		buffer_add(out, "context.command == \"");
		write_text(bytes_of(rule->argv[i]), false, out);
		buffer_add_char(out, '"');
	}
	if (rule->argv_count)
		buffer_add_char(out, ')');
}

static void write_most(const char *name, int64_t most, struct buffer *out)
{
	if (most)
		buffer_printf(out, " && context.%s < %" PRId64, name, most);
}

static void write_conditions(const struct rule *rule, struct buffer *out)
{
	if (rule->own)
		buffer_add(out, " && context.own");
	if (rule->phase) {
		buffer_add(out, " && context.phase == \"");
		write_text(bytes_of(rule->phase), false, out);
		buffer_add_char(out, '"');
	}
	write_most("now_ns", rule->expires_ns, out);
	write_most("uses_second", rule->rate_per_second, out);
	write_most("uses_minute", rule->rate_per_minute ? rule->rate_per_minute + rule->burst : 0,
		   out);
	write_most("uses_hour", rule->rate_per_hour, out);
	write_most("uses_run", rule->rate_per_run, out);
	write_most("elapsed_ns", rule->within_ns, out);
	if (rule->gate == GATE_CONFIRM)
		buffer_add(out, " && context.confirmed");
}

static bool has_class(const struct pattern *pattern)
{
	for (size_t i = 0; i < pattern->count; i++)
		if (pattern->token[i].kind == TOKEN_VARYING)
			return true;
	return false;
}

static bool has_conditions(const struct rule *rule)
{
	return rule->own || rule->phase || rule->expires_ns || rule->within_ns ||
	       rule_is_limited(rule) || rule->gate == GATE_CONFIRM;
}

/* Whether the rule can be written; tells its losses. */
static bool take(const struct rule *rule, struct losses *losses)
{
	if (!pattern_is_utf8(&rule->match)) {
		losses_add(losses, rule, LOSS_DROPPED, "Cedar has no strings but in UTF-8");
		return false;
	}
	if (has_class(&rule->match))
		losses_add(losses, rule, LOSS_WIDENED,
			   "any text in the place of a class: Cedar has no expressions for it");
	if (rule->match.is_path && rule->match.root != ROOT_NONE)
		losses_add(losses, rule, LOSS_NEEDS_HELPER,
			   "who asks has to give names below it as %s/...",
			   root_text(rule->match.root));
	argument_losses(rule, losses);
	command_line_losses(rule, losses);
	if (rule_has_open_argv(rule))
		losses_add(losses, rule, LOSS_WIDENED,
			   "any word without a dash before it in the place of * or a class");
	if (has_conditions(rule))
		losses_add(losses, rule, LOSS_NEEDS_HELPER,
			   "who asks has to say what its conditions speak of");
	return true;
}

static void write_rule(const struct rule *rule, const struct losses *losses, struct buffer *out)
{
	scoped(buffer) struct buffer wider = { 0 };

	comment_wider("//", losses, &rule, 1, &wider);
	if (wider.size)
		buffer_printf(out, "%s\n", buffer_text(&wider) + 2);
	buffer_printf(out,
		      "@id(\"%s\")\npermit (principal, action == Action::\"%s %s\", resource)\n",
		      rule->id, resource_text(rule->resource), action_text(rule->action));
	buffer_add(out, "when { ");
	write_name(&rule->match, out);
	write_commands(rule, out);
	write_conditions(rule, out);
	buffer_add(out, " };\n");
	out->failed |= wider.failed;
}

int export_cedar(const struct policy *policy, struct buffer *out, struct losses *losses,
		 struct error *err)
{
	static const char *const use[] = {
		"Policies for Cedar 4.  Asked with the action \"RESOURCE ACTION\" (Action::\"file "
		"read\"), any",
		"principal and resource, and a context of name (as the kernel resolves it), own, "
		"confirmed",
		"(Boolean), phase (String), now_ns, elapsed_ns, uses_second, uses_minute, "
		"uses_hour and",
		"uses_run (Long).  For \"program exec\" also command (String): the arguments as a "
		"policy has them.",
	};
	scoped(losses) struct losses unused = { 0 };
	int r;

	for (size_t i = 0; i < policy->count; i++)
		take(&policy->rule[i], losses);
	r = header_write(policy, losses, "//", use, sizeof use / sizeof *use, out, err);
	if (r)
		return r;
	for (size_t i = 0; i < policy->count; i++)
		if (take(&policy->rule[i], &unused))
			write_rule(&policy->rule[i], losses, out);
	return buffer_status(out);
}
