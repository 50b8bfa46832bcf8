/* connect(2), bind(2), listen(2), accept(2), sendto(2), socket(2), and i386's socketcall(2). */
#include "recorder/calls/hearing.h"
#include "recorder/calls/memory.h"
#include "recorder/calls/sockets.h"

#include <errno.h>
#include <linux/net.h>
#include <unistd.h>

/* The name is kept, because a thread that is killed while it waits has no end to ask at. */
int enter_address(struct call *call)
{
	struct endpoint endpoint = { .name = call->object[0].name };
	int socket, r;

	r = socket_take_address(call, call->argument[call->row->b],
				(uint32_t)call->argument[call->row->c]);
	if (r < 0)
		return r;
	socket = socket_borrow(call, call_descriptor(call, call->row->a));
	socket_name(call, socket, buffer_bytes(&call->extra), &endpoint);
	if (call->row->action == ACTION_SEND)
		socket_look_at_send(call, call->argument[call->row->b - 1], &endpoint);
	call->object[0].name = endpoint.name;
	call->flags = endpoint.resource;
	socket_before_sending(call, &endpoint);
	if (socket >= 0)
		close(socket);
	return 0;
}

void leave_address(struct call *call)
{
	const struct endpoint endpoint = { (enum resource)call->flags, call->object[0].name };
	bool has_peer = call->row->action == ACTION_CONNECT && endpoint.resource == RESOURCE_SOCKET;
	bool is_sent = call->row->action != ACTION_BIND && endpoint.resource == RESOURCE_HOST;
	int socket = -1;

	if ((has_peer && call->result >= 0) || (is_sent && call->wire))
		socket = socket_borrow(call, call_descriptor(call, call->row->a));
	if (is_sent)
		socket_report_sent(call, socket, &endpoint, buffer_bytes(&call->extra));
	else
		socket_report(call, socket, &endpoint);
	if (has_peer)
		hearing_relay(call, socket, buffer_bytes(&endpoint.name));
	if (socket >= 0)
		close(socket);
}

int enter_accept(struct call *call)
{
	(void)call;
	return 0;
}

/* What is accepted on is the local address; who came is the peer. */
void leave_accept(struct call *call)
{
	int socket;

	if (call->result < 0)
		return; /* EAGAIN of a server that polls: nobody came */
	socket = socket_borrow(call, call_made(call));
	if (socket < 0) {
		call_report_gap(call, GAP_UNREADABLE, call->row->name);
		return;
	}
	socket_report_accept(call, socket, (struct bytes){ 0 });
	socket_tell_accepted(call, socket);
	close(socket);
}

int enter_listen(struct call *call)
{
	(void)call;
	return 0;
}

/* From now on connections are accepted, whether or not one comes while this is recorded: an
 * acceptance without a peer. */
void leave_listen(struct call *call)
{
	int socket = socket_borrow(call, call_descriptor(call, call->row->a));

	if (socket < 0)
		return;
	socket_report_accept(call, socket, (struct bytes){ 0 });
	if (call->result >= 0)
		socket_before_accepting(call, socket);
	close(socket);
}

int enter_socket(struct call *call)
{
	(void)call;
	return 0;
}

/* Only sockets below the transport protocols are a facility of their own: packet(7), raw(7). */
void leave_socket(struct call *call)
{
	int family = (int)call->argument[call->row->a];
	int type = (int)call->argument[call->row->b] & 0xf;

	if (family == AF_PACKET || (type == SOCK_RAW && family != AF_NETLINK))
		call_report_name(call, RESOURCE_KERNEL, ACTION_USE, bytes_of(call->row->object),
				 (struct bytes){ 0 });
}

/* A shorter list may end before an unmapped page: what every member has are two. */
static int read_list(const struct call *call, uint32_t argument[static 6])
{
	uint64_t address = call->argument[call->row->b];

	for (size_t count = 6; count >= 2; count--)
		if (memory_read(call->tid, address, argument, count * sizeof *argument) == 0)
			return 0;
	return -EFAULT;
}

/* One call for all of them: the second argument points to the real arguments. */
int enter_socketcall(struct call *call)
{
	static const struct {
		unsigned number;
		const char *name;
	} member[] = {
		{ SYS_SOCKET, "socket" },   { SYS_BIND, "bind" },
		{ SYS_CONNECT, "connect" }, { SYS_ACCEPT, "accept" },
		{ SYS_ACCEPT4, "accept4" }, { SYS_SENDTO, "sendto" },
		{ SYS_SENDMSG, "sendmsg" }, { SYS_SENDMMSG, "sendmmsg" },
		{ SYS_RECVMSG, "recvmsg" }, { SYS_RECVMMSG, "recvmmsg" },
		{ SYS_LISTEN, "listen" },
	};
	uint64_t number = call->argument[call->row->a];
	uint32_t argument[6] = { 0 };

	for (size_t i = 0; i < sizeof member / sizeof *member; i++) {
		if (member[i].number != number)
			continue;
		if (read_list(call, argument) < 0)
			return -EFAULT;
		for (size_t j = 0; j < 6; j++)
			call->argument[j] = argument[j];
		call->row = call_row_named(member[i].name);
		return call->row->enter(call);
	}
	call->settled = true;
	return 0;
}

void leave_socketcall(struct call *call)
{
	(void)call; /* the members that touch anything leave by their own row */
}
