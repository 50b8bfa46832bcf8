#include "analyzer/endpoint.h"

#include <stdio.h>
#include <string.h>

#include <libpsl.h>

/* DNS names have no more bytes (RFC 1035). */
#define NAME_MAX_BYTES 253

static const struct {
	const char *address;
	unsigned bits;
} private_row[] = {
#define PRIVATE(address, bits, source) { address, bits },
#include "analyzer/private_network.def"
};

bool endpoint_read(struct bytes name, struct endpoint *ret)
{
	const char *slash = name.size ? memchr(name.data, '/', name.size) : NULL;
	const char *colon = name.size ? memrchr(name.data, ':', name.size) : NULL;
	struct endpoint endpoint = { 0 };

	if (!slash || !colon || colon < slash)
		return false;
	endpoint.protocol = (struct bytes){ name.data, (size_t)(slash - name.data) };
	endpoint.host = (struct bytes){ slash + 1, (size_t)(colon - slash) - 1 };
	endpoint.port = (struct bytes){ colon + 1, name.size - (size_t)(colon - name.data) - 1 };
	endpoint.address_size = address_read(endpoint.host, endpoint.address);
	*ret = endpoint;
	return endpoint.host.size && endpoint.port.size;
}

static bool is_zero(const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bytes[i])
			return false;
	return true;
}

bool endpoint_is_loopback(const struct endpoint *endpoint)
{
	if (endpoint->address_size == 4)
		return endpoint->address[0] == 127;
	return endpoint->address_size == 16 && is_zero(endpoint->address, 15) &&
	       endpoint->address[15] == 1;
}

bool endpoint_is_any(const struct endpoint *endpoint)
{
	return endpoint->address_size && is_zero(endpoint->address, endpoint->address_size);
}

unsigned address_common(const uint8_t *a, const uint8_t *b, size_t size)
{
	unsigned bits = 0;

	while (bits < size * 8 && !((a[bits / 8] ^ b[bits / 8]) >> (7 - bits % 8) & 1))
		bits++;
	return bits;
}

bool address_is_private(const uint8_t *address, size_t size)
{
	for (size_t i = 0; i < sizeof private_row / sizeof *private_row; i++) {
		uint8_t network[16];

		if (address_read(bytes_of(private_row[i].address), network) == size &&
		    address_common(address, network, size) >= private_row[i].bits)
			return true;
	}
	return false;
}

static bool is_plain(struct bytes host)
{
	for (size_t i = 0; i < host.size; i++)
		if (!memchr("abcdefghijklmnopqrstuvwxyz0123456789-_.", host.data[i], 39))
			return false;
	return host.size <= NAME_MAX_BYTES && host.data[0] != '.' &&
	       host.data[host.size - 1] != '.';
}

struct bytes endpoint_labels(const struct endpoint *endpoint)
{
	const psl_ctx_t *list = psl_builtin();
	char name[NAME_MAX_BYTES + 1];
	const char *domain;

	if (!list || endpoint->address_size || !is_plain(endpoint->host))
		return (struct bytes){ NULL, 0 };
	snprintf(name, sizeof name, "%.*s", (int)endpoint->host.size, endpoint->host.data);
	domain = psl_registrable_domain(list, name);
	if (!domain || domain == name)
		return (struct bytes){ NULL, 0 };
	return (struct bytes){ endpoint->host.data, (size_t)(domain - name) - 1 };
}
