#ifndef ANALYZER_GRANTS_ADDRESSES_H
#define ANALYZER_GRANTS_ADDRESSES_H

#include "analyzer/grants/grants.h"

/* Hosts by address, as filters of packets have them. */

/* The actions on "192.0.2.1", "192.0.2.0/24", "2001:db8::/32", at any port or, where `port` is not
 * NULL, at these: "443", "{digit:1-5}"; by the protocol, or, "{any:1-12}", by any.  What no pattern
 * says is wider, or of a denial left out, which is noted.  False: it is no address. */
bool granted_add_addresses(const struct statement *from, unsigned actions, const char *protocol,
			   const char *address, const char *port);

/* The actions on every host of these families, by any protocol, at any port. */
void granted_add_every_address(const struct statement *from, unsigned actions, bool ip4, bool ip6);

#endif
