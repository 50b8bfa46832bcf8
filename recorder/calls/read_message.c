/* sendmsg(2), sendmmsg(2): the address stands in a structure whose members are as wide as a
 * pointer of the caller. */
#include "recorder/calls/memory.h"
#include "recorder/calls/sockets.h"

#include <errno.h>
#include <string.h>

#define MESSAGES_MAX 1024 /* UIO_MAXIOV: the kernel takes no more */

struct header {
	uint64_t name, size;
};

/* The first two members of struct msghdr: msg_name and msg_namelen. */
static int read_header(struct call *call, uint64_t address, struct header *ret)
{
	unsigned pointer_bytes = call_pointer_bytes(call);
	uint32_t size;
	int r = memory_pointer(call->tid, address, pointer_bytes, &ret->name);

	if (r == 0)
		r = memory_read(call->tid, address + pointer_bytes, &size, sizeof size);
	if (r == 0)
		ret->size = size;
	return r;
}

/* Keeps the address in call->extra, behind its size; a connected socket needs none. */
static int keep_address(struct call *call, uint64_t address)
{
	char bytes[sizeof(struct sockaddr_storage)];
	struct header header;
	uint32_t size;
	int r = read_header(call, address, &header);

	if (r < 0 || !header.name || !header.size)
		return r;
	size = header.size < sizeof bytes ? (uint32_t)header.size : sizeof bytes;
	r = memory_read(call->tid, header.name, bytes, size);
	if (r < 0)
		return r;
	buffer_append(&call->extra, &size, sizeof size);
	buffer_append(&call->extra, bytes, size);
	socket_take_protocol(call, (struct bytes){ bytes, size });
	return 0;
}

int enter_message(struct call *call)
{
	uint64_t address = call->argument[call->row->b];
	uint32_t count = (uint32_t)call_argument(call, call->row->c, 1);
	/* struct mmsghdr: a msghdr (7 words of a pointer's size) and an unsigned, aligned. */
	size_t step = call_pointer_bytes(call) == 8 ? 64 : 32;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < count && i < MESSAGES_MAX; i++)
		r = keep_address(call, address + i * step);
	return r;
}

void leave_message(struct call *call)
{
	size_t at = 0;

	while (at + sizeof(uint32_t) <= call->extra.size) {
		uint32_t size;

		memcpy(&size, call->extra.data + at, sizeof size);
		at += sizeof size;
		socket_report(call, call->row->action,
			      (struct bytes){ call->extra.data + at, size });
		at += size;
	}
}
