/* Calls that send, for whoever watches the network. */
#include "recorder/calls/sockets.h"

#include "recorder/calls/hearing.h"

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

/* What was submitted to a ring may have ended when its descriptor is another's. */
static bool is_still(const struct call *call, int socket, const struct sockaddr_storage *remote)
{
	struct sockaddr_storage peer = { 0 };
	socklen_t size = sizeof peer;

	return !call->named ||
	       (getpeername(socket, (struct sockaddr *)&peer, &size) == 0 &&
		memcmp(&peer, remote, size < sizeof peer ? size : sizeof peer) == 0);
}

/* Where the port cannot be asked for, and no packets are captured that have it, any other number
 * will do that tells sockets apart. */
static void make_port(const struct call *call, struct sockaddr_storage *local)
{
	uint64_t inode = hearing_inode(call, -1, call_descriptor(call, call->row->a));
	struct sockaddr_in *in = (struct sockaddr_in *)local;

	in->sin_family = AF_INET;
	in->sin_port = inode ? htons((uint16_t)(inode % UINT16_MAX + 1)) : 0;
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
	if (socket >= 0 && is_still(call, socket, &ret->remote))
		getsockname(socket, (struct sockaddr *)&ret->local, &size);
	else if (wire_listens(call->wire, call->tid))
		make_port(call, &ret->local);
	set_caller(call, ret);
	return ret->protocol != 0;
}

void socket_report_sent(struct call *call, int socket, const struct endpoint *endpoint,
			struct bytes address)
{
	struct wire_ends ends;
	bool known = find_ends(call, socket, address, &ends);

	if (known)
		call->ends = &ends;
	socket_report(call, socket, endpoint);
	call->ends = NULL;
	if (known)
		hearing_host(call, socket, &ends);
}

void socket_before_accepting(const struct call *call, int socket)
{
	struct sockaddr_storage local = { 0 };
	socklen_t size = sizeof local;

	if (call->wire && getsockname(socket, (struct sockaddr *)&local, &size) == 0 &&
	    (local.ss_family == AF_INET || local.ss_family == AF_INET6))
		wire_expect(call->wire, call->tid);
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
	wire_accepted(call->wire, call->process->image, &ends);
}
