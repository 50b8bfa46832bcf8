#include "analyzer/audit/blast.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Names of one kind, by one or two actions on a resource. */
struct names {
	struct blast *blast;
	enum resource resource;
	enum action action[2];
	char **name; /* exact ones that some rule has */
	size_t count, capacity;
};

static void names_cleanup(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->name[i]);
	free(names->name);
}

static bool is_of(const struct names *names, const struct rule *rule)
{
	return rule->resource == names->resource && !rule->own &&
	       (rule->action == names->action[0] || rule->action == names->action[1]);
}

static int add(struct names *names, const struct pattern *pattern)
{
	size_t capacity = names->capacity ? names->capacity * 2 : 16;
	scoped(buffer) struct buffer name = { 0 };
	char **grown = names->name;

	if (pattern_expand(pattern, &names->blast->roots, &name) < 0)
		return buffer_status(&name);
	if (names->count == names->capacity) {
		grown = reallocarray(grown, capacity, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		names->name = grown;
		names->capacity = capacity;
	}
	grown[names->count] = buffer_steal(&name);
	return grown[names->count++] ? 0 : -ENOMEM;
}

static int add_rule(struct names *names, const struct rule *rule, const struct kept_rule *kept)
{
	int r = pattern_is_open(&rule->match) ? 0 : add(names, &rule->match);

	for (size_t i = 0; i < kept->count && r == 0; i++)
		if (!pattern_is_open(&kept->narrower[i]))
			r = add(names, &kept->narrower[i]);
	return r;
}

/* Whether the rule admits names that nobody lists. */
static struct admitted is_open(const struct rule *rule, const struct kept_rule *kept)
{
	bool is_open = kept->holds && pattern_is_open(&rule->match), then = false;

	for (size_t i = 0; i < kept->count; i++)
		then = then || pattern_is_open(&kept->narrower[i]);
	return (struct admitted){ is_open, is_open && kept->is_kept && (then || !kept->narrower) };
}

/* The exact names of a source; `ret`: whether it has others. */
static int add_source(struct names *names, size_t number, struct admitted *ret)
{
	const struct audit_source *source = &names->blast->auditing->audit->source[number];
	int r = 0;

	for (size_t i = 0; i < source->allowed.count && r == 0; i++) {
		const struct rule *rule = &source->allowed.rule[i];
		const struct kept_rule *kept = &names->blast->kept[number][i];
		struct admitted open = is_open(rule, kept);

		if (!is_of(names, rule))
			continue;
		ret->now = ret->now || open.now;
		ret->then = ret->then || open.then;
		r = add_rule(names, rule, kept);
	}
	return r;
}

static int compare(const void *a, const void *b)
{
	const char *const *one = a, *const *other = b;

	return strcmp(*one, *other);
}

static void count(const struct names *names, struct blast_names *now, struct blast_names *then)
{
	for (size_t i = 0; i < names->count; i++) {
		struct bytes name = bytes_of(names->name[i]);
		struct admitted one, other;

		if (i && !strcmp(names->name[i], names->name[i - 1]))
			continue;
		one = blast_admits(names->blast, names->resource, names->action[0], name);
		other = blast_admits(names->blast, names->resource, names->action[1], name);
		now->exact += one.now || other.now;
		then->exact += one.then || other.then;
	}
}

static int count_kind(struct blast *blast, enum resource resource, enum action one,
		      enum action other, struct blast_names *now, struct blast_names *then)
{
	scoped(names) struct names names = { .blast = blast,
					     .resource = resource,
					     .action = { one, other } };
	const struct audit *audit = blast->auditing->audit;
	struct admitted any = { true, true };
	int r = 0;

	for (size_t i = 0; i < audit->source_count && r == 0; i++) {
		struct admitted open = { false, false };

		if (!(audit->source[i].governs & 1u << resource))
			continue;
		r = add_source(&names, i, &open);
		any.now = any.now && open.now;
		any.then = any.then && open.then;
	}
	if (r < 0)
		return r;
	if (names.count)
		qsort(names.name, names.count, sizeof *names.name, compare);
	count(&names, now, then);
	now->any = any.now;
	then->any = any.then;
	return 0;
}

int blast_count_names(struct blast *blast)
{
	struct blast_reach *now = &blast->auditing->audit->blast.now;
	struct blast_reach *then = &blast->auditing->audit->blast.then;
	int r = count_kind(blast, RESOURCE_HOST, ACTION_CONNECT, ACTION_SEND, &now->hosts,
			   &then->hosts);

	r = r < 0 ? r
		  : count_kind(blast, RESOURCE_HOST, ACTION_BIND, ACTION_ACCEPT, &now->listening,
			       &then->listening);
	return r < 0 ? r
		     : count_kind(blast, RESOURCE_TOOL, ACTION_CALL, ACTION_CALL, &now->tools,
				  &then->tools);
}
