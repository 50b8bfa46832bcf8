#include "analyzer/grants/grants.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	const struct rule *const *one = a, *const *other = b;
	int order = rule_compare(*one, *other);

	/* Of equal ones, as they stood. */
	return order ? order : *one < *other ? -1 : *one > *other;
}

/* The weaker of two times: 0 is never. */
static int64_t later(int64_t a, int64_t b)
{
	return !a || !b ? 0 : a > b ? a : b;
}

static int join_argv(struct rule *into, struct rule *more)
{
	int r = 0;

	/* One with any arguments leaves nothing to add. */
	if (!into->argv_count || !more->argv_count) {
		while (into->argv_count)
			free(into->argv[--into->argv_count]);
		free(into->argv);
		into->argv = NULL;
		return 0;
	}
	for (size_t i = 0; i < more->argv_count && r == 0; i++)
		r = rule_add_argv(into, more->argv[i]);
	return r;
}

static int join_reason(struct rule *into, const struct rule *more)
{
	char *both;

	if (!more->justification ||
	    (into->justification && strstr(into->justification, more->justification)))
		return 0;
	if (into->justification && strlen(into->justification) > 400)
		return 0;
	if (asprintf(&both, "%s%s%s", into->justification ? into->justification : "",
		     into->justification ? "; " : "", more->justification) < 0)
		return -ENOMEM;
	free(into->justification);
	into->justification = both;
	return 0;
}

/* Free of arguments where one of them is: so are tools that two rules name. */
static void join_arguments(struct rule *into, struct rule *more)
{
	if (arguments_are_free(&more->arguments))
		arguments_release(&into->arguments);
}

static int join(struct rule *into, struct rule *more)
{
	int r = join_argv(into, more);

	join_arguments(into, more);
	if (more->gate < into->gate)
		into->gate = more->gate;
	into->expires_ns = later(into->expires_ns, more->expires_ns);
	return r < 0 ? r : join_reason(into, more);
}

/* Moves the rules to where they belong, equal ones joined. */
static int settle(struct policy *policy, struct rule **sorted)
{
	struct rule *joined = calloc(policy->count + 1, sizeof *joined);
	size_t kept = 0;
	int r = 0;

	if (!joined)
		return -ENOMEM;
	for (size_t i = 0; i < policy->count; i++) {
		if (kept && !rule_compare(&joined[kept - 1], sorted[i])) {
			r = r < 0 ? r : join(&joined[kept - 1], sorted[i]);
			rule_release(sorted[i]);
		} else {
			joined[kept++] = *sorted[i];
		}
	}
	memcpy(policy->rule, joined, kept * sizeof *joined);
	policy->count = kept;
	free(joined);
	return r;
}

static int join_equal(struct policy *policy)
{
	struct rule **sorted = calloc(policy->count + 1, sizeof(*sorted));
	int r = 0;

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < policy->count; i++)
		sorted[i] = &policy->rule[i];
	if (policy->count)
		qsort(sorted, policy->count, sizeof(*sorted), compare);
	if (policy->count)
		r = settle(policy, sorted);
	free(sorted);
	return r;
}

int granted_finish(struct granted *grants, struct error *err)
{
	int r = grants->failed ? -ENOMEM : join_equal(&grants->allowed);

	r = r < 0 ? r : join_equal(&grants->denied);
	if (r < 0)
		return error_set(err, -r, "collect what is granted");
	r = policy_finish(&grants->allowed, NULL, err);
	return r < 0 ? r : policy_finish(&grants->denied, NULL, err);
}
