/* connect(2), bind(2), sendto(2), accept(2), socket(2), and i386's socketcall(2). */
#include "recorder/calls/memory.h"
#include "recorder/calls/sockets.h"

#include <errno.h>
#include <linux/net.h>
#include <unistd.h>

int enter_address(struct call *call)
{
	return socket_take_address(call, call->argument[call->row->b],
				   (uint32_t)call->argument[call->row->c]);
}

void leave_address(struct call *call)
{
	socket_report(call, call->row->action, buffer_bytes(&call->extra));
}

int enter_accept(struct call *call)
{
	(void)call;
	return 0;
}

/* What is accepted on is the local address; who came is the peer. */
void leave_accept(struct call *call)
{
	scoped(buffer) struct buffer peer = { 0 };
	scoped(buffer) struct buffer name = { 0 };
	struct sockaddr_storage local = { 0 }, remote = { 0 };
	socklen_t local_size = sizeof local, remote_size = sizeof remote;
	int socket;

	if (call->result < 0)
		return; /* EAGAIN of a server that polls: nobody came */
	socket = socket_borrow(call, (int)call->result);
	if (socket < 0) {
		call_report_gap(call, GAP_UNREADABLE, call->row->name);
		return;
	}
	getsockname(socket, (struct sockaddr *)&local, &local_size);
	getpeername(socket, (struct sockaddr *)&remote, &remote_size);
	if (local.ss_family == AF_INET || local.ss_family == AF_INET6) {
		socket_inet_name(socket_protocol(socket), &local, &name);
		socket_inet_name(socket_protocol(socket), &remote, &peer);
		call_report_name(call, RESOURCE_HOST, ACTION_ACCEPT, buffer_bytes(&name),
				 buffer_bytes(&peer));
	} else {
		socket_report(call, ACTION_ACCEPT,
			      (struct bytes){ (const char *)&local, local_size });
	}
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
	};
	uint64_t number = call->argument[call->row->a];
	uint64_t address = call->argument[call->row->b];
	uint32_t argument[6] = { 0 };

	for (size_t i = 0; i < sizeof member / sizeof *member; i++) {
		if (member[i].number != number)
			continue;
		/* A shorter list may end before an unmapped page: read what every member has. */
		if (memory_read(call->tid, address, argument, sizeof argument) < 0 &&
		    memory_read(call->tid, address, argument, 3 * sizeof *argument) < 0)
			return -EFAULT;
		for (size_t j = 0; j < 6; j++)
			call->argument[j] = argument[j];
		call->row = call_row_named(member[i].name);
		return call->row->enter(call);
	}
	return 0;
}

void leave_socketcall(struct call *call)
{
	(void)call; /* a member that touches nothing; the others left by their own row */
}
