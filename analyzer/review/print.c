#include "analyzer/review/versions.h"

#include "core/clock.h"
#include "core/digest.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

static void print_change(const char *sign, const char *title, const struct policy *first,
			 const struct policy *second)
{
	scoped(buffer) struct buffer lines = { 0 };
	size_t count = policy_beyond(first, second, &lines);
	char hash[DIGEST_HEX_SIZE];

	if (!count || digest_of(buffer_bytes(&lines), hash) < 0)
		return;
	printf("%s %zu permissions (list %.12s):\n", title, count, hash);
	for (const char *at = buffer_text(&lines); *at; at += strcspn(at, "\n") + 1)
		printf("  %s %.*s\n", sign, (int)strcspn(at, "\n"), at);
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

void versions_print(const struct versions *versions, size_t number, const char *agent)
{
	scoped(buffer) struct buffer name = { 0 }, author = { 0 };
	const struct version *version = &versions->version[number];
	ptrdiff_t in_force = versions->in_force;
	const struct policy *before = in_force < 0 ? NULL : &versions->version[in_force].policy;
	char when[CLOCK_TEXT_SIZE];

	printf("agent %s, version %zu, %.12s: %s", text_safe(bytes_of(agent), 60, &name),
	       number + 1, version->digest, version_state_text(version->state));
	if (version->effective_ns)
		printf(" %s %s", version->state == VERSION_SCHEDULED ? "for" : "since",
		       clock_format_short(version->effective_ns, when));
	printf("; proposed by %s\n", *version->author
					     ? text_safe(bytes_of(version->author), 60, &author)
					     : "nobody knows whom");
	if (version->state != VERSION_IN_FORCE) {
		if (before)
			print_change("-", "takes away", &version->policy, before);
		print_change("+", before ? "adds" : "grants", before, &version->policy);
	}
	print_rules(versions, number);
}
