#ifndef RECORDER_WIRE_JOIN_H
#define RECORDER_WIRE_JOIN_H

#include "recorder/wire/answers.h"
#include "recorder/wire/capture.h"
#include "recorder/wire/flow.h"
#include "recorder/wire/fragments.h"

/* Brings packets and recorded calls together, in whatever order they come, and names the hosts of
 * the calls.  One thread's. */
struct join {
	struct sink *sink;
	struct spaces *spaces;
	struct keep *keep; /* NULL: packets are not kept */
	struct flows flows;
	struct answers answers;
	int64_t next_look_ns; /* monotonic: when to look for owners again */
	bool unexplained;     /* there are flows to look for */
};

void join_begin(struct join *join, struct sink *sink);
void join_packet(struct join *join, const struct captured *captured);
/* A call of the agent whose access, with the address as its name, is in the sink already; the use
 * is the join's from now on. */
void join_use(struct join *join, struct use *use);
/* unexplained.c: now and then, looks whose flows are that no recorded call explains; those of the
 * agent are a gap.  Whether to call again within a second. */
bool join_look(struct join *join);
/* Names what is left, says what stays unknown, and frees everything. */
void join_end(struct join *join);

/* name.c: appends whom the client's end of a flow talks to, as far as is known. */
void name_write(const struct join *join, const struct view *client, struct buffer *out);
/* Names the calls at the client's end of a flow, as far as anything is known. */
void name_uses(struct join *join, struct view *client);
/* lookup.c: a DNS message that `client` was sent; one that came before a call of the client was
 * known waits for that. */
void lookup_answered(struct join *join, struct view *client, struct bytes message, int64_t time_ns);
void lookup_held(struct join *join, struct view *client);

#endif
