#ifndef RECORDER_WIRE_DNS_H
#define RECORDER_WIRE_DNS_H

#include "recorder/wire/alpn.h"
#include "recorder/wire/cursor.h"

/* DNS messages (RFC 1035), of mDNS (RFC 6762) and LLMNR (RFC 4795) too.  All is read in place,
 * without memory of its own; views in results are valid as long as the message. */

/* 255 bytes of name, each at most four of text. */
#define DNS_NAME_SIZE 1024

enum dns_type {
	DNS_A = 1,
	DNS_CNAME = 5,
	DNS_PTR = 12,
	DNS_AAAA = 28,
	DNS_DNAME = 39, /* RFC 6672 */
	DNS_OPT = 41,	/* EDNS, RFC 6891 */
	DNS_SVCB = 64,	/* RFC 9460, as is HTTPS */
	DNS_HTTPS = 65,
};

enum dns_section { DNS_QUESTION, DNS_ANSWER, DNS_AUTHORITY, DNS_ADDITIONAL, DNS_SECTIONS };

/* A name in presentation form (RFC 1035 5.1): labels joined by dots, without one at the end, "."
 * for the root; letters A to Z are made small (RFC 4343).  \. \\ and other characters that zone
 * files give a meaning have a backslash, whatever is not a visible ASCII character is \DDD. */
struct dns_name {
	uint16_t size;
	char text[DNS_NAME_SIZE]; /* NUL behind */
};

/* What SVCB and HTTPS records say beside their target. */
struct dns_service {
	uint16_t priority; /* 0: the target is an alias */
	uint16_t port;	   /* 0 where it is not said */
	bool ech;	   /* the names in ClientHellos will be encrypted */
	struct alpn alpn;
	struct bytes ipv4, ipv6; /* hinted addresses, 4 and 16 bytes each */
};

/* A question, or a resource record. */
struct dns_entry {
	enum dns_section section;
	struct dns_name name;
	uint16_t type, class; /* the class without mDNS's top bit */
	bool top; /* that bit: a question wants a unicast answer, a record replaces all others */
	uint32_t ttl;		/* seconds; this and the following of records only */
	struct bytes data;	/* as it stands in the message: for A and AAAA the address */
	struct dns_name target; /* of CNAME, DNAME, PTR, SVCB, HTTPS; else of size 0 */
	struct dns_service service;
};

struct dns {
	uint16_t id;
	bool response, truncated;
	uint8_t opcode;
	uint16_t rcode; /* EDNS adds its upper bits when dns_next() comes to the OPT record */
	uint16_t count[DNS_SECTIONS];
	/* The reader's own. */
	struct bytes message;
	struct cursor cursor;
	unsigned section, taken;
};

/* Reads the header.  Returns 0, or -EBADMSG when there is less than one. */
int dns_read(struct bytes message, struct dns *ret);
/* The next entry, in the order of the message.  Returns 1, 0 behind the last, -EBADMSG when the
 * message is malformed from here on.  Compression pointers lead strictly back, so no name loops. */
int dns_next(struct dns *dns, struct dns_entry *ret);

/* The next message of a stream from *at on (RFC 7766, 8: two bytes of length before each); moves
 * *at behind it.  READING_NOT for a message that is shorter than a header. */
enum reading dns_frame(struct bytes stream, size_t *at, struct bytes *ret);

#endif
