#include "core/argv_private.h"

#include <string.h>

static const struct program row[] = {
#define PROGRAM(name, kind, options, ...) { name, PROGRAM_##kind, options, __VA_ARGS__ },
#define KNOWN(name, options)		  PROGRAM(name, KNOWN, options, 0, NULL, "", "")
#define SHELL(name, options)		  PROGRAM(name, SHELL, options, 0, NULL, "", "")
#define WRAPPER(name, options, words)	  PROGRAM(name, WRAPPER, options, words, NULL, "", "")
#define CODE(name, why)			  PROGRAM(name, CODE, "", 0, NULL, "", "")
#define FILTER(name, reader, options, code, changes)                                               \
	PROGRAM(name, CODE, options, 0, filter_is_harmless_##reader, code, changes)
#include "core/argv.def"
};

struct bytes program_base(struct bytes name)
{
	const char *slash = name.size ? memrchr(name.data, '/', name.size) : NULL;

	if (!slash)
		return name;
	return (struct bytes){ slash + 1, name.size - (size_t)(slash + 1 - name.data) };
}

static bool is_version(char c)
{
	return (c >= '0' && c <= '9') || c == '.' || c == '-';
}

struct bytes program_plain(struct bytes name)
{
	struct bytes plain = program_base(name);

	while (plain.size > 1 && is_version(plain.data[plain.size - 1]))
		plain.size--;
	return plain;
}

/* "git push" of "git" and "push". */
static bool is_row(const struct program *program, struct bytes name, struct bytes subcommand)
{
	struct bytes whole = bytes_of(program->name);

	if (!subcommand.data)
		return bytes_equal(whole, name);
	return whole.size == name.size + 1 + subcommand.size && bytes_start_with(whole, name) &&
	       whole.data[name.size] == ' ' &&
	       !memcmp(whole.data + name.size + 1, subcommand.data, subcommand.size);
}

static const struct program *find(struct bytes name, struct bytes subcommand)
{
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (is_row(&row[i], name, subcommand))
			return &row[i];
	return NULL;
}

const struct program *program_find(struct bytes name, struct bytes subcommand)
{
	struct bytes base = program_base(name), none = { NULL, 0 };
	const struct program *found = find(base, none);

	if (!found && subcommand.size)
		found = find(base, subcommand);
	return found ? found : find(program_plain(name), none);
}

/* The next of what stands between these, or false. */
static bool next_part(struct bytes *rest, char between, struct bytes *ret)
{
	const char *stop;

	while (rest->size && *rest->data == between) {
		rest->data++;
		rest->size--;
	}
	if (!rest->size)
		return false;
	stop = memchr(rest->data, between, rest->size);
	*ret = (struct bytes){ rest->data, stop ? (size_t)(stop - rest->data) : rest->size };
	rest->data += ret->size;
	rest->size -= ret->size;
	return true;
}

/* Takes ":", "=" or "[=]" off the end. */
static enum option_kind strip_kind(struct bytes *option)
{
	char last = option->data[option->size - 1];
	enum option_kind kind = last == ']'		     ? OPTION_MAYBE
				: last == ':' || last == '=' ? OPTION_VALUE
							     : OPTION_FLAG;

	option->size -= kind == OPTION_MAYBE ? 3 : kind == OPTION_VALUE;
	return kind;
}

/* Looks through those whose order among each other counts. */
static enum option_kind find_among(struct bytes group, struct bytes name, struct bytes *ret_first)
{
	enum option_kind found = OPTION_NONE;
	struct bytes option;
	bool is_first = true;

	while (next_part(&group, '|', &option)) {
		enum option_kind kind = strip_kind(&option);

		if (is_first)
			*ret_first = option;
		is_first = false;
		if (bytes_equal(option, name))
			found = kind;
	}
	return found;
}

enum option_kind program_option(const struct program *program, struct bytes name,
				struct bytes *ret_key)
{
	struct bytes rest = bytes_of(program->options), group;

	while (next_part(&rest, ' ', &group)) {
		enum option_kind kind = find_among(group, name, ret_key);

		if (kind != OPTION_NONE)
			return kind;
	}
	return OPTION_NONE;
}

enum program_kind argv_program_kind(struct bytes program)
{
	const struct program *found = program_find(program, (struct bytes){ NULL, 0 });

	return found ? found->kind : PROGRAM_UNKNOWN;
}

static struct bytes word_at(const struct argv *argv, size_t index)
{
	const struct argv_item *item = index < argv->count ? &argv->item[index] : NULL;

	return item && item->kind == ARGV_WORD && item->root == ROOT_NONE && item->text
		       ? bytes_of(item->text)
		       : (struct bytes){ NULL, 0 };
}

bool argv_is_value(const struct argv *argv, size_t index, struct bytes program)
{
	size_t first = program.data ? 0 : 1;
	struct bytes name = program.data ? program : word_at(argv, 0), option, ignored;
	const struct program *known;

	if (index <= first || !name.size)
		return false;
	option = word_at(argv, index - 1);
	known = program_find(name, word_at(argv, first));
	return known && known->kind == PROGRAM_KNOWN && option.size > 1 && *option.data == '-' &&
	       program_option(known, option, &ignored) == OPTION_VALUE;
}
