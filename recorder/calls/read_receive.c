/* recvmsg(2), recvmmsg(2): descriptors that another process opened.
 *
 * A message brings them as SCM_RIGHTS in its control part: cmsg(3), unix(7).  The filter cannot
 * see that part, so each of these calls stops; one that leaves no room for it goes on at once, for
 * half the price.  Few programs make them: npm --version 5 of 2149 calls, node 1 of 1647, git
 * clone, gcc, curl and python none.  What only reads the data (recv, read) closes the descriptors.
 * A thread that changes the structure meanwhile can hide what comes, as with any argument. */
#include "recorder/calls/descriptors.h"
#include "recorder/calls/memory.h"
#include "recorder/calls/messages.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define CONTROL_BYTES_MAX 65536 /* the kernel's own limit is below: net.core.optmem_max */

/* struct cmsghdr: a word of a pointer's size and two ints. */
static size_t header_bytes(const struct call *call)
{
	return call_pointer_bytes(call) + 2 * sizeof(int);
}

int enter_receive(struct call *call)
{
	uint64_t count = call_argument(call, call->row->c, 1);
	bool room = count > MESSAGES_MAX; /* recvmmsg knows no limit */
	int r = 0;

	for (uint64_t i = 0; r == 0 && !room && i < count; i++) {
		struct message message;

		r = message_read(call, call->argument[call->row->b], i, &message);
		room = r == 0 && message.control &&
		       message.control_bytes >= header_bytes(call) + sizeof(int);
	}
	call->settled = r == 0 && !room;
	return r;
}

static void report_rights(struct call *call, struct bytes data)
{
	int descriptor;

	for (; data.size >= sizeof descriptor; data.size -= sizeof descriptor) {
		memcpy(&descriptor, data.data, sizeof descriptor);
		data.data += sizeof descriptor;
		descriptor_report(call, descriptor, "received");
	}
}

/* Cuts one control message off; its length counts its header.  False at the end, or where the
 * length cannot be. */
static bool next_control(const struct call *call, struct bytes *rest, bool *ret_is_rights,
			 struct bytes *ret_data)
{
	unsigned word = call_pointer_bytes(call);
	size_t header = header_bytes(call);
	uint64_t size = 0;
	int kind[2]; /* level, type */

	if (rest->size < header)
		return false;
	memcpy(&size, rest->data, word);
	memcpy(kind, rest->data + word, sizeof kind);
	if (size < header || size > rest->size)
		return false;
	*ret_is_rights = kind[0] == SOL_SOCKET && kind[1] == SCM_RIGHTS;
	*ret_data = (struct bytes){ rest->data + header, (size_t)size - header };
	size = (size + word - 1) / word * word;
	if (size > rest->size)
		size = rest->size;
	rest->data += size;
	rest->size -= (size_t)size;
	return true;
}

static void report_message(struct call *call, const struct message *message)
{
	char control[CONTROL_BYTES_MAX];
	struct bytes rest = { control, sizeof control }, data;
	bool is_rights;

	if (!message->control || !message->control_bytes)
		return;
	if (message->control_bytes < rest.size)
		rest.size = (size_t)message->control_bytes;
	else
		call_report_gap(call, GAP_TRUNCATED, "control message");
	if (memory_read(call->tid, message->control, control, rest.size) < 0) {
		call_report_gap(call, GAP_UNREADABLE, "control message");
		return;
	}
	while (next_control(call, &rest, &is_rights, &data))
		if (is_rights)
			report_rights(call, data);
}

void leave_receive(struct call *call)
{
	uint64_t count = call->row->c == NONE ? 1 : (uint64_t)call->result;

	if (call->result < 0)
		return;
	for (uint64_t i = 0; i < count; i++) {
		struct message message;

		if (message_read(call, call->argument[call->row->b], i, &message) == 0)
			report_message(call, &message);
		else
			call_report_gap(call, GAP_UNREADABLE, call->row->name);
	}
}
