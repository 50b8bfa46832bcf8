#ifndef RECORDER_WIRE_WIRE_H
#define RECORDER_WIRE_WIRE_H

#include "core/bytes.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

struct access;
struct claims;
struct error;
struct keep;
struct observation;
struct sink;

/* Watches the packets of this network namespace while a run is recorded, and gives the hosts in
 * its evidence the names that were used for them. */
struct wire;

/* The ends of a socket as a call of the agent left it. */
struct wire_ends {
	int protocol; /* IPPROTO_TCP, IPPROTO_UDP */
	struct sockaddr_storage local, remote;
	pid_t tid, pid; /* whose call it was, and what that runs: a path, or NULL */
	const char *program;
};

/* Nothing is captured before the network is used.  `keep` NULL: packets are not kept. */
int wire_open(struct wire **ret, struct sink *sink, struct keep *keep, struct error *err);
/* Before anything is captured: where to put what clients ask for.  It outlives the wire. */
void wire_set_claims(struct wire *wire, struct claims *claims);
/* From the tracer, before a call of thread `tid` that may send: from now on packets are captured in
 * its network namespace, if they may be: in pare's own with CAP_NET_RAW, in another with
 * CAP_SYS_ADMIN, or where its user namespace was made by the user that pare runs as.  If not, a gap
 * says so, and the tracer is to tell what passes there. */
void wire_begin(struct wire *wire, pid_t tid);
/* From the tracer: appends the names that resolvers have answered someone in the network namespace
 * of thread `tid` for an address ("192.0.2.1", "2001:db8::1"), and the one that hosts(5) gives it
 * as `image` has read it; each with a NUL behind. */
void wire_write_names(struct wire *wire, pid_t tid, int64_t image, const char *address,
		      struct buffer *out);
/* From the tracer: an access to a host that was put into the sink just now, with its address as
 * the name. */
void wire_use(struct wire *wire, const struct observation *observation,
	      const struct wire_ends *ends);
/* Whether the tracer is to tell what passes over sockets of hosts in the network namespace of
 * thread `tid`; NULL is fine. */
bool wire_listens(struct wire *wire, pid_t tid);
/* From the tracer: the agent has sent, or received, these bytes, the next of a connection or a
 * whole datagram.  False when more would say no more. */
bool wire_hear(struct wire *wire, const struct wire_ends *ends, bool sent, struct bytes bytes);
/* From the tracer: what was said by `image` over that socket was not seen; a gap. */
void wire_unheard(struct wire *wire, int64_t image, const struct wire_ends *ends);
/* From the tracer: thread `tid` waits for connections: captures where that is possible, and says
 * nothing where it is not. */
void wire_expect(struct wire *wire, pid_t tid);
/* From the tracer: `image` has accepted a connection; nobody's name comes of it. */
void wire_accepted(struct wire *wire, int64_t image, const struct wire_ends *ends);
/* Whether packets are kept; NULL is fine. */
bool wire_keeps(const struct wire *wire);
/* From any thread: an access of the run to a file, whose name begins below `root` ("" for ours).
 * Where it is hosts(5) that was read, it names addresses for the image from now on. */
void wire_file(struct wire *wire, const struct access *access, const char *root);
/* Takes what is still on its way, and ends.  NULL is fine. */
void wire_close(struct wire *wire);

#endif
