/* sendmsg(2), sendmmsg(2): the address stands in a structure. */
#include "recorder/calls/memory.h"
#include "recorder/calls/messages.h"
#include "recorder/calls/sockets.h"

#include <string.h>
#include <unistd.h>

/* What is kept in call->extra of each address: its name follows. */
struct kept {
	enum resource resource;
	uint32_t index; /* of the message */
	size_t size;
};

/* Keeps what the address names, as long as its process is there to tell; a connected socket needs
 * none.  `socket` is borrowed when it is first wanted. */
static int keep_name(struct call *call, int *socket, const struct message *message, uint32_t index)
{
	scoped(endpoint) struct endpoint endpoint = { 0 };
	char bytes[sizeof(struct sockaddr_storage)];
	struct bytes address = { bytes, sizeof bytes };
	struct kept kept;
	int r;

	if (!message->name || !message->name_bytes)
		return 0;
	if (message->name_bytes < address.size)
		address.size = (size_t)message->name_bytes;
	r = memory_read(call->tid, message->name, bytes, address.size);
	if (r < 0)
		return r;
	if (*socket < 0)
		*socket = socket_borrow(call, call_descriptor(call, call->row->a));
	socket_name(call, *socket, address, &endpoint);
	/* The flags follow the messages, and their number where there is one. */
	socket_look_at_send(call, call->argument[call->row->c == NONE ? 2 : 3], &endpoint);
	kept = (struct kept){ endpoint.resource, index, endpoint.name.size };
	buffer_append(&call->extra, &kept, sizeof kept);
	buffer_append(&call->extra, endpoint.name.data, endpoint.name.size);
	return 0;
}

int enter_message(struct call *call)
{
	uint32_t count = (uint32_t)call_argument(call, call->row->c, 1);
	int socket = -1, r = 0;

	for (uint32_t i = 0; r == 0 && i < count && i < MESSAGES_MAX; i++) {
		struct message message;

		r = message_read(call, call->argument[call->row->b], i, &message);
		if (r == 0)
			r = keep_name(call, &socket, &message, i);
	}
	if (socket >= 0)
		close(socket);
	call->settled = r == 0 && !call->extra.size;
	return r;
}

/* sendmmsg(2) tells how many it has sent; the error only when that is none.  What comes behind the
 * first that it could not send is not tried. */
static bool was_tried(const struct call *call, uint32_t index)
{
	if (call->row->c == NONE || call->abandoned)
		return true;
	return call->result < 0 ? index == 0 : index < call->result;
}

void leave_message(struct call *call)
{
	size_t at = 0;

	while (at + sizeof(struct kept) <= call->extra.size) {
		struct endpoint endpoint;
		struct kept kept;

		memcpy(&kept, call->extra.data + at, sizeof kept);
		at += sizeof kept;
		endpoint =
			(struct endpoint){ kept.resource,
					   { .data = call->extra.data + at, .size = kept.size } };
		if (was_tried(call, kept.index))
			socket_report(call, -1, &endpoint);
		at += kept.size;
	}
}
