/* Files that become memory: mmap(2), i386's first mmap, and mprotect(2). */
#include "recorder/calls/calls.h"
#include "recorder/calls/descriptors.h"
#include "recorder/calls/maps.h"
#include "recorder/calls/memory.h"

#include <string.h>
#include <sys/mman.h>

/* What is code already was recorded when it became that. */
static void keep_file(void *context, struct bytes file, bool executable)
{
	struct call *call = context;

	if (executable)
		return;
	buffer_append(&call->extra, file.data, file.size);
	buffer_add_char(&call->extra, '\0');
}

/* Columns: the address, the size.  A compiler at run time asks for memory without a file. */
int enter_protect(struct call *call)
{
	uint64_t from = call->argument[call->row->a];
	uint64_t to = from + call->argument[call->row->b];
	int r = maps_visit(call->tid, from, to < from ? UINT64_MAX : to, keep_file, call);

	call->settled = r == 0 && !call->extra.size;
	return r;
}

void leave_protect(struct call *call)
{
	struct object *object = &call->object[0];

	object->by_descriptor = true;
	for (size_t at = 0; at < call->extra.size; at += object->name.size + 1) {
		buffer_clear(&object->name);
		buffer_add(&object->name, call->extra.data + at);
		call_report(call, call->row->action, object);
	}
}

/* What a mapping of a file is, beside memory. */
enum { MAPS_CODE = 1, MAPS_BEYOND_APPEND };

static int take_map(struct call *call, int descriptor, uint64_t protection, uint64_t flags)
{
	if (protection & PROT_EXEC)
		call->flags |= MAPS_CODE;
	/* Shared memory is written without a call; mprotect(2) may allow it later. */
	if (flags & MAP_SHARED && descriptor_only_appends(call, descriptor))
		call->flags |= MAPS_BEYOND_APPEND;
	call->settled = !call->flags || flags & MAP_ANONYMOUS;
	return call->settled ? 0 : call_take_descriptor(call, 0, descriptor);
}

/* Column a is the descriptor, behind the protection and the flags. */
int enter_map(struct call *call)
{
	return take_map(call, call_descriptor(call, call->row->a), call->argument[call->row->a - 2],
			call->argument[call->row->a - 1]);
}

void leave_map(struct call *call)
{
	struct object *object = &call->object[0];

	if (!object->name.size)
		return;
	if (call->past || call->flags & MAPS_CODE)
		call_report(call, call->row->action, object);
	object->by_descriptor = false;
	if (call->flags & MAPS_BEYOND_APPEND)
		call_report(call, ACTION_WRITE, object);
}

/* Its arguments stand in memory, six words: old_mmap() in arch/x86. */
int enter_old_mmap(struct call *call)
{
	struct {
		uint32_t address, size, protection, flags;
		int32_t descriptor;
		uint32_t offset;
	} map;
	int r = memory_read(call->tid, call->argument[call->row->a], &map, sizeof map);

	return r < 0 ? r : take_map(call, map.descriptor, map.protection, map.flags);
}

void leave_old_mmap(struct call *call)
{
	leave_map(call);
}
