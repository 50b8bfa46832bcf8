#include "analyzer/open_commands.h"

#include "analyzer/open_guard.h"
#include "analyzer/open_words.h"
#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Runs that bring words which people choose, before they are open. */
#define CHOSEN_RUNS 3

/* A command line that not most of the runs have. */
struct line {
	const struct atom *atom;
	struct argv argv;
	uint32_t run; /* the first */
	bool single;  /* of that run alone */
	struct buffer key;
	bool taken;
};

struct lines {
	const struct evidence *evidence;
	struct line *line;
	size_t count;
};

void open_commands_cleanup(struct open_commands *open)
{
	for (size_t i = 0; i < open->count; i++) {
		argv_release(&open->command[i].argv);
		free(open->command[i].pattern);
		free(open->command[i].text);
		free(open->command[i].why);
	}
	free(open->command);
	free(open->member);
	*open = (struct open_commands){ 0 };
}

static void lines_cleanup(struct lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		argv_release(&lines->line[i].argv);
		buffer_release(&lines->line[i].key);
	}
	free(lines->line);
	*lines = (struct lines){ 0 };
}

/* How many of the runs that are left have it, and the first of them. */
static size_t runs_left(const struct atom *atom, const bool *left_out, uint32_t *ret_first)
{
	size_t runs = 0;

	for (uint32_t i = 0; i < atom->runs; i++) {
		if (left_out && left_out[atom_uses(atom)[i].run])
			continue;
		if (!runs++)
			*ret_first = atom_uses(atom)[i].run;
	}
	return runs;
}

static size_t runs_in_all(const struct evidence *evidence, const bool *left_out)
{
	size_t runs = 0;

	for (size_t i = 0; i < evidence->run_count; i++)
		runs += !left_out || !left_out[i];
	return runs;
}

static int find_lines(const struct evidence *evidence, const bool *left_out, struct lines *lines)
{
	size_t all = runs_in_all(evidence, left_out), runs;

	lines->evidence = evidence;
	lines->line = calloc(HASH_COUNT(evidence->command) + 1, sizeof *lines->line);
	if (!lines->line)
		return -ENOMEM;
	for (struct atom *atom = evidence->command; atom; atom = atom->hh.next) {
		struct line *line = &lines->line[lines->count];
		struct error ignored = { 0 };
		int r;

		/* What most runs do is what it is. */
		runs = runs_left(atom, left_out, &line->run);
		if (!runs || (runs > 1 && runs * 2 > all))
			continue;
		line->single = runs == 1;
		r = argv_read(&line->argv, atom_phase(atom), &ignored);
		if (r == -ENOMEM)
			return r;
		line->atom = atom;
		lines->count += r == 0;
	}
	return 0;
}

/* The name of the program, as the pattern has it: only what it ends with counts. */
static struct bytes program_of(const struct atom *atom)
{
	return bytes_of(atom_pattern(atom));
}

static int compare_lines(const void *a, const void *b)
{
	const struct line *one = a, *other = b;
	int order = strcmp(atom_pattern(one->atom), atom_pattern(other->atom));

	order = order ? order : bytes_compare(buffer_bytes(&one->key), buffer_bytes(&other->key));
	return order ? order : strcmp(atom_phase(one->atom), atom_phase(other->atom));
}

static bool is_like(const struct line *one, const struct line *other)
{
	return !strcmp(atom_pattern(one->atom), atom_pattern(other->atom)) &&
	       bytes_equal(buffer_bytes(&one->key), buffer_bytes(&other->key));
}

static size_t count_runs(const struct line *line, size_t count)
{
	size_t runs = 0;

	for (size_t i = 0; i < count; i++) {
		bool fresh = true;

		for (size_t k = 0; k < i && fresh; k++)
			fresh = line[k].run != line[i].run;
		runs += fresh;
		if (runs >= CHOSEN_RUNS)
			break;
	}
	return runs;
}

static int describe(struct open_command *command, const struct line *line, size_t count)
{
	scoped(buffer) struct buffer text = { 0 }, why = { 0 };

	argv_write(&command->argv, &text);
	buffer_printf(&why, "arguments new each time: %zu command lines, like %s", count,
		      atom_phase(line[0].atom));
	command->pattern = strdup(atom_pattern(line[0].atom));
	command->text = buffer_steal(&text);
	command->why = buffer_steal(&why);
	return command->pattern && command->text && command->why ? 0 : -ENOMEM;
}

/* 1: no template may be for them. */
static int infer(const struct evidence *evidence, const struct line *line, size_t count,
		 enum open_how how, struct argv *ret)
{
	const struct argv **argv = calloc(count, sizeof(*argv));
	struct bytes program = program_of(line[0].atom);
	int r = argv ? 0 : -ENOMEM;

	for (size_t i = 0; argv && i < count; i++)
		argv[i] = &line[i].argv;
	if (r == 0)
		r = words_infer(argv, count, program, how, ret);
	free(argv);
	if (r == 0 && open_guard_reaches(evidence, ret, program)) {
		argv_release(ret);
		r = 1;
	}
	return r;
}

static int open_lines(const struct evidence *evidence, struct open_commands *open,
		      struct line *line, size_t count, enum open_how how)
{
	struct open_command *grown, fresh = { 0 };
	int r = infer(evidence, line, count, how, &fresh.argv);

	if (r)
		return r < 0 ? r : 0;
	grown = reallocarray(open->command, open->count + 1, sizeof *grown);
	if (!grown) {
		argv_release(&fresh.argv);
		return -ENOMEM;
	}
	open->command = grown;
	grown[open->count++] = fresh;
	for (size_t i = 0; i < count; i++) {
		line[i].taken = true;
		open->member[open->members++] = line[i].atom;
	}
	return describe(&grown[open->count - 1], line, count);
}

static int find_keys(struct lines *lines, enum open_how how)
{
	for (size_t i = 0; i < lines->count; i++) {
		struct line *line = &lines->line[i];

		buffer_clear(&line->key);
		words_key(&line->argv, program_of(line->atom), how, &line->key);
		if (buffer_status(&line->key) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* Those that are taken stand aside. */
static void leave_taken(struct lines *lines)
{
	size_t left = 0;

	for (size_t i = 0; i < lines->count; i++) {
		struct line line = lines->line[i];

		if (line.taken) {
			argv_release(&line.argv);
			buffer_release(&line.key);
		} else {
			lines->line[left++] = line;
		}
	}
	lines->count = left;
}

static bool all_single(const struct line *line, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!line[i].single)
			return false;
	return true;
}

static int open_all(struct open_commands *open, struct lines *lines, enum open_how how, size_t runs)
{
	int r = find_keys(lines, how);

	if (lines->count)
		qsort(lines->line, lines->count, sizeof *lines->line, compare_lines);
	for (size_t i = 0, count; i < lines->count && r == 0; i += count) {
		struct line *line = &lines->line[i];

		for (count = 1; i + count < lines->count && is_like(line, line + count); count++)
			;
		if (count > 1 && count_runs(line, count) >= runs &&
		    (how == OPEN_CHOSEN || all_single(line, count)))
			r = open_lines(lines->evidence, open, line, count, how);
	}
	leave_taken(lines);
	return r;
}

static int compare_members(const void *a, const void *b)
{
	const struct atom *const *one = a, *const *other = b;

	return (*one > *other) - (*one < *other);
}

int open_commands_find(const struct evidence *evidence, const bool *left_out,
		       struct open_commands *ret)
{
	scoped(lines) struct lines lines = { 0 };
	struct open_commands open = { 0 };
	int r = find_lines(evidence, left_out, &lines);

	open.member = calloc(lines.count + 1, sizeof(*open.member));
	if (!open.member)
		r = -ENOMEM;
	if (r == 0)
		r = open_all(&open, &lines, OPEN_CHANCE, 2);
	if (r == 0)
		r = open_all(&open, &lines, OPEN_CHOSEN, CHOSEN_RUNS);
	if (r < 0) {
		open_commands_cleanup(&open);
		return r;
	}
	qsort(open.member, open.members, sizeof(*open.member), compare_members);
	*ret = open;
	return 0;
}

/* What the roots stand for where only their names count. */
static const struct roots named = { { "/.WS", 4 }, { "/.HOME", 6 }, { "/.TMP", 5 } };

static int bind(struct argv *argv)
{
	for (size_t i = 0; i < argv->count; i++) {
		struct argv_item *item = &argv->item[i];
		struct bytes folder = root_folder(&named, item->root);
		bool has_lead = item->lead && item->kind == ARGV_WORD;
		char *text;

		for (size_t k = 0; k < item->count; k++)
			if (bind(&item->command[k]) < 0)
				return -ENOMEM;
		if (item->root == ROOT_NONE || !item->text)
			continue;
		if (asprintf(&text, "%s%.*s%s", has_lead ? item->lead : "", (int)folder.size,
			     folder.data, item->text) < 0)
			return -ENOMEM;
		free(item->text);
		item->text = text;
		item->root = ROOT_NONE;
		if (has_lead) {
			free(item->lead);
			item->lead = NULL;
		}
	}
	return 0;
}

bool open_commands_admit(const struct open_commands *open, const struct atom *command)
{
	scoped(argv) struct argv argv = { 0 };
	struct error ignored = { 0 };

	if (!open->count || argv_read(&argv, atom_phase(command), &ignored) < 0 || bind(&argv) < 0)
		return false;
	for (size_t i = 0; i < open->count; i++)
		if (!strcmp(open->command[i].pattern, atom_pattern(command)) &&
		    argv_matches(&open->command[i].argv, &named, &argv))
			return true;
	return false;
}

bool open_commands_have(const struct open_commands *open, const struct atom *command)
{
	return open->members && bsearch(&command, open->member, open->members,
					sizeof(*open->member), compare_members);
}
