#ifndef RECORDER_WIRE_CAPTURE_H
#define RECORDER_WIRE_CAPTURE_H

#include "core/bytes.h"
#include "recorder/wire/link.h"

#include <stdbool.h>
#include <stdint.h>

struct error;
struct fragments;

/* Packets of every interface of this network namespace, as they pass. */
struct capture;

/* Bytes of each packet that are kept: enough for names, and all there are (the most that libpcap
 * knows). */
enum captured_size { CAPTURE_NAMES = 16384, CAPTURE_WHOLE = 262144 };

struct captured {
	uint32_t interface, space;   /* whose the visitor knows: 0 */
	struct fragments *fragments; /* and this: NULL */
	enum link link;
	struct bytes frame; /* what was kept of it */
	uint32_t size;	    /* bytes on the wire */
	int64_t time_ns;    /* since the epoch */
};

typedef void capture_visit(void *context, const struct captured *captured);

/* -EPERM (no message needed) without CAP_NET_RAW; else a message. */
int capture_open(struct capture **ret, enum captured_size size, struct error *err);
/* The same from a socket that tap_open() takes (tap.h), in whatever network namespace that is. */
int capture_open_tap(struct capture **ret, int socket, enum captured_size size, struct error *err);
enum link capture_link(const struct capture *capture);
/* Becomes readable when there are packets. */
int capture_descriptor(const struct capture *capture);
/* Visits what is there, without waiting.  The number of packets, or -EIO. */
int capture_read(struct capture *capture, capture_visit *visit, void *context);
struct capture_counts {
	uint64_t received;
	uint64_t lost;		 /* of those, for which the kernel had no room */
	uint64_t interface_lost; /* that did not come so far */
};
/* Zeros where the kernel does not say. */
void capture_count(const struct capture *capture, struct capture_counts *ret);
/* Remembers how many packets have come so far. */
void capture_mark(struct capture *capture);
/* Whether all that had come at the mark were visited. */
bool capture_is_read(const struct capture *capture);
void capture_close(struct capture *capture); /* NULL is fine */

#endif
