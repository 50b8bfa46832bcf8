#include "reports/exporters/bwrap_places.h"

#include <stdlib.h>

bool place_has_room(const struct pattern *pattern)
{
	if (pattern_is_tree(pattern))
		return true;
	return pattern->count > (pattern->root == ROOT_NONE ? 1 : 0);
}

static bool component_is(const struct pattern *pattern, size_t index, const char *text)
{
	return index < pattern->count && pattern->token[index].kind == TOKEN_LITERAL &&
	       bytes_equal(pattern->token[index].literal, bytes_of(text));
}

/* A process, or any: a number, self, thread-self, or a wildcard. */
static bool names_process(const struct pattern *pattern)
{
	struct bytes name;

	if (pattern->count < 2 || pattern->token[1].kind != TOKEN_LITERAL)
		return true;
	name = pattern->token[1].literal;
	for (size_t i = 0; i < name.size; i++)
		if (name.data[i] < '0' || name.data[i] > '9')
			return component_is(pattern, 1, "self") ||
			       component_is(pattern, 1, "thread-self");
	return true;
}

static enum place_mount device_mount(const struct pattern *pattern)
{
	/* bwrap(1), --dev; what it makes is fixed in its source. */
	static const char *const device[] = { "null",  "zero",	 "full",   "random",  "urandom",
					      "tty",   "pts",	 "ptmx",   "console", "fd",
					      "stdin", "stdout", "stderr", "core" };

	if (component_is(pattern, 1, "shm"))
		return MOUNT_SHM;
	for (size_t i = 0; i < sizeof device / sizeof *device; i++)
		if (component_is(pattern, 1, device[i]))
			return MOUNT_DEV;
	return pattern->count < 2 || pattern_is_tree(pattern) ? MOUNT_DEV : MOUNT_DEVICE;
}

enum place_mount place_mount(const struct pattern *pattern)
{
	if (pattern->root != ROOT_NONE)
		return MOUNT_NONE;
	if (component_is(pattern, 0, "proc"))
		return names_process(pattern) ? MOUNT_PROCESS : MOUNT_PROC;
	if (component_is(pattern, 0, "dev"))
		return device_mount(pattern);
	return MOUNT_NONE;
}

/* A folder stands before what it holds. */
static int place_compare(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->pattern->root != b->pattern->root)
		return a->pattern->root < b->pattern->root ? -1 : 1;
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		int order = token_compare(&a->pattern->token[i], &b->pattern->token[i]);

		if (order)
			return order;
	}
	return (a->count > b->count) - (a->count < b->count);
}

static void add(struct plan *plan, enum place_set set, const struct pattern *pattern, size_t count)
{
	struct places *places = &plan->set[set];

	if (places->count == places->capacity) {
		size_t capacity = places->capacity ? places->capacity * 2 : 64;
		struct place *grown = reallocarray(places->place, capacity, sizeof *grown);

		if (!grown) {
			plan->failed = true;
			return;
		}
		places->place = grown;
		places->capacity = capacity;
	}
	places->place[places->count++] = (struct place){ pattern, count };
}

static void settle(struct places *places)
{
	size_t kept = 0;

	if (!places->count)
		return;
	qsort(places->place, places->count, sizeof *places->place, place_compare);
	for (size_t i = 1; i < places->count; i++)
		if (place_compare(&places->place[kept], &places->place[i]))
			places->place[++kept] = places->place[i];
	places->count = kept + 1;
}

bool plan_has(const struct plan *plan, enum place_set set, struct place place)
{
	const struct places *places = &plan->set[set];

	return places->count &&
	       bsearch(&place, places->place, places->count, sizeof *places->place, place_compare);
}

static void add_tree(struct plan *plan, const struct pattern *pattern, unsigned actions,
		     enum risk risk)
{
	size_t folder = pattern->count - 1;

	if (actions & (ACTIONS_EDIT | ACTIONS_ENTRY | ACTION_BIT(LINK) | ACTION_BIT(BIND)))
		add(plan, PLACE_OPEN, pattern, folder);
	else if (actions & ACTIONS_READ || risk < RISK_HIGH)
		add(plan, PLACE_TREE, pattern, folder);
}

/* An entry that comes and goes is free, and so is what is below it when it is a folder. */
static void add_entry(struct plan *plan, const struct pattern *pattern)
{
	add(plan, PLACE_FREE, pattern, pattern->count);
	add(plan, PLACE_ROOM, pattern, pattern->count);
	add(plan, PLACE_ROOM, pattern, pattern->count - 1);
}

/* What is there already, and stays. */
static enum place_set standing_set(const struct pattern *pattern, unsigned actions, enum risk risk)
{
	if (actions & ACTIONS_EDIT)
		return PLACE_EDIT;
	if (actions & ACTIONS_READ)
		return PLACE_READ;
	if (risk >= RISK_HIGH)
		return PLACE_HIDE;
	return pattern->root == ROOT_WORKSPACE ? PLACE_READ : PLACE_GLANCE;
}

static void add_name(struct plan *plan, const struct pattern *pattern, unsigned actions,
		     enum risk risk)
{
	if (actions & ACTION_BIT(LINK))
		add(plan, PLACE_FREE, pattern, pattern->count);
	if (actions & (ACTIONS_ENTRY | ACTION_BIT(BIND)) && place_has_room(pattern)) {
		add_entry(plan, pattern);
		return;
	}
	if (!pattern->count && pattern->root == ROOT_NONE)
		return;
	if (actions & ACTION_BIT(ATTR))
		add(plan, PLACE_ROOM, pattern, pattern->count);
	add(plan, standing_set(pattern, actions, risk), pattern, pattern->count);
}

/* These lead to /proc/self/fd. */
static bool names_descriptor(const struct pattern *pattern)
{
	return component_is(pattern, 1, "fd") || component_is(pattern, 1, "stdin") ||
	       component_is(pattern, 1, "stdout") || component_is(pattern, 1, "stderr");
}

static void add_path(struct plan *plan, const struct pattern *pattern, unsigned actions,
		     enum risk risk)
{
	enum place_mount mount = place_mount(pattern);

	plan->proc |= mount == MOUNT_PROCESS || mount == MOUNT_PROC ||
		      (mount == MOUNT_DEV && names_descriptor(pattern));
	plan->proc_writable |= mount == MOUNT_PROCESS && (actions & ACTIONS_CHANGE);
	plan->devices |= mount >= MOUNT_DEV;
	plan->shared_memory |= mount == MOUNT_SHM;
	plan->root[pattern->root] = true;
	if (mount == MOUNT_DEVICE)
		add(plan, PLACE_DEVICE, pattern, pattern->count);
	if (mount != MOUNT_NONE)
		return;
	if (pattern_is_tree(pattern))
		add_tree(plan, pattern, actions, risk);
	else
		add_name(plan, pattern, actions, risk);
}

static void add_ways(struct plan *plan)
{
	for (enum place_set set = 0; set < PLACE_DEVICE; set++)
		for (size_t i = 0; i < plan->set[set].count; i++) {
			const struct place *place = &plan->set[set].place[i];
			size_t first = place->pattern->root == ROOT_NONE ? 1 : 0;

			for (size_t count = first; count < place->count; count++)
				add(plan, PLACE_WAY, place->pattern, count);
		}
}

/* A path that rules name, and which of them does. */
struct named {
	struct place place;
	const struct rule *rule;
};

static int named_compare(const void *left, const void *right)
{
	const struct named *a = left, *b = right;
	int order = place_compare(&a->place, &b->place);

	return order ? order : (a->rule > b->rule) - (a->rule < b->rule);
}

static size_t collect(const struct policy *policy, struct named *named)
{
	size_t count = 0;

	for (size_t i = 0; i < policy->count; i++) {
		const struct rule *rule = &policy->rule[i];

		if (rule_is_place(rule))
			named[count++] =
				(struct named){ { &rule->match, rule->match.count }, rule };
	}
	qsort(named, count, sizeof *named, named_compare);
	return count;
}

/* Rules [from, to) name the same path. */
static void add_group(struct plan *plan, const struct policy *policy, const struct named *named,
		      size_t from, size_t to)
{
	unsigned actions = 0;
	enum risk risk = RISK_LOW;

	for (size_t i = from; i < to; i++) {
		actions |= 1u << named[i].rule->action;
		if (named[i].rule->risk > risk)
			risk = named[i].rule->risk;
	}
	for (size_t i = from; i < to; i++)
		plan->actions[named[i].rule - policy->rule] = actions;
	add_path(plan, &named[from].rule->match, actions, risk);
}

void plan_places(struct plan *plan, const struct policy *policy)
{
	struct named *named = calloc(policy->count + 1, sizeof *named);
	size_t count, to;

	plan->actions = calloc(policy->count + 1, sizeof *plan->actions);
	plan->failed |= !named || !plan->actions;
	count = plan->failed ? 0 : collect(policy, named);
	for (size_t from = 0; from < count; from = to) {
		for (to = from + 1; to < count; to++)
			if (place_compare(&named[from].place, &named[to].place))
				break;
		add_group(plan, policy, named, from, to);
	}
	free(named);
	add_ways(plan);
	for (enum place_set set = 0; set < PLACE_SET_COUNT; set++)
		settle(&plan->set[set]);
}

void plan_cleanup(struct plan *plan)
{
	for (enum place_set set = 0; set < PLACE_SET_COUNT; set++)
		free(plan->set[set].place);
	free(plan->actions);
	*plan = (struct plan){ 0 };
}
