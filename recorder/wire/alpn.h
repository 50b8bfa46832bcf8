#ifndef RECORDER_WIRE_ALPN_H
#define RECORDER_WIRE_ALPN_H

#include "recorder/wire/cursor.h"

/* Protocols a TLS client offers (RFC 7301) or a service has (RFC 9460), as text: "h2,http/1.1".
 * What is not a visible ASCII character, a comma and a backslash are \DDD.  Reserved values that
 * mean nothing (GREASE, RFC 8701) are left out. */
struct alpn {
	uint16_t size;
	bool cut;	/* there were more than fit */
	bool grease;	/* there were reserved values */
	char text[256]; /* NUL behind */
};

/* Reads a list of names, each behind one byte of length, to the cursor's end.  Returns 0, or
 * -EBADMSG for an empty list or name. */
int alpn_read(struct cursor *list, struct alpn *ret);
/* Whether a protocol is one of them; one that was cut off is not. */
bool alpn_has(const struct alpn *alpn, const char *protocol);
/* Whether a two-byte value is one of the sixteen that RFC 8701 reserves. */
bool is_grease(uint16_t value);

#endif
