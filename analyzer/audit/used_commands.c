#include "analyzer/audit/used_commands.h"

#include "analyzer/audit/auditing.h"
#include "analyzer/audit/memo.h"
#include "analyzer/audit/narrow.h"
#include "analyzer/evidence.h"
#include "core/argv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A command line that a grant admitted. */
struct command_used {
	uint32_t grant;
	char *text;
	struct used used; /* its text is that */
};

struct commands_used {
	struct command_used *command;
	size_t count, capacity;
};

static void commands_used_cleanup(struct commands_used *commands)
{
	for (size_t i = 0; i < commands->count; i++)
		free(commands->command[i].text);
	free(commands->command);
}

static int add(struct commands_used *commands, uint32_t grant, const struct memo *memo,
	       const char *text)
{
	size_t capacity = commands->capacity ? commands->capacity * 2 : 64;
	struct command_used *grown = commands->command;
	struct command_used *command;

	if (commands->count == commands->capacity) {
		grown = reallocarray(grown, capacity, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		commands->command = grown;
		commands->capacity = capacity;
	}
	command = &grown[commands->count];
	*command = (struct command_used){ .grant = grant, .text = strdup(text) };
	command->used = (struct used){ .text = command->text,
				       .first_run = memo->first_run,
				       .last_run = memo->last_run,
				       .runs = memo->runs };
	commands->count += command->text != NULL;
	return command->text ? 0 : -ENOMEM;
}

/* Nothing where nobody knows what it was. */
static int write_command(const struct told *told, const struct roots *roots, struct buffer *out)
{
	scoped(argv) struct argv command = { 0 };
	int r = argv_of_command(&command, told->name, told->argv);

	if (r == 0)
		r = argv_make_symbolic(&command, roots);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	argv_write(&command, out);
	return buffer_status(out);
}

/* Of an exact name: a pattern says too little of what a command would be of. */
static bool is_open(const struct rule *rule)
{
	return !pattern_is_open(&rule->match) && (!rule->argv_count || rule_has_open_argv(rule));
}

static int collect(struct commands_used *commands, const struct auditing *auditing,
		   const struct memos *memos, const struct told *told, const struct roots *roots)
{
	scoped(buffer) struct buffer text = { 0 };
	const struct memo *memo = &memos->memo[told->memo];
	const struct grant_set *set = memo_set(memos, memo);
	int r = 0;

	if (memo->resource != RESOURCE_PROGRAM || !memo->runs)
		return 0;
	for (size_t i = 0; i < set->count && r == 0; i++) {
		if (!is_open(auditing->audit->grant[set->grant[i]].rule))
			continue;
		if (!text.size)
			r = write_command(told, roots, &text);
		r = r ? r : add(commands, set->grant[i], memo, buffer_text(&text));
	}
	return r;
}

static int compare(const void *a, const void *b)
{
	const struct command_used *one = a, *other = b;

	if (one->grant != other->grant)
		return one->grant < other->grant ? -1 : 1;
	return strcmp(one->text, other->text);
}

/* Those of one grant, each once; ret_end: where the next begins. */
static size_t merge(const struct commands_used *commands, size_t begin, size_t *ret_end,
		    struct used *used)
{
	const struct command_used *first = &commands->command[begin];
	size_t count = 0, at = begin;

	for (; at < commands->count && commands->command[at].grant == first->grant; at++) {
		const struct used *one = &commands->command[at].used;
		struct used *last = count ? &used[count - 1] : NULL;

		if (!last || strcmp(last->text, one->text)) {
			used[count++] = *one;
			continue;
		}
		last->first_run =
			last->first_run < one->first_run ? last->first_run : one->first_run;
		last->last_run = last->last_run > one->last_run ? last->last_run : one->last_run;
		last->runs = last->runs > one->runs ? last->runs : one->runs;
	}
	*ret_end = at;
	return count;
}

/* A command that nobody could read has no text: then nothing is known to be enough. */
static int propose(struct auditing *auditing, uint32_t number, const struct used *used,
		   size_t count)
{
	scoped(buffer) struct buffer lines = { 0 };

	if (auditing->audit->grant[number].use.runs < NARROW_RUNS || count > NARROW_MAX ||
	    !*used[0].text || !narrow_is_closed(used, count))
		return 0;
	for (size_t i = 0; i < count; i++)
		buffer_printf(&lines, "%s%s", i ? "\n" : "", used[i].text);
	auditing->note[number].commands = buffer_steal(&lines);
	return auditing->note[number].commands ? 0 : -ENOMEM;
}

static int propose_all(struct auditing *auditing, struct commands_used *commands)
{
	struct used *used = calloc(commands->count + 1, sizeof *used);
	size_t at = 0;
	int r = used ? 0 : -ENOMEM;

	if (commands->count)
		qsort(commands->command, commands->count, sizeof *commands->command, compare);
	while (at < commands->count && r == 0) {
		uint32_t grant = commands->command[at].grant;
		size_t count = merge(commands, at, &at, used);

		r = propose(auditing, grant, used, count);
	}
	free(used);
	return r;
}

int audit_commands(struct auditing *auditing, const struct memos *memos,
		   const struct evidence *roots)
{
	scoped(commands_used) struct commands_used commands = { 0 };
	int r = 0;

	for (struct told *told = memos->told; told && r == 0; told = told->hh.next) {
		size_t root = memos->memo[told->memo].root;

		r = collect(&commands, auditing, memos, told, &roots->root[root].roots);
	}
	return r ? r : propose_all(auditing, &commands);
}
