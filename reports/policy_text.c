#include "reports/policy_text.h"

#include "core/clock.h"
#include "core/text.h"
#include "reports/limits_text.h"

#include <inttypes.h>

/* Where comments begin.  Not the longest line: one long line would move all others, and a diff
 * would show them. */
#define COMMENT_COLUMN 60

static const enum style risk_style[] = {
	[RISK_LOW] = STYLE_FAINT,
	[RISK_MEDIUM] = STYLE_FAINT,
	[RISK_HIGH] = STYLE_CAUTION,
	[RISK_CRITICAL] = STYLE_BAD,
};

static void add_date(int64_t time_ns, struct buffer *out)
{
	char text[CLOCK_TEXT_SIZE];

	buffer_printf(out, "%.10s", clock_format(time_ns, text));
}

static void add_word(struct buffer *limits, const char *text)
{
	buffer_add(limits, limits->size ? " " : "  ");
	buffer_add(limits, text);
}

static void add_within(const struct rule *rule, struct buffer *limits)
{
	char text[CLOCK_TEXT_SIZE];

	if (!rule->within_ns)
		return;
	add_word(limits, "within=");
	buffer_add(limits, clock_write_duration(rule->within_ns, text));
}

/* "rate=4/s,20/min,20/run" */
static void add_rates(const struct rule *rule, struct buffer *limits)
{
	const struct {
		int64_t rate;
		const char *each;
	} row[] = {
		{ rule->rate_per_second, "s" },
		{ rule->rate_per_minute, "min" },
		{ rule->rate_per_hour, "h" },
		{ rule->rate_per_run, "run" },
	};
	bool first = true;

	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		if (!row[i].rate)
			continue;
		if (first)
			add_word(limits, "rate=");
		buffer_printf(limits, "%s%" PRId64 "/%s", first ? "" : ",", row[i].rate,
			      row[i].each);
		first = false;
	}
}

/* What narrows the permission is part of it, not of the comment. */
static void add_limits(const struct rule *rule, const struct terminal *terminal, struct buffer *out)
{
	scoped(buffer) struct buffer limits = { 0 };

	if (rule->own)
		add_word(&limits, "own");
	if (rule->phase) {
		add_word(&limits, "phase=");
		terminal_add_name(terminal, bytes_of(rule->phase), 0, &limits);
	}
	add_within(rule, &limits);
	add_rates(rule, &limits);
	if (rule->burst) {
		add_word(&limits, "burst=");
		buffer_printf(&limits, "%" PRId64, rule->burst);
	}
	if (rule->expires_ns) {
		char text[CLOCK_TEXT_SIZE];

		add_word(&limits, "expires=");
		buffer_add(&limits, clock_format(rule->expires_ns, text));
	}
	if (rule->gate != GATE_NONE) {
		add_word(&limits, "gate=");
		buffer_add(&limits, gate_text(rule->gate));
	}
	buffer_append(out, limits.data, limits.size);
}

static void add_evidence(const struct rule *rule, const struct terminal *terminal,
			 struct buffer *out)
{
	scoped(buffer) struct buffer text = { 0 };

	buffer_add(&text, "# ");
	if (rule->runs) {
		terminal_add_count(rule->runs, "run", "runs", &text);
		buffer_add(&text, ", ");
		terminal_add_count(rule->count, "use", "uses", &text);
		buffer_add(&text, ", last ");
		add_date(rule->last_ns, &text);
	} else {
		buffer_add(&text, "no evidence");
	}
	buffer_printf(&text, ", %s risk", risk_text(rule->risk));
	if (rule->justification) {
		buffer_add(&text, ": ");
		terminal_add_name(terminal, bytes_of(rule->justification), 0, &text);
	}
	terminal_add(terminal, risk_style[rule->risk], buffer_text(&text), out);
}

/* Below the permission that they belong to. */
static void add_arguments(const struct rule *rule, const struct terminal *terminal,
			  struct buffer *out)
{
	const struct arguments *arguments = &rule->arguments;
	scoped(buffer) struct buffer line = { 0 };

	for (size_t i = 0; i < arguments->exact_count; i++) {
		buffer_add(out, "    exact ");
		terminal_add_name(terminal, bytes_of(arguments->exact[i]), 0, out);
		buffer_add_char(out, '\n');
	}
	for (size_t i = 0; i < arguments->count; i++) {
		buffer_clear(&line);
		argument_describe(&arguments->argument[i], 0, NULL, &line);
		buffer_add(out, "    argument ");
		terminal_add_escaped(terminal, buffer_bytes(&line), 0, out);
		buffer_add_char(out, '\n');
	}
}

static void add_rule(const struct rule *rule, const struct terminal *terminal, bool bare,
		     struct buffer *out)
{
	scoped(buffer) struct buffer line = { 0 };
	unsigned columns;

	buffer_printf(&line, "%s %s ", resource_text(rule->resource), action_text(rule->action));
	terminal_add_escaped(terminal, bytes_of(rule->pattern), 0, &line);
	add_limits(rule, terminal, &line);
	buffer_append(out, line.data, line.size);
	if (!bare) {
		columns = text_columns(buffer_text(&line));
		terminal_pad(columns, columns + 2 > COMMENT_COLUMN ? columns + 2 : COMMENT_COLUMN,
			     out);
		add_evidence(rule, terminal, out);
	}
	buffer_add_char(out, '\n');
	for (size_t i = 0; i < rule->argv_count; i++) {
		buffer_add(out, "    with ");
		terminal_add_escaped(terminal, bytes_of(rule->argv[i]), 0, out);
		buffer_add_char(out, '\n');
	}
	add_arguments(rule, terminal, out);
}

/* What it would have denied to runs that it was not made from. */
static void add_quality(const struct policy *policy, const struct terminal *terminal,
			struct buffer *out)
{
	const struct policy_quality *quality = &policy->quality;

	if (!policy->preset)
		return;
	buffer_add(out, "# preset ");
	terminal_add_name(terminal, bytes_of(policy->preset), 0, out);
	if (quality->runs_tried) {
		buffer_add(out, "; of runs held out, denied something to ");
		terminal_add_number(quality->runs_denied, out);
		buffer_add(out, " of ");
		terminal_add_number(quality->runs_tried, out);
		buffer_add(out, ", and to ");
		terminal_add_number(quality->later_denied, out);
		buffer_add(out, " of ");
		terminal_add_number(quality->later_tried, out);
		buffer_add(out, " by those before");
	}
	buffer_add_char(out, '\n');
}

static void add_head(const struct policy *policy, const struct terminal *terminal,
		     struct buffer *out)
{
	buffer_add(out, "# agent ");
	terminal_add_name(terminal, bytes_of(policy->agent), 0, out);
	buffer_add(out, ": ");
	terminal_add_count((int64_t)policy->count, "permission", "permissions", out);
	buffer_add(out, ", all else denied; ");
	if (policy->runs) {
		buffer_add(out, "from ");
		terminal_add_count(policy->runs, "run", "runs", out);
		buffer_add(out, " to ");
		add_date(policy->last_ns, out);
	} else {
		buffer_add(out, "written by hand");
	}
	buffer_add_char(out, '\n');
	if (policy->incomplete_runs || policy->gaps) {
		buffer_add(out, "# not all was seen: ");
		terminal_add_count(policy->incomplete_runs, "incomplete run", "incomplete runs",
				   out);
		buffer_add(out, ", ");
		terminal_add_count(policy->gaps, "gap", "gaps", out);
		buffer_add_char(out, '\n');
	}
	add_quality(policy, terminal, out);
	limits_add_text(&policy->limits, out);
}

void policy_add_text(const struct policy *policy, const struct terminal *terminal, bool bare,
		     struct buffer *out)
{
	if (!bare)
		add_head(policy, terminal, out);
	for (size_t i = 0; i < policy->count; i++)
		add_rule(&policy->rule[i], terminal, bare, out);
}
