#include "core/argv.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/policy_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Templates that stand for one command are found by its text; only others are tried one by one. */
struct templates {
	struct argv *argv; /* as rule->argv */
	size_t count;
	size_t mask;	/* buckets, less one */
	uint32_t *slot; /* the number of a template, from 1; 0: none */
	bool is_open;
};

int rule_add_argv(struct rule *rule, const char *text)
{
	size_t count = rule->argv_count;
	char **grown = rule->argv, *copy = strdup(text);

	/* The room is the next power of two. */
	if ((count & (count - 1)) == 0)
		grown = reallocarray(grown, count ? count * 2 : 1, sizeof *grown);
	if (!grown || !copy) {
		rule->argv = grown ? grown : rule->argv;
		free(copy);
		return -ENOMEM;
	}
	rule->argv = grown;
	grown[rule->argv_count++] = copy;
	return 0;
}

static void free_parsed(struct rule *rule)
{
	struct templates *templates = rule->templates;

	if (!templates)
		return;
	for (size_t i = 0; i < templates->count; i++)
		argv_release(&templates->argv[i]);
	free(templates->argv);
	free(templates->slot);
	free(templates);
	rule->templates = NULL;
}

void templates_release(struct rule *rule)
{
	free_parsed(rule);
	for (size_t i = 0; i < rule->argv_count; i++)
		free(rule->argv[i]);
	free(rule->argv);
	rule->argv = NULL;
	rule->argv_count = 0;
}

static int canonical(char **text, struct error *err)
{
	scoped(argv) struct argv argv = { 0 };
	scoped(buffer) struct buffer written = { 0 };
	int r = argv_read(&argv, *text, err);

	if (r < 0)
		return r;
	argv_write(&argv, &written);
	if (buffer_status(&written) < 0)
		return error_set(err, ENOMEM, "read arguments");
	free(*text);
	*text = buffer_steal(&written);
	return 0;
}

static int compare_texts(const void *a, const void *b)
{
	const char *const *one = a, *const *other = b;

	return strcmp(*one, *other);
}

static void sort_once(struct rule *rule)
{
	size_t kept = 1;

	qsort(rule->argv, rule->argv_count, sizeof *rule->argv, compare_texts);
	for (size_t i = 1; i < rule->argv_count; i++) {
		if (strcmp(rule->argv[i], rule->argv[kept - 1]))
			rule->argv[kept++] = rule->argv[i];
		else
			free(rule->argv[i]);
	}
	rule->argv_count = kept;
}

static size_t slot_of(const struct templates *templates, struct bytes text)
{
	return hash_bytes(text.data, text.size) & templates->mask;
}

static void put(struct templates *templates, const char *text, size_t index)
{
	size_t at = slot_of(templates, bytes_of(text));

	while (templates->slot[at])
		at = (at + 1) & templates->mask;
	templates->slot[at] = (uint32_t)index + 1;
}

static int parse_all(struct rule *rule, struct error *err)
{
	struct templates *templates = rule->templates;
	int r = 0;

	for (size_t i = 0; i < rule->argv_count && r == 0; i++) {
		r = argv_read(&templates->argv[i], rule->argv[i], err);
		if (r < 0)
			break;
		templates->count++;
		templates->is_open = templates->is_open || argv_is_open(&templates->argv[i]);
		put(templates, rule->argv[i], i);
	}
	return r;
}

static int allocate(struct rule *rule)
{
	struct templates *templates = calloc(1, sizeof *templates);
	size_t buckets = 4;

	rule->templates = templates;
	if (!templates)
		return -ENOMEM;
	while (buckets < rule->argv_count * 2)
		buckets *= 2;
	templates->mask = buckets - 1;
	templates->argv = calloc(rule->argv_count, sizeof *templates->argv);
	templates->slot = calloc(buckets, sizeof *templates->slot);
	return templates->argv && templates->slot ? 0 : -ENOMEM;
}

int templates_build(struct rule *rule, struct error *err)
{
	int r = 0;

	free_parsed(rule);
	if (!rule->argv_count)
		return 0;
	for (size_t i = 0; i < rule->argv_count && r == 0; i++)
		r = canonical(&rule->argv[i], err);
	if (r < 0)
		return r;
	sort_once(rule);
	if (allocate(rule) < 0)
		return error_set(err, ENOMEM, "read arguments");
	return parse_all(rule, err);
}

static bool finds_text(const struct rule *rule, struct bytes text)
{
	const struct templates *templates = rule->templates;
	size_t at = slot_of(templates, text);

	for (; templates->slot[at]; at = (at + 1) & templates->mask)
		if (bytes_equal(bytes_of(rule->argv[templates->slot[at] - 1]), text))
			return true;
	return false;
}

static bool tries_each(const struct templates *templates, const struct roots *roots,
		       const struct argv *command)
{
	for (size_t i = 0; i < templates->count; i++)
		if (argv_matches(&templates->argv[i], roots, command))
			return true;
	return false;
}

bool templates_admit(const struct rule *rule, const struct roots *roots, const struct asked *asked)
{
	scoped(argv) struct argv command = { 0 }, symbolic = { 0 };
	scoped(buffer) struct buffer text = { 0 };

	if (!rule->argv_count || !asked->with_argv)
		return true;
	if (!rule->templates || argv_of_command(&command, asked->name, asked->argv) < 0 ||
	    argv_of_command(&symbolic, asked->name, asked->argv) < 0 ||
	    argv_make_symbolic(&symbolic, roots) < 0)
		return false;
	argv_write(&symbolic, &text);
	if (buffer_status(&text) < 0)
		return false;
	return finds_text(rule, buffer_bytes(&text)) ||
	       tries_each(rule->templates, roots, &command);
}

bool rule_has_open_argv(const struct rule *rule)
{
	return rule->templates && rule->templates->is_open;
}

const char *rule_nearest_argv(const struct rule *rule, const struct roots *roots,
			      struct bytes program, struct bytes argv)
{
	scoped(argv) struct argv command = { 0 };
	size_t most = 0, best = 0;

	if (!rule->templates || argv_of_command(&command, program, argv) < 0)
		return NULL;
	for (size_t i = 0; i < rule->templates->count; i++) {
		size_t near = argv_nearness(&rule->templates->argv[i], roots, &command);

		if (near <= most)
			continue;
		most = near;
		best = i;
	}
	return rule->argv[best];
}
