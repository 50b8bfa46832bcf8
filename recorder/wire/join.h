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
	struct keep *keep;     /* NULL: packets are not kept */
	struct claims *claims; /* NULL: nobody wants them */
	struct flows flows;
	struct answers answers;
	int64_t next_look_ns; /* monotonic: when to look for owners again */
	bool unexplained;     /* there are flows to look for */
	unsigned suspects;    /* flows that may turn out to be unattributed */
	bool lost;	      /* packets were, or may have been: the capture's word */
	bool hidden;	      /* some may be within others, encrypted, or are not captured */
	struct use *waiting;  /* calls that need the packets before them, by time */
	struct use *waiting_last;
	bool measures;	      /* every byte that passes is seen: connections have sizes */
	int64_t next_tell_ns; /* monotonic: when to tell again how connections grew */
	bool grows;	      /* something has passed since */
};

/* A socket's ends. */
struct ends {
	uint8_t protocol; /* IPPROTO_TCP, IPPROTO_UDP */
	struct endpoint local, remote;
};

struct wire_ends;
/* ends.c: what a call says of them. */
struct ends ends_of_call(const struct wire_ends *ends);

void join_begin(struct join *join, struct sink *sink);
void join_packet(struct join *join, const struct captured *captured);
/* The same for what a packet carried, UDP or TCP.  The sender's end; NULL: no memory. */
struct view *join_datagram(struct join *join, const struct datagram *datagram, int64_t time_ns);
/* heard.c: where no packets are captured, what the system calls show stands for them.  A connection
 * begins; tell it before the call that made it. */
void join_connected(struct join *join, const struct ends *ends, int64_t time_ns);
/* Bytes that a client has sent to, or received from, the remote end.  False when more of them would
 * say no more. */
bool join_hear(struct join *join, const struct ends *ends, bool sent, struct bytes bytes,
	       int64_t time_ns);
/* Whether it is a resolver that the client speaks with. */
bool view_is_dns(const struct view *client);
/* A call of the agent whose access, with the address as its name, is in the sink already; the use
 * is the join's from now on.  Where it may connect from a port that was used before, it waits for
 * the packets before it. */
void join_use(struct join *join, struct use *use);
/* The packets up to that time have come. */
void join_settle(struct join *join, int64_t until_ns);
/* unexplained.c: now and then, looks whose flows are that no recorded call explains; those of the
 * agent are a gap.  Whether to call again within a second. */
bool join_look(struct join *join);
/* The same when a flow ends. */
void unexplained_end(struct join *join, struct flow *flow);
/* Names what is left, says what stays unknown, and frees everything. */
void join_end(struct join *join);

/* name.c: appends whom the client's end of a flow talks to, as far as is known. */
void name_write(const struct join *join, const struct view *client, struct buffer *out);
/* Names the calls at the client's end of a flow, as far as anything is known. */
void name_uses(struct join *join, struct view *client);
/* Whom a call at that end talks to; NAME_UNKNOWN: an address. */
void name_host(const struct join *join, const struct view *client, const struct use *use,
	       struct naming *ret);
/* Appends that: "tcp/example.com:443". */
void name_of_use(const struct view *client, const struct use *use, const struct naming *naming,
		 struct buffer *out);
/* What was asked of DNS that led to the other end: the name, if anyone asked for it; else what the
 * program itself asked for last before the call.  NULL data: nothing.  Valid as long as both. */
struct bytes name_question(const struct join *join, const struct view *client,
			   const struct use *use, const struct naming *naming);
/* connection.c: a call was made at this end; the flow's name may have become known; it ends. */
void connection_use(struct join *join, struct view *view, const struct use *use);
void connection_update(struct join *join, struct view *view);
void connection_end(struct join *join, struct view *view);
/* Of one through a unix socket, whose bytes nobody counts: its peer is the relay. */
void connection_relayed(struct sink *sink, const struct observation *connected,
			enum name_source source);
/* Of one that was accepted where nothing is captured. */
void connection_unseen(struct sink *sink, const struct observation *accepted, int64_t time_ns);
/* Now and then, tells how connections grew.  Whether to call again within a second. */
bool connections_look(struct join *join);
/* lookup.c: a DNS message that `client` was sent; one that came before a call of the client was
 * known waits for that. */
void lookup_answered(struct join *join, struct view *client, struct bytes message, int64_t time_ns);
void lookup_held(struct join *join, struct view *client);
/* unsent.c: before the calls at an end are named for the last time, says whether what they sent was
 * seen at all; and whether a packet makes that impossible to say. */
void unsent_look(const struct join *join, const struct view *view);
/* Whether there is an end with the same protocol and port of its own that a call is recorded of,
 * and that sent a packet.  The kernel can be told to send to another host than the call says
 * (nftables, eBPF): then the call has one end of the socket, and the packets another. */
bool join_has_end(const struct join *join, const struct view_key *key, bool called, bool seen);
void unsent_look_at(struct join *join, const struct datagram *datagram,
		    const struct fragments *fragments);

#endif
