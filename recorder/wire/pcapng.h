#ifndef RECORDER_WIRE_PCAPNG_H
#define RECORDER_WIRE_PCAPNG_H

#include "core/bytes.h"
#include "recorder/wire/ip.h"
#include "recorder/wire/link.h"

#include <stdint.h>

/* Blocks of a capture file (draft-ietf-opsawg-pcapng), in the byte order of this machine.  Each
 * function appends one whole block.  Texts are UTF-8; empty ones are left out, and what is longer
 * than an option may be (65,535 bytes) is cut. */

struct pcapng_section {
	struct bytes hardware, os, application, comment;
};

struct pcapng_interface {
	enum link link;
	uint32_t snap; /* bytes that are kept of each packet at most */
	struct bytes name, description, comment;
};

struct pcapng_packet {
	uint32_t interface; /* which of the interfaces before it, from 0 */
	int64_t time_ns;    /* since the epoch */
	uint32_t size;	    /* bytes on the wire */
	enum frame_way way;
	struct bytes frame, comment;
};

struct pcapng_statistics {
	uint32_t interface;
	int64_t time_ns, started_ns, ended_ns;
	uint64_t received, interface_dropped, system_dropped;
	uint64_t kept; /* of those that were received */
};

/* Begins a file.  Its length is not said, as more may follow. */
void pcapng_add_section(struct buffer *out, const struct pcapng_section *section);
/* Its times count nanoseconds. */
void pcapng_add_interface(struct buffer *out, const struct pcapng_interface *interface);
void pcapng_add_packet(struct buffer *out, const struct pcapng_packet *packet);
/* One name of an address. */
void pcapng_add_name(struct buffer *out, const struct address *address, struct bytes name);
void pcapng_add_statistics(struct buffer *out, const struct pcapng_statistics *statistics);

#endif
