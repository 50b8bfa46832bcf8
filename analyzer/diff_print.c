#include "analyzer/diff_print.h"

#include "analyzer/diff.h"
#include "analyzer/json_line.h"
#include "analyzer/protect.h"
#include "core/clock.h"
#include "core/text.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

static const struct {
	const char *sign, *word;
} kind[] = {
	[CHANGE_PROTECTED] = { "!", "protected" }, [CHANGE_ADDED] = { "+", "added" },
	[CHANGE_WIDENED] = { ">", "widened" },	   [CHANGE_NARROWED] = { "<", "narrowed" },
	[CHANGE_REMOVED] = { "-", "removed" },
};

/* "file write $TMP/x own in phase build" */
static void write_rule(const struct rule *rule, struct buffer *out)
{
	scoped(buffer) struct buffer phase = { 0 };

	buffer_printf(out, "%s %s %s%s", resource_text(rule->resource), action_text(rule->action),
		      rule->pattern, rule->own ? " own" : "");
	if (rule->phase)
		buffer_printf(out, " in phase %s", text_safe(bytes_of(rule->phase), 60, &phase));
	if (rule->gate == GATE_CONFIRM)
		buffer_add(out, " after confirmation");
}

static bool is_gain(const struct change *change)
{
	return change->kind == CHANGE_ADDED || change->kind == CHANGE_WIDENED;
}

/* "  gate removed, rate raised; was $TMP/x" */
static void write_detail(const struct change *change, struct buffer *out)
{
	const char *separator = "  ";

	if (change->object)
		buffer_printf(out, "  %s: %s", change->object->id, change->object->reason);
	for (const struct condition_row *row = condition_row; row->name; row++) {
		if (!(change->conditions & row->condition))
			continue;
		buffer_printf(out, "%s%s", separator, is_gain(change) ? row->gone : row->come);
		separator = ", ";
	}
	if (!change->other || !strcmp(change->other->pattern, change->rule->pattern))
		return;
	buffer_printf(out, "%s%s %s", *separator == ' ' ? "  " : "; ",
		      is_gain(change) ? "was" : "now", change->other->pattern);
}

void change_write(const struct change *change, struct buffer *out)
{
	scoped(buffer) struct buffer witness = { 0 };

	buffer_printf(out, "%s ", kind[change->kind].sign);
	write_rule(change->rule, out);
	write_detail(change, out);
	if (!change->witness)
		buffer_add(out, "  too much to tell all of it");
	else if (strcmp(text_safe(bytes_of(change->witness), 0, &witness), change->rule->pattern) !=
		 0)
		buffer_printf(out, "  e.g. %s", buffer_text(&witness));
	buffer_add_char(out, '\n');
}

void change_print(FILE *out, const struct change *change)
{
	scoped(buffer) struct buffer line = { 0 };

	change_write(change, &line);
	fputs(buffer_text(&line), out);
}

/* ---- JSON ---- */

static json_t *json_of_name(const char *name)
{
	scoped(buffer) struct buffer text = { 0 };

	if (!name)
		return json_null();
	text_escape(bytes_of(name), TEXT_EXACT, &text);
	return json_stringn(buffer_text(&text), text.size);
}

static json_t *json_of_time(int64_t time_ns)
{
	char text[CLOCK_TEXT_SIZE];

	return time_ns ? json_string(clock_format(time_ns, text)) : json_null();
}

static json_t *json_of_rule(const struct rule *rule)
{
	if (!rule)
		return json_null();
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:b, s:s, s:I, s:I, s:o}", "id", rule->id,
			 "resource", resource_text(rule->resource), "action",
			 action_text(rule->action), "pattern", rule->pattern, "phase",
			 json_of_name(rule->phase), "own", rule->own, "gate", gate_text(rule->gate),
			 "rate", (json_int_t)rule->rate_per_minute, "burst",
			 (json_int_t)rule->burst, "expires", json_of_time(rule->expires_ns));
}

static json_t *json_of_conditions(unsigned conditions)
{
	json_t *list = json_array();

	for (const struct condition_row *row = condition_row; row->name; row++)
		if (conditions & row->condition)
			json_array_append_new(list, json_string(row->name));
	return list;
}

static json_t *json_of_object(const struct protected_object *object)
{
	if (!object)
		return json_null();
	return json_pack("{s:s, s:s}", "id", object->id, "reason", object->reason);
}

int change_print_json(FILE *out, const struct change *change)
{
	json_t *line =
		json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "change", kind[change->kind].word,
			  "rule", json_of_rule(change->rule), "other", json_of_rule(change->other),
			  "conditions", json_of_conditions(change->conditions), "protected",
			  json_of_object(change->object), "witness", json_of_name(change->witness));

	return json_line(out, line);
}

void diff_summarize(FILE *out, const struct diff *diff)
{
	const char *separator = "";

	if (!diff->count) {
		fputs("both allow the same\n", out);
		return;
	}
	fputs(diff_adds(diff) ? "authority added: " : "no authority added: ", out);
	for (int i = CHANGE_ADDED; i < CHANGES; i++) {
		if (!diff->of_kind[i])
			continue;
		fprintf(out, "%s%zu %s", separator, diff->of_kind[i], kind[i].word);
		separator = ", ";
	}
	if (diff->of_kind[CHANGE_PROTECTED])
		fprintf(out, "; protected objects newly reached: %zu",
			diff->of_kind[CHANGE_PROTECTED]);
	fputc('\n', out);
}
