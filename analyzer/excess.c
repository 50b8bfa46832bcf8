#include "analyzer/excess.h"

#include "analyzer/objective.h"
#include "analyzer/protect.h"
#include "core/text.h"
#include "core/varying.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Names that are looked at, and folders within folders. */
#define LOOKS_MAX 200000
#define DEPTH_MAX 64

struct walk {
	const struct policy *policy;
	const struct evidence *evidence;
	const struct roots *roots;
	const struct rule *rule;
	struct excess *excess;
	struct buffer path; /* of the object at hand */
	struct buffer key;
	int64_t looks, weight; /* weight: of the example */
	bool failed;
};

static void put_key(struct walk *walk)
{
	char head[ATOM_KEY_HEAD] = { (char)walk->rule->resource, (char)walk->rule->action,
				     OUTCOME_OK };

	buffer_clear(&walk->key);
	buffer_append(&walk->key, head, sizeof head);
	pattern_of_name(walk->roots, walk->rule->resource, buffer_bytes(&walk->path), &walk->key);
	buffer_append(&walk->key, "", 1);
	if (walk->rule->phase)
		buffer_add(&walk->key, walk->rule->phase);
	buffer_append(&walk->key, "", 1);
}

static bool was_used(const struct walk *walk)
{
	struct asked asked = {
		.resource = walk->rule->resource,
		.action = walk->rule->action,
		.name = buffer_bytes(&walk->path),
		.phase = bytes_of(walk->rule->phase ? walk->rule->phase : ""),
	};
	const struct rule *exact;
	struct atom *atom;

	HASH_FIND(hh, walk->evidence->opened, walk->key.data, walk->key.size, atom);
	if (atom)
		return true;
	/* Exact rules come first, and are of what was used. */
	exact = policy_match(walk->policy, walk->roots, &asked, NULL);
	return exact && !pattern_is_open(&exact->match);
}

static void set_example(struct walk *walk, int64_t weight)
{
	char *example;

	if (weight <= walk->weight)
		return;
	example = strdup(walk->key.data + ATOM_KEY_HEAD);
	walk->failed = walk->failed || !example;
	if (!example)
		return;
	free(walk->excess->example);
	walk->excess->example = example;
	walk->weight = weight;
}

static void count(struct walk *walk)
{
	const struct place *place = place_of(bytes_of(walk->key.data + ATOM_KEY_HEAD));
	struct excess *excess = walk->excess;

	if (protect_find(walk->evidence->protection, walk->rule->resource, walk->rule->action,
			 buffer_bytes(&walk->path))) {
		excess->sensitive++;
		set_example(walk, INT64_MAX);
		return;
	}
	if (!strcmp(place->folder, root_text(ROOT_WORKSPACE)))
		excess->workspace++;
	else if (!*place->folder)
		excess->settings++;
	else if (place->is_open)
		excess->temporary++;
	else
		excess->system++;
	set_example(walk, place->weight);
}

static void look(struct walk *walk)
{
	struct stat status;

	if (buffer_status(&walk->path) < 0 || lstat(buffer_text(&walk->path), &status) < 0)
		return;
	put_key(walk);
	walk->failed = walk->failed || buffer_status(&walk->key) < 0;
	if (!walk->failed && !was_used(walk))
		count(walk);
}

static void descend(struct walk *walk, size_t token, int depth);

static bool admits(const struct token *token, const char *name)
{
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	return token->kind != TOKEN_VARYING || varying_matches(token->varying, bytes_of(name));
}

static void try_entry(struct walk *walk, const char *name, size_t token, int depth)
{
	const struct token *at = &walk->rule->match.token[token];
	size_t before = walk->path.size;

	buffer_add_char(&walk->path, '/');
	buffer_add(&walk->path, name);
	if (at->kind == TOKEN_SUBTREE) {
		look(walk);
		descend(walk, token, depth + 1);
	} else {
		descend(walk, token + 1, depth + 1);
	}
	walk->path.size = before;
}

static void list(struct walk *walk, size_t token, int depth)
{
	DIR *folder = opendir(walk->path.size ? buffer_text(&walk->path) : "/");
	const struct dirent *entry;

	while (folder && !walk->failed && (entry = readdir(folder))) {
		if (walk->looks++ >= LOOKS_MAX) {
			walk->excess->is_capped = true;
			break;
		}
		if (admits(&walk->rule->match.token[token], entry->d_name))
			try_entry(walk, entry->d_name, token, depth);
	}
	if (folder)
		closedir(folder);
}

/* What the tokens from here on admit below the path. */
static void descend(struct walk *walk, size_t token, int depth)
{
	const struct pattern *pattern = &walk->rule->match;
	size_t before = walk->path.size;

	if (depth > DEPTH_MAX || buffer_status(&walk->path) < 0)
		return;
	if (token == pattern->count) {
		look(walk);
		return;
	}
	if (pattern->token[token].kind != TOKEN_LITERAL) {
		list(walk, token, depth);
		return;
	}
	buffer_add_char(&walk->path, '/');
	buffer_append(&walk->path, pattern->token[token].literal.data,
		      pattern->token[token].literal.size);
	descend(walk, token + 1, depth + 1);
	walk->path.size = before;
}

static bool admits_what_is_there(const struct rule *rule)
{
	return rule->resource == RESOURCE_FILE && pattern_is_open(&rule->match) && !rule->own &&
	       rule->action != ACTION_CREATE;
}

static const struct roots *last_roots(const struct evidence *evidence)
{
	const struct evidence_run *last = &evidence->run[0];

	for (size_t i = 1; i < evidence->run_count; i++)
		if (evidence->run[i].started_ns > last->started_ns)
			last = &evidence->run[i];
	return &evidence->root[last->root].roots;
}

int excess_count(const struct policy *policy, const struct evidence *evidence, struct excess *ret)
{
	struct excess excess = { 0 };
	struct walk walk = { .policy = policy, .evidence = evidence, .excess = &excess };

	if (!evidence->run_count)
		return 0;
	walk.roots = last_roots(evidence);
	for (size_t i = 0; i < policy->count && !walk.failed; i++) {
		struct bytes folder = root_folder(walk.roots, policy->rule[i].match.root);

		walk.rule = &policy->rule[i];
		if (!admits_what_is_there(walk.rule) ||
		    (walk.rule->match.root != ROOT_NONE && !folder.size))
			continue;
		buffer_clear(&walk.path);
		buffer_append(&walk.path, folder.data, folder.size);
		descend(&walk, 0, 0);
	}
	buffer_release(&walk.path);
	buffer_release(&walk.key);
	if (walk.failed) {
		excess_release(&excess);
		return -ENOMEM;
	}
	*ret = excess;
	return 0;
}

void excess_release(struct excess *excess)
{
	free(excess->example);
	*excess = (struct excess){ 0 };
}
