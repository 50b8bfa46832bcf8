#ifndef RECORDER_WIRE_NAME_H
#define RECORDER_WIRE_NAME_H

#include "recorder/wire/flow.h"

/* What a host may be called. */

/* A client may say anything: whether it is a host's name or, of a host behind a relay, an address.
 */
bool naming_is_possible(const struct naming *naming);
/* Appends "example.com:443", "[2001:db8::1]:443". */
void naming_write(const struct naming *naming, unsigned port, struct buffer *out);

#endif
