/* Sockets whose address no call names: what they are bound and connected to, the kernel tells. */
#include "recorder/calls/sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <unistd.h>

struct ends {
	struct endpoint local, remote;
	bool connected;
	unsigned local_port; /* 0: none, or no internet address */
};

static void ends_cleanup(struct ends *ends)
{
	endpoint_cleanup(&ends->local);
	endpoint_cleanup(&ends->remote);
}

typedef int ask_address(int socket, struct sockaddr *address, socklen_t *size);

/* False where the socket has no such address. */
static bool name_end(struct call *call, int socket, ask_address *ask, struct endpoint *ret,
		     unsigned *ret_port)
{
	struct sockaddr_storage address = { 0 };
	socklen_t size = sizeof address;

	if (ask(socket, (struct sockaddr *)&address, &size) < 0)
		return false;
	socket_name(call, socket, (struct bytes){ (const char *)&address, size }, ret);
	if (ret->resource == RESOURCE_HOST)
		*ret_port = ntohs(((const struct sockaddr_in *)&address)->sin_port);
	return true;
}

static int local_address(int socket, struct sockaddr *address, socklen_t *size)
{
	return getsockname(socket, address, size);
}

static int remote_address(int socket, struct sockaddr *address, socklen_t *size)
{
	return getpeername(socket, address, size);
}

static void find_ends(struct call *call, int socket, struct ends *ret)
{
	unsigned remote_port;

	name_end(call, socket, local_address, &ret->local, &ret->local_port);
	ret->connected = name_end(call, socket, remote_address, &ret->remote, &remote_port);
}

/* Who is at the other end: an address, or the program behind a unix socket. */
static void report_with_peer(struct call *call, enum action action, int socket,
			     const struct ends *ends, struct bytes requested)
{
	const struct endpoint *endpoint = action == ACTION_CONNECT ? &ends->remote : &ends->local;
	scoped(buffer) struct buffer program = { 0 };

	if (endpoint->resource == RESOURCE_SOCKET && ends->connected)
		socket_peer_program(socket, &program);
	endpoint_report(call, action, endpoint,
			endpoint->resource == RESOURCE_SOCKET ? &program : &ends->remote.name,
			requested);
}

void socket_report_accept(struct call *call, int socket, struct bytes requested)
{
	scoped(ends) struct ends ends = { 0 };

	find_ends(call, socket, &ends);
	report_with_peer(call, ACTION_ACCEPT, socket, &ends, requested);
}

/* Ports below are given out to nobody who did not ask for one: ip(7). */
static bool is_service_port(unsigned port)
{
	unsigned first = 32768, last = 60999;
	FILE *range = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");

	if (range && fscanf(range, "%u %u", &first, &last) != 2)
		first = 32768;
	if (range)
		fclose(range);
	return port < first || port > last;
}

static bool listens(int socket)
{
	int listening = 0;
	socklen_t size = sizeof listening;

	return getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening;
}

/* The kernel does not keep which side of a connection began it: a unix socket's was the one
 * without a name, an internet one's the one whose port was given out. */
static enum action action_of(int socket, const struct ends *ends)
{
	if (listens(socket))
		return ACTION_ACCEPT;
	if (!ends->connected)
		return ACTION_BIND;
	if (ends->remote.resource == RESOURCE_HOST)
		return is_service_port(ends->local_port) ? ACTION_ACCEPT : ACTION_CONNECT;
	return ends->remote.name.size ? ACTION_CONNECT : ACTION_ACCEPT;
}

void socket_report_open(struct call *call, int socket, struct bytes requested)
{
	scoped(ends) struct ends ends = { 0 };

	find_ends(call, socket, &ends);
	/* Neither bound nor connected: what it is used for, calls will name. */
	if (ends.local.resource == RESOURCE_HOST && !ends.local_port)
		return;
	report_with_peer(call, action_of(socket, &ends), socket, &ends, requested);
}
