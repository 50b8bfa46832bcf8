#ifndef RECORDER_WIRE_DOH_H
#define RECORDER_WIRE_DOH_H

#include "core/bytes.h"

#include <stdbool.h>

/* DNS over HTTPS (RFC 8484), where requests can be read. */

/* Whether what is asked for, with or without a query, is "/dns-query", as the examples have it and
 * as nearly everybody does. */
bool doh_is_path(struct bytes path);
/* Whether a field says so: its media type, or the path of HTTP/2; names in any case. */
bool doh_is_field(struct bytes name, struct bytes value);
/* Whether a host, by its name or address, is a public resolver of resolvers.def. */
bool doh_is_resolver(struct bytes host);

#endif
