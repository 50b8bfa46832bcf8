#ifndef RECORDER_WIRE_CAPTURE_H
#define RECORDER_WIRE_CAPTURE_H

#include "core/bytes.h"
#include "recorder/wire/link.h"

#include <stdint.h>

struct error;

/* Packets of every interface of this network namespace, as they pass. */
struct capture;

struct captured {
	enum link link;
	struct bytes frame; /* what was kept of it */
	uint32_t size;	    /* bytes on the wire */
	int64_t time_ns;    /* since the epoch */
};

typedef void capture_visit(void *context, const struct captured *captured);

/* -EPERM (no message needed) without CAP_NET_RAW; else a message. */
int capture_open(struct capture **ret, struct error *err);
/* Becomes readable when there are packets. */
int capture_descriptor(const struct capture *capture);
/* Visits what is there, without waiting.  The number of packets, or -EIO. */
int capture_read(struct capture *capture, capture_visit *visit, void *context);
/* How many the kernel has dropped. */
uint64_t capture_lost(const struct capture *capture);
void capture_close(struct capture *capture); /* NULL is fine */

#endif
