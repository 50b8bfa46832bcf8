#ifndef RECORDER_CALLS_SOCKETS_H
#define RECORDER_CALLS_SOCKETS_H

#include "recorder/calls/calls.h"

#include <sys/socket.h>

/* Names of sockets: "tcp/192.0.2.1:443", "udp/[2001:db8::1]:53", a unix path, "@abstract". */

/* A duplicate of the process's descriptor, or -errno: pidfd_getfd(2).  The caller closes it. */
int socket_borrow(const struct call *call, int descriptor);
/* "tcp", "udp"...; "ip" where it is not known. */
const char *socket_protocol(int socket);
/* Appends "tcp/ADDRESS:PORT". */
void socket_inet_name(const char *protocol, const struct sockaddr_storage *address,
		      struct buffer *out);

/* Keeps the protocol of the row's socket in call->object[0].name, where the address needs one: at
 * the end of the call its process may be gone. */
void socket_take_protocol(struct call *call, struct bytes address);
/* Reads an address argument into call->extra, and its protocol.  0 or -errno. */
int socket_take_address(struct call *call, uint64_t address, uint64_t size);
/* Reports `action` on the address in `address`, with the protocol that was taken. */
void socket_report(struct call *call, enum action action, struct bytes address);

#endif
