#include "reports/exporters/command_lines.h"
#include "reports/exporters/conditions.h"
#include "reports/exporters/exporters.h"
#include "reports/exporters/globs.h"
#include "reports/exporters/grants.h"
#include "reports/exporters/header.h"
#include "reports/exporters/trees.h"

#include "core/embed.h"
#include "core/error.h"
#include "core/varying.h"

#include <errno.h>
#include <string.h>

/* What is asked of the rules that this file writes. */
EMBED(rego_module, "reports/exporters/module.rego");

/* Sets a member where there is something to say: what is missing is no condition. */
static void set(json_t *row, const char *name, json_t *value, bool needed)
{
	if (needed)
		json_object_set_new(row, name, value);
	else
		json_decref(value);
}

static void set_name(json_t *row, const struct pattern *pattern)
{
	scoped(buffer) struct buffer text = { 0 };

	if (pattern_is_open(pattern)) {
		regex_write(pattern, &text);
		set(row, "matches", json_name(buffer_bytes(&text)), true);
		return;
	}
	if (pattern->is_path)
		pattern_raw(pattern, pattern->count, &text);
	else
		buffer_append(&text, pattern->token[0].literal.data,
			      pattern->token[0].literal.size);
	set(row, "name", json_name(buffer_bytes(&text)), true);
}

static json_t *rates_json(const struct rule *rule)
{
	json_t *rates = json_object();

	set(rates, "second", json_integer(rule->rate_per_second), rule->rate_per_second != 0);
	set(rates, "minute", json_integer(rule->rate_per_minute + rule->burst),
	    rule->rate_per_minute != 0);
	set(rates, "hour", json_integer(rule->rate_per_hour), rule->rate_per_hour != 0);
	set(rates, "run", json_integer(rule->rate_per_run), rule->rate_per_run != 0);
	return rates;
}

/* False: a class at the beginning of a word that may be a dash. */
static bool write_command(const char *text, struct buffer *out)
{
	struct piece piece;

	buffer_add_char(out, '^');
	for (size_t at = 0; template_next(text, &at, &piece);)
		if (piece.kind == PIECE_TEXT)
			regex_literal(piece.text, out);
		else if (piece.kind == PIECE_WORDS)
			buffer_add(out, strcmp(text, "**") ? "( .*)?" : ".*");
		else if (piece.kind == PIECE_WORD)
			buffer_add(out, "[0-9A-Za-z\\x{80}-\\x{10FFFF}][^ ()]*");
		else if (piece.begins && class_has(piece.part.class, '-'))
			return false;
		else
			regex_part(&piece.part, out);
	buffer_add_char(out, '$');
	return true;
}

static void set_commands(json_t *row, const struct rule *rule, struct losses *losses)
{
	json_t *exact = json_array(), *open = json_array();

	for (size_t i = 0; i < rule->argv_count; i++) {
		scoped(buffer) struct buffer text = { 0 };

		if (!template_is_open(rule->argv[i]))
			json_array_append_new(exact, json_string(rule->argv[i]));
		else if (write_command(rule->argv[i], &text))
			json_array_append_new(open, json_name(buffer_bytes(&text)));
		else
			losses_add(losses, rule, LOSS_DROPPED,
				   "arguments \"%s\" cannot be written as an expression",
				   rule->argv[i]);
	}
	set(row, "commands", exact, rule->argv_count);
	set(row, "command_matches", open, rule->argv_count);
}

static json_t *rule_json(const struct rule *rule, struct losses *losses)
{
	json_t *row = json_object();

	set(row, "id", json_string(rule->id), true);
	set(row, "resource", json_string(resource_text(rule->resource)), true);
	set(row, "action", json_string(action_text(rule->action)), true);
	set_name(row, &rule->match);
	set_commands(row, rule, losses);
	set(row, "own", json_true(), rule->own);
	set(row, "phase", json_string(rule->phase ? rule->phase : ""), rule->phase);
	set(row, "rates", rates_json(rule), rule_is_limited(rule));
	set(row, "within_ns", json_integer(rule->within_ns), rule->within_ns != 0);
	set(row, "expires_ns", json_integer(rule->expires_ns), rule->expires_ns != 0);
	set(row, "confirm", json_true(), rule->gate == GATE_CONFIRM);
	return row;
}

static bool has_block(const struct pattern *pattern)
{
	for (size_t i = 0; i < pattern->count; i++) {
		const struct varying *varying = pattern->token[i].varying;

		for (size_t at = 0; varying && at < varying->count; at++)
			if (varying->part[at].block.size)
				return true;
	}
	return false;
}

static bool is_regular(const struct rule *rule, struct losses *losses)
{
	const char *reason = NULL;

	if (!pattern_is_utf8(&rule->match))
		reason = "Rego has no strings but in UTF-8";
	else if (has_block(&rule->match))
		reason = "blocks of addresses are not written as expressions";
	if (reason)
		losses_add(losses, rule, LOSS_DROPPED, "%s", reason);
	return !reason;
}

static void help(const struct rule *rule, struct losses *losses)
{
	if (rule->match.is_path && rule->match.root != ROOT_NONE)
		losses_add(losses, rule, LOSS_NEEDS_HELPER,
			   "who asks has to give names below it as %s/...",
			   root_text(rule->match.root));
	if (rule->own)
		losses_add(losses, rule, LOSS_NEEDS_HELPER,
			   "who asks has to say whether the run created it: input.own");
	if (rule->phase)
		losses_add(losses, rule, LOSS_NEEDS_HELPER,
			   "who asks has to say in which phase: input.phase");
	if (rule_is_limited(rule))
		losses_add(losses, rule, LOSS_NEEDS_HELPER,
			   "who asks has to count: input.uses, by rule and second, minute, hour, "
			   "run");
	if (rule->within_ns)
		losses_add(losses, rule, LOSS_NEEDS_HELPER,
			   "who asks has to say how long the run or its phase lasts: "
			   "input.elapsed_ns");
	if (rule->gate == GATE_CONFIRM)
		losses_add(losses, rule, LOSS_NEEDS_HELPER,
			   "who asks has to let a person confirm: input.confirmed");
}

static json_t *rules_json(const struct policy *policy, struct losses *losses)
{
	json_t *list = json_array();

	for (size_t i = 0; i < policy->count; i++) {
		if (!is_regular(&policy->rule[i], losses))
			continue;
		help(&policy->rule[i], losses);
		argument_losses(&policy->rule[i], losses);
		command_line_losses(&policy->rule[i], losses);
		json_array_append_new(list, rule_json(&policy->rule[i], losses));
	}
	return list;
}

int export_rego(const struct policy *policy, struct buffer *out, struct losses *losses,
		struct error *err)
{
	static const char *const use[] = {
		"A module for Open Policy Agent 1.0: data.pare.allow, asked with",
		"    { \"resource\": \"file\", \"action\": \"read\", \"name\": \"/etc/hosts\" }",
		"and names as the kernel resolves them; of a program that is executed also its",
		"\"command\": the arguments as a policy has them.",
		"data.pare.allowed_by has the rules' ids.",
	};
	json_t *rules = rules_json(policy, losses);
	int r;

	r = header_write(policy, losses, "#", use, sizeof use / sizeof *use, out, err);
	if (r) {
		json_decref(rules);
		return r;
	}
	buffer_add(out, rego_module_data);
	buffer_add(out, "\nrules := ");
	return json_finish(rules, out, err);
}
