/* quality_excess WORKSPACE HOME TMP EVIDENCE CAP FOLDERS POLICY...
 *
 * What each policy admits of what there is on this machine, and the evidence lacks.  At most CAP
 * objects are walked, breadth first, a quarter of them in each of the FOLDERS (with : between
 * them).  EVIDENCE has a line for each use, "KIND NAME", the kind one of r w d x as below.  Prints
 * a line of numbers for each policy: objects walked, pairs of object and kind admitted beyond the
 * evidence, the same by risk, then the pairs by sensitivity; then "! KIND NAME ID" for each of a
 * protected object, and
 * "> PAIRS ACTION PATTERN" for each rule that admits any. */
#include "analyzer/protect.h"
#include "core/bytes.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/policy.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Accesses of one kind are one capability, whatever its calls are. */
enum kind { KIND_READ, KIND_WRITE, KIND_DELETE, KIND_EXEC, KIND_COUNT };

static const struct capability {
	char letter;
	int weight;
	enum resource resource;
	enum action action[7];
} capability[KIND_COUNT] = {
	{ 'r', 1, RESOURCE_FILE, { ACTION_READ, ACTION_LIST, ACTION_MAP } },
	{ 'w',
	  3,
	  RESOURCE_FILE,
	  { ACTION_WRITE, ACTION_APPEND, ACTION_CREATE, ACTION_RENAME, ACTION_LINK, ACTION_ATTR } },
	{ 'd', 5, RESOURCE_FILE, { ACTION_DELETE } },
	{ 'x', 10, RESOURCE_PROGRAM, { ACTION_EXEC } },
};

enum group { GROUP_SECRET, GROUP_STARTUP, GROUP_CONFIG, GROUP_SOURCE, GROUP_CACHE, GROUP_COUNT };

static const int group_weight[GROUP_COUNT] = { 1000, 300, 30, 5, 1 };

struct object {
	char *name;
	bool is_program, is_folder;
};

struct known {
	UT_hash_handle hh;
	char key[]; /* the kind's letter, a space, the name */
};

struct machine {
	struct roots roots;
	struct protection *protection;
	struct known *known;
	struct object *object;
	size_t count, limit; /* so many by the end of the folder that is walked */
};

struct sum {
	int64_t pairs, risk, by_group[GROUP_COUNT];
	int64_t *by_rule;	 /* as the rules of the policy */
	struct buffer protected; /* lines */
};

static void give_up(const char *why)
{
	fprintf(stderr, "quality_excess: %s\n", why);
	exit(1);
}

static void add_object(struct machine *machine, const char *name)
{
	struct object *object = &machine->object[machine->count];
	struct stat stat;

	if (machine->count == machine->limit || lstat(name, &stat) < 0)
		return;
	if (!S_ISREG(stat.st_mode) && !S_ISDIR(stat.st_mode))
		return;
	object->name = strdup(name);
	if (!object->name)
		give_up("no memory");
	object->is_folder = S_ISDIR(stat.st_mode);
	object->is_program = !object->is_folder && (stat.st_mode & 0111);
	machine->count++;
}

static int compare_entries(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void add_children(struct machine *machine, const char *folder)
{
	struct dirent **entry = NULL;
	int count = scandir(folder, &entry, NULL, compare_entries);

	for (int i = 0; i < count; i++) {
		scoped(buffer) struct buffer path = { 0 };

		buffer_printf(&path, "%s/%s", folder, entry[i]->d_name);
		if (strcmp(entry[i]->d_name, ".") && strcmp(entry[i]->d_name, ".."))
			add_object(machine, buffer_text(&path));
		free(entry[i]);
	}
	free(entry);
}

/* A quarter of all at most, so that the next one gets its share. */
static void walk(struct machine *machine, const char *folder, size_t cap)
{
	size_t at = machine->count;

	machine->limit = at + cap / 4 < cap ? at + cap / 4 : cap;
	add_object(machine, folder);
	for (; at < machine->count; at++)
		if (machine->object[at].is_folder)
			add_children(machine, machine->object[at].name);
}

static void read_evidence(struct machine *machine, const char *path)
{
	FILE *in = fopen(path, "r");
	char *line = NULL;
	size_t capacity = 0;
	ssize_t size;

	if (!in)
		give_up(path);
	while ((size = getline(&line, &capacity, in)) > 0) {
		struct known *known = calloc(1, sizeof *known + (size_t)size), *same;

		if (!known)
			give_up("no memory");
		memcpy(known->key, line, (size_t)size - 1);
		HASH_FIND_STR(machine->known, known->key, same);
		if (same)
			free(known);
		else
			HASH_ADD_STR(machine->known, key, known);
	}
	free(line);
	fclose(in);
}

static bool is_known(const struct machine *machine, enum kind kind, const char *name)
{
	scoped(buffer) struct buffer key = { 0 };
	struct known *known;

	buffer_printf(&key, "%c %s", capability[kind].letter, name);
	HASH_FIND_STR(machine->known, buffer_text(&key), known);
	return known != NULL;
}

static const struct rule *find_rule(const struct policy *policy, const struct machine *machine,
				    enum kind kind, const struct object *object)
{
	const struct capability *what = &capability[kind];
	const struct rule *rule = NULL;

	for (size_t i = 0; !rule && what->action[i]; i++) {
		struct asked asked = { .resource = what->resource,
				       .action = what->action[i],
				       .name = bytes_of(object->name) };

		rule = policy_match(policy, &machine->roots, &asked, NULL);
	}
	return rule;
}

static bool is_below(const char *name, struct bytes folder)
{
	struct bytes rest;

	return name_is_below(bytes_of(name), folder, &rest);
}

static bool is_cache(const struct machine *machine, const char *name)
{
	return is_below(name, machine->roots.tmp) || is_below(name, bytes_of("/var/cache")) ||
	       strstr(name, "/.cache/") || strstr(name, "/__pycache__/");
}

static enum group group_of(const struct machine *machine, enum kind kind, const char *name,
			   const struct protected_object **ret)
{
	enum action change = kind == KIND_DELETE ? ACTION_DELETE : ACTION_WRITE;

	*ret = protect_find(machine->protection, RESOURCE_FILE, ACTION_READ, bytes_of(name));
	if (*ret)
		return GROUP_SECRET;
	if (kind == KIND_WRITE || kind == KIND_DELETE)
		*ret = protect_find(machine->protection, RESOURCE_FILE, change, bytes_of(name));
	if (*ret)
		return GROUP_STARTUP;
	if (is_cache(machine, name))
		return GROUP_CACHE;
	if (is_below(name, machine->roots.home) || is_below(name, bytes_of("/etc")))
		return GROUP_CONFIG;
	return GROUP_SOURCE;
}

static void count_pair(struct sum *sum, const struct machine *machine, enum kind kind,
		       const struct object *object)
{
	const struct protected_object *protected;
	enum group group = group_of(machine, kind, object->name, &protected);

	sum->pairs++;
	sum->by_group[group]++;
	sum->risk += (int64_t)group_weight[group] * capability[kind].weight;
	if (protected)
		buffer_printf(&sum->protected, "! %c %s %s\n", capability[kind].letter,
			      object->name, protected->id);
}

static void count_object(struct sum *sum, const struct machine *machine,
			 const struct policy *policy, const struct object *object)
{
	for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
		const struct rule *rule = NULL;

		if (kind != KIND_EXEC || object->is_program)
			rule = find_rule(policy, machine, kind, object);
		if (!rule || is_known(machine, kind, object->name))
			continue;
		count_pair(sum, machine, kind, object);
		sum->by_rule[rule - policy->rule]++;
	}
}

static void print_sum(const struct sum *sum, const struct machine *machine,
		      const struct policy *policy)
{
	printf("%zu %" PRId64 " %" PRId64, machine->count, sum->pairs, sum->risk);
	for (int i = 0; i < GROUP_COUNT; i++)
		printf(" %" PRId64, sum->by_group[i]);
	printf("\n%s", buffer_text(&sum->protected));
	for (size_t i = 0; i < policy->count; i++)
		if (sum->by_rule[i])
			printf("> %" PRId64 " %s %s\n", sum->by_rule[i],
			       action_text(policy->rule[i].action), policy->rule[i].pattern);
}

static void measure(const struct machine *machine, const char *path)
{
	scoped(policy) struct policy policy = { 0 };
	struct error err = { 0 };
	struct sum sum = { 0 };

	if (policy_read(&policy, path, &err))
		give_up(err.text);
	sum.by_rule = calloc(policy.count + 1, sizeof *sum.by_rule);
	if (!sum.by_rule)
		give_up("no memory");
	for (size_t i = 0; i < machine->count; i++)
		count_object(&sum, machine, &policy, &machine->object[i]);
	print_sum(&sum, machine, &policy);
	free(sum.by_rule);
	buffer_release(&sum.protected);
}

int main(int argc, char **argv)
{
	struct machine machine = { 0 };
	struct error err = { 0 };
	size_t cap;
	char *folder;

	if (argc < 8)
		give_up("WORKSPACE HOME TMP EVIDENCE CAP FOLDERS POLICY...");
	if (protection_open(&machine.protection, NULL, &err))
		give_up(err.text);
	machine.roots = (struct roots){ bytes_of(argv[1]), bytes_of(argv[2]), bytes_of(argv[3]) };
	cap = strtoul(argv[5], NULL, 10);
	machine.object = calloc(cap + 1, sizeof *machine.object);
	if (!machine.object)
		give_up("no memory");
	read_evidence(&machine, argv[4]);
	while ((folder = strsep(&argv[6], ":")))
		walk(&machine, folder, cap);
	for (int i = 7; i < argc; i++)
		measure(&machine, argv[i]);
	return 0;
}
