#ifndef RECORDER_WIRE_RELAY_H
#define RECORDER_WIRE_RELAY_H

#include "core/bytes.h"

#include <stdbool.h>
#include <stdint.h>

struct sink;

/* A connection to a unix socket behind which there may be a proxy: whom a client asks it for, by
 * HTTP's CONNECT or an absolute URI, or by SOCKS, is a host that the client connects to. */
struct relay;

/* `path`: the socket's, or "@name".  NULL: no memory. */
struct relay *relay_new(struct bytes path);
void relay_free(struct relay *relay); /* NULL is fine */
/* The next bytes that a client has sent.  Once they name a host, reports that `image` has connected
 * to it: "tcp/NAME:PORT", with "unix:PATH" as the peer.  False when more would say no more. */
bool relay_hear(struct relay *relay, struct bytes sent, struct sink *sink, int64_t image);
/* Reports that the client's bytes were not seen. */
void relay_unheard(const struct relay *relay, struct sink *sink, int64_t image);

#endif
