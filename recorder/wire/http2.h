#ifndef RECORDER_WIRE_HTTP2_H
#define RECORDER_WIRE_HTTP2_H

#include "recorder/wire/target.h"

#define HTTP2_REQUESTS 16 /* with different targets, beyond which none is kept */

struct http2_request {
	struct target target; /* :authority, else Host; size 0 for none */
	bool connect;	      /* :method CONNECT without :protocol (RFC 8441) */
	bool secure;	      /* :scheme https */
	bool dns;	      /* it asks a resolver: doh.h */
};

struct http2 {
	unsigned count;
	struct http2_request request[HTTP2_REQUESTS];
};

/* Reads what a client that knows that the server has HTTP/2 sends over TCP: the preface, SETTINGS,
 * and frames (RFC 9113 3.4, 4.1), of which HEADERS and CONTINUATION are decompressed (HPACK, RFC
 * 7541). READING_DONE when at least one request was there, with those that name different targets.
 */
enum reading http2_read(struct bytes stream, struct http2 *ret);

#endif
