#include "analyzer/commands.h"

#include "analyzer/open_commands.h"
#include "core/argv.h"
#include "core/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Openings of one rule that are explained. */
#define REASONS_MAX 4

static int write_key(const struct roots *roots, struct bytes program, struct bytes argv,
		     struct buffer *key)
{
	static const char head[ATOM_KEY_HEAD] = { RESOURCE_PROGRAM, ACTION_EXEC, OUTCOME_OK };
	scoped(argv) struct argv command = { 0 };
	int r = argv_of_command(&command, program, argv);

	if (r == 0)
		r = argv_make_symbolic(&command, roots);
	if (r < 0)
		return r == -ENOMEM ? r : -EINVAL;
	buffer_append(key, head, sizeof head);
	pattern_of_name(roots, RESOURCE_PROGRAM, program, key);
	buffer_append(key, "", 1);
	argv_write(&command, key);
	buffer_append(key, "", 1);
	return buffer_status(key);
}

int commands_add(struct evidence *evidence, const struct roots *roots, struct bytes program,
		 struct bytes argv)
{
	scoped(buffer) struct buffer key = { 0 };
	struct use use = { .run = (uint32_t)(evidence->run_count - 1) & INT32_MAX };
	struct atom *command;
	int r = write_key(roots, program, argv, &key);

	if (r < 0)
		return r;
	HASH_FIND(hh, evidence->command, key.data, key.size, command);
	if (!command) {
		command = atom_of_key(key.data, key.size);
		if (!command)
			return -ENOMEM;
		HASH_ADD_KEYPTR(hh, evidence->command, command->key, key.size, command);
		if (!command->hh.tbl) {
			atom_free(command);
			return -ENOMEM;
		}
	}
	command->count = add_saturated(command->count, 1);
	return atom_add_use(command, use);
}

/* ---- in rules ---- */

/* All, sorted by their key: those of a program stand together. */
static struct atom **list_commands(const struct evidence *evidence, size_t count)
{
	struct atom **list = calloc(count + 1, sizeof *list);
	size_t at = 0;

	for (struct atom *atom = evidence->command; list && atom; atom = atom->hh.next)
		list[at++] = atom;
	return list;
}

static int compare(const void *a, const void *b)
{
	return atom_compare(*(struct atom *const *)a, *(struct atom *const *)b);
}

static size_t find_first(struct atom *const *list, size_t count, const char *pattern)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(atom_pattern(list[middle]), pattern) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* "why; why": each opening says its own. */
static int justify(struct rule *rule, const char *why)
{
	scoped(buffer) struct buffer both = { 0 };

	if (rule->justification && *rule->justification)
		buffer_printf(&both, "%s; ", rule->justification);
	buffer_add(&both, why);
	if (buffer_status(&both) < 0)
		return -ENOMEM;
	free(rule->justification);
	rule->justification = buffer_steal(&both);
	return 0;
}

static int attach_open(const struct open_commands *open, struct rule *rule)
{
	size_t more = 0;
	int r = 0;

	for (size_t i = 0; i < open->count && r == 0; i++) {
		if (strcmp(open->command[i].pattern, rule->pattern))
			continue;
		r = rule_add_argv(rule, open->command[i].text);
		if (r == 0 && more++ < REASONS_MAX)
			r = justify(rule, open->command[i].why);
	}
	return r;
}

static int attach(const struct open_commands *open, struct atom *const *list, size_t count,
		  struct rule *rule)
{
	int r = 0;

	for (size_t i = find_first(list, count, rule->pattern); i < count && r == 0; i++) {
		if (strcmp(atom_pattern(list[i]), rule->pattern))
			break;
		if (!open_commands_have(open, list[i]))
			r = rule_add_argv(rule, atom_phase(list[i]));
	}
	return r < 0 ? r : attach_open(open, rule);
}

int commands_attach(const struct evidence *evidence, bool widen, struct policy *policy)
{
	scoped(open_commands) struct open_commands open = { 0 };
	size_t count = HASH_COUNT(evidence->command);
	struct atom **list = list_commands(evidence, count);
	int r = list ? 0 : -ENOMEM;

	if (r == 0 && widen)
		r = open_commands_find(evidence, NULL, &open);
	if (list && count)
		qsort(list, count, sizeof(*list), compare);
	for (size_t i = 0; i < policy->count && r == 0; i++)
		if (policy->rule[i].resource == RESOURCE_PROGRAM)
			r = attach(&open, list, count, &policy->rule[i]);
	free(list);
	return r;
}

/* ---- tried on other runs ---- */

static bool is_used(const struct atom *command, const bool *by, bool wanted)
{
	for (uint32_t i = 0; i < command->runs; i++)
		if (by[atom_uses(command)[i].run] == wanted)
			return true;
	return false;
}

static bool is_of(const struct atom *command, const struct atom *other)
{
	return other && !strcmp(atom_pattern(other), atom_pattern(command));
}

/* Whether a run that is left has executed the program, with whatever: else its exec is denied
 * already.  Those of a program stand together. */
static bool is_of_known_program(const struct atom *command, const bool *left_out)
{
	const struct atom *other = command;

	while (is_of(command, other->hh.prev))
		other = other->hh.prev;
	for (; is_of(command, other); other = other->hh.next)
		if (is_used(other, left_out, false))
			return true;
	return false;
}

int commands_deny(const struct evidence *evidence, bool widen, const bool *left_out,
		  const bool *tried, int64_t *denied_uses)
{
	scoped(open_commands) struct open_commands open = { 0 };
	bool denied = false;

	if (widen && open_commands_find(evidence, left_out, &open) < 0)
		return -ENOMEM;
	for (struct atom *command = evidence->command; command; command = command->hh.next) {
		if (!is_used(command, tried, true) || is_used(command, left_out, false) ||
		    open_commands_admit(&open, command))
			continue;
		if (is_of_known_program(command, left_out))
			*denied_uses = add_saturated(*denied_uses, command->count / command->runs);
		denied = true;
	}
	return denied;
}

void commands_mark_lone(struct evidence *evidence)
{
	for (struct atom *command = evidence->command; command; command = command->hh.next)
		if (command->runs == 1)
			evidence->run[atom_uses(command)->run].is_lone = true;
}
