#ifndef RECORDER_WIRE_KEEP_H
#define RECORDER_WIRE_KEEP_H

#include "recorder/wire/capture.h"

#include <stdbool.h>
#include <stdint.h>

struct address;
struct error;
struct flow;
struct join;
struct run;

/* The packets of the agent, kept in a file.  Whose a packet is may be known only after it has come:
 * all wait, in the order of capture, until that is known, for 2 s and in 16 MiB at most.  What is
 * another process's is not kept. */
struct keep;

struct keep_counts {
	uint64_t kept, kept_bytes; /* packets, and bytes of them */
	uint64_t others;	   /* left out: of other processes */
	uint64_t unknown;	   /* left out: nobody can tell whose they are */
	uint64_t lost;		   /* the kernel dropped them */
	uint64_t unwritten;	   /* the file did not take them, for this reason (errno): */
	int reason;
};

/* Begins the file, once packets are known to be captured at all.  0 or -errno. */
int keep_open(struct keep **ret, const char *path, struct error *err);
/* Before the first packet: whose they are. */
void keep_set_run(struct keep *keep, const struct run *run);
void keep_close(struct keep *keep); /* NULL is fine */
const struct keep_counts *keep_counts(const struct keep *keep);

/* From the thread of the wire: */

/* What is captured there is kept from now on; returns the number that its packets carry. */
uint32_t keep_interface(struct keep *keep, const struct capture *capture, const char *description);
void keep_interface_ended(struct keep *keep, uint32_t interface, const struct capture *capture);
/* A packet of a flow; `flow` NULL: of none. */
void keep_packet(struct keep *keep, struct flow *flow, const struct captured *captured);
/* A fragment of a packet that is not whole yet; keep_packet() of the last one gives the others
 * their flow. */
void keep_fragment(struct keep *keep, const struct captured *captured);
/* The flow is about to be removed: what waits for it is decided now. */
void keep_flow_ends(struct join *join, struct flow *flow);
/* Writes what need not wait any more; `all`: nothing waits.  Whether to call again within 100 ms.
 */
bool keep_release(struct join *join, bool all);
/* Writes all that waits, and what the captures have counted.  keep_close() is left. */
void keep_end(struct join *join);
/* A name that was found for an address.  NULL is fine. */
void keep_name(struct keep *keep, const struct address *address, struct bytes name);

#endif
