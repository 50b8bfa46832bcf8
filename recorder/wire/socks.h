#ifndef RECORDER_WIRE_SOCKS_H
#define RECORDER_WIRE_SOCKS_H

#include "recorder/wire/ip.h"
#include "recorder/wire/target.h"

enum socks_command { SOCKS_CONNECT = 1, SOCKS_BIND = 2, SOCKS_ASSOCIATE = 3 };

/* What a client asks a SOCKS proxy for: a name, or an address. */
struct socks {
	uint8_t version; /* 4 or 5 */
	enum socks_command command;
	struct target target;	/* the name, and the port in either case */
	struct address address; /* where there is no name */
	size_t size;		/* bytes before those that the proxy passes on */
};

/* Reads the first bytes a client sends: SOCKS 4 and 4A (the notes by Ying-Da Lee), SOCKS 5 (RFC
 * 1928), with user and password (RFC 1929), which are not kept.  GSSAPI (RFC 1961) is READING_NOT:
 * it may encrypt what follows. */
enum reading socks_read(struct bytes stream, struct socks *ret);

#endif
