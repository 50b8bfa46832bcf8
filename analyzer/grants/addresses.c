#include "analyzer/grants/addresses.h"
#include "analyzer/grants/whole.h"
#include "core/block.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* "ADDRESS/BITS" taken apart. */
struct network {
	int family;
	uint8_t address[16];
	unsigned bits, size; /* of the prefix; bytes of an address */
};

static bool read_network(const char *text, struct network *ret)
{
	char copy[INET6_ADDRSTRLEN + 1] = "", *end = NULL;
	size_t size = strcspn(text, "/");
	unsigned long bits;

	if (size >= sizeof copy)
		return false;
	memcpy(copy, text, size);
	*ret = (struct network){ .family = strchr(copy, ':') ? AF_INET6 : AF_INET };
	ret->size = ret->family == AF_INET6 ? 16 : 4;
	if (inet_pton(ret->family, copy, ret->address) != 1)
		return false;
	bits = text[size] ? strtoul(text + size + 1, &end, 10) : 8ul * ret->size;
	ret->bits = (unsigned)bits;
	return bits <= 8ul * ret->size && (!text[size] || (end > text + size + 1 && !*end));
}

/* What is behind the prefix is of no account. */
static void mask(struct network *network)
{
	for (unsigned bit = network->bits; bit < 8 * network->size; bit++)
		network->address[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
}

/* The address, or the block of addresses, as patterns have it.  False: none says it. */
static bool write_network(struct network *network, struct buffer *out)
{
	char text[INET6_ADDRSTRLEN];
	struct block block = { .size = (uint8_t)network->size, .bits = (uint8_t)network->bits };

	mask(network);
	if (network->bits == 8 * network->size) {
		inet_ntop(network->family, network->address, text, sizeof text);
		buffer_printf(out, network->size == 16 ? "\\[%s\\]" : "%s", text);
		return true;
	}
	if (network->bits < (network->size == 16 ? 120 : 8))
		return false;
	memcpy(block.address, network->address, network->size);
	block_write(&block, out);
	return true;
}

bool granted_add_addresses(const struct statement *from, unsigned actions, const char *protocol,
			   const char *address, const char *port)
{
	scoped(buffer) struct buffer pattern = { 0 };
	struct network network;

	if (!read_network(address, &network))
		return false;
	buffer_printf(&pattern, "%s/", protocol);
	if (!write_network(&network, &pattern)) {
		if (from->is_denied) {
			granted_note(from, NOTE_NARROWER, "no pattern says %s", address);
			return true;
		}
		if (network.bits)
			granted_note(from, NOTE_WIDER, "no pattern says %s", address);
		buffer_add(&pattern, network.size == 16 ? "\\[{any:1-64}\\]" : "{name:1-64}");
	}
	buffer_printf(&pattern, ":%s", port ? port : "{digit:1-5}");
	if (buffer_status(&pattern) < 0)
		from->grants->failed = true;
	else
		granted_add(from, RESOURCE_HOST, actions, buffer_text(&pattern));
	return true;
}

void granted_add_every_address(const struct statement *from, unsigned actions, bool ip4, bool ip6)
{
	if (ip4 && ip6)
		granted_add_all(from, RESOURCE_HOST, actions);
	else if (ip4)
		granted_add(from, RESOURCE_HOST, actions, "{any:1-12}/{name:1-220}:{digit:1-5}");
	else if (ip6)
		granted_add(from, RESOURCE_HOST, actions,
			    "{any:1-12}/\\[{any:1-64}\\]:{digit:1-5}");
}
