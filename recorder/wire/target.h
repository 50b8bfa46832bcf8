#ifndef RECORDER_WIRE_TARGET_H
#define RECORDER_WIRE_TARGET_H

#include "recorder/wire/cursor.h"

#define TARGET_HOST_MAX 255

/* Whom a client says it wants: bytes that it chose, so no more than a name until something else
 * agrees.  Letters A to Z are made small (RFC 4343), one dot at the end is dropped, nothing else is
 * changed: what reaches a terminal goes through core/text.h. */
struct target {
	uint16_t size;			/* of `host`; 0 for none */
	uint16_t port;			/* 0 where it is not said */
	char host[TARGET_HOST_MAX + 1]; /* NUL behind; an IPv6 address without brackets */
};

/* Sets the host.  Returns 0, or -EINVAL when it is empty or longer than TARGET_HOST_MAX. */
int target_host(struct target *target, struct bytes host);
/* Reads "host", "host:port", "[IPv6]" or "[IPv6]:port" (RFC 3986 3.2, without userinfo).
 * Returns 0 or -EINVAL. */
int target_read(struct target *ret, struct bytes authority);
struct bytes target_name(const struct target *target);

#endif
