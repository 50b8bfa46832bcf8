#include "reports/audit_text.h"

#include "core/clock.h"
#include "reports/json.h"

#include <string.h>

static void add_number(const char *key, int64_t value, struct buffer *out)
{
	json_key(key, out);
	json_number(value, out);
}

static void add_text(const char *key, const char *value, struct buffer *out)
{
	json_key(key, out);
	if (value)
		json_bytes(bytes_of(value), out);
	else
		json_none(out);
}

static void add_time(const char *key, int64_t time_ns, struct buffer *out)
{
	json_key(key, out);
	json_time(time_ns, out);
}

static void add_witness(const struct witness *witness, struct buffer *out)
{
	json_open('{', out);
	add_text("run", witness->run, out);
	add_number("seq", witness->seq, out);
	if (witness->shows)
		add_text("shows", witness->shows, out);
	json_close('}', out);
}

static void add_evidence(const struct audit *audit, struct buffer *out)
{
	json_open('{', out);
	add_number("runs", audit->runs, out);
	add_number("days", audit->days, out);
	add_number("whole_runs", audit->whole_runs, out);
	add_number("recent_runs", audit->recent_runs, out);
	add_number("recent_days", audit->recent_days, out);
	add_number("all_runs", audit->all_runs, out);
	add_time("first", audit->first_ns, out);
	add_time("last", audit->last_ns, out);
	json_close('}', out);
}

static void add_source(const struct audit_source *source, struct buffer *out)
{
	json_open('{', out);
	add_text("format", source->format, out);
	add_text("source", source->name, out);
	add_text("grantor", source->grantor, out);
	add_time("granted", source->granted_ns, out);
	add_time("imported", source->imported_ns, out);
	add_number("permissions", (int64_t)source->allowed.count, out);
	add_number("denied", (int64_t)source->denied.count, out);
	add_number("unread", source->unread, out);
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
	add_number("uses", use->uses, out);
	add_number("runs", use->runs, out);
	add_number("days", use->days, out);
	add_number("objects", use->objects, out);
	add_number("window_uses", use->window_uses, out);
	add_number("window_runs", use->window_runs, out);
	add_number("attempts", use->attempts, out);
	add_time("first_used", use->first_ns, out);
	add_time("last_used", use->last_ns, out);
	add_time("last_attempt", use->attempt_ns, out);
	add_number("gap_days", use->gap_ns / (86400 * SECOND_NS), out);
	json_key("witness", out);
	if (*use->last.run)
		add_witness(&use->last, out);
	else
		json_none(out);
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
	add_text("owner", grant->owner, out);
	add_text("reason", grant->why, out);
	add_time("until", grant->until_ns, out);
	json_close('}', out);
}

static void add_grant(const struct audit_grant *grant, struct buffer *out)
{
	const struct rule *rule = grant->rule;

	json_open('{', out);
	add_text("id", grant->id, out);
	add_text("rule", rule->id, out);
	add_number("source", (int64_t)grant->source, out);
	add_text("resource", resource_text(rule->resource), out);
	add_text("action", action_text(rule->action), out);
	add_text("pattern", rule->pattern, out);
	json_key("argv", out);
	json_open('[', out);
	for (size_t i = 0; i < rule->argv_count; i++)
		json_bytes(bytes_of(rule->argv[i]), out);
	json_close(']', out);
	add_text("phase", rule->phase, out);
	add_time("granted", grant->granted_ns, out);
	add_time("first_granted", grant->first_granted_ns, out);
	add_time("expires", rule->expires_ns, out);
	add_text("state", grant_state_text(grant->state), out);
	json_key("removal", out);
	json_bool(grant_state_is_removal(grant->state), out);
	json_key("shadowed", out);
	json_bool(grant->is_shadowed, out);
	add_text("reason", grant->reason, out);
	add_use(&grant->use, out);
	add_lines("narrower", grant->narrower, out);
	add_lines("narrower_argv", grant->narrower_argv, out);
	add_pin(grant, out);
	json_close('}', out);
}

static void add_framework(const struct framework *framework, struct buffer *out)
{
	json_key("framework", out);
	json_open('{', out);
	add_text("owasp_llm06", framework->llm06, out);
	add_text("owasp_agentic", framework->asi, out);
	add_text("nist_800_53", framework->nist, out);
	add_text("soc2", framework->soc2, out);
	add_text("iso_27001", framework->iso, out);
	json_close('}', out);
}

static void add_finding(const struct audit *audit, const struct audit_finding *finding,
			struct buffer *out)
{
	json_open('{', out);
	add_text("id", finding->id, out);
	add_text("kind", finding->kind, out);
	add_text("severity", severity_text(finding->severity), out);
	add_text("title", finding->title, out);
	add_text("text", finding->text, out);
	add_text("remedy", finding->remedy, out);
	add_text("grant", finding->grant < 0 ? NULL : audit->grant[finding->grant].id, out);
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
		add_number(grant_state_text((enum grant_state)i),
			   audit_count_state(audit, (enum grant_state)i), out);
	json_close('}', out);
}

void audit_add_json(const struct audit *audit, struct buffer *out)
{
	json_open('{', out);
	add_text("agent", audit->agent, out);
	add_time("as_of", audit->options.as_of_ns, out);
	add_number("window_seconds", audit->options.window_ns / SECOND_NS, out);
	add_number("unused_seconds", audit->options.unused_ns / SECOND_NS, out);
	add_number("grace_seconds", audit->options.grace_ns / SECOND_NS, out);
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
	json_close('}', out);
	buffer_add_char(out, '\n');
}
