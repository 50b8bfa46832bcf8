/* sendmsg(2), sendmmsg(2): the address stands in a structure. */
#include "recorder/calls/memory.h"
#include "recorder/calls/messages.h"
#include "recorder/calls/sockets.h"

#include <string.h>
#include <unistd.h>

/* What is kept in call->extra of each address: its name follows, and itself. */
struct kept {
	enum resource resource;
	uint32_t index; /* of the message */
	size_t size, address_size;
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
	kept = (struct kept){ endpoint.resource, index, endpoint.name.size, address.size };
	buffer_append(&call->extra, &kept, sizeof kept);
	buffer_append(&call->extra, endpoint.name.data, endpoint.name.size);
	buffer_append(&call->extra, address.data, address.size);
	socket_before_sending(call, &endpoint);
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

/* Takes the next of what was kept off `rest`; false at the end. */
static bool next_kept(struct bytes *rest, struct kept *ret, struct endpoint *ret_endpoint,
		      struct bytes *ret_address)
{
	char *name;

	if (rest->size < sizeof *ret)
		return false;
	memcpy(ret, rest->data, sizeof *ret);
	name = (char *)(uintptr_t)rest->data + sizeof *ret;
	*ret_endpoint = (struct endpoint){ ret->resource, { .data = name, .size = ret->size } };
	*ret_address = (struct bytes){ name + ret->size, ret->address_size };
	rest->size -= sizeof *ret + ret->size + ret->address_size;
	rest->data = ret_address->data + ret_address->size;
	return true;
}

void leave_message(struct call *call)
{
	struct bytes rest = buffer_bytes(&call->extra), address;
	int socket = call->wire ? socket_borrow(call, call_descriptor(call, call->row->a)) : -1;
	struct endpoint endpoint;
	struct kept kept;

	while (next_kept(&rest, &kept, &endpoint, &address))
		if (was_tried(call, kept.index))
			socket_report_sent(call, socket, &endpoint, address);
	if (socket >= 0)
		close(socket);
}
