/* What is known of an address before a connection to it is made. */
#include "recorder/wire/wire_private.h"

#include <arpa/inet.h>

static bool read_address(const char *text, struct address *ret)
{
	*ret = (struct address){ .size = 4 };
	if (inet_pton(AF_INET, text, ret->byte) == 1)
		return true;
	ret->size = 16;
	return inet_pton(AF_INET6, text, ret->byte) == 1;
}

void wire_write_names(struct wire *wire, pid_t tid, int64_t image, const char *address,
		      struct buffer *out)
{
	struct target hosts = { 0 };
	struct address wanted;
	uint32_t space = 0;
	enum sight sight = spaces_sight(&wire->spaces, spaces_netns(&wire->spaces, tid), &space);

	if (!read_address(address, &wanted))
		return;
	answers_write(sight == SIGHT_BLIND ? &wire->heard.answers : &wire->join.answers, space,
		      &wanted, out);
	hosts_find(&wire->hosts, image, &wanted, &hosts);
	if (!hosts.size)
		return;
	buffer_append(out, hosts.host, hosts.size);
	buffer_add_char(out, '\0');
}
