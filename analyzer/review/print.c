#include "analyzer/review/changes.h"
#include "analyzer/review/versions.h"

#include "core/clock.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

/* What the reviewer must know: until when it will hold. */
static void print_next(const struct versions *versions, size_t number)
{
	const struct version *version = &versions->version[number];
	char when[CLOCK_TEXT_SIZE];

	for (size_t i = 0; i < versions->count; i++) {
		const struct version *next = &versions->version[i];

		if (i != number && next->state == VERSION_SCHEDULED && version->effective_ns &&
		    next->effective_ns >= version->effective_ns)
			printf("version %zu is scheduled for %s, and takes its place then\n", i + 1,
			       clock_format_short(next->effective_ns, when));
	}
}

static void print_rules(const struct versions *versions, size_t version)
{
	const struct policy *policy = &versions->version[version].policy;

	for (size_t i = 0; i < policy->count; i++) {
		const struct rule *rule = &policy->rule[i];
		const struct decision *decision = versions_decided(versions, version, rule->id);

		if (decision && decision->verdict == RULING_APPROVED)
			continue;
		printf("  %-15s %-9s %s %s %s\n", rule->id,
		       decision ? ruling_text(decision->verdict) : "undecided",
		       resource_text(rule->resource), action_text(rule->action), rule->pattern);
	}
}

static void print_head(const struct versions *versions, size_t number, const char *agent)
{
	scoped(buffer) struct buffer name = { 0 }, author = { 0 };
	const struct version *version = &versions->version[number];
	char when[CLOCK_TEXT_SIZE];

	printf("agent %s, version %zu, %.12s: %s", text_safe(bytes_of(agent), 60, &name),
	       number + 1, version->digest, version_state_text(version->state));
	if (version->effective_ns)
		printf(" %s %s", version->state == VERSION_SCHEDULED ? "for" : "since",
		       clock_format_short(version->effective_ns, when));
	printf("; proposed by %s\n", *version->author
					     ? text_safe(bytes_of(version->author), 60, &author)
					     : "nobody knows whom");
}

int versions_print(const struct versions *versions, size_t number, const char *agent,
		   struct error *err)
{
	const struct version *version = &versions->version[number];
	ptrdiff_t in_force = versions->in_force;
	const struct version *before = in_force < 0 ? NULL : &versions->version[in_force];
	scoped(diff) struct diff changes = { 0 };
	int r = changes_find(&changes, before ? &before->policy : NULL, &version->policy, err);

	if (r)
		return r;
	print_head(versions, number, agent);
	print_next(versions, number);
	changes_print(stdout, &changes, before ? before->digest : NULL, version->digest);
	print_rules(versions, number);
	return 0;
}
