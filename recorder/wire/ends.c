#include "recorder/wire/join.h"
#include "recorder/wire/wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static struct endpoint endpoint_of(const struct sockaddr_storage *address)
{
	const struct sockaddr_in6 *in6 = (const void *)address;
	const struct sockaddr_in *in = (const void *)address;
	struct endpoint endpoint = { 0 };
	const void *bytes = &in->sin_addr;

	endpoint.port = ntohs(in->sin_port); /* in the same place for both */
	endpoint.address.size = 4;
	if (address->ss_family == AF_INET6) {
		bytes = &in6->sin6_addr;
		if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
			bytes = &in6->sin6_addr.s6_addr[12];
		else
			endpoint.address.size = 16;
	}
	memcpy(endpoint.address.byte, bytes, endpoint.address.size);
	return endpoint;
}

/* To be sent to no address in particular is to be sent to this host: ip(7). */
static struct endpoint remote_of(const struct sockaddr_storage *address)
{
	static const uint8_t four[4] = { 127, 0, 0, 1 }, none[16];
	struct endpoint endpoint = endpoint_of(address);

	if (memcmp(endpoint.address.byte, none, endpoint.address.size) != 0)
		return endpoint;
	if (endpoint.address.size == sizeof four)
		memcpy(endpoint.address.byte, four, sizeof four);
	else
		endpoint.address.byte[15] = 1;
	return endpoint;
}

struct ends ends_of_call(const struct wire_ends *ends)
{
	return (struct ends){ (uint8_t)ends->protocol, endpoint_of(&ends->local),
			      remote_of(&ends->remote) };
}
