#ifndef RECORDER_CALLS_SOCKETS_H
#define RECORDER_CALLS_SOCKETS_H

#include "recorder/calls/calls.h"

#include <sys/socket.h>

/* Names of sockets: "tcp/192.0.2.1:443", "udp/[2001:db8::1]:53", "udp/[fe80::1%eth0]:53" (RFC
 * 4007; the number of an interface whose name is not known), a unix path, "@abstract"; of
 * other families, the facility of the kernel.  A `socket` is the recorder's own duplicate, or -1.
 */

/* What an address names, and what kind of thing that is. */
struct endpoint {
	enum resource resource;
	struct buffer name; /* empty: nothing */
};

void endpoint_cleanup(struct endpoint *endpoint);

/* A duplicate of the process's descriptor, or -errno: pidfd_getfd(2).  The caller closes it. */
int socket_borrow(const struct call *call, int descriptor);
/* The program at the other end of a unix socket; empty where unknown. */
void socket_peer_program(int socket, struct buffer *ret);

/* Reads an address argument into call->extra.  0 or -errno. */
int socket_take_address(struct call *call, uint64_t address, uint64_t size);
/* Names an address as the process means it, now.  `socket` -1: that of column a, not borrowed. */
void socket_name(struct call *call, int socket, struct bytes address, struct endpoint *ret);
/* Remembers whether a send with these flags makes the connection to the endpoint: RFC 7413. */
void socket_look_at_send(struct call *call, uint64_t flags, const struct endpoint *endpoint);
/* Reports an access to an endpoint; an empty one names nothing and is not reported. */
void endpoint_report(struct call *call, enum action action, const struct endpoint *endpoint,
		     const struct buffer *peer, struct bytes requested);
/* Reports what the call does with an endpoint that it named.  `socket` tells who is there, where
 * known. */
void socket_report(struct call *call, int socket, const struct endpoint *endpoint);
/* The call may send something to a host: whoever watches the network begins. */
void socket_before_sending(const struct call *call, const struct endpoint *endpoint);
/* The same as socket_report() for what may have been sent to `address`, with whoever watches the
 * network told which packets that was. */
void socket_report_sent(struct call *call, int socket, const struct endpoint *endpoint,
			struct bytes address);
/* Connections may come to the socket: whoever watches the network begins. */
void socket_before_accepting(const struct call *call, int socket);
/* Tells whoever watches the network whose a connection is that was accepted as `socket`. */
void socket_tell_accepted(const struct call *call, int socket);
/* "tcp", "udp", "icmp", "sctp", "raw", else "ip"; of the descriptor in column a for `socket` -1. */
const char *socket_protocol(const struct call *call, int socket);
/* Reports that connections are accepted on the socket's own address, from whoever is connected. */
void socket_report_accept(struct call *call, int socket, struct bytes requested);
/* Reports what a socket that came ready-made is good for. */
void socket_report_open(struct call *call, int socket, struct bytes requested);

#endif
