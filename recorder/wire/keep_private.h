#ifndef RECORDER_WIRE_KEEP_PRIVATE_H
#define RECORDER_WIRE_KEEP_PRIVATE_H

/* What the files of keep share; nobody else includes it. */

#include "core/hash.h"
#include "recorder/wire/join.h"
#include "recorder/wire/keep.h"
#include "recorder/wire/packet_file.h"
#include "recorder/wire/pcapng.h"

#define KEEP_INTERFACES 256 /* that are counted */

/* A packet that waits to be written, or not. */
struct waiting {
	struct waiting *next, *previous;
	struct flow *flow; /* NULL: of a fragment it is not known yet */
	int64_t since_ns;  /* monotonic */
	int64_t time_ns;
	uint32_t interface, size, kept;
	enum link link;
	enum frame_way way;
	char frame[];
};

struct known_name {
	UT_hash_handle hh;
	size_t size;
	char key[]; /* address, name */
};

struct keep {
	struct packet_file file;
	struct buffer whose;
	struct waiting *oldest, *newest;
	size_t bytes;			/* of what waits */
	size_t fragments;		/* that wait without a flow */
	uint64_t packets, packet_bytes; /* in the file's buffer, lost if it cannot be written */
	uint64_t told;			/* of counts.unwritten: a gap says so */
	struct known_name *name;
	struct keep_counts counts;
	uint32_t interfaces;
	struct pcapng_statistics interface[KEEP_INTERFACES];
};

/* keep.c: writes the blocks that are ready; says by a gap what could not be written. */
void keep_write(struct join *join);

#endif
