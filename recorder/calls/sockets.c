#include "recorder/calls/sockets.h"

#include "recorder/calls/memory.h"
#include "recorder/calls/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#define PIDFD_OF_THREAD O_EXCL /* PIDFD_THREAD, Linux 6.9: pidfd_open(2) */

/* The first thread may have ended, or share no descriptors with this one; older kernels know no
 * other. */
int socket_borrow(const struct call *call, int descriptor)
{
	int pidfd = (int)syscall(SYS_pidfd_open, call->tid, PIDFD_OF_THREAD);
	int borrowed;

	if (pidfd < 0)
		pidfd = (int)syscall(SYS_pidfd_open, call->process->tgid, 0);
	if (pidfd < 0)
		return -errno;
	borrowed = (int)syscall(SYS_pidfd_getfd, pidfd, descriptor, 0);
	if (borrowed < 0)
		borrowed = -errno;
	close(pidfd);
	return borrowed;
}

static const char *protocol_by_type(int socket)
{
	int type = 0, protocol = 0;
	socklen_t size = sizeof type;

	if (getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) < 0)
		return "ip";
	size = sizeof protocol;
	getsockopt(socket, SOL_SOCKET, SO_PROTOCOL, &protocol, &size);
	if (protocol == IPPROTO_SCTP)
		return "sctp";
	if (protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6)
		return "icmp";
	if (type == SOCK_STREAM)
		return "tcp";
	return type == SOCK_DGRAM ? "udp" : "raw";
}

/* What the kernel calls the protocol, from what lsof(8) reads: containers often forbid
 * pidfd_getfd(2). */
static const char *protocol_by_name(const struct call *call, int descriptor)
{
	static const struct {
		const char *start, *protocol;
	} known[] = {
		{ "TCP", "tcp" },   { "MPTCP", "tcp" }, { "SMC", "tcp" },   { "UDP", "udp" },
		{ "PING", "icmp" }, { "RAW", "raw" },	{ "SCTP", "sctp" },
	};
	char path[64], name[64] = "";
	scoped(buffer) struct buffer link = { 0 };

	snprintf(path, sizeof path, "/proc/%d/fd/%d", call->tid, descriptor);
	/* Anything else may have to ask somebody. */
	if (resolve_read_link(path, &link) < 0 ||
	    !bytes_start_with(buffer_bytes(&link), bytes_of("socket:")) ||
	    getxattr(path, "system.sockprotoname", name, sizeof name - 1) < 0)
		return "ip";
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strncmp(name, known[i].start, strlen(known[i].start)))
			return known[i].protocol;
	return "ip";
}

const char *socket_protocol(const struct call *call, int socket)
{
	return socket < 0 ? protocol_by_name(call, call_descriptor(call, call->row->a))
			  : protocol_by_type(socket);
}

int socket_take_address(struct call *call, uint64_t address, uint64_t size)
{
	char bytes[sizeof(struct sockaddr_storage)];
	size_t used = size < sizeof bytes ? (size_t)size : sizeof bytes;
	int r;

	buffer_clear(&call->extra);
	if (!address || !used)
		return 0;
	r = memory_read(call->tid, address, bytes, used);
	if (r == 0)
		buffer_append(&call->extra, bytes, used);
	return r;
}

/* What the process's network calls an interface, where no socket of it can be asked: its
 * addresses say so.  False where it has none. */
static bool find_interface(pid_t tid, unsigned index, char ret[static IF_NAMESIZE])
{
	char path[64];
	unsigned found = 0;
	FILE *addresses;

	snprintf(path, sizeof path, "/proc/%d/net/if_inet6", tid);
	addresses = fopen(path, "re");
	if (!addresses)
		return false;
	while (found != index && fscanf(addresses, "%*s %x %*s %*s %*s %15s", &found, ret) == 2)
		;
	fclose(addresses);
	return found == index;
}

/* The zone of an address that is not the same everywhere: RFC 4007, 11.  The kernel looks at it in
 * no other address. */
static void add_zone(const struct call *call, int socket, const struct sockaddr_in6 *address,
		     struct buffer *out)
{
	struct ifreq interface = { .ifr_ifindex = (int)address->sin6_scope_id };
	const struct in6_addr *in6 = &address->sin6_addr;

	if (!address->sin6_scope_id ||
	    !(IN6_IS_ADDR_LINKLOCAL(in6) || IN6_IS_ADDR_MC_LINKLOCAL(in6) ||
	      IN6_IS_ADDR_MC_NODELOCAL(in6)))
		return;
	if ((socket >= 0 && ioctl(socket, SIOCGIFNAME, &interface) == 0) ||
	    find_interface(call->tid, address->sin6_scope_id, interface.ifr_name))
		buffer_printf(out, "%%%.*s", IF_NAMESIZE, interface.ifr_name);
	else
		buffer_printf(out, "%%%u", address->sin6_scope_id);
}

static void name_inet(const struct call *call, int socket, const struct sockaddr_storage *address,
		      struct buffer *out)
{
	char text[INET6_ADDRSTRLEN] = "";
	const struct sockaddr_in *in = (const void *)address;
	const struct sockaddr_in6 *in6 = (const void *)address;
	const char *protocol = socket_protocol(call, socket);

	if (address->ss_family == AF_INET) {
		inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
		buffer_printf(out, "%s/%s:%u", protocol, text, ntohs(in->sin_port));
	} else if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
		inet_ntop(AF_INET, &in6->sin6_addr.s6_addr[12], text, sizeof text);
		buffer_printf(out, "%s/%s:%u", protocol, text, ntohs(in6->sin6_port));
	} else {
		inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof text);
		buffer_printf(out, "%s/[%s", protocol, text);
		add_zone(call, socket, in6, out);
		buffer_printf(out, "]:%u", ntohs(in6->sin6_port));
	}
}

/* A path in the address is looked up like any other; one that begins with NUL is no path: unix(7).
 */
static void name_unix(struct call *call, struct bytes path, struct buffer *out)
{
	struct object object = { .directory = AT_FDCWD, .follow = true };

	if (path.size == 0)
		return;
	if (path.data[0] == '\0') {
		buffer_add_char(out, '@');
		buffer_append(out, path.data + 1, path.size - 1);
		return;
	}
	buffer_append(&object.requested, path.data, strnlen(path.data, path.size));
	resolve_path(call->process, call->tid, &object);
	if (object.unnamed)
		call_report_gap(call, GAP_TRUNCATED, buffer_text(&object.requested));
	if (call->row->resource == RESOURCE_HOST && call->row->action != ACTION_ACCEPT)
		call_report_links(call, &object);
	buffer_append(out, object.name.data, object.name.size);
	buffer_release(&object.requested);
	buffer_release(&object.absolute);
	buffer_release(&object.name);
}

void endpoint_cleanup(struct endpoint *endpoint)
{
	buffer_release(&endpoint->name);
}

void socket_name(struct call *call, int socket, struct bytes address, struct endpoint *ret)
{
	const size_t path = offsetof(struct sockaddr_un, sun_path);
	struct sockaddr_storage storage = { 0 };

	buffer_clear(&ret->name);
	if (address.size < sizeof storage.ss_family)
		return;
	memcpy(&storage, address.data,
	       address.size < sizeof storage ? address.size : sizeof storage);
	ret->resource = RESOURCE_KERNEL;
	switch (storage.ss_family) {
	case AF_UNSPEC: /* dissolves an association: connect(2) */
		return;
	case AF_INET:
	case AF_INET6:
		ret->resource = RESOURCE_HOST;
		name_inet(call, socket, &storage, &ret->name);
		return;
	case AF_UNIX:
		ret->resource = RESOURCE_SOCKET;
		if (address.size > path)
			name_unix(call, (struct bytes){ address.data + path, address.size - path },
				  &ret->name);
		return;
	case AF_NETLINK:
		buffer_add(&ret->name, "netlink");
		return;
	default:
		buffer_printf(&ret->name, "socket-family-%u", storage.ss_family);
	}
}

void socket_look_at_send(struct call *call, uint64_t flags, const struct endpoint *endpoint)
{
	if (flags & MSG_FASTOPEN && endpoint->resource == RESOURCE_HOST &&
	    bytes_start_with(buffer_bytes(&endpoint->name), bytes_of("tcp/")))
		call->connects = true;
}

void socket_peer_program(int socket, struct buffer *ret)
{
	struct ucred credentials = { 0 };
	socklen_t size = sizeof credentials;

	buffer_clear(ret);
	if (socket >= 0 && getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 &&
	    credentials.pid > 0)
		resolve_proc_link(credentials.pid, "exe", ret);
}

void endpoint_report(struct call *call, enum action action, const struct endpoint *endpoint,
		     const struct buffer *peer, struct bytes requested)
{
	struct access access = {
		.resource = endpoint->resource,
		.action = endpoint->resource == RESOURCE_KERNEL ? ACTION_USE : action,
		.name = buffer_bytes(&endpoint->name),
		.requested = requested,
	};

	if (peer->size)
		access.peer = buffer_bytes(peer);
	if (endpoint->name.size)
		call_report_access(call, &access);
}

/* Who is meant by an address: itself, or the program behind a unix socket. */
static void find_peer(const struct call *call, enum action action, int socket,
		      const struct endpoint *endpoint, struct buffer *ret)
{
	if (action == ACTION_BIND)
		return;
	if (endpoint->resource == RESOURCE_HOST)
		buffer_append(ret, endpoint->name.data, endpoint->name.size);
	if (endpoint->resource == RESOURCE_SOCKET && action == ACTION_CONNECT && call->result >= 0)
		socket_peer_program(socket, ret);
}

void socket_report(struct call *call, int socket, const struct endpoint *endpoint)
{
	enum action action = call->connects ? ACTION_CONNECT : call->row->action;
	scoped(buffer) struct buffer peer = { 0 };

	find_peer(call, action, socket, endpoint, &peer);
	endpoint_report(call, action, endpoint, &peer, (struct bytes){ 0 });
	if (endpoint->resource == RESOURCE_SOCKET && action == ACTION_BIND && call->result >= 0 &&
	    endpoint->name.size && endpoint->name.data[0] == '/')
		call_report_name(call, RESOURCE_FILE, ACTION_CREATE, buffer_bytes(&endpoint->name),
				 (struct bytes){ 0 });
}
