#include "reports/audit_text.h"

#include "core/clock.h"
#include "reports/audit_more.h"
#include "reports/table.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

int64_t audit_count_state(const struct audit *audit, enum grant_state state)
{
	int64_t count = 0;

	for (size_t i = 0; i < audit->grant_count; i++)
		count += audit->grant[i].state == state;
	return count;
}

int64_t audit_removals(const struct audit *audit)
{
	int64_t count = 0;

	for (size_t i = 0; i < audit->grant_count; i++)
		count += grant_state_is_removal(audit->grant[i].state);
	return count;
}

int64_t audit_count_findings(const struct audit *audit, enum severity least)
{
	int64_t count = 0;

	for (size_t i = 0; i < audit->finding_count; i++)
		count += audit->finding[i].severity >= least;
	return count;
}

const struct audit_finding *audit_worst(const struct audit *audit, size_t grant)
{
	for (size_t i = 0; i < audit->finding_count; i++) /* the worst comes first */
		if (audit->finding[i].grant == (ptrdiff_t)grant)
			return &audit->finding[i];
	return NULL;
}

bool audit_is_told(const struct audit *audit, size_t finding)
{
	for (size_t i = 0; i < finding; i++)
		if (!strcmp(audit->finding[i].kind, audit->finding[finding].kind))
			return true;
	return false;
}

void audit_add_permission(const struct rule *rule, struct buffer *out)
{
	buffer_printf(out, "%s %s %s", resource_text(rule->resource), action_text(rule->action),
		      rule->pattern);
}

static void add_date(int64_t time_ns, struct buffer *out)
{
	char text[CLOCK_TEXT_SIZE];

	buffer_append(out, clock_format(time_ns, text), strlen("2026-11-21"));
}

/* In days, where it is whole ones; else as it was given. */
static void add_days(int64_t duration_ns, struct buffer *out)
{
	char text[CLOCK_TEXT_SIZE];

	if (duration_ns % (86400 * SECOND_NS))
		buffer_add(out, clock_write_duration(duration_ns, text));
	else
		terminal_add_count(duration_ns / (86400 * SECOND_NS), "day", "days", out);
}

static void add_verdict(const struct audit *audit, const struct terminal *terminal,
			struct buffer *out)
{
	scoped(buffer) struct buffer line = { 0 };
	int64_t removals = audit_removals(audit);
	int64_t high = audit_count_findings(audit, SEVERITY_HIGH);

	terminal_add_number(removals, &line);
	buffer_add(&line, " of ");
	terminal_add_count((int64_t)audit->grant_count, "permission", "permissions", &line);
	buffer_add(&line, " can go: not used for ");
	add_days(audit->options.unused_ns, &line);
	if (high) {
		buffer_add(&line, "; ");
		terminal_add_count(high, "finding is high or worse", "findings are high or worse",
				   &line);
	}
	terminal_add(terminal,
		     high	? STYLE_BAD
		     : removals ? STYLE_CAUTION
				: STYLE_GOOD,
		     buffer_text(&line), out);
	buffer_add_char(out, '\n');
}

static void add_head(const struct audit *audit, const struct terminal *terminal, struct buffer *out)
{
	buffer_add(out, "agent ");
	terminal_add_name(terminal, bytes_of(audit->agent), 40, out);
	buffer_add(out, " on ");
	add_date(audit->options.as_of_ns, out);
	buffer_add(out, ": ");
	terminal_add_count(audit->runs, "run", "runs", out);
	buffer_add(out, " on ");
	add_days(audit->days * 86400 * SECOND_NS, out);
	buffer_add(out, " within ");
	add_days(audit->options.window_ns, out);
	if (audit->whole_runs < audit->runs) {
		buffer_add(out, ", ");
		terminal_add_number(audit->runs - audit->whole_runs, out);
		buffer_add(out, " with gaps that may hide something");
	}
	buffer_add_char(out, '\n');
}

static void add_source(const struct audit_source *source, const struct terminal *terminal,
		       struct buffer *out)
{
	buffer_add(out, "  granted by ");
	buffer_add(out, source->format);
	buffer_add_char(out, ' ');
	terminal_add_name(terminal, bytes_of(source->name), 50, out);
	buffer_add(out, " since ");
	add_date(source->granted_ns, out);
	if (source->unread) {
		buffer_add(out, ", ");
		terminal_add_count(source->unread, "part not read", "parts not read", out);
	}
	buffer_add_char(out, '\n');
}

static void add_states(const struct audit *audit, struct buffer *out)
{
	const char *before = "  ";

	for (size_t i = 0; i < GRANT_STATES; i++) {
		int64_t count = audit_count_state(audit, (enum grant_state)i);

		if (!count)
			continue;
		buffer_printf(out, "%s%" PRId64 " %s", before, count,
			      grant_state_text((enum grant_state)i));
		before = ", ";
	}
	buffer_add_char(out, '\n');
}

static enum style severity_style(enum severity severity)
{
	return severity >= SEVERITY_HIGH     ? STYLE_BAD
	       : severity == SEVERITY_MEDIUM ? STYLE_CAUTION
					     : STYLE_PLAIN;
}

/* As many of a kind are shown. */
#define SHOWN_MAX 8

static bool is_like(const struct audit_finding *a, const struct audit_finding *b)
{
	return a->severity == b->severity && !strcmp(a->kind, b->kind);
}

static bool has_same_remedy(const struct audit_finding *a, const struct audit_finding *b)
{
	return a->remedy && b->remedy && !strcmp(a->remedy, b->remedy);
}

/* "HIGH  Granted and never used: take it away", once for all of a kind. */
static void add_kind(const struct audit_finding *finding, bool with_remedy,
		     const struct terminal *terminal, struct buffer *out)
{
	scoped(buffer) struct buffer line = { 0 };

	terminal_add(terminal, severity_style(finding->severity), severity_text(finding->severity),
		     &line);
	terminal_pad((unsigned)strlen(severity_text(finding->severity)), 9, &line);
	terminal_add(terminal, STYLE_STRONG, finding->title, &line);
	if (with_remedy) {
		buffer_add(&line, ": ");
		terminal_add_escaped(terminal, bytes_of(finding->remedy), 0, &line);
	}
	buffer_add_char(&line, '\n');
	terminal_wrap(terminal, buffer_bytes(&line), out);
}

static void add_finding(const struct audit_finding *finding, bool with_remedy,
			const struct terminal *terminal, struct buffer *out)
{
	scoped(buffer) struct buffer line = { 0 };

	buffer_printf(&line, "  %s  ", finding->id);
	terminal_add_escaped(terminal, bytes_of(finding->text), 0, &line);
	if (finding->witness_count)
		buffer_printf(&line, " (run %.8s:%" PRId64 ")", finding->witness[0].run,
			      finding->witness[0].seq);
	if (with_remedy && finding->remedy) {
		buffer_add(&line, "; ");
		terminal_add_escaped(terminal, bytes_of(finding->remedy), 0, &line);
	}
	buffer_add_char(&line, '\n');
	terminal_wrap(terminal, buffer_bytes(&line), out);
}

/* All that are like the first of them, which are not told yet. */
static void add_alike(const struct audit *audit, size_t first, const struct terminal *terminal,
		      struct buffer *out)
{
	const struct audit_finding *kind = &audit->finding[first];
	size_t shown = 0, left = 0;
	bool same = true;

	for (size_t i = first; i < audit->finding_count; i++)
		if (is_like(kind, &audit->finding[i]))
			same = same && has_same_remedy(kind, &audit->finding[i]);
	add_kind(kind, same, terminal, out);
	for (size_t i = first; i < audit->finding_count; i++) {
		if (!is_like(kind, &audit->finding[i]))
			continue;
		if (shown++ < SHOWN_MAX)
			add_finding(&audit->finding[i], !same, terminal, out);
		else
			left++;
	}
	if (left)
		buffer_printf(out, "  and %zu more; --json lists all\n", left);
}

static void add_findings(const struct audit *audit, const struct terminal *terminal,
			 struct buffer *out)
{
	for (size_t i = 0; i < audit->finding_count; i++) {
		bool is_told = false;

		for (size_t k = 0; k < i && !is_told; k++)
			is_told = is_like(&audit->finding[k], &audit->finding[i]);
		if (!is_told)
			add_alike(audit, i, terminal, out);
	}
	if (audit->finding_count)
		buffer_add_char(out, '\n');
}

static const struct table_column column[] = {
	{ "STATE", false, 0 },	       { "ID", false, 1 },	  { "USES", true, 3 },
	{ "SHARE OF RUNS", false, 2 }, { "LAST USED", false, 4 }, { "PERMISSION", false, 0 },
};

#define BAR_COLUMNS  10
#define NAME_COLUMNS 30

static enum style state_style(enum grant_state state)
{
	return grant_state_is_removal(state) ? STYLE_CAUTION : STYLE_PLAIN;
}

static int add_row(const struct audit *audit, const struct audit_grant *grant,
		   const struct terminal *terminal, struct table *table)
{
	scoped(buffer) struct buffer name = { 0 }, uses = { 0 }, share = { 0 }, last = { 0 };
	int r;

	buffer_printf(&name, "%s %s ", resource_text(grant->rule->resource),
		      action_text(grant->rule->action));
	terminal_add_escaped(terminal, bytes_of(grant->rule->pattern), 0, &name);
	terminal_add_number(grant->use.uses, &uses);
	if (audit->runs)
		terminal_add_bar(terminal, grant->use.window_runs, audit->runs, BAR_COLUMNS,
				 &share);
	if (grant->use.last_ns)
		add_date(grant->use.last_ns, &last);
	if (buffer_status(&name) < 0)
		return -ENOMEM;
	r = table_add(table, state_style(grant->state), grant_state_text(grant->state));
	r = r ? r : table_add(table, STYLE_FAINT, grant->id);
	r = r ? r : table_add(table, STYLE_PLAIN, buffer_text(&uses));
	r = r ? r : table_add(table, STYLE_PLAIN, buffer_text(&share));
	r = r ? r : table_add(table, STYLE_PLAIN, buffer_text(&last));
	return r ? r : table_add(table, STYLE_PLAIN, buffer_text(&name));
}

/* Those that can go first. */
static int add_rows(const struct audit *audit, const struct terminal *terminal, bool removals,
		    struct table *table)
{
	int r = 0;

	for (size_t i = 0; i < audit->grant_count && !r; i++)
		if (grant_state_is_removal(audit->grant[i].state) == removals)
			r = add_row(audit, &audit->grant[i], terminal, table);
	return r;
}

static int add_table(const struct audit *audit, const struct terminal *terminal, struct buffer *out)
{
	struct table table = { .column = column,
			       .column_count = sizeof column / sizeof *column,
			       .last_min = NAME_COLUMNS };
	int r = add_rows(audit, terminal, true, &table);

	r = r ? r : add_rows(audit, terminal, false, &table);
	if (!r)
		table_write(&table, terminal, out);
	table_release(&table);
	return r;
}

/* What the state alone does not say, and no finding does. */
static bool wants_reason(enum grant_state state)
{
	return state == GRANT_PERIODIC || state == GRANT_ATTEMPTED || state == GRANT_TOO_NEW ||
	       state == GRANT_PINNED;
}

static void add_reason(const struct audit_grant *grant, const struct terminal *terminal,
		       struct buffer *out)
{
	scoped(buffer) struct buffer line = { 0 };
	const char *at = grant->narrower;

	buffer_printf(&line, "  %s  %s: ", grant->id, grant_state_text(grant->state));
	if (grant->state == GRANT_NARROWABLE)
		buffer_add(&line, "would do: ");
	else
		terminal_add_escaped(terminal, bytes_of(grant->reason), 0, &line);
	while (grant->state == GRANT_NARROWABLE && *at) {
		size_t size = strcspn(at, "\n");

		terminal_add_escaped(terminal, (struct bytes){ at, size }, 0, &line);
		at += size + (at[size] == '\n');
		buffer_add(&line, *at ? ", " : "");
	}
	buffer_add_char(&line, '\n');
	terminal_wrap(terminal, buffer_bytes(&line), out);
}

static void add_reasons(const struct audit *audit, const struct terminal *terminal,
			struct buffer *out)
{
	size_t shown = 0;

	for (size_t i = 0; i < audit->grant_count; i++) {
		const struct audit_grant *grant = &audit->grant[i];

		if (!wants_reason(grant->state) && !grant->narrower)
			continue;
		if (!shown++)
			buffer_add_char(out, '\n');
		add_reason(grant, terminal, out);
	}
}

int audit_add_text(const struct audit *audit, const struct terminal *terminal, struct buffer *out)
{
	scoped(buffer) struct buffer top = { 0 };

	add_verdict(audit, terminal, &top);
	add_head(audit, terminal, &top);
	for (size_t i = 0; i < audit->source_count; i++)
		add_source(&audit->source[i], terminal, &top);
	add_states(audit, &top);
	buffer_add_char(&top, '\n');
	terminal_wrap(terminal, buffer_bytes(&top), out);
	add_findings(audit, terminal, out);
	if (add_table(audit, terminal, out))
		return -ENOMEM;
	add_reasons(audit, terminal, out);
	buffer_add_char(out, '\n');
	audit_add_blast(audit, terminal, out);
	audit_add_drift(audit, terminal, out);
	buffer_add_char(out, '\n');
	audit_add_causes(audit, terminal, out);
	out->failed |= top.failed;
	return 0;
}
