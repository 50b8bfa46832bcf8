#include "recorder/fast/kinds.h"

#include "recorder/calls/calls.h"

#include <stdbool.h>
#include <string.h>

/* They make symbolic links and devices, or take folders away: what later paths mean depends on
 * them, so what was logged before is to be read first. */
static bool changes_paths(const struct call_row *row)
{
	static const char *const name[] = { "symlink", "symlinkat", "mknod",
					    "mknodat", "rmdir",	    "uselib" };

	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (!strcmp(row->name, name[i]))
			return true;
	return false;
}

static enum hook_kind path_kind(const struct call_row *row)
{
	if (row->action == ACTION_DELETE)
		return HOOK_DELETE;
	return row->action == ACTION_STAT ? HOOK_STAT : HOOK_PATH;
}

static enum hook_kind kind_of(const struct call_row *row)
{
	if (changes_paths(row))
		return HOOK_NONE;
	if (row->leave == leave_path)
		return path_kind(row);
	if (row->leave == leave_open)
		return HOOK_OPEN;
	if (row->leave == leave_rename || row->leave == leave_link)
		return HOOK_PAIR;
	if (row->leave == leave_chdir)
		return HOOK_CHDIR;
	return strcmp(row->name, "mmap") ? HOOK_NONE : HOOK_MAP;
}

static uint8_t argument_of(int column)
{
	return column >= 0 ? (uint8_t)column : NO_ARGUMENT;
}

void hook_rows_fill(const struct call_table *table, struct code *ret)
{
	for (unsigned number = 0; number < NUMBERS_MAX; number++) {
		const struct call_row *row = table->number[ENTRY_X86_64][number].row;

		if (!row || kind_of(row) == HOOK_NONE)
			continue;
		ret->row[number] = (struct hook_row){ (uint8_t)kind_of(row), argument_of(row->a),
						      argument_of(row->b), argument_of(row->c) };
		ret->may_hook[number / 8] |= (uint8_t)(1 << number % 8);
	}
}
