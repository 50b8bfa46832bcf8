#ifndef ANALYZER_RUN_FACTS_H
#define ANALYZER_RUN_FACTS_H

#include "core/bytes.h"

#include <stdint.h>

struct access;
struct error;
struct store;

struct fact_row {
	struct bytes name; /* in `store` */
	char *store;
	int64_t value;
};

/* Rows by name, each once. */
struct fact_list {
	struct fact_row *row;
	size_t count, capacity;
};

/* What must be known of a whole run before one of its accesses can be judged. */
struct run_facts {
	struct fact_list port;	/* "tcp:43211": where it listens on this machine */
	struct fact_list quiet; /* "udp/192.0.2.1:443": connected, and no byte was sent */
	struct fact_list phase; /* when each began: its first access */
};

/* `ret` must be zeroed.  0 or -errno. */
int run_facts_read(struct run_facts *ret, struct store *store, int64_t run, struct error *err);
/* The same but for phases, for who reads the accesses anyway and keeps those of hosts until then:
 * to be told of each, then asked for the rest.  `facts` must be zeroed at first.  0 or -errno. */
int run_facts_note(struct run_facts *facts, const struct access *access);
int run_facts_noted(struct run_facts *facts, struct store *store, int64_t run, struct error *err);
/* Whether the object is one that the run itself made: also an address of this machine, at a port
 * that the run listens on. */
bool run_facts_own(const struct run_facts *facts, const struct access *access);
/* Whether it is a socket that was only connected, as resolvers do to see which of their addresses
 * would be used (RFC 6724): no packet leaves for it. */
bool run_facts_probe(const struct run_facts *facts, const struct access *access);
/* When the phase of the access began. */
int64_t run_facts_start(const struct run_facts *facts, struct bytes phase);
void run_facts_release(struct run_facts *facts);

#endif
