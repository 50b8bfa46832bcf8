/* Calls that send, for whoever watches the network. */
#include "recorder/calls/sockets.h"

#include "recorder/wire/wire.h"

#include <netinet/in.h>
#include <string.h>

void socket_before_sending(const struct call *call, const struct endpoint *endpoint)
{
	if (call->wire && endpoint->resource == RESOURCE_HOST && endpoint->name.size &&
	    (call->row->action != ACTION_BIND || wire_keeps(call->wire)))
		wire_begin(call->wire, call->tid);
}

static int number_of(const char *protocol)
{
	if (!strcmp(protocol, "tcp"))
		return IPPROTO_TCP;
	return strcmp(protocol, "udp") ? 0 : IPPROTO_UDP;
}

static void set_caller(const struct call *call, struct wire_ends *ends)
{
	ends->tid = call->tid;
	ends->pid = call->process->tgid;
	ends->program = call->process->program;
}

/* False where nobody watches, or what is sent is not looked at. */
static bool find_ends(const struct call *call, int socket, struct bytes address,
		      struct wire_ends *ret)
{
	socklen_t size = sizeof ret->local;

	*ret = (struct wire_ends){ 0 };
	if (!call->wire || address.size < sizeof ret->remote.ss_family)
		return false;
	memcpy(&ret->remote, address.data,
	       address.size < sizeof ret->remote ? address.size : sizeof ret->remote);
	if (ret->remote.ss_family != AF_INET && ret->remote.ss_family != AF_INET6)
		return false;
	ret->protocol = number_of(socket_protocol(call, socket));
	if (socket >= 0)
		getsockname(socket, (struct sockaddr *)&ret->local, &size);
	set_caller(call, ret);
	return ret->protocol != 0;
}

void socket_report_sent(struct call *call, int socket, const struct endpoint *endpoint,
			struct bytes address)
{
	struct wire_ends ends;

	if (find_ends(call, socket, address, &ends))
		call->ends = &ends;
	socket_report(call, socket, endpoint);
	call->ends = NULL;
}

void socket_tell_accepted(const struct call *call, int socket)
{
	struct wire_ends ends = { .protocol = IPPROTO_TCP };
	socklen_t local = sizeof ends.local, remote = sizeof ends.remote;

	if (!call->wire || getsockname(socket, (struct sockaddr *)&ends.local, &local) < 0 ||
	    getpeername(socket, (struct sockaddr *)&ends.remote, &remote) < 0 ||
	    (ends.remote.ss_family != AF_INET && ends.remote.ss_family != AF_INET6) ||
	    number_of(socket_protocol(call, socket)) != IPPROTO_TCP)
		return;
	set_caller(call, &ends);
	wire_accepted(call->wire, &ends);
}
