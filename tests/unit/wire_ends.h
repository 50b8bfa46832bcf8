#ifndef TESTS_UNIT_WIRE_ENDS_H
#define TESTS_UNIT_WIRE_ENDS_H

/* Hosts by number, and the ends of sockets that talk with them. */
#include "recorder/wire/datagram.h"

#include <netinet/in.h>
#include <string.h>

#define HOSTS 64 /* that calls name */

/* A host is four numbers of two bits: protocol and family, address, port. */
static inline uint8_t protocol_of(int host)
{
	return host & 1 ? IPPROTO_TCP : IPPROTO_UDP;
}

static inline struct endpoint end_of(int host)
{
	static const uint16_t ports[] = { 53, 80, 443, 3128 };
	struct endpoint end = { .address.size = host & 2 ? 16 : 4, .port = ports[host >> 4 & 3] };

	if (host & 2)
		memcpy(end.address.byte, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0", 15);
	else
		memcpy(end.address.byte, "\xc0\0\x02", 3);
	end.address.byte[end.address.size - 1] = (uint8_t)(2 + (host >> 2 & 3));
	return end;
}

static inline struct endpoint client_of(int host, int client)
{
	struct endpoint end = end_of(host);

	end.address.byte[end.address.size - 1] = 1;
	end.port = (uint16_t)(1024 + client);
	return end;
}

#endif
