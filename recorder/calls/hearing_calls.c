/* Which bytes a call has moved over a socket. */
#include "recorder/calls/hearing_private.h"

#include "recorder/calls/memory.h"
#include "recorder/calls/messages.h"

#include <linux/net.h>
#include <netinet/in.h>
#include <string.h>

#define READ_MAX 16384 /* of one call: no name stands further back */

static const struct {
	const char *name;
	struct talk talk;
} row[] = {
#define TALK(name, form, way, of, with) { #name, { TALK_##form, TALK_##way, of, with } },
#include "recorder/calls/hearing.def"
};

void talk_fill(struct hearing *hearing)
{
	for (enum entry entry = 0; entry < ENTRY_COUNT; entry++)
		for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
			int number = call_number(entry, row[i].name);

			if (number >= 0)
				hearing->talk[entry][number] = (uint8_t)(i + 1);
		}
}

/* The members of socketcall(2) that move bytes; the others make sockets. */
static struct talk member_of(struct call *call)
{
	static const struct {
		uint32_t number;
		struct talk talk;
	} member[] = {
		{ SYS_SEND, { TALK_BYTES, TALK_SENT, 0, NONE } },
		{ SYS_SENDTO, { TALK_BYTES, TALK_SENT, 0, 4 } },
		{ SYS_SENDMSG, { TALK_MESSAGE, TALK_SENT, 0, NONE } },
		{ SYS_SENDMMSG, { TALK_MESSAGES, TALK_SENT, 0, NONE } },
		{ SYS_RECV, { TALK_BYTES, TALK_RECEIVED, 0, NONE } },
		{ SYS_RECVFROM, { TALK_BYTES, TALK_RECEIVED, 0, 4 } },
		{ SYS_RECVMSG, { TALK_MESSAGE, TALK_RECEIVED, 0, NONE } },
		{ SYS_RECVMMSG, { TALK_MESSAGES, TALK_RECEIVED, 0, NONE } },
	};
	static const unsigned arguments[] = {
		[SYS_SEND] = 4,	   [SYS_RECV] = 4,    [SYS_SENDTO] = 6,	  [SYS_RECVFROM] = 6,
		[SYS_SENDMSG] = 3, [SYS_RECVMSG] = 3, [SYS_RECVMMSG] = 5, [SYS_SENDMMSG] = 4
	};
	uint32_t argument[6] = { 0 };

	for (size_t i = 0; i < sizeof member / sizeof *member; i++) {
		if (member[i].number != call->argument[0])
			continue;
		if (memory_read(call->tid, call->argument[1], argument,
				arguments[member[i].number] * sizeof *argument) < 0)
			break;
		for (size_t j = 0; j < 6; j++)
			call->argument[j] = argument[j];
		return member[i].talk;
	}
	return (struct talk){ .form = TALK_NONE };
}

struct talk talk_of(const struct hearing *hearing, struct call *call, uint64_t number)
{
	unsigned at = number < CALL_NUMBER_LIMIT ? hearing->talk[call->entry][number] : 0;

	if (!at)
		return (struct talk){ .form = TALK_NONE };
	return row[at - 1].talk.form == TALK_LIST ? member_of(call) : row[at - 1].talk;
}

/* Appends what stands at `address`, as far as it can be read and is wanted. */
static void append(const struct call *call, uint64_t address, size_t size, struct buffer *out)
{
	char bytes[READ_MAX];
	size_t room = out->size < sizeof bytes ? sizeof bytes - out->size : 0;

	if (size > room)
		size = room;
	if (size && memory_read(call->tid, address, bytes, size) == 0)
		buffer_append(out, bytes, size);
}

static void append_vector(const struct call *call, uint64_t address, uint64_t count, size_t size,
			  struct buffer *out)
{
	unsigned word = call_pointer_bytes(call);

	/* The number may have been changed meanwhile. */
	for (uint64_t i = 0; i < count && i < MESSAGES_MAX && size && out->size < READ_MAX; i++) {
		uint64_t data, bytes;

		if (memory_pointer(call->tid, address + 2 * i * word, word, &data) < 0 ||
		    memory_pointer(call->tid, address + (2 * i + 1) * word, word, &bytes) < 0)
			return;
		if (bytes > size)
			bytes = size;
		append(call, data, (size_t)bytes, out);
		size -= (size_t)bytes;
	}
}

/* The address of whom a datagram goes to, or is from. */
static void read_remote(const struct call *call, uint64_t address, struct sockaddr_storage *ret)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	*ret = (struct sockaddr_storage){ 0 };
	if (!address || memory_read(call->tid, address, &in, sizeof in) < 0)
		return;
	if (in.sin_family == AF_INET)
		memcpy(ret, &in, sizeof in);
	else if (in.sin_family == AF_INET6 &&
		 memory_read(call->tid, address, &in6, sizeof in6) == 0)
		memcpy(ret, &in6, sizeof in6);
}

static bool visit_message(const struct call *call, uint32_t index, size_t moved, talk_visit *visit,
			  void *context)
{
	scoped(buffer) struct buffer bytes = { 0 };
	struct talk_piece piece = { .size = moved };
	struct message message;

	if (message_read(call, call->argument[1], index, &message) < 0)
		return true;
	append_vector(call, message.vector, message.vectors, moved, &bytes);
	if (message.name_bytes)
		read_remote(call, message.name, &piece.remote);
	piece.bytes = buffer_bytes(&bytes);
	return visit(context, &piece);
}

static void visit_messages(const struct call *call, talk_visit *visit, void *context)
{
	uint32_t moved;

	for (uint32_t i = 0; i < call->result && i < MESSAGES_MAX; i++)
		if (message_moved(call, call->argument[1], i, &moved) < 0 ||
		    !visit_message(call, i, moved, visit, context))
			return;
}

static void visit_bytes(const struct call *call, const struct talk *talk, talk_visit *visit,
			void *context)
{
	scoped(buffer) struct buffer bytes = { 0 };
	struct talk_piece piece = { .size = (size_t)call->result };

	if (talk->form == TALK_VECTOR)
		append_vector(call, call->argument[1], call->argument[2], piece.size, &bytes);
	else
		append(call, call->argument[1], piece.size, &bytes);
	if (talk->with != NONE)
		read_remote(call, call->argument[talk->with], &piece.remote);
	piece.bytes = buffer_bytes(&bytes);
	visit(context, &piece);
}

void talk_pieces(const struct call *call, const struct talk *talk, talk_visit *visit, void *context)
{
	struct talk_piece unseen = { .size = (size_t)call->result };

	switch (talk->form) {
	case TALK_BYTES:
	case TALK_VECTOR:
		visit_bytes(call, talk, visit, context);
		break;
	case TALK_MESSAGE:
		visit_message(call, 0, (size_t)call->result, visit, context);
		break;
	case TALK_MESSAGES:
		visit_messages(call, visit, context);
		break;
	default:
		visit(context, &unseen);
	}
}
