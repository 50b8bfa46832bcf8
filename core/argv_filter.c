#include "core/argv_private.h"

#include <string.h>

/* The words of a filter, up to its files. */
struct filter {
	const struct program *program;
	const struct argv *argv;
	size_t at;
	bool has_code, changed, unsure;
};

/* The text of a word that is no path below a root; else none. */
static struct bytes word_at(const struct filter *filter, size_t index)
{
	const struct argv *argv = filter->argv;
	const struct argv_item *item = index < argv->count ? &argv->item[index] : NULL;

	return item && item->kind == ARGV_WORD && item->root == ROOT_NONE && item->text
		       ? bytes_of(item->text)
		       : (struct bytes){ NULL, 0 };
}

static bool begins_option(struct bytes word)
{
	return word.size > 1 && *word.data == '-';
}

/* Whether the option is one of the column. */
static bool is_among(const char *column, struct bytes name)
{
	const struct program options = { .options = column };
	struct bytes ignored;

	return program_option(&options, name, &ignored) != OPTION_NONE;
}

static void take_code(struct filter *filter, struct bytes code)
{
	filter->has_code = true;
	filter->unsure = filter->unsure || !code.data || !filter->program->is_harmless(code);
}

/* What an option is given, in its word or, with no data, the next. */
static void take_value(struct filter *filter, struct bytes name, struct bytes value)
{
	if (!value.data)
		value = word_at(filter, filter->at++);
	filter->unsure = filter->unsure || !value.data;
	if (is_among(filter->program->code, name))
		take_code(filter, value);
}

static void take_long(struct filter *filter, struct bytes word)
{
	const char *equals = memchr(word.data, '=', word.size);
	struct bytes value = { NULL, 0 }, ignored;
	enum option_kind kind;

	if (equals) {
		value = (struct bytes){ equals + 1, word.size - (size_t)(equals + 1 - word.data) };
		word.size = (size_t)(equals - word.data);
	}
	kind = program_option(filter->program, word, &ignored);
	filter->changed = filter->changed || is_among(filter->program->changes, word);
	if (kind == OPTION_VALUE)
		take_value(filter, word, value);
	else
		filter->unsure = filter->unsure || kind == OPTION_NONE || equals;
}

/* "-nE", "-ni", "-nes/a/b/", "-ne" and the next word. */
static void take_bundle(struct filter *filter, struct bytes word)
{
	for (size_t i = 1; i < word.size && !filter->unsure; i++) {
		char letter[] = { '-', word.data[i], '\0' };
		struct bytes name = { letter, 2 }, none = { NULL, 0 }, ignored;
		struct bytes rest = { word.data + i + 1, word.size - i - 1 };
		enum option_kind kind = program_option(filter->program, name, &ignored);

		filter->changed = filter->changed || is_among(filter->program->changes, name);
		if (kind == OPTION_VALUE) {
			take_value(filter, name, rest.size ? rest : none);
			return;
		}
		/* A copy is kept by a name that nobody has looked at. */
		filter->unsure = kind == OPTION_NONE || (kind == OPTION_MAYBE && rest.size);
	}
}

/* Whether options may follow. */
static bool take_option(struct filter *filter)
{
	struct bytes word = word_at(filter, filter->at);

	if (!begins_option(word) || filter->unsure)
		return false;
	filter->at++;
	if (bytes_equal(word, bytes_of("--")))
		return false;
	if (word.data[1] == '-')
		take_long(filter, word);
	else
		take_bundle(filter, word);
	return true;
}

/* A file, not a variable of awk(1p), and nothing that some would read as an option. */
static bool is_file(const struct argv_item *item)
{
	if (item->kind != ARGV_WORD)
		return item->kind == ARGV_REDIRECT;
	if (!item->text)
		return item->varying && !item->lead;
	return !item->lead && *item->text && *item->text != '-' && !strchr(item->text, '=');
}

/* A program that is called by another's name, as awk(1p) often is, has to be of the same kind. */
static bool is_called_so(const struct argv *argv, const struct program *program)
{
	const struct argv_item *item = argv->item;
	const struct program *called;

	if (!argv->count || item->kind != ARGV_CALLED)
		return true;
	called = item->text ? program_find(bytes_of(item->text), (struct bytes){ NULL, 0 }) : NULL;
	return called && called->is_harmless == program->is_harmless;
}

struct argv_inputs argv_inputs(const struct argv *argv, size_t first, struct bytes program)
{
	struct filter filter = { .program = program_find(program, (struct bytes){ NULL, 0 }),
				 .argv = argv,
				 .at = first };
	struct argv_inputs none = { argv->count, false };

	if (!filter.program || !filter.program->is_harmless || !is_called_so(argv, filter.program))
		return none;
	while (take_option(&filter))
		;
	if (!filter.has_code)
		take_code(&filter, word_at(&filter, filter.at++));
	if (filter.unsure || filter.at > argv->count)
		return none;
	for (size_t i = filter.at; i < argv->count; i++)
		if (!is_file(&argv->item[i]))
			return none;
	return (struct argv_inputs){ filter.at, filter.changed };
}
