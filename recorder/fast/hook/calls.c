/* What is done with each kind of call (enum hook_kind). */
#include "recorder/fast/hook/hook.h"

#include <asm/errno.h>
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/stat.h>

#define CREATE	   0100 /* O_CREAT */
#define EXCLUSIVE  0200
#define TEMPORARY  020000000
#define EXECUTABLE 4  /* PROT_EXEC */
#define SHARED	   1  /* MAP_SHARED */
#define ANONYMOUS  32 /* MAP_ANONYMOUS */

static int32_t directory_of(const struct registers *registers, uint32_t index)
{
	return index == NO_ARGUMENT ? CURRENT : (int32_t)registers->argument[index];
}

static uint64_t flags_of(const struct registers *registers, const struct hook_row *row)
{
	return row->flags == NO_ARGUMENT ? 0 : registers->argument[row->flags];
}

static struct registers with_path(const struct registers *registers, uint32_t index,
				  const struct path *path)
{
	struct registers changed = *registers;

	changed.argument[index] = ADDRESS(path->text);
	return changed;
}

/* lstat(2) or stat(2) of what a path means: its type, 0 where nothing is there. */
static uint32_t type_of(const struct path *path, uint64_t at_flags)
{
	struct stat st;
	int64_t r = TRUSTED(__NR_newfstatat, (uint64_t)(int64_t)path->directory,
			    ADDRESS(path->text), ADDRESS(&st), at_flags);

	return r < 0 ? 0 : st.st_mode & S_IFMT;
}

static int64_t make(const struct registers *registers, const struct hook_row *row,
		    const struct path *path, uint32_t note)
{
	struct registers changed = with_path(registers, row->path, path);
	struct record record;
	int64_t result;

	if (!record_begin(&record, registers->number, flags_of(registers, row), note, path, 0))
		return hook_stopping(registers->number, registers->argument);
	result = hook_trusted(changed.number, changed.argument);
	record_end(&record, result);
	return result;
}

static int read_first(struct path *path, const struct registers *registers,
		      const struct hook_row *row)
{
	return path_read(path, directory_of(registers, row->directory),
			 registers->argument[row->path]);
}

static int64_t hook_path(const struct registers *registers, const struct hook_row *row)
{
	struct path path;

	if (!read_first(&path, registers, row))
		return hook_stopping(registers->number, registers->argument);
	return make(registers, row, &path, 0);
}

static int64_t hook_stat(const struct registers *registers, const struct hook_row *row)
{
	const char *path = (const char *)(uintptr_t)registers->argument[row->path];
	char first;

	if (flags_of(registers, row) & AT_EMPTY_PATH && path && hook_copy(&first, path, 1) == 0 &&
	    directory_of(registers, row->directory) != CURRENT)
		return hook_trusted(registers->number, registers->argument);
	return hook_path(registers, row);
}

static int64_t hook_open(const struct registers *registers, const struct hook_row *row)
{
	uint64_t flags = row->flags == NO_ARGUMENT ? CREATE : registers->argument[row->flags];
	uint32_t note = 0;
	struct path path;

	if (flags & TEMPORARY || !read_first(&path, registers, row))
		return hook_stopping(registers->number, registers->argument);
	if (flags & CREATE && !(flags & EXCLUSIVE) && type_of(&path, 0))
		note = NOTE_EXISTED;
	return make(registers, row, &path, note);
}

static int64_t hook_delete(const struct registers *registers, const struct hook_row *row)
{
	struct path path;
	uint32_t type;

	if (!read_first(&path, registers, row))
		return hook_stopping(registers->number, registers->argument);
	/* Not what other paths may lead through. */
	type = type_of(&path, AT_SYMLINK_NOFOLLOW);
	if (type == S_IFLNK || type == S_IFDIR)
		return hook_stopping(registers->number, registers->argument);
	return make(registers, row, &path, type ? NOTE_EXISTED : 0);
}

static int64_t make_pair(const struct registers *registers, const struct hook_row *row,
			 const struct path *from, const struct path *to)
{
	uint32_t second = row->path + (row->directory == NO_ARGUMENT ? 1 : 2);
	struct registers changed = with_path(registers, row->path, from);
	uint32_t type = type_of(from, AT_SYMLINK_NOFOLLOW), old = type_of(to, AT_SYMLINK_NOFOLLOW);
	struct record record;
	int64_t result;

	if (type == S_IFLNK || type == S_IFDIR || old == S_IFLNK ||
	    !record_begin(&record, registers->number, flags_of(registers, row),
			  old ? NOTE_EXISTED : 0, from, to))
		return hook_stopping(registers->number, registers->argument);
	changed.argument[second] = ADDRESS(to->text);
	result = hook_trusted(changed.number, changed.argument);
	record_end(&record, result);
	if (result == -EXDEV && region_code.help)
		return hook_stopping(registers->number, registers->argument);
	return result;
}

static int64_t hook_pair(const struct registers *registers, const struct hook_row *row)
{
	struct path from, to;
	int with_directories = row->directory != NO_ARGUMENT;
	uint32_t second = row->path + (with_directories ? 2u : 1u);

	if (!read_first(&from, registers, row) ||
	    !path_read(&to, directory_of(registers, with_directories ? second - 1 : NO_ARGUMENT),
		       registers->argument[second]))
		return hook_stopping(registers->number, registers->argument);
	return make_pair(registers, row, &from, &to);
}

/* A child that shares this memory has a folder of its own. */
static int64_t hook_chdir(const struct registers *registers, const struct hook_row *row)
{
	struct control *control = &region_control;
	struct path path;
	int64_t result;
	int is_told;

	if (TRUSTED(__NR_getpid, 0) != owner())
		control->foreign = 1;
	is_told = read_first(&path, registers, row);
	__atomic_fetch_add(&control->moved, 1, __ATOMIC_ACQ_REL);
	result = is_told ? make(registers, row, &path, 0)
			 : hook_stopping(registers->number, registers->argument);
	__atomic_fetch_add(&control->moved, 1, __ATOMIC_ACQ_REL);
	return result;
}

/* A shared one may write to the file, too: that depends on the descriptor. */
static int maps_code(const struct registers *registers)
{
	return registers->argument[2] & EXECUTABLE &&
	       !(registers->argument[3] & (ANONYMOUS | SHARED));
}

int64_t hook_main(const struct registers *registers)
{
	const struct hook_row *row;

	if (registers->number >= NUMBERS_MAX || region_control.slow)
		return hook_stopping(registers->number, registers->argument);
	row = &region_code.row[registers->number];
	switch (row->kind) {
	case HOOK_PATH:
		return hook_path(registers, row);
	case HOOK_STAT:
		return hook_stat(registers, row);
	case HOOK_OPEN:
		return hook_open(registers, row);
	case HOOK_DELETE:
		return hook_delete(registers, row);
	case HOOK_PAIR:
		return hook_pair(registers, row);
	case HOOK_CHDIR:
		return hook_chdir(registers, row);
	case HOOK_MAP:
		if (maps_code(registers))
			return hook_map(registers);
		__attribute__((fallthrough));
	default:
		return hook_stopping(registers->number, registers->argument);
	}
}
