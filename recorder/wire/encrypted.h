#ifndef RECORDER_WIRE_ENCRYPTED_H
#define RECORDER_WIRE_ENCRYPTED_H

#include "recorder/wire/flow.h"

/* What a client hides on purpose, and that it does so: gaps. */

/* Where `image` has connected to, as far as it is known. */
struct encrypted_host {
	int64_t image;
	uint8_t protocol; /* IPPROTO_TCP, IPPROTO_UDP */
	unsigned port;
	struct bytes host; /* name or address */
	struct bytes name; /* "tcp/example.com:443" */
};

void encrypted_report(struct sink *sink, const struct flow *flow,
		      const struct encrypted_host *host);

#endif
