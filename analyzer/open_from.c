#include "analyzer/open_from.h"

#include <string.h>

/* Where the name of the program stands: "cd sub && A=1 make". */
static size_t name_in_shell(const struct argv *argv)
{
	size_t at = 0;

	for (size_t i = 0; i < argv->count; i++)
		if (argv->item[i].kind == ARGV_AND)
			at = i + 1;
	while (at < argv->count && argv->item[at].text && strchr(argv->item[at].text, '='))
		at++;
	return at;
}

static bool is_plain_kind(struct bytes name)
{
	enum program_kind kind = argv_program_kind(name);

	return kind == PROGRAM_UNKNOWN || kind == PROGRAM_KNOWN;
}

/* A program may be another for who calls it by that name (busybox). */
static bool is_called_plain(const struct argv *argv)
{
	const struct argv_item *item = argv->item;

	return !argv->count || item->kind != ARGV_CALLED ||
	       (item->text && is_plain_kind(bytes_of(item->text)));
}

struct open_from open_from(const struct argv *argv, struct bytes program)
{
	struct open_from none = { .first = argv->count };
	struct argv_inputs inputs;
	size_t first = 0;

	if (program.data) {
		first = argv->count && argv->item[0].kind == ARGV_CALLED;
	} else {
		first = name_in_shell(argv);
		if (first >= argv->count || !argv->item[first].text)
			return none;
		program = bytes_of(argv->item[first++].text);
	}
	if (argv_program_kind(program) == PROGRAM_CODE) {
		inputs = argv_inputs(argv, first, program);
		return (struct open_from){ inputs.first, inputs.first < argv->count,
					   inputs.changed };
	}
	if (is_plain_kind(program) && is_called_plain(argv))
		return (struct open_from){ .first = first };
	return none;
}
