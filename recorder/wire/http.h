#ifndef RECORDER_WIRE_HTTP_H
#define RECORDER_WIRE_HTTP_H

#include "recorder/wire/target.h"

/* Longest request line that is waited for; longest method. */
#define HTTP_LINE_MAX	8192
#define HTTP_METHOD_MAX 31

/* How a request names its target, RFC 9112 3.2. */
enum http_form {
	HTTP_ORIGIN,	/* "/path": the name is Host's */
	HTTP_ABSOLUTE,	/* "http://name/path", as to a proxy: the name is the URI's */
	HTTP_AUTHORITY, /* CONNECT "name:port" */
	HTTP_ASTERISK,	/* OPTIONS "*": the name is Host's */
};

struct http {
	unsigned version; /* 10, 11, or 20 */
	enum http_form form;
	bool secure;	      /* an absolute URI with https or wss */
	bool dns;	      /* it asks a resolver: doh.h */
	struct target target; /* size 0 where no name is given, as in HTTP/1.0 */
	size_t size;	      /* bytes of the request's head: what a CONNECT carries follows */
};

/* Reads the head of a request that begins the stream: HTTP/1 (RFC 9112), or HTTP/2 with prior
 * knowledge (RFC 9113 3.3), whose first request it is.  Names of users and passwords in a URI are
 * not kept.  A request that RFC 9112 3.2 wants refused (two Hosts, say) is READING_NOT. */
enum reading http_read(struct bytes stream, struct http *ret);

#endif
