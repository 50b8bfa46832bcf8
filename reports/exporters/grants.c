#include "reports/exporters/grants.h"

#include "core/error.h"

#include <errno.h>
#include <stdlib.h>

bool rule_is_place(const struct rule *rule)
{
	return rule->match.is_path && rule->resource != RESOURCE_PROCESS;
}

bool pattern_is_tree(const struct pattern *pattern)
{
	return pattern->count && pattern->token[pattern->count - 1].kind == TOKEN_SUBTREE;
}

int pattern_order(const struct pattern *a, const struct pattern *b)
{
	if (a->root != b->root)
		return a->root < b->root ? -1 : 1;
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		int order = token_compare(&a->token[i], &b->token[i]);

		if (order)
			return order;
	}
	return (a->count > b->count) - (a->count < b->count);
}

size_t pattern_literal_count(const struct pattern *pattern)
{
	size_t count = 0;

	while (count < pattern->count && pattern->token[count].kind == TOKEN_LITERAL)
		count++;
	return count;
}

void pattern_raw(const struct pattern *pattern, size_t count, struct buffer *out)
{
	buffer_add(out, root_text(pattern->root));
	for (size_t i = 0; i < count; i++) {
		buffer_add_char(out, '/');
		buffer_append(out, pattern->token[i].literal.data, pattern->token[i].literal.size);
	}
	if (!count && pattern->root == ROOT_NONE)
		buffer_add_char(out, '/');
}

bool rule_names(const struct rule *rule, const char *name)
{
	return rule->match.count == 1 && bytes_equal(rule->match.token[0].literal, bytes_of(name));
}

static int rule_order(const void *left, const void *right)
{
	const struct rule *const *a = left, *const *b = right;
	int order = pattern_order(&(*a)->match, &(*b)->match);

	return order ? order : (*a > *b) - (*a < *b);
}

static size_t collect(const struct policy *policy, const struct rule **rule)
{
	size_t count = 0;

	for (size_t i = 0; i < policy->count; i++)
		if (rule_is_place(&policy->rule[i]))
			rule[count++] = &policy->rule[i];
	qsort(rule, count, sizeof *rule, rule_order);
	return count;
}

/* Of the rules that begin at `rule`, of which there are `count`, those of one path. */
static struct grant group(const struct rule **rule, size_t count)
{
	struct grant grant = { &rule[0]->match, 0, rule, 0 };

	while (grant.rule_count < count &&
	       !pattern_order(&rule[grant.rule_count]->match, grant.pattern))
		grant.actions |= 1u << rule[grant.rule_count++]->action;
	return grant;
}

void grants_collect(struct grants *grants, const struct policy *policy)
{
	size_t count;

	grants->rule = calloc(policy->count + 1, sizeof *grants->rule);
	grants->grant = calloc(policy->count + 1, sizeof *grants->grant);
	grants->actions = calloc(policy->count + 1, sizeof *grants->actions);
	grants->failed = !grants->rule || !grants->grant || !grants->actions;
	count = grants->failed ? 0 : collect(policy, grants->rule);
	for (size_t from = 0; from < count;) {
		struct grant grant = group(&grants->rule[from], count - from);

		for (size_t i = 0; i < grant.rule_count; i++)
			grants->actions[grant.rule[i] - policy->rule] = grant.actions;
		grants->grant[grants->count++] = grant;
		from += grant.rule_count;
	}
}

void grants_cleanup(struct grants *grants)
{
	free(grants->grant);
	free(grants->rule);
	free(grants->actions);
	*grants = (struct grants){ 0 };
}

/* The text of the pattern with the folder in the root's place. */
static void write_bound(const struct pattern *pattern, struct bytes folder, struct buffer *out)
{
	static const struct roots none;
	struct pattern rest = *pattern;

	pattern_of_name(&none, pattern->resource, folder, out);
	rest.root = ROOT_NONE;
	if (rest.count)
		pattern_write(&rest, out);
}

static int bind_rule(struct rule *rule, struct bytes folder, struct error *err)
{
	scoped(buffer) struct buffer text = { 0 };
	struct pattern bound = { 0 };
	int r;

	write_bound(&rule->match, folder, &text);
	r = buffer_status(&text);
	if (r)
		return error_set(err, -r, "bind a pattern");
	r = pattern_parse(&bound, rule->resource, buffer_text(&text), err);
	if (r)
		return r;
	pattern_release(&rule->match);
	rule->match = bound;
	return 0;
}

int policy_bind(struct policy *policy, const struct roots *roots, struct error *err)
{
	for (size_t i = 0; i < policy->count; i++) {
		struct rule *rule = &policy->rule[i];
		struct bytes folder = root_folder(roots, rule->match.root);
		int r = 0;

		if (rule->match.is_path && rule->match.root != ROOT_NONE && folder.size)
			r = bind_rule(rule, folder, err);
		if (r)
			return r;
	}
	return 0;
}
