#include "recorder/calls/calls.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/mman.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define X32_BIT 0x40000000

#define ALWAYS                                                                                     \
	{                                                                                          \
		.test = TEST_NONE                                                                  \
	}
#define ARG_SET(i)                                                                                 \
	{                                                                                          \
		.test = TEST_NOT_EQUAL, .argument = i, .mask = UINT32_MAX                          \
	}
#define ARG_IS(i, wanted)                                                                          \
	{                                                                                          \
		.test = TEST_EQUAL, .argument = i, .mask = UINT32_MAX, .value = wanted             \
	}
#define ARG_HAS(i, bits)                                                                           \
	{                                                                                          \
		.test = TEST_NOT_EQUAL, .argument = i, .mask = bits                                \
	}
#define ARG_AMONG(i, call)                                                                         \
	{                                                                                          \
		.test = TEST_AMONG, .argument = i, .among = &call##_requests                       \
	}
#define EITHER_HAS(i, j, bits)                                                                     \
	{ .test = TEST_NOT_EQUAL, .argument = i, .mask = bits, .or_next = true },                  \
	{                                                                                          \
		.test = TEST_NOT_EQUAL, .argument = j, .mask = bits                                \
	}
#define FILE_MAP                                                                                   \
	{ .test = TEST_NOT_EQUAL, .argument = 2, .mask = PROT_EXEC, .or_next = true },             \
		{ .test = TEST_NOT_EQUAL, .argument = 3, .mask = MAP_SHARED },                     \
	{                                                                                          \
		.test = TEST_EQUAL, .argument = 3, .mask = MAP_ANONYMOUS                           \
	}
#define WHEN(...)                                                                                  \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

static const struct call_row call_row[] = {
#define CALL(name, when, resource, action, shape, a, b, c, object)                                 \
	{ #name,                                                                                   \
	  WHEN(when),                                                                              \
	  RESOURCE_##resource,                                                                     \
	  ACTION_##action,                                                                         \
	  enter_##shape,                                                                           \
	  leave_##shape,                                                                           \
	  a,                                                                                       \
	  b,                                                                                       \
	  c,                                                                                       \
	  object },
#include "recorder/calls/syscalls.def"
};

/* What makes a process or a thread; clone(2) else stops only for some of its flags. */
static const struct call_row task_row[] = {
	{ .name = "fork", .enter = enter_task, .leave = leave_task },
	{ .name = "vfork", .enter = enter_task, .leave = leave_task },
	{ "clone", WHEN(ALWAYS), RESOURCE_KERNEL, ACTION_USE, enter_clone, leave_clone, 0, NONE,
	  NONE, "namespace" },
};

static const struct call_row limit_row[] = {
	{ "setrlimit", WHEN(ARG_IS(0, RLIMIT_FSIZE)), RESOURCE_PROCESS, ACTION_TRACE, enter_limit,
	  leave_limit, 0, 1, NONE, "" },
	{ "prlimit64", WHEN(ALWAYS), RESOURCE_PROCESS, ACTION_TRACE, enter_limit, leave_limit, 1, 2,
	  0, "" },
};

static const char *const harmless[] = {
#define HARMLESS(name) #name,
#include "recorder/calls/harmless.def"
};

static const struct {
	int number;
	const char *name;
	bool only_i386;
} newer[] = {
#define NUMBER(number, name)	  { number, #name, false },
#define NUMBER_I386(number, name) { number, #name, true },
#include "recorder/calls/newer.def"
};

static const uint32_t architecture[ENTRY_COUNT] = {
	[ENTRY_X86_64] = SCMP_ARCH_X86_64,
	[ENTRY_X32] = SCMP_ARCH_X32,
	[ENTRY_I386] = SCMP_ARCH_X86,
};

int call_number(enum entry entry, const char *name)
{
	int number = seccomp_syscall_resolve_name_arch(architecture[entry], name);

	for (size_t i = 0; number < 0 && i < sizeof newer / sizeof *newer; i++)
		if (!strcmp(newer[i].name, name) && (!newer[i].only_i386 || entry == ENTRY_I386))
			number = newer[i].number;
	if (number >= 0 && entry == ENTRY_X32)
		number &= ~X32_BIT;
	return number >= 0 && number < CALL_NUMBER_LIMIT ? number : -1;
}

static void enter_number(struct call_table *table, enum entry entry, const char *name,
			 const struct call_row *row)
{
	int number = call_number(entry, name);

	if (number < 0)
		return;
	table->number[entry][number].class = row ? CALL_TRACED : CALL_HARMLESS;
	table->number[entry][number].row = row;
}

void call_table_fill(struct call_table *ret)
{
	memset(ret, 0, sizeof *ret);
	for (enum entry entry = 0; entry < ENTRY_COUNT; entry++) {
		for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
			enter_number(ret, entry, harmless[i], NULL);
		for (size_t i = 0; i < sizeof call_row / sizeof *call_row; i++)
			enter_number(ret, entry, call_row[i].name, &call_row[i]);
	}
}

static void enter_rows(struct call_table *table, const struct call_row *row, size_t count)
{
	for (enum entry entry = 0; entry < ENTRY_COUNT; entry++)
		for (size_t i = 0; i < count; i++)
			enter_number(table, entry, row[i].name, &row[i]);
}

void call_table_add_tasks(struct call_table *table)
{
	enter_rows(table, task_row, sizeof task_row / sizeof *task_row);
}

void call_table_add_limits(struct call_table *table)
{
	enter_rows(table, limit_row, sizeof limit_row / sizeof *limit_row);
}

bool call_makes_task(const struct call_row *row)
{
	return row->enter == enter_task || row->enter == enter_clone;
}

const struct call_row *call_row_named(const char *name)
{
	const struct call_row *row = call_row;

	while (strcmp(row->name, name))
		row++;
	return row;
}

const struct call_row *call_table_row(const struct call_table *table, enum entry entry,
				      uint64_t number)
{
	return number < CALL_NUMBER_LIMIT ? table->number[entry][number].row : NULL;
}
