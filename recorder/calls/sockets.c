#include "recorder/calls/sockets.h"

#include "recorder/calls/memory.h"
#include "recorder/calls/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
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

const char *socket_protocol(int socket)
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

void socket_inet_name(const char *protocol, const struct sockaddr_storage *address,
		      struct buffer *out)
{
	char text[INET6_ADDRSTRLEN] = "";
	const struct sockaddr_in *in = (const void *)address;
	const struct sockaddr_in6 *in6 = (const void *)address;

	if (address->ss_family == AF_INET) {
		inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
		buffer_printf(out, "%s/%s:%u", protocol, text, ntohs(in->sin_port));
	} else if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
		inet_ntop(AF_INET, &in6->sin6_addr.s6_addr[12], text, sizeof text);
		buffer_printf(out, "%s/%s:%u", protocol, text, ntohs(in6->sin6_port));
	} else {
		inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof text);
		buffer_printf(out, "%s/[%s]:%u", protocol, text, ntohs(in6->sin6_port));
	}
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

	snprintf(path, sizeof path, "/proc/%d/fd/%d", call->tid, descriptor);
	if (getxattr(path, "system.sockprotoname", name, sizeof name - 1) < 0)
		return "ip";
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strncmp(name, known[i].start, strlen(known[i].start)))
			return known[i].protocol;
	return "ip";
}

void socket_take_protocol(struct call *call, struct bytes address)
{
	struct buffer *protocol = &call->object[0].name;
	sa_family_t family = AF_UNSPEC;
	int descriptor = call_descriptor(call, call->row->a), socket;

	if (address.size >= sizeof family)
		memcpy(&family, address.data, sizeof family);
	if (protocol->size || (family != AF_INET && family != AF_INET6))
		return;
	socket = socket_borrow(call, descriptor);
	if (socket < 0) {
		buffer_add(protocol, protocol_by_name(call, descriptor));
		return;
	}
	buffer_add(protocol, socket_protocol(socket));
	close(socket);
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
	if (r < 0)
		return r;
	buffer_append(&call->extra, bytes, used);
	socket_take_protocol(call, buffer_bytes(&call->extra));
	return 0;
}

/* A path in the address is looked up like any other; one that begins with NUL is no path: unix(7).
 */
static void report_unix(struct call *call, enum action action, struct bytes path)
{
	scoped(buffer) struct buffer name = { 0 };
	struct object *object = &call->object[1];

	if (path.size == 0)
		return;
	if (path.data[0] == '\0') {
		buffer_add_char(&name, '@');
		buffer_append(&name, path.data + 1, path.size - 1);
		call_report_name(call, RESOURCE_SOCKET, action, buffer_bytes(&name),
				 (struct bytes){ 0 });
		return;
	}
	buffer_clear(&object->requested);
	buffer_append(&object->requested, path.data, strnlen(path.data, path.size));
	object->directory = AT_FDCWD;
	object->follow = true;
	resolve_path(call->process, call->tid, object);
	call_report_name(call, RESOURCE_SOCKET, action, buffer_bytes(&object->name),
			 (struct bytes){ 0 });
	if (action == ACTION_BIND && call->result >= 0)
		call_report_name(call, RESOURCE_FILE, ACTION_CREATE, buffer_bytes(&object->name),
				 (struct bytes){ 0 });
}

static void report_inet(struct call *call, enum action action,
			const struct sockaddr_storage *address)
{
	scoped(buffer) struct buffer name = { 0 };
	struct bytes peer = { 0 };

	socket_inet_name(buffer_text(&call->object[0].name), address, &name);
	if (action != ACTION_BIND)
		peer = buffer_bytes(&name);
	call_report_name(call, RESOURCE_HOST, action, buffer_bytes(&name), peer);
}

void socket_report(struct call *call, enum action action, struct bytes address)
{
	const size_t path = offsetof(struct sockaddr_un, sun_path);
	struct sockaddr_storage storage = { 0 };
	char family[32];

	if (address.size < sizeof storage.ss_family)
		return;
	memcpy(&storage, address.data,
	       address.size < sizeof storage ? address.size : sizeof storage);
	switch (storage.ss_family) {
	case AF_UNSPEC: /* dissolves an association: connect(2) */
		return;
	case AF_INET:
	case AF_INET6:
		report_inet(call, action, &storage);
		return;
	case AF_UNIX:
		if (address.size > path)
			report_unix(call, action,
				    (struct bytes){ address.data + path, address.size - path });
		return;
	case AF_NETLINK:
		call_report_name(call, RESOURCE_KERNEL, ACTION_USE, bytes_of("netlink"),
				 (struct bytes){ 0 });
		return;
	default:
		snprintf(family, sizeof family, "socket-family-%u", storage.ss_family);
		call_report_name(call, RESOURCE_KERNEL, ACTION_USE, bytes_of(family),
				 (struct bytes){ 0 });
	}
}
