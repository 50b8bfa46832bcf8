#include "analyzer/grants/filter.h"

#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* One rule, of one of its calls. */
struct filter_use {
	struct filter_use *next;
	const json_t *args;
	bool allows, needs_capability;
};

static const struct {
	const char *name;
	int allows;
} action_row[] = {
	{ "SCMP_ACT_ALLOW", 1 }, { "SCMP_ACT_LOG", 1 },		 { "SCMP_ACT_ERRNO", 0 },
	{ "SCMP_ACT_KILL", 0 },	 { "SCMP_ACT_KILL_PROCESS", 0 }, { "SCMP_ACT_KILL_THREAD", 0 },
	{ "SCMP_ACT_TRAP", 0 },
};

int filter_action(const char *action)
{
	for (size_t i = 0; action && i < sizeof action_row / sizeof *action_row; i++)
		if (!strcmp(action_row[i].name, action))
			return action_row[i].allows;
	return -1;
}

void filter_cleanup(struct filter *filter)
{
	struct filter_call *call, *next;

	HASH_ITER(hh, filter->call, call, next)
	{
		struct filter_use *after;

		HASH_DEL(filter->call, call);
		for (struct filter_use *use = call->use; use; use = after) {
			after = use->next;
			free(use);
		}
		free(call);
	}
}

static struct statement about(const struct filter *filter, const char *text)
{
	return (struct statement){ .source = filter->source,
				   .grants = filter->grants,
				   .text = text };
}

/* ---- rules ---- */

static struct filter_call *find(const struct filter *filter, const char *name)
{
	struct filter_call *call;

	HASH_FIND_STR(filter->call, name, call);
	return call;
}

static struct filter_call *find_or_add(struct filter *filter, const char *name)
{
	struct filter_call *call = find(filter, name);
	struct statement from = about(filter, name);

	if (call)
		return call;
	call = calloc(1, sizeof *call);
	if (!call)
		return NULL;
	call->name = name;
	HASH_ADD_KEYPTR(hh, filter->call, call->name, strlen(call->name), call);
	if (!call->hh.tbl) {
		free(call);
		return NULL;
	}
	if (seccomp_syscall_resolve_name(name) == __NR_SCMP_ERROR)
		granted_note(&from, NOTE_UNREAD, "no system call has that name");
	return call;
}

static void add_use(struct filter *filter, const char *name, const struct filter_use *like)
{
	struct filter_call *call = find_or_add(filter, name);
	struct filter_use *use = call ? malloc(sizeof *use) : NULL;

	if (!use) {
		filter->grants->failed = true;
		return;
	}
	*use = *like;
	use->next = call->use;
	call->use = use;
}

static bool has_word(const json_t *list, const char *word)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));

		if (text && !strcmp(text, word))
			return true;
	}
	return false;
}

/* Docker's names of what x86-64 can run. */
static bool has_architecture(const json_t *list)
{
	return has_word(list, "amd64") || has_word(list, "x86") || has_word(list, "x32");
}

static bool is_kernel_older(const char *minimum)
{
	struct utsname name;
	unsigned want[2] = { 0 }, have[2] = { 0 };

	if (!minimum || sscanf(minimum, "%u.%u", &want[0], &want[1]) < 1 || uname(&name) ||
	    sscanf(name.release, "%u.%u", &have[0], &have[1]) < 2)
		return false;
	return have[0] != want[0] ? have[0] < want[0] : have[1] < want[1];
}

/* Whether the rule counts on this machine, and only for who has some capability. */
static bool is_in_force(const json_t *rule, bool *ret_needs_capability)
{
	const json_t *in = json_object_get(rule, "includes");
	const json_t *out = json_object_get(rule, "excludes");
	const json_t *kernel = json_object_get(in, "minKernel");

	kernel = kernel ? kernel : json_object_get(rule, "minKernel");
	*ret_needs_capability = json_array_size(json_object_get(in, "caps")) ||
				json_array_size(json_object_get(out, "caps"));
	if (json_array_size(json_object_get(in, "arches")) &&
	    !has_architecture(json_object_get(in, "arches")))
		return false;
	return !has_architecture(json_object_get(out, "arches")) &&
	       !is_kernel_older(json_string_value(kernel));
}

static void check_keys(const struct filter *filter, json_t *object, const char *const *known)
{
	const char *key;
	const json_t *value;

	json_object_foreach(object, key, value)
	{
		struct statement from = about(filter, key);
		size_t i = 0;

		while (known[i] && strcmp(known[i], key) != 0)
			i++;
		if (!known[i])
			granted_note(&from, NOTE_UNREAD,
				     "it is no part of a rule that is known "
				     "here");
	}
}

static void read_rule(struct filter *filter, json_t *rule)
{
	static const char *const known[] = { "names",	 "name",      "action",	  "args",
					     "includes", "excludes",  "errnoRet", "errno",
					     "comment",	 "minKernel", NULL };
	const json_t *names = json_object_get(rule, "names");
	const char *name = json_string_value(json_object_get(rule, "name"));
	const char *action = json_string_value(json_object_get(rule, "action"));
	struct filter_use use = { .args = json_object_get(rule, "args"),
				  .allows = filter_action(action) > 0 };
	struct statement from = about(filter, name ? name : action);

	if (!json_is_object(rule) || (!json_is_array(names) && !name)) {
		granted_note(&from, NOTE_UNREAD, "a rule has to name calls");
		return;
	}
	check_keys(filter, rule, known);
	if (filter_action(action) < 0)
		granted_note(&from, NOTE_UNREAD, "another program decides, or nobody");
	if (!is_in_force(rule, &use.needs_capability))
		return;
	if (name)
		add_use(filter, name, &use);
	for (size_t i = 0; i < json_array_size(names); i++) {
		const char *one = json_string_value(json_array_get(names, i));

		if (one)
			add_use(filter, one, &use);
		else
			granted_note(&from, NOTE_UNREAD, "a name of a call has to be a string");
	}
}

void filter_read(struct filter *filter, const json_t *calls)
{
	struct statement from = about(filter, "syscalls");

	if (calls && !json_is_array(calls))
		granted_note(&from, NOTE_UNREAD, "it has to be a list");
	for (size_t i = 0; i < json_array_size(calls); i++)
		read_rule(filter, json_array_get(calls, i));
}

/* ---- questions ---- */

/* SCMP_CMP_MASKED_EQ has the mask in `value` and what it leaves in `valueTwo`.  -1: not known. */
static int compare(const char *op, uint64_t value, uint64_t two, uint64_t argument)
{
	const struct {
		const char *name;
		bool holds;
	} row[] = {
		{ "SCMP_CMP_EQ", argument == value },
		{ "SCMP_CMP_NE", argument != value },
		{ "SCMP_CMP_LT", argument < value },
		{ "SCMP_CMP_LE", argument <= value },
		{ "SCMP_CMP_GT", argument > value },
		{ "SCMP_CMP_GE", argument >= value },
		{ "SCMP_CMP_MASKED_EQ", (argument & value) == two },
	};

	for (size_t i = 0; op && i < sizeof row / sizeof *row; i++)
		if (!strcmp(row[i].name, op))
			return row[i].holds;
	return -1;
}

/* 1, 0, or -1: it depends on what the probe does not say. */
static int holds(const json_t *condition, const struct probe *probe)
{
	const json_t *index = json_object_get(condition, "index");
	json_int_t at = json_is_integer(index) ? json_integer_value(index) : FILTER_ARGUMENTS;

	if (at < 0 || at >= FILTER_ARGUMENTS || !probe->known[at])
		return -1;
	return compare(json_string_value(json_object_get(condition, "op")),
		       (uint64_t)json_integer_value(json_object_get(condition, "value")),
		       (uint64_t)json_integer_value(json_object_get(condition, "valueTwo")),
		       probe->argument[at]);
}

static int fits(const struct filter_use *use, const struct probe *probe)
{
	int all = use->needs_capability ? -1 : 1;

	for (size_t i = 0; i < json_array_size(use->args); i++) {
		int one = holds(json_array_get(use->args, i), probe);

		if (one == 0)
			return 0;
		all = one < 0 ? -1 : all;
	}
	return all;
}

/* A rule that does what is done by default changes nothing. */
enum verdict filter_ask(const struct filter *filter, const struct probe *probe)
{
	const struct filter_call *call = find(filter, probe->call);
	enum verdict verdict = filter->allows ? VERDICT_ALLOWED : VERDICT_REFUSED;

	for (const struct filter_use *use = call ? call->use : NULL; use; use = use->next) {
		int fit = use->allows != filter->allows ? fits(use, probe) : 0;

		if (fit > 0)
			return use->allows ? VERDICT_ALLOWED : VERDICT_REFUSED;
		if (fit < 0)
			verdict = VERDICT_PARTLY;
	}
	return verdict;
}
