#include "reports/audit_more.h"

#include "core/clock.h"
#include "reports/json.h"

#include <inttypes.h>
#include <string.h>

/* ---- for people ---- */

static void add_head(const struct audit_drift *drift, struct buffer *out)
{
	if (drift->by_version && !drift->split_ns) {
		buffer_add(out, "Drift: the runs know of no other version of the program\n");
		return;
	}
	buffer_add(out, "Drift: ");
	terminal_add_count(drift->runs_now, "run", "runs", out);
	buffer_add(out, drift->by_version ? " of this version" : " of the window");
	buffer_add(out, ", and ");
	terminal_add_number(drift->runs_before, out);
	buffer_add(out, " of the one before");
	if (!drift->runs_before || !drift->runs_now)
		buffer_add(out, ": nothing to compare");
	if (drift->mix_chance)
		buffer_printf(out,
			      "; what they did most of differs so by chance in %" PRId32
			      " of 1000 cases",
			      drift->mix_chance);
	buffer_add_char(out, '\n');
}

/* Where nothing is new, gone or faster there is nothing to say. */
static bool is_told(const struct audit_drift *drift, const struct drift_row *row)
{
	if (!drift->runs_before || !drift->runs_now)
		return false;
	return row->fresh || row->gone || row->pace == PACE_MORE || row->pace == PACE_LESS;
}

static void add_pace(const struct drift_row *row, struct buffer *out)
{
	buffer_add(out, "; ");
	terminal_add_number(row->before, out);
	buffer_add(out, " -> ");
	terminal_add_count(row->now, "time a run", "times a run", out);
	if (row->pace == PACE_UNKNOWN)
		buffer_add(out, ", too few runs to compare");
	else if (row->pace == PACE_SAME)
		buffer_add(out, ", as chance may have it");
	else
		buffer_printf(out, ": %s often (by chance in %" PRId32 " of 1000 cases)",
			      row->pace == PACE_MORE ? "more" : "less", row->chance);
}

static void add_row(const struct drift_row *row, struct buffer *out)
{
	buffer_printf(out, "  %s %s: ", resource_text(row->resource), action_text(row->action));
	terminal_add_number(row->fresh, out);
	buffer_add(out, " new, ");
	terminal_add_number(row->gone, out);
	buffer_add(out, " gone, ");
	terminal_add_number(row->kept, out);
	buffer_add(out, " in both");
	add_pace(row, out);
	buffer_add_char(out, '\n');
}

static void add_value(const char *value, const struct terminal *terminal, struct buffer *out)
{
	if (*value)
		terminal_add_name(terminal, bytes_of(value), 60, out);
	else
		buffer_add(out, "none");
}

static void add_change(const struct drift_change *change, const struct terminal *terminal,
		       struct buffer *out)
{
	char when[CLOCK_TEXT_SIZE];

	buffer_printf(out, "  %.10s between runs %.8s and %.8s: another %s, ",
		      clock_format(change->changed_ns, when), change->before, change->after,
		      fingerprint_text(change->kind));
	add_value(change->was, terminal, out);
	buffer_add(out, " -> ");
	add_value(change->is, terminal, out);
	buffer_add(out, "; with it came ");
	terminal_add_count(change->fresh, "new object", "new objects", out);
	buffer_add(out, ", and ");
	terminal_add_number(change->gone, out);
	buffer_add(out, " went\n");
}

void audit_add_drift(const struct audit *audit, const struct terminal *terminal, struct buffer *out)
{
	const struct audit_drift *drift = &audit->drift;
	scoped(buffer) struct buffer text = { 0 };

	add_head(drift, &text);
	for (size_t i = 0; i < drift->row_count; i++)
		if (is_told(drift, &drift->row[i]))
			add_row(&drift->row[i], &text);
	if (drift->changes_before) {
		buffer_add(&text, "  ");
		terminal_add_count(drift->changes_before, "earlier change", "earlier changes",
				   &text);
		buffer_add(&text, " of what runs were made with\n");
	}
	for (size_t i = 0; i < drift->change_count; i++)
		add_change(&drift->change[i], terminal, &text);
	terminal_wrap(terminal, buffer_bytes(&text), out);
}

/* ---- JSON ---- */

static void add_chance(const char *key, int32_t chance, struct buffer *out)
{
	json_key(key, out);
	if (chance)
		json_number(chance, out);
	else
		json_none(out);
}

static void add_row_json(const struct drift_row *row, struct buffer *out)
{
	json_open('{', out);
	audit_json_text("resource", resource_text(row->resource), out);
	audit_json_text("action", action_text(row->action), out);
	audit_json_number("new", row->fresh, out);
	audit_json_number("gone", row->gone, out);
	audit_json_number("in_both", row->kept, out);
	audit_json_number("objects_before", row->gone + row->kept, out);
	audit_json_number("objects_now", row->fresh + row->kept, out);
	audit_json_number("median_before", row->before, out);
	audit_json_number("median_now", row->now, out);
	add_chance("chance_per_mille", row->chance, out);
	audit_json_text("pace", pace_text(row->pace), out);
	json_close('}', out);
}

static void add_change_json(const struct drift_change *change, struct buffer *out)
{
	json_open('{', out);
	audit_json_text("kind", fingerprint_text(change->kind), out);
	audit_json_text("before", change->before, out);
	audit_json_text("after", change->after, out);
	audit_json_time("changed", change->changed_ns, out);
	audit_json_text("was", *change->was ? change->was : NULL, out);
	audit_json_text("is", *change->is ? change->is : NULL, out);
	audit_json_number("new", change->fresh, out);
	audit_json_number("gone", change->gone, out);
	json_close('}', out);
}

static void add_made_with(const struct audit_drift *drift, struct buffer *out)
{
	json_key("made_with", out);
	json_open('{', out);
	for (const struct word *word = fingerprint_word; word->code; word++)
		audit_json_text(word->text, drift->made_with[word->code], out);
	json_close('}', out);
}

void audit_add_drift_json(const struct audit *audit, struct buffer *out)
{
	const struct audit_drift *drift = &audit->drift;

	json_key("drift", out);
	json_open('{', out);
	audit_json_text("by", drift->by_version ? "version" : "window", out);
	audit_json_time("before", drift->begin_ns, out);
	audit_json_time("now", drift->split_ns, out);
	audit_json_number("runs_before", drift->runs_before, out);
	audit_json_number("runs_now", drift->runs_now, out);
	add_chance("mix_chance_per_mille", drift->mix_chance, out);
	json_key("uses", out);
	json_open('[', out);
	for (size_t i = 0; i < drift->row_count; i++)
		add_row_json(&drift->row[i], out);
	json_close(']', out);
	json_key("changes", out);
	json_open('[', out);
	for (size_t i = 0; i < drift->change_count; i++)
		add_change_json(&drift->change[i], out);
	json_close(']', out);
	audit_json_number("changes_not_told", drift->changes_before, out);
	add_made_with(drift, out);
	json_close('}', out);
}
