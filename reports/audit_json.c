#include "reports/audit_text.h"

#include "core/clock.h"
#include "reports/audit_more.h"
#include "reports/json.h"

#include <string.h>

void audit_json_number(const char *key, int64_t value, struct buffer *out)
{
	json_key(key, out);
	json_number(value, out);
}

void audit_json_text(const char *key, const char *value, struct buffer *out)
{
	json_key(key, out);
	if (value)
		json_bytes(bytes_of(value), out);
	else
		json_none(out);
}

void audit_json_time(const char *key, int64_t time_ns, struct buffer *out)
{
	json_key(key, out);
	json_time(time_ns, out);
}

static void add_witness(const struct witness *witness, struct buffer *out)
{
	json_open('{', out);
	audit_json_text("run", witness->run, out);
	audit_json_number("seq", witness->seq, out);
	if (witness->shows)
		audit_json_text("shows", witness->shows, out);
	json_close('}', out);
}

static void add_evidence(const struct audit *audit, struct buffer *out)
{
	json_open('{', out);
	audit_json_number("runs", audit->runs, out);
	audit_json_number("days", audit->days, out);
	audit_json_number("whole_runs", audit->whole_runs, out);
	audit_json_number("recent_runs", audit->recent_runs, out);
	audit_json_number("recent_days", audit->recent_days, out);
	audit_json_number("all_runs", audit->all_runs, out);
	audit_json_time("first", audit->first_ns, out);
	audit_json_time("last", audit->last_ns, out);
	json_close('}', out);
}

static void add_source(const struct audit_source *source, struct buffer *out)
{
	json_open('{', out);
	audit_json_text("format", source->format, out);
	audit_json_text("source", source->name, out);
	audit_json_text("grantor", source->grantor, out);
	audit_json_time("granted", source->granted_ns, out);
	audit_json_time("imported", source->imported_ns, out);
	audit_json_number("permissions", (int64_t)source->allowed.count, out);
	audit_json_number("denied", (int64_t)source->denied.count, out);
	audit_json_number("unread", source->unread, out);
	json_key("governs", out);
	json_open('[', out);
	for (const struct word *word = resource_word; word->code; word++)
		if (source->governs & 1u << word->code)
			json_text(word->text, out);
	json_close(']', out);
	json_close('}', out);
}

static void add_use(const struct grant_use *use, struct buffer *out)
{
	audit_json_number("uses", use->uses, out);
	audit_json_number("runs", use->runs, out);
	audit_json_number("days", use->days, out);
	audit_json_number("objects", use->objects, out);
	audit_json_number("window_uses", use->window_uses, out);
	audit_json_number("window_runs", use->window_runs, out);
	audit_json_number("attempts", use->attempts, out);
	audit_json_time("first_used", use->first_ns, out);
	audit_json_time("last_used", use->last_ns, out);
	audit_json_time("last_attempt", use->attempt_ns, out);
	audit_json_number("gap_days", use->gap_ns / (86400 * SECOND_NS), out);
	json_key("witness", out);
	if (*use->last.run)
		add_witness(&use->last, out);
	else
		json_none(out);
}

static void add_rate(const struct audit_rate *rate, struct buffer *out)
{
	json_key("rate", out);
	if (!rate->runs) {
		json_none(out);
		return;
	}
	json_open('{', out);
	audit_json_text("scope", rate->scope, out);
	audit_json_number("limit", rate->limit, out);
	audit_json_number("would_do", rate->would_do, out);
	audit_json_number("runs", rate->runs, out);
	audit_json_number("half", rate->half, out);
	audit_json_number("most_of", rate->most_of, out);
	audit_json_number("most", rate->most, out);
	json_close('}', out);
}

static void add_lines(const char *key, const char *lines, struct buffer *out)
{
	json_key(key, out);
	if (!lines) {
		json_none(out);
		return;
	}
	json_open('[', out);
	while (*lines) {
		size_t size = strcspn(lines, "\n");

		json_bytes((struct bytes){ lines, size }, out);
		lines += size + (lines[size] == '\n');
	}
	json_close(']', out);
}

static void add_pin(const struct audit_grant *grant, struct buffer *out)
{
	json_key("pin", out);
	if (!grant->owner) {
		json_none(out);
		return;
	}
	json_open('{', out);
	audit_json_text("owner", grant->owner, out);
	audit_json_text("reason", grant->why, out);
	audit_json_time("until", grant->until_ns, out);
	json_close('}', out);
}

static void add_grant(const struct audit_grant *grant, struct buffer *out)
{
	const struct rule *rule = grant->rule;

	json_open('{', out);
	audit_json_text("id", grant->id, out);
	audit_json_text("rule", rule->id, out);
	audit_json_number("source", (int64_t)grant->source, out);
	audit_json_text("resource", resource_text(rule->resource), out);
	audit_json_text("action", action_text(rule->action), out);
	audit_json_text("pattern", rule->pattern, out);
	json_key("argv", out);
	json_open('[', out);
	for (size_t i = 0; i < rule->argv_count; i++)
		json_bytes(bytes_of(rule->argv[i]), out);
	json_close(']', out);
	audit_json_text("phase", rule->phase, out);
	audit_json_time("granted", grant->granted_ns, out);
	audit_json_time("first_granted", grant->first_granted_ns, out);
	audit_json_time("expires", rule->expires_ns, out);
	audit_json_text("state", grant_state_text(grant->state), out);
	json_key("removal", out);
	json_bool(grant_state_is_removal(grant->state), out);
	json_key("shadowed", out);
	json_bool(grant->is_shadowed, out);
	audit_json_text("reason", grant->reason, out);
	add_use(&grant->use, out);
	add_rate(&grant->rate, out);
	audit_json_number("here_admitted", grant->here_admitted, out);
	audit_json_number("here_used", grant->here_used, out);
	add_lines("narrower", grant->narrower, out);
	add_lines("narrower_argv", grant->narrower_argv, out);
	add_pin(grant, out);
	json_close('}', out);
}

static void add_framework(const struct framework *framework, struct buffer *out)
{
	json_key("framework", out);
	json_open('{', out);
	audit_json_text("owasp_llm06", framework->llm06, out);
	audit_json_text("owasp_agentic", framework->asi, out);
	audit_json_text("nist_800_53", framework->nist, out);
	audit_json_text("soc2", framework->soc2, out);
	audit_json_text("iso_27001", framework->iso, out);
	json_close('}', out);
}

static void add_finding(const struct audit *audit, const struct audit_finding *finding,
			struct buffer *out)
{
	json_open('{', out);
	audit_json_text("id", finding->id, out);
	audit_json_text("kind", finding->kind, out);
	audit_json_text("severity", severity_text(finding->severity), out);
	audit_json_text("title", finding->title, out);
	audit_json_text("text", finding->text, out);
	audit_json_text("remedy", finding->remedy, out);
	audit_json_text("grant", finding->grant < 0 ? NULL : audit->grant[finding->grant].id, out);
	add_framework(&finding->framework, out);
	json_key("evidence", out);
	json_open('[', out);
	for (size_t i = 0; i < finding->witness_count; i++)
		add_witness(&finding->witness[i], out);
	json_close(']', out);
	json_close('}', out);
}

static void add_states(const struct audit *audit, struct buffer *out)
{
	json_key("states", out);
	json_open('{', out);
	for (size_t i = 0; i < GRANT_STATES; i++)
		audit_json_number(grant_state_text((enum grant_state)i),
				  audit_count_state(audit, (enum grant_state)i), out);
	json_close('}', out);
}

void audit_add_object(const struct audit *audit, struct buffer *out)
{
	json_open('{', out);
	audit_json_text("agent", audit->agent, out);
	audit_json_time("as_of", audit->options.as_of_ns, out);
	audit_json_number("window_seconds", audit->options.window_ns / SECOND_NS, out);
	audit_json_number("unused_seconds", audit->options.unused_ns / SECOND_NS, out);
	audit_json_number("grace_seconds", audit->options.grace_ns / SECOND_NS, out);
	json_key("evidence", out);
	add_evidence(audit, out);
	json_key("sources", out);
	json_open('[', out);
	for (size_t i = 0; i < audit->source_count; i++)
		add_source(&audit->source[i], out);
	json_close(']', out);
	add_states(audit, out);
	json_key("grants", out);
	json_open('[', out);
	for (size_t i = 0; i < audit->grant_count; i++)
		add_grant(&audit->grant[i], out);
	json_close(']', out);
	json_key("findings", out);
	json_open('[', out);
	for (size_t i = 0; i < audit->finding_count; i++)
		add_finding(audit, &audit->finding[i], out);
	json_close(']', out);
	audit_add_blast_json(audit, out);
	audit_add_drift_json(audit, out);
	audit_add_causes_json(audit, out);
	json_close('}', out);
}

void audit_add_json(const struct audit *audit, struct buffer *out)
{
	audit_add_object(audit, out);
	buffer_add_char(out, '\n');
}
