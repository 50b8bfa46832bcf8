#include "analyzer/audit/blast.h"

#include "core/error.h"

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

/* What a pattern of hosts ends with that has any port. */
#define ANY_PORT  ":{digit:1-5}"
#define SOME_PORT ":443"

/* A host with any port is one name all the same: `ret` then gets it with a port.  Else it gets the
 * pattern.  False: it has names that nobody lists. */
static bool is_one_name(const struct pattern *pattern, struct pattern *ret)
{
	scoped(buffer) struct buffer text = { 0 };
	size_t any = strlen(ANY_PORT);
	struct error err = { 0 };

	pattern_write(pattern, &text);
	if (buffer_status(&text) == 0 && text.size > any &&
	    !strcmp(text.data + text.size - any, ANY_PORT)) {
		text.size -= any;
		buffer_add(&text, SOME_PORT);
	}
	if (buffer_status(&text) < 0 ||
	    pattern_parse(ret, pattern->resource, buffer_text(&text), &err) < 0)
		return false;
	return !pattern_is_open(ret);
}

static int add_exact(struct names *names, const struct pattern *pattern)
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

static int add(struct names *names, const struct pattern *pattern, bool *ret_open)
{
	scoped(pattern) struct pattern one = { 0 };

	*ret_open = !is_one_name(pattern, &one);
	return *ret_open ? 0 : add_exact(names, &one);
}

/* `ret`: whether the rule admits names that nobody lists. */
static int add_rule(struct names *names, const struct rule *rule, const struct kept_rule *kept,
		    struct admitted *ret)
{
	bool is_open, any = false;
	int r = add(names, &rule->match, &is_open);

	ret->now = kept->grant && is_open;
	for (size_t i = 0; i < kept->count && r == 0; i++) {
		r = add(names, &kept->narrower[i], &is_open);
		any = any || is_open;
	}
	ret->then = ret->now && kept->is_kept && (any || !kept->narrower);
	return r;
}

/* The exact names of a source; `ret`: whether it has others. */
static int add_source(struct names *names, size_t number, struct admitted *ret)
{
	const struct audit_source *source = &names->blast->auditing->audit->source[number];
	int r = 0;

	for (size_t i = 0; i < source->allowed.count && r == 0; i++) {
		const struct rule *rule = &source->allowed.rule[i];
		const struct kept_rule *kept = &names->blast->kept[number][i];
		struct admitted open = { false, false };

		if (is_of(names, rule))
			r = add_rule(names, rule, kept, &open);
		ret->now = ret->now || open.now;
		ret->then = ret->then || open.then;
	}
	return r;
}

/* Of a host what stands between its protocol and its port; else all of it. */
static struct bytes without_port(const struct names *names, const char *name)
{
	const char *slash = strchr(name, '/'), *colon = strrchr(name, ':');

	if (names->resource != RESOURCE_HOST || !slash || !colon || colon < slash)
		return bytes_of(name);
	return (struct bytes){ slash + 1, (size_t)(colon - slash - 1) };
}

static int compare(const void *a, const void *b, void *context)
{
	const char *const *one = a, *const *other = b;
	int order = bytes_compare(without_port(context, *one), without_port(context, *other));

	return order ? order : strcmp(*one, *other);
}

static struct admitted admits(const struct names *names, const char *name)
{
	struct admitted one =
		blast_admits(names->blast, names->resource, names->action[0], bytes_of(name));
	struct admitted other =
		blast_admits(names->blast, names->resource, names->action[1], bytes_of(name));

	return (struct admitted){ one.now || other.now, one.then || other.then };
}

/* One host counts once, by whatever protocol and port: from that name on, `ret` gets how many are
 * its. */
static struct admitted admits_host(const struct names *names, size_t from, size_t *ret)
{
	struct bytes host = without_port(names, names->name[from]);
	struct admitted any = { false, false };
	size_t at = from;

	for (; at < names->count && bytes_equal(without_port(names, names->name[at]), host); at++) {
		struct admitted one = admits(names, names->name[at]);

		any.now = any.now || one.now;
		any.then = any.then || one.then;
	}
	*ret = at - from;
	return any;
}

static void count(const struct names *names, struct blast_names *now, struct blast_names *then)
{
	for (size_t i = 0, its; i < names->count; i += its) {
		struct admitted host = admits_host(names, i, &its);

		now->exact += host.now;
		then->exact += host.then;
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
		qsort_r(names.name, names.count, sizeof *names.name, compare, &names);
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
