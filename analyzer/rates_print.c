#include "analyzer/rates_print.h"

#include "analyzer/json_line.h"
#include "core/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>

static const char *scope_name(enum scope scope)
{
	static const char *const name[] = { "second", "minute", "hour", "run", "phase" };

	return name[scope];
}

static void print_text(FILE *out, const struct excessive *excessive)
{
	const struct rule *rule = excessive->rule;
	char most[CLOCK_TEXT_SIZE], limit[CLOCK_TEXT_SIZE];

	fprintf(out, "%s %s %s ", resource_text(rule->resource), action_text(rule->action),
		rule->pattern);
	if (excessive->scope == SCOPE_PHASE)
		fprintf(out, "too late: %s after the start of its %s, %s allowed",
			clock_format_duration(excessive->most, most), rule->phase ? "phase" : "run",
			clock_format_duration(excessive->limit, limit));
	else
		fprintf(out, "over the rate: up to %" PRId64 " in %s, %" PRId64 " allowed",
			excessive->most, scope_text(excessive->scope), excessive->limit);
	fprintf(out, " (%s, in %" PRId64 " run%s)\n", rule->id, excessive->runs,
		excessive->runs == 1 ? "" : "s");
}

static int print_json(FILE *out, const struct excessive *excessive)
{
	const struct rule *rule = excessive->rule;
	json_t *object = json_pack(
		"{s:s, s:I, s:I, s:I, s:{s:s, s:s, s:s, s:s}}", "over",
		scope_name(excessive->scope), "most", (json_int_t)excessive->most, "limit",
		(json_int_t)excessive->limit, "runs", (json_int_t)excessive->runs, "rule", "id",
		rule->id, "resource", resource_text(rule->resource), "action",
		action_text(rule->action), "pattern", rule->pattern);

	return json_line(out, object);
}

int rates_print(FILE *out, const struct replayed_rates *rates, bool is_json)
{
	int r = 0;

	for (size_t i = 0; !r && i < rates->count; i++) {
		if (is_json)
			r = print_json(out, &rates->excessive[i]);
		else
			print_text(out, &rates->excessive[i]);
	}
	return r;
}
