#include "analyzer/explain.h"

#include "analyzer/evidence.h"
#include "analyzer/protect.h"
#include "core/clock.h"
#include "core/policy.h"
#include "core/text.h"

#include <inttypes.h>
#include <math.h>

#define CRITICAL_SHOWN 20

struct leftover leftover_of(const struct evidence *evidence)
{
	struct leftover leftover = { 0 };

	for (const struct atom *atom = evidence->atom; atom; atom = atom->hh.next) {
		leftover.absent += atom->outcome == OUTCOME_ABSENT;
		leftover.denied += atom->outcome == OUTCOME_DENIED;
		leftover.failed += atom->outcome == OUTCOME_FAILED;
		leftover.suppressed += atom->outcome == OUTCOME_SUPPRESSED;
	}
	return leftover;
}

static const char *plural(int64_t count)
{
	return count == 1 ? "" : "s";
}

static void say_head(FILE *out, const struct policy *policy)
{
	scoped(buffer) struct buffer agent = { 0 };
	char first[CLOCK_TEXT_SIZE], last[CLOCK_TEXT_SIZE];

	fprintf(out, "agent %s: %zu permission%s from %" PRId64 " run%s, %s to %s\n",
		text_safe(bytes_of(policy->agent), 60, &agent), policy->count,
		plural((int64_t)policy->count), policy->runs, plural(policy->runs),
		clock_format_short(policy->first_ns, first),
		clock_format_short(policy->last_ns, last));
}

/* Rules are sorted by resource and action: each stretch is one number. */
static void say_kinds(FILE *out, const struct policy *policy)
{
	enum resource resource = 0;
	size_t end;

	for (size_t i = 0; i < policy->count; i = end) {
		const struct rule *rule = &policy->rule[i];

		for (end = i; end < policy->count; end++)
			if (policy->rule[end].resource != rule->resource ||
			    policy->rule[end].action != rule->action)
				break;
		if (rule->resource != resource)
			fprintf(out, "%s  %-9s", i ? "\n" : "", resource_text(rule->resource));
		resource = rule->resource;
		fprintf(out, " %s %zu", action_text(rule->action), end - i);
	}
	if (policy->count)
		fputc('\n', out);
}

static void say_part(FILE *out, const char **separator, int64_t count, const char *what)
{
	if (!count)
		return;
	fprintf(out, "%s%" PRId64 " %s", *separator, count, what);
	*separator = ", ";
}

static void say_leftover(FILE *out, const struct evidence *evidence,
			 const struct leftover *leftover)
{
	const char *start = "left out: ", *separator = start;

	say_part(out, &separator, leftover->absent,
		 leftover->absent == 1 ? "absent probe" : "absent probes");
	say_part(out, &separator, leftover->denied, "denied");
	say_part(out, &separator, leftover->failed, "failed");
	say_part(out, &separator, leftover->suppressed, "held back");
	say_part(out, &separator, evidence->covered, "through descriptors it held");
	say_part(out, &separator, evidence->unsent, "only connected, as resolvers do");
	say_part(out, &separator, evidence->unfit, "that no rule can name");
	say_part(out, &separator, evidence->recording,
		 evidence->recording == 1 ? "run still being recorded"
					  : "runs still being recorded");
	if (separator != start)
		fputc('\n', out);
}

static void say_critical(FILE *out, const struct policy *policy)
{
	size_t critical = 0, confirm = 0;

	for (size_t i = 0; i < policy->count; i++) {
		const struct rule *rule = &policy->rule[i];

		confirm += rule->gate == GATE_CONFIRM && rule->risk != RISK_CRITICAL;
		if (rule->risk != RISK_CRITICAL || critical++ >= CRITICAL_SHOWN)
			continue;
		fprintf(out, "critical: %s %s %s: %s\n", resource_text(rule->resource),
			action_text(rule->action), rule->pattern,
			rule->justification ? rule->justification : "");
	}
	if (critical > CRITICAL_SHOWN)
		fprintf(out, "critical: and %zu more\n", critical - CRITICAL_SHOWN);
	if (confirm)
		fprintf(out, "high: %zu need%s a person's confirmation\n", confirm,
			confirm == 1 ? "s" : "");
}

static void say_gaps(FILE *out, const struct evidence *evidence)
{
	if (!evidence->gaps && !evidence->incomplete)
		return;
	fprintf(out,
		"gaps: %" PRId64 " gap%s, %" PRId64 " incomplete run%s: "
		"cannot support \"complete\"; `pare show RUN` says more\n",
		evidence->gaps, plural(evidence->gaps), evidence->incomplete,
		plural(evidence->incomplete));
}

/* The upper end of Wilson's interval for `hits` of `tries`, 95 % confidence, in per cent. */
static double at_most_percent(size_t hits, size_t tries)
{
	const double z = 1.96, n = (double)tries, p = (double)hits / n;

	return 100 * (p + z * z / (2 * n) + z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) /
	       (1 + z * z / n);
}

/* "3 of 10 runs (at most 61 %)": nothing where nothing was tried. */
static void say_denied(FILE *out, const char *before, int64_t denied, int64_t tried,
		       const char *what)
{
	if (tried)
		fprintf(out, "%s%" PRId64 " of %" PRId64 " %s (at most %.0f %%)", before, denied,
			tried, what, at_most_percent((size_t)denied, (size_t)tried));
}

/* What the policy of a part of the runs would have denied the others. */
static void say_held_out(FILE *out, const struct policy_quality *quality)
{
	if (!quality->runs_tried) {
		fputs("held out: one run cannot tell; record the same tasks again\n", out);
		return;
	}
	say_denied(out, "held out: denied something to ", quality->runs_denied, quality->runs_tried,
		   "runs, by the policy of the others");
	fprintf(out, "; %" PRId64 " of %" PRId64 " uses\n", quality->uses_denied,
		quality->uses_tried);
	if (!quality->later_tried && !quality->tasks_tried)
		return;
	say_denied(out, "held out: to ", quality->later_denied, quality->later_tried,
		   "runs, by the policies of those before");
	say_denied(out, "; to ", quality->tasks_denied, quality->tasks_tried,
		   "tasks, by those of the other tasks");
	fputc('\n', out);
}

/* Good-Turing, by run: a run that alone did something would have met a denial under the exact
 * policy of all the others, and so will the next. */
static void say_new_needs(FILE *out, const struct evidence *evidence)
{
	size_t lone = 0, runs = evidence->run_count;

	for (size_t i = 0; i < runs; i++)
		lone += evidence->run[i].is_lone;
	if (runs < 2)
		return;
	fprintf(out,
		"new needs: the next run does something new with a chance of %.0f %% "
		"(Good-Turing: %zu of %zu runs did what no other did), at most %.0f %%\n",
		100.0 * (double)lone / (double)runs, lone, runs, at_most_percent(lone, runs));
	if (evidence->singletons)
		fprintf(out, "seen in one run only: %" PRId64 " permission%s, %.1f a run\n",
			evidence->singletons, plural(evidence->singletons),
			(double)evidence->singletons / (double)runs);
}

static void say_protected(FILE *out, const struct protection *protection)
{
	scoped(buffer) struct buffer shown = { 0 };
	const char *file;
	size_t added = protection_added(protection, &file);

	if (file)
		fprintf(out, "protected: %zu rule%s of %s\n", added, plural((int64_t)added),
			text_safe(bytes_of(file), 0, &shown));
}

void explain(FILE *out, const struct policy *policy, const struct evidence *evidence,
	     const struct leftover *leftover)
{
	say_head(out, policy);
	say_kinds(out, policy);
	say_leftover(out, evidence, leftover);
	say_protected(out, evidence->protection);
	say_critical(out, policy);
	say_gaps(out, evidence);
	say_held_out(out, &policy->quality);
	say_new_needs(out, evidence);
}
