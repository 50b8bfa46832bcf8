#ifndef ANALYZER_ENDPOINT_H
#define ANALYZER_ENDPOINT_H

#include "core/block.h"

/* The parts of a host's name: "tcp/example.com:443", "dns/example.com:53", "tcp/[fd00::1]:22". */
struct endpoint {
	struct bytes protocol, host, port; /* in the name */
	uint8_t address[16];
	size_t address_size; /* 4, 16; 0: the host is a name */
};

/* False: it has no such parts. */
bool endpoint_read(struct bytes name, struct endpoint *ret);
bool endpoint_is_loopback(const struct endpoint *endpoint);
/* Every address of this machine. */
bool endpoint_is_any(const struct endpoint *endpoint);
/* Addresses that no one else's are among (private_network.def). */
bool address_is_private(const uint8_t *address, size_t size);
/* Bits that two addresses begin with in common. */
unsigned address_common(const uint8_t *a, const uint8_t *b, size_t size);
/* The part of a name that its owner chooses: what is before the registrable domain, by the list
 * of public suffixes, private ones too (publicsuffix.org).  Empty: there is none. */
struct bytes endpoint_labels(const struct endpoint *endpoint);

#endif
