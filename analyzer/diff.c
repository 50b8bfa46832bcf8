#include "analyzer/diff.h"

#include "analyzer/protect.h"
#include "analyzer/rates.h"
#include "core/cover.h"
#include "core/error.h"
#include "core/language.h"
#include "core/rule_order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What `mine` has and `theirs` has not. */
struct comparison {
	struct diff *diff;
	const struct policy *mine, *theirs;
	const struct protection *protection; /* NULL: what is lost reaches nothing */
	enum change_kind whole, partly;	     /* what a change is called */
	struct candidates near;
	const struct pattern *pattern[CANDIDATES_MAX];
	bool *told; /* of my rules, which are a change by themselves */
};

static int add_change(struct comparison *c, struct change change, struct buffer *witness)
{
	struct diff *diff = c->diff;
	size_t capacity = diff->capacity ? diff->capacity * 2 : 64;

	if (diff->count == diff->capacity) {
		struct change *grown = reallocarray(diff->change, capacity, sizeof *grown);

		if (!grown)
			return -ENOMEM;
		diff->change = grown;
		diff->capacity = capacity;
	}
	if (buffer_status(witness) < 0)
		return -ENOMEM;
	change.witness = buffer_steal(witness);
	diff->of_kind[change.kind]++;
	diff->change[diff->count++] = change;
	return 0;
}

/* Whether those near the rule admit all that it does, `strictly`: on no further condition. */
static int cover(struct comparison *c, const struct rule *rule, bool strictly,
		 struct buffer *witness)
{
	size_t count = 0;

	for (size_t i = 0; i < c->near.count; i++)
		if (!strictly || !conditions_beyond(rule, c->near.rule[i]))
			c->pattern[count++] = &c->near.rule[i]->match;
	buffer_clear(witness);
	return patterns_cover(c->pattern, count, &rule->match, witness);
}

/* Of those that admit all names of the rule the one with the fewest further conditions. */
static const struct rule *find_strict(const struct comparison *c, const struct rule *rule)
{
	const struct rule *best = NULL, *some = NULL;

	for (size_t i = 0; i < c->near.count; i++) {
		const struct rule *near = c->near.rule[i];
		unsigned conditions = conditions_beyond(rule, near);

		if (!conditions)
			continue;
		if (!some || near < some)
			some = near;
		if (pattern_includes(&near->match, &rule->match) &&
		    (!best || __builtin_popcount(conditions) <
				      __builtin_popcount(conditions_beyond(rule, best))))
			best = near;
	}
	return best ? best : some;
}

/* The first that the rule has come to stand for: it admits more than that did. */
static const struct rule *find_smaller(const struct comparison *c, const struct rule *rule)
{
	const struct rule *first = NULL;

	for (size_t i = 0; i < c->near.count; i++) {
		const struct rule *near = c->near.rule[i];

		if ((!first || near < first) && pattern_includes(&rule->match, &near->match) &&
		    !policy_find_same(c->mine, near))
			first = near;
	}
	return first;
}

/* ---- what is protected ---- */

static int add_reached(struct comparison *c, const struct rule *rule, struct language *known,
		       size_t count)
{
	scoped(language) struct language language = { 0 };
	const struct language **without = calloc(count + 1, sizeof(*without));
	const struct protected_object *object = NULL, *before = NULL;
	size_t row = 0;
	int r = without ? 0 : -ENOMEM;

	for (size_t i = 0; i < count && without; i++)
		without[i] = &known[i];
	pattern_language(&rule->match, NULL, &language);
	while (r == 0) {
		scoped(buffer) struct buffer witness = { 0 };
		struct change change = { .kind = CHANGE_PROTECTED, .rule = rule };

		object = protect_reached(c->protection, rule->resource, rule->action, &language,
					 without, count, &row, &witness);
		if (!object)
			break;
		change.object = object;
		/* Rows of one id stand together. */
		if (!before || strcmp(before->id, object->id) != 0)
			r = add_change(c, change, &witness);
		before = object;
	}
	free(without);
	return r;
}

/* What an exact name is, if it is protected. */
static int add_exact(struct comparison *c, const struct rule *rule)
{
	scoped(buffer) struct buffer name = { 0 };
	struct change change = { .kind = CHANGE_PROTECTED, .rule = rule };

	pattern_example(&rule->match, &name);
	change.object =
		protect_find(c->protection, rule->resource, rule->action, buffer_bytes(&name));
	return change.object ? add_change(c, change, &name) : 0;
}

static int add_protected(struct comparison *c, const struct rule *rule)
{
	struct language *known;
	int r;

	if (!c->protection)
		return 0;
	if (!pattern_is_open(&rule->match))
		return add_exact(c, rule);
	known = calloc(c->near.count + 1, sizeof *known);
	if (!known)
		return -ENOMEM;
	for (size_t i = 0; i < c->near.count; i++)
		pattern_language(&c->near.rule[i]->match, NULL, &known[i]);
	r = add_reached(c, rule, known, c->near.count);
	for (size_t i = 0; i < c->near.count; i++)
		language_release(&known[i]);
	free(known);
	return r;
}

/* ---- rule by rule ---- */

static int add_names(struct comparison *c, const struct rule *rule, struct buffer *witness)
{
	const struct rule *smaller = find_smaller(c, rule);
	struct change change = {
		.kind = smaller ? c->partly : c->whole,
		.rule = rule,
		.other = smaller,
		.conditions = smaller ? conditions_beyond(rule, smaller) : 0,
	};
	int r = add_change(c, change, witness);

	return r < 0 ? r : add_protected(c, rule);
}

static int add_conditions(struct comparison *c, const struct rule *rule, const struct rule *other,
			  struct buffer *witness)
{
	struct change change = {
		.kind = c->partly,
		.rule = rule,
		.other = other,
		.conditions = other ? conditions_beyond(rule, other) : 0,
	};

	return add_change(c, change, witness);
}

/* Where there is no telling there is no witness, and it counts as a change. */
static void forget_untold(const struct comparison *c, int told, struct buffer *witness)
{
	if (told < 0 || c->near.is_cut)
		buffer_release(witness);
}

static int compare_near(struct comparison *c, const struct rule *rule, const struct rule *same)
{
	scoped(buffer) struct buffer witness = { 0 }, name = { 0 };
	int strict, names;

	find_candidates(&c->near, policy_order(c->theirs), rule);
	strict = cover(c, rule, true, &witness);
	if (strict == 1 || strict == -ENOMEM)
		return strict == 1 ? 0 : strict;
	names = cover(c, rule, false, &name);
	if (names == -ENOMEM)
		return names;
	forget_untold(c, strict, &witness);
	forget_untold(c, names, &name);
	return names == 1 ? add_conditions(c, rule, same ? same : find_strict(c, rule), &witness)
			  : add_names(c, rule, &name);
}

static int compare_rule(struct comparison *c, const struct rule *rule)
{
	const struct rule *same = policy_find_same(c->theirs, rule);
	scoped(buffer) struct buffer witness = { 0 };

	if (same && !conditions_beyond(rule, same))
		return 0;
	if (!same || pattern_is_open(&rule->match))
		return compare_near(c, rule, same);
	pattern_example(&rule->match, &witness);
	return add_conditions(c, rule, same, &witness);
}

/* ---- an exact name decides before an open rule does: where it is gone, that one decides ---- */

static bool is_asked_alike(const struct rule *rule, const struct rule *exact)
{
	return !(conditions_beyond(exact, rule) & (CONDITION_OWN | CONDITION_PHASE));
}

/* The rule of mine that decides what theirs decided exactly. */
static const struct rule *find_deciding(struct comparison *c, const struct rule *exact)
{
	const struct rule *best = NULL;

	find_candidates(&c->near, policy_order(c->mine), exact);
	for (size_t i = 0; i < c->near.count; i++) {
		const struct rule *near = c->near.rule[i];

		if (!is_asked_alike(near, exact))
			continue;
		if (!pattern_is_open(&near->match))
			return near;
		if (!best || near < best)
			best = near;
	}
	return best;
}

static int compare_exact(struct comparison *c, const struct rule *exact)
{
	scoped(buffer) struct buffer witness = { 0 };
	bool is_bound =
		exact->gate || exact->expires_ns || exact->within_ns || rule_has_rate(exact);
	const struct rule *rule;

	if (!is_bound || pattern_is_open(&exact->match) || policy_find_same(c->mine, exact))
		return 0;
	rule = find_deciding(c, exact);
	if (!rule || !conditions_beyond(rule, exact) || c->told[rule - c->mine->rule])
		return 0;
	pattern_example(&exact->match, &witness);
	return add_conditions(c, rule, exact, &witness);
}

static int compare(struct comparison *c)
{
	int r = 0;

	c->near.rule = calloc(CANDIDATES_MAX, sizeof(*c->near.rule));
	c->told = calloc(c->mine->count + 1, sizeof *c->told);
	if (!c->near.rule || !c->told)
		r = -ENOMEM;
	for (size_t i = 0; i < c->mine->count && r == 0; i++) {
		size_t before = c->diff->count;

		r = compare_rule(c, &c->mine->rule[i]);
		c->told[i] = c->diff->count > before;
	}
	for (size_t i = 0; i < c->theirs->count && r == 0; i++)
		r = compare_exact(c, &c->theirs->rule[i]);
	free(c->near.rule);
	free(c->told);
	return r;
}

static int compare_places(const void *a, const void *b)
{
	return (a > b) - (a < b);
}

static int compare_changes(const void *a, const void *b)
{
	const struct change *one = a, *other = b;
	int order = (int)one->kind - (int)other->kind;

	order = order ? order : compare_places(one->rule, other->rule);
	order = order ? order : compare_places(one->object, other->object);
	return order ? order : compare_places(one->other, other->other);
}

int diff_policies(struct diff *ret, const struct policy *old, const struct policy *new,
		  const struct protection *protection, struct error *err)
{
	struct diff diff = { 0 };
	struct comparison gains = { .diff = &diff,
				    .mine = new,
				    .theirs = old,
				    .protection = protection,
				    .whole = CHANGE_ADDED,
				    .partly = CHANGE_WIDENED };
	struct comparison losses = { .diff = &diff,
				     .mine = old,
				     .theirs = new,
				     .whole = CHANGE_REMOVED,
				     .partly = CHANGE_NARROWED };
	int r = compare(&gains);

	if (r == 0)
		r = compare(&losses);
	if (r < 0) {
		diff_release(&diff);
		return error_set(err, -r, "compare the policies");
	}
	if (diff.count)
		qsort(diff.change, diff.count, sizeof *diff.change, compare_changes);
	*ret = diff;
	return 0;
}

bool diff_adds(const struct diff *diff)
{
	return diff->of_kind[CHANGE_ADDED] || diff->of_kind[CHANGE_WIDENED];
}

void diff_release(struct diff *diff)
{
	for (size_t i = 0; i < diff->count; i++)
		free(diff->change[i].witness);
	free(diff->change);
	*diff = (struct diff){ 0 };
}

void diff_cleanup(struct diff *diff)
{
	diff_release(diff);
}
