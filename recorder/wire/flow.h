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

/* A recorded call that made the flow or used it, at one of its ends. */
struct use {
	struct use *next;
	uint8_t protocol;
	struct endpoint local, remote;
	bool elsewhere;			/* its packets are not captured */
	int64_t time_ns;		/* since the epoch, by the system's clock */
	struct observation observation; /* its bytes are the use's own */
	char bytes[];
};

/* A flow as one of its ends sees it: whatever its own address, the port is enough. */
struct view_key {
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
	struct buffer held;   /* answers that came before the call was known (lookup.c) */
	struct stream stream; /* of TCP: what this end sends */
	uint64_t sent;	      /* bytes of payload */
	uint64_t unowned;     /* of those, when no socket was found that could have sent them */
	bool seen;	      /* a packet that this end sent */
	bool here;	      /* and it was sent by this host */
	size_t dns_at;	      /* how much of the stream was read as DNS */
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
	bool settled; /* what is said on it says no more about names */
	bool checked; /* whose it is, as no recorded call explains it */
};

struct flows {
	struct view *view;
	struct flow *newest, *oldest;
	size_t count;
};

/* The view of the end that has `local_port`; adds a flow where there is none.  NULL: no memory. */
struct view *flows_view(struct flows *flows, uint8_t protocol, uint16_t local_port,
			const struct endpoint *remote, const struct endpoint *local);
void flow_remove(struct flows *flows, struct flow *flow);
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
