#ifndef RECORDER_WIRE_HELLO_H
#define RECORDER_WIRE_HELLO_H

#include "recorder/wire/alpn.h"
#include "recorder/wire/target.h"

/* Encrypted ClientHello, RFC 9849.  A client that has no key sends GREASE that looks like the outer
 * form by design, so nobody can say which it is: the server name is the true one (GREASE), or that
 * of the provider. */
enum hello_ech {
	HELLO_PLAIN,
	HELLO_ECH_OUTER, /* encrypted, or GREASE */
	HELLO_ECH_INNER, /* what never ought to be on the wire */
};

/* What a ClientHello says (RFC 8446 4.1.2, RFC 5246 7.4.1.2). */
struct hello {
	struct target server; /* server_name, RFC 6066 3; size 0 where there is none */
	struct alpn alpn;     /* RFC 7301; size 0 where there is none */
	enum hello_ech ech;
	bool grease;	  /* reserved values (RFC 8701) among suites or extensions */
	uint16_t version; /* highest that is offered: 0x0303 is TLS 1.2, 0x0304 TLS 1.3 */
};

/* Reads the first bytes a client sends over TCP: records (RFC 8446, 5.1) whose fragments make up a
 * ClientHello.  The hello of SSL 2 and whatever else is READING_NOT.  `ret` is filled only with
 * READING_DONE. */
enum reading hello_read(struct bytes stream, struct hello *ret);
/* Reads a stream of handshake messages without records, as QUIC has it (RFC 9001, 4). */
enum reading hello_read_message(struct bytes stream, struct hello *ret);

#endif
