#include "analyzer/audit/findings.h"

#include "analyzer/headroom.h"

#include <errno.h>
#include <inttypes.h>

/* A limit that is so many times what was needed holds nothing back. */
#define LOOSE_TIMES 3
/* So many times as often, or as seldom, is another behaviour. */
#define GROWTH_TIMES 10
/* Below that chance makes such differences. */
#define GROWTH_RUNS  3
#define GROWTH_LEAST 10

struct scoped_rate {
	int64_t limit[SCOPE_PHASE], most[SCOPE_PHASE], before[SCOPE_PHASE];
};

static struct scoped_rate rate_of(const struct audit_grant *grant, const struct grant_rate *rate)
{
	struct scoped_rate said = { 0 };

	rule_limits(grant->rule, said.limit);
	peak_counts(&rate->window_most, said.most);
	peak_counts(&rate->before_most, said.before);
	return said;
}

/* With so many runs the most of them covers 95 % of all with that confidence: 1 - 0.95^N, in per
 * cent, rounded down. */
static int confidence_percent(int64_t runs)
{
	double rest = 1;

	for (int64_t i = 0; i < runs && rest > 1e-9; i++)
		rest *= 0.95;
	return (int)((1 - rest) * 100);
}

/* "; 125 would do: the most of 60 runs covers 95 % of all with 95 % confidence". */
static void suggest(int64_t most, int64_t runs, struct buffer *out)
{
	int64_t percent = headroom_percent(HEADROOM_RATE, runs);

	buffer_printf(out,
		      "%" PRId64 " would do: the most of %" PRId64
		      " runs covers 95 %% of all with %d %% confidence%s",
		      headroom_above(most, percent), runs, confidence_percent(runs),
		      runs < RUNS_ENOUGH ? " (too few runs to be sure)" : "");
}

static int add_rate(struct auditing *auditing, const struct finding_row *row, size_t number,
		    size_t scope, enum severity severity, const struct buffer *text)
{
	const struct audit_grant *grant = &auditing->audit->grant[number];
	const struct scoped_rate said = rate_of(grant, &auditing->note[number].rate);
	scoped(buffer) struct buffer where = { 0 }, name = { 0 }, remedy = { 0 };
	struct audit_finding *finding;
	int r;

	buffer_printf(&where, "%s %zu", grant->id, scope);
	grant_write(grant, &name);
	finding = finding_add(auditing, row, severity, (ptrdiff_t)number, buffer_text(&where),
			      "%s: %s", buffer_text(&name), buffer_text(text));
	if (!finding)
		return -ENOMEM;
	r = finding_witness(finding, &grant->use.last);
	suggest(said.most[scope < SCOPE_PHASE ? scope : 1], auditing->note[number].rate.window_runs,
		&remedy);
	return r ? r : finding_remedy(finding, "%s", buffer_text(&remedy));
}

/* How often in a run is always known. */
static bool is_exact(const struct grant_rate *rate, size_t scope)
{
	return scope + 1 == SCOPE_PHASE || rate->exact_runs == rate->window_runs;
}

static int find_tight(struct auditing *auditing, const struct finding_row *row, size_t number,
		      size_t scope)
{
	const struct grant_rate *rate = &auditing->note[number].rate;
	const struct scoped_rate said = rate_of(&auditing->audit->grant[number], rate);
	scoped(buffer) struct buffer text = { 0 };

	if (!rate->tight_runs[scope])
		return 0;
	buffer_printf(&text,
		      "%" PRId64 " times %s are allowed, and %" PRId64 " of %" PRId64
		      " runs %s more, up to %" PRId64,
		      said.limit[scope], scope_text((enum scope)scope), rate->tight_runs[scope],
		      rate->window_runs, is_exact(rate, scope) ? "needed" : "may have needed",
		      said.most[scope]);
	return add_rate(auditing, row, number, scope, SEVERITY_MEDIUM, &text);
}

/* A burst that is too small, which only single events show. */
static int find_held(struct auditing *auditing, const struct finding_row *row, size_t number)
{
	const struct grant_rate *rate = &auditing->note[number].rate;
	const struct rule *rule = auditing->audit->grant[number].rule;
	scoped(buffer) struct buffer text = { 0 };

	if (!rate->held)
		return 0;
	buffer_printf(&text,
		      "%" PRId64 " a minute with a burst of %" PRId64 ", replayed over %" PRId64
		      " runs, would have held back %" PRId64 "; a burst of %" PRId64 " would not",
		      rule->rate_per_minute, rule->burst, rate->exact_runs, rate->held,
		      rate->least_burst);
	return add_rate(auditing, row, number, SCOPE_PHASE, SEVERITY_MEDIUM, &text);
}

static int find_loose(struct auditing *auditing, const struct finding_row *row, size_t number,
		      size_t scope)
{
	const struct grant_rate *rate = &auditing->note[number].rate;
	const struct scoped_rate said = rate_of(&auditing->audit->grant[number], rate);
	scoped(buffer) struct buffer text = { 0 };

	if (!said.limit[scope] || !said.most[scope] ||
	    said.limit[scope] <= LOOSE_TIMES * said.most[scope])
		return 0;
	buffer_printf(&text,
		      "%" PRId64 " times %s are allowed, and no run needed more than %" PRId64,
		      said.limit[scope], scope_text((enum scope)scope), said.most[scope]);
	return add_rate(auditing, row, number, scope, SEVERITY_LOW, &text);
}

static bool has_moved(int64_t before, int64_t now)
{
	int64_t large = before > now ? before : now, small = before > now ? now : before;

	return large >= GROWTH_LEAST && small && large / small >= GROWTH_TIMES;
}

static int find_growth(struct auditing *auditing, const struct finding_row *row, size_t number,
		       size_t scope)
{
	const struct grant_rate *rate = &auditing->note[number].rate;
	const struct scoped_rate said = rate_of(&auditing->audit->grant[number], rate);
	scoped(buffer) struct buffer text = { 0 };

	if (rate->window_runs < GROWTH_RUNS || rate->before_runs < GROWTH_RUNS ||
	    !has_moved(said.before[scope], said.most[scope]))
		return 0;
	buffer_printf(&text,
		      "used up to %" PRId64 " times %s, and up to %" PRId64 " in the window before",
		      said.most[scope], scope_text((enum scope)scope), said.before[scope]);
	return add_rate(auditing, row, number, scope, SEVERITY_MEDIUM, &text);
}

typedef int rate_finder(struct auditing *auditing, const struct finding_row *row, size_t number,
			size_t scope);

static int find_each(struct auditing *auditing, const struct finding_row *row, rate_finder *find)
{
	int r = 0;

	for (size_t i = 0; i < auditing->audit->grant_count && !r; i++)
		for (size_t scope = 0; scope < SCOPE_PHASE && !r; scope++)
			r = find(auditing, row, i, scope);
	return r;
}

int finding_rate_tight(struct auditing *auditing, const struct finding_row *row)
{
	int r = find_each(auditing, row, find_tight);

	for (size_t i = 0; i < auditing->audit->grant_count && !r; i++)
		r = find_held(auditing, row, i);
	return r;
}

int finding_rate_loose(struct auditing *auditing, const struct finding_row *row)
{
	return find_each(auditing, row, find_loose);
}

/* Of one grant once: by the run, where that has moved. */
int finding_growth(struct auditing *auditing, const struct finding_row *row)
{
	int r = 0;

	for (size_t i = 0; i < auditing->audit->grant_count && !r; i++) {
		const struct audit_grant *grant = &auditing->audit->grant[i];

		if (is_rated(grant->rule->resource, grant->rule->action))
			r = find_growth(auditing, row, i, SCOPE_PHASE - 1);
	}
	return r;
}

int finding_unlimited(struct auditing *auditing, const struct finding_row *row)
{
	int r = 0;

	for (size_t i = 0; i < auditing->audit->grant_count && !r; i++) {
		const struct audit_grant *grant = &auditing->audit->grant[i];
		const struct grant_rate *rate = &auditing->note[i].rate;
		const struct rule *rule = grant->rule;
		scoped(buffer) struct buffer text = { 0 };

		if (!is_rated(rule->resource, rule->action) || !rate->window_runs ||
		    rule->rate_per_second || rule->rate_per_minute || rule->rate_per_hour ||
		    rule->rate_per_run || !pattern_is_open(&rule->match))
			continue;
		buffer_printf(&text, "nothing limits how often; no run needed more than %" PRIu32,
			      rate->window_most.count);
		r = add_rate(auditing, row, i, SCOPE_PHASE - 1, SEVERITY_LOW, &text);
	}
	return r;
}
