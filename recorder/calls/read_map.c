/* Code that mmap(2) does not show by its arguments: mprotect(2), and i386's first mmap. */
#include "recorder/calls/calls.h"
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

/* Its arguments stand in memory, six words: old_mmap() in arch/x86. */
int enter_old_mmap(struct call *call)
{
	struct {
		uint32_t address, size, protection, flags;
		int32_t descriptor;
		uint32_t offset;
	} map;
	int r = memory_read(call->tid, call->argument[call->row->a], &map, sizeof map);

	if (r < 0)
		return r;
	call->settled = !(map.protection & PROT_EXEC) || (map.flags & MAP_ANONYMOUS);
	return call->settled ? 0 : call_take_descriptor(call, 0, map.descriptor);
}

void leave_old_mmap(struct call *call)
{
	leave_descriptor(call);
}
