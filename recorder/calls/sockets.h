#ifndef RECORDER_CALLS_SOCKETS_H
#define RECORDER_CALLS_SOCKETS_H

#include "recorder/calls/calls.h"

#include <sys/socket.h>

/* Names of sockets: "tcp/192.0.2.1:443", "udp/[2001:db8::1]:53", a unix path, "@abstract". */

/* A duplicate of the process's descriptor, or -errno: pidfd_getfd(2).  The caller closes it. */
int socket_borrow(const struct call *call, int descriptor);
/* Appends "tcp/ADDRESS:PORT"; `socket` (may be -1: "ip") tells the protocol. */
void socket_inet_name(int socket, const struct sockaddr_storage *address, struct buffer *out);

/* Reads an address argument into call->extra.  0 or -errno. */
int socket_take_address(struct call *call, uint64_t address, uint64_t size);
/* Reports `action` on the address in `address`, with the process's descriptor. */
void socket_report(struct call *call, enum action action, int descriptor, struct bytes address);

#endif
