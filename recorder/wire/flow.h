#ifndef RECORDER_WIRE_FLOW_H
#define RECORDER_WIRE_FLOW_H

#include "core/hash.h"
#include "recorder/sink.h"
#include "recorder/wire/quic.h"
#include "recorder/wire/stream.h"

/* What passes between two sockets, and which recorded calls it belongs to. */

/* How a name was found. */
enum name_source {
	NAME_UNKNOWN,
	NAME_DNS,     /* a resolver answered with the address */
	NAME_SNI,     /* ClientHello */
	NAME_HOST,    /* HTTP's Host or :authority */
	NAME_CONNECT, /* asked of a proxy: HTTP CONNECT or an absolute URI */
	NAME_SOCKS,   /* asked of a SOCKS proxy */
	NAME_HOSTS,   /* hosts(5) */
};

struct naming {
	enum name_source source;
	bool is_relayed; /* the other end is a proxy, and the name is behind it */
	struct target target;
};

/* How a client that asks a resolver in encryption says so. */
enum asks {
	ASKS_NOTHING,
	ASKS_TLS,  /* ALPN "dot", RFC 7858 */
	ASKS_QUIC, /* ALPN "doq", RFC 9250 */
	ASKS_HTTP, /* a request of RFC 8484 that could be read */
};

/* A process, for people. */
struct party {
	pid_t pid;	  /* 0: none */
	char program[64]; /* the last component of its path, cut */
};

/* Whose a flow is that no recorded call explains. */
enum whose {
	WHOSE_UNKNOWN,
	WHOSE_UNATTRIBUTED, /* a program of the agent's has its socket open */
	WHOSE_OTHERS,
};

/* A recorded call that made the flow or used it, at one of its ends. */
struct use {
	struct use *next;
	uint8_t protocol;
	bool accepted;	/* the other end has connected: it says no name, and nothing was observed */
	uint32_t space; /* of the network namespace: spaces.h */
	struct endpoint local, remote;
	int64_t time_ns; /* since the epoch, by the system's clock */
	struct party party;
	struct target hosts;		/* what hosts(5) calls the other end; size 0: nothing */
	bool unseen;			/* its packets are not captured */
	struct observation observation; /* its bytes are the use's own */
	char bytes[];
};

/* A flow as one of its ends sees it: whatever its own address, the port is enough. */
struct view_key {
	uint32_t space;
	uint8_t protocol;
	uint16_t local_port;
	struct endpoint remote;
};

struct view {
	UT_hash_handle hh;
	struct view_key key;
	struct flow *flow;
	struct use *use;      /* that has no name yet */
	int64_t image;	      /* of the last, 0: no recorded call was made at this end */
	struct buffer name;   /* the last that a use was given; empty: none yet */
	bool accepted;	      /* a recorded call accepted it at this end */
	struct party party;   /* of the last use, or of who has the socket open */
	struct buffer held;   /* answers that came before the call was known (lookup.c) */
	struct stream stream; /* of TCP: what this end sends */
	uint64_t sent;	      /* bytes of payload */
	uint64_t unowned;     /* of those, when no socket was found that could have sent them */
	bool seen;	      /* a packet that this end sent */
	bool here;	      /* and it was sent by this host */
	size_t dns_at;	      /* how much of the stream was read as DNS */
	struct told *told;    /* what is said of the connection (connection.c); NULL: nothing yet */
};

struct flow {
	struct flow *next, *previous;
	struct view view[2]; /* [0]: the end that was seen first; one where both are the same, or
			      * the other is not known yet */
	unsigned views;
	struct quic quic;
	struct naming naming;
	enum hello_ech ech;
	enum asks asks;
	int64_t first_ns, last_ns; /* of its packets, since the epoch; 0: none was seen */
	bool is_quic;
	bool settled; /* what is said on it says no more about names */
	bool checked; /* whose it is, as no recorded call explains it */
	enum whose whose;
	struct view *suspect; /* an end that no recorded call explains yet, and is the agent's */
	int64_t suspect_ns;   /* monotonic: since when */
	bool ended;
	unsigned held;	       /* packets that wait for what is known of it (keep.c) */
	struct buffer comment; /* of those that still wait when it has ended */
};

struct flows {
	struct view *view;
	struct flow *newest, *oldest;
	size_t count;
	uint32_t space; /* of the packet or call that is looked at: where views are looked for */
};

/* `program` may be a path; NULL is fine. */
void party_set(struct party *ret, pid_t pid, const char *program);
/* The view of the end that has `local_port`; adds a flow where there is none.  NULL: no memory. */
struct view *flows_view(struct flows *flows, uint8_t protocol, uint16_t local_port,
			const struct endpoint *remote, const struct endpoint *local);
/* The same; NULL where there is none. */
struct view *flows_find(const struct flows *flows, uint8_t protocol, uint16_t local_port,
			const struct endpoint *remote);
/* While `held` its memory stays, until flow_let_go(). */
void flow_remove(struct flows *flows, struct flow *flow);
void flow_let_go(struct flow *flow);
/* Whether a recorded call was made at that end; at an end of it. */
bool view_is_recorded(const struct view *view);
bool flow_is_recorded(const struct flow *flow);
/* The other end, which is `view` itself where a socket talks to itself. */
struct view *view_of_peer(struct view *view);
/* A use with a copy of what was observed; its ends are the caller's to fill.  NULL: no memory. */
struct use *use_new(const struct observation *observation, int64_t time_ns);
void view_take_use(struct view *view, struct use *use);
/* Frees the first use. */
void view_drop_use(struct view *view);
/* Appends "tcp/192.0.2.1:443", "udp/[2001:db8::1]:53". */
void endpoint_write(uint8_t protocol, const struct endpoint *endpoint, struct buffer *out);

#endif
