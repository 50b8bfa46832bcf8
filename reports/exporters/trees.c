#include "reports/exporters/trees.h"

#include "core/text.h"
#include "reports/exporters/bwrap_places.h"
#include "reports/exporters/conditions.h"
#include "reports/exporters/losses.h"

#include <stdlib.h>
#include <string.h>

#define ACTIONS_INSIDE (ACTIONS_ENTRY | ACTION_BIT(LINK) | ACTION_BIT(BIND))

struct collector {
	struct trees *trees;
	const struct tree_style *style;
	struct losses *losses;
	const struct rule *rule;
	unsigned actions; /* of all rules of its path */
};

static void drop(struct collector *collector, const char *reason)
{
	losses_add(collector->losses, collector->rule, LOSS_DROPPED, "%s", reason);
}

static void widen(struct collector *collector, const char *reason)
{
	losses_add(collector->losses, collector->rule, LOSS_WIDENED, "%s", reason);
}

static void release(struct tree *tree)
{
	free(tree->path);
	free(tree->rule);
}

static bool keep(struct trees *trees, const struct tree *tree)
{
	if (trees->count == trees->capacity) {
		size_t capacity = trees->capacity ? trees->capacity * 2 : 64;
		struct tree *grown = reallocarray(trees->tree, capacity, sizeof *grown);

		if (!grown)
			return false;
		trees->tree = grown;
		trees->capacity = capacity;
	}
	trees->tree[trees->count++] = *tree;
	return true;
}

/* The rule's action on the path of its first `count` components, or on what is in it. */
static bool add(struct collector *collector, size_t count, bool inside)
{
	scoped(buffer) struct buffer path = { 0 };
	struct trees *trees = collector->trees;
	unsigned action = 1u << collector->rule->action;
	struct tree tree = { .here = inside ? 0 : action, .inside = inside ? action : 0 };

	pattern_raw(&collector->rule->match, count, &path);
	if (collector->style->takes && !collector->style->takes(buffer_bytes(&path))) {
		drop(collector, "a name like this cannot be written there");
		return false;
	}
	tree.path = buffer_steal(&path);
	tree.rule = malloc(sizeof *tree.rule);
	if (!tree.path || !tree.rule || !keep(trees, &tree)) {
		release(&tree);
		trees->failed = true;
		return false;
	}
	trees->tree[trees->count - 1].rule[0] = collector->rule;
	trees->tree[trees->count - 1].rule_count = 1;
	return true;
}

static void add_entry(struct collector *collector)
{
	size_t count = collector->rule->match.count;

	if (count < 2) {
		drop(collector, "it would make the whole file system writable");
		return;
	}
	if (add(collector, count - 1, true))
		widen(collector, "all below the folder that holds it can be written, created, "
				 "renamed and deleted");
}

static void add_open(struct collector *collector, size_t count)
{
	const struct pattern *pattern = &collector->rule->match;
	unsigned action = 1u << collector->rule->action;
	const unsigned all = ACTION_BIT(WRITE) | ACTIONS_ENTRY;

	if (!count) {
		drop(collector, "it would open the whole file system");
		return;
	}
	if (!add(collector, count, true))
		return;
	if (count + 1 < pattern->count || !pattern_is_tree(pattern))
		widen(collector, "all below the last folder before the part that varies");
	if (action & (ACTIONS_CHANGE | ACTIONS_INSIDE) && (collector->actions & all) != all)
		widen(collector,
		      "all below the folder can be written, created, renamed and deleted");
}

static void exact_losses(struct collector *collector)
{
	unsigned action = 1u << collector->rule->action, actions = collector->actions;

	if (action == ACTION_BIT(LIST))
		widen(collector, "folders below it can be listed, too");
	if (action & ACTIONS_EDIT && !(actions & ACTIONS_READ) && !collector->style->looks)
		widen(collector, "it can also be read");
	if (action & (ACTION_BIT(APPEND) | ACTION_BIT(ATTR)) && !(actions & ACTION_BIT(WRITE)))
		widen(collector, "all of it can be written");
}

/* What comes and goes may not be there at the start, where rights are given. */
static bool may_come(const struct collector *collector)
{
	return collector->style->looks && collector->actions & ACTIONS_ENTRY &&
	       collector->rule->match.count > 1;
}

static void add_exact(struct collector *collector)
{
	unsigned action = 1u << collector->rule->action;
	size_t count = collector->rule->match.count;

	if (action & ACTIONS_LOOK && !collector->style->looks) {
		if (!(collector->actions & ~ACTIONS_LOOK))
			drop(collector, "it could then be read, with all below it");
		return;
	}
	if (!add(collector, count, false))
		return;
	if (may_come(collector) && add(collector, count - 1, true))
		widen(collector, "so can all below its folder: it may not be there at the start");
	exact_losses(collector);
}

static bool is_system(const struct pattern *pattern)
{
	static const char *const name[] = {
		"usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32"
	};

	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (pattern->count && pattern->token[0].kind == TOKEN_LITERAL &&
		    bytes_equal(pattern->token[0].literal, bytes_of(name[i])))
			return true;
	return false;
}

/* What is there without the rule. */
static bool is_there(struct collector *collector)
{
	const struct pattern *pattern = &collector->rule->match;
	unsigned action = 1u << collector->rule->action;
	enum place_mount mount = place_mount(pattern);

	if (collector->style->whole_system && is_system(pattern) &&
	    !(action & (ACTIONS_CHANGE | ACTIONS_INSIDE)))
		return true;
	if (!collector->style->own_devices || mount == MOUNT_NONE)
		return false;
	if (mount == MOUNT_DEVICE || (mount == MOUNT_PROC && action & ACTIONS_CHANGE))
		drop(collector, "the sandbox has a /proc and /dev of its own");
	else if (mount == MOUNT_SHM)
		losses_add(collector->losses, collector->rule, LOSS_NARROWED,
			   "in a /dev of the sandbox's own");
	return true;
}

static void add_rule(struct collector *collector)
{
	const struct pattern *pattern = &collector->rule->match;
	size_t count = pattern_literal_count(pattern);

	if (pattern->root != ROOT_NONE)
		losses_add(collector->losses, collector->rule, LOSS_DROPPED,
			   "nobody said what %s is: --workspace, --home, --tmp",
			   root_text(pattern->root));
	else if (is_there(collector))
		return;
	else if (count < pattern->count)
		add_open(collector, count);
	else if ((1u << collector->rule->action) & ACTIONS_INSIDE)
		add_entry(collector);
	else
		add_exact(collector);
}

static int tree_compare(const void *left, const void *right)
{
	const struct tree *a = left, *b = right;
	int order = strcmp(a->path, b->path);

	return order ? order : (a->rule[0] > b->rule[0]) - (a->rule[0] < b->rule[0]);
}

static void join(struct trees *trees, struct tree *into, struct tree *from)
{
	const struct rule **grown =
		reallocarray(into->rule, into->rule_count + 1, sizeof *into->rule);

	trees->failed |= !grown;
	if (grown) {
		into->rule = grown;
		into->rule[into->rule_count++] = from->rule[0];
	}
	into->here |= from->here;
	into->inside |= from->inside;
	release(from);
}

static void settle(struct trees *trees)
{
	size_t kept = 0;

	if (!trees->count)
		return;
	qsort(trees->tree, trees->count, sizeof *trees->tree, tree_compare);
	for (size_t i = 1; i < trees->count; i++)
		if (!strcmp(trees->tree[kept].path, trees->tree[i].path))
			join(trees, &trees->tree[kept], &trees->tree[i]);
		else
			trees->tree[++kept] = trees->tree[i];
	trees->count = kept + 1;
}

void trees_collect(struct trees *trees, const struct policy *policy, const struct tree_style *style,
		   struct losses *losses)
{
	scoped(grants) struct grants grants = { 0 };

	grants_collect(&grants, policy);
	trees->failed = grants.failed;
	for (size_t i = 0; i < policy->count && !trees->failed; i++) {
		struct collector collector = { trees, style, losses, &policy->rule[i],
					       grants.actions[i] };

		if (!rule_is_place(&policy->rule[i]))
			continue;
		add_rule(&collector);
		condition_losses(&policy->rule[i], losses);
	}
	settle(trees);
}

static bool is_covered(const struct trees *trees, size_t count, const struct tree *tree)
{
	for (size_t i = 0; i < count; i++) {
		const struct tree *above = &trees->tree[i];
		size_t size = strlen(above->path);

		if (strncmp(above->path, tree->path, size) || tree->path[size] != '/')
			continue;
		if (above->inside & (ACTIONS_CHANGE | ACTIONS_INSIDE))
			return true;
		if (above->inside & ACTIONS_READ && !tree_is_written(tree))
			return true;
	}
	return false;
}

void trees_prune(struct trees *trees)
{
	size_t kept = 0;

	for (size_t i = 0; i < trees->count; i++)
		if (is_covered(trees, kept, &trees->tree[i]))
			release(&trees->tree[i]);
		else
			trees->tree[kept++] = trees->tree[i];
	trees->count = kept;
}

void trees_cleanup(struct trees *trees)
{
	for (size_t i = 0; i < trees->count; i++)
		release(&trees->tree[i]);
	free(trees->tree);
	*trees = (struct trees){ 0 };
}

bool tree_is_written(const struct tree *tree)
{
	return (tree->here | tree->inside) & (ACTIONS_CHANGE | ACTIONS_INSIDE);
}

bool tree_is_read(const struct tree *tree)
{
	return (tree->here | tree->inside) & (ACTIONS_READ | ACTIONS_LOOK);
}

bool path_is_utf8(struct bytes path)
{
	for (size_t at = 0; at < path.size;) {
		unsigned code;
		size_t size = text_decode(path.data + at, path.size - at, &code);

		if (!size)
			return false;
		at += size;
	}
	return true;
}

bool path_is_text(struct bytes path)
{
	for (size_t at = 0; at < path.size;) {
		unsigned code;
		size_t size = text_decode(path.data + at, path.size - at, &code);

		if (!size || code < ' ' || (code >= 0x7f && code < 0xa0))
			return false;
		at += size;
	}
	return true;
}

bool path_is_without(struct bytes path, const char *characters)
{
	for (size_t i = 0; i < path.size; i++)
		if (strchr(characters, path.data[i]))
			return false;
	return path_is_text(path);
}

bool pattern_is_utf8(const struct pattern *pattern)
{
	for (size_t i = 0; i < pattern->count; i++)
		if (pattern->token[i].kind == TOKEN_LITERAL &&
		    !path_is_utf8(pattern->token[i].literal))
			return false;
	return true;
}
