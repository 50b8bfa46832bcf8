#include "recorder/wire/target.h"

#include <errno.h>
#include <string.h>

int target_host(struct target *target, struct bytes host)
{
	if (host.size > 1 && host.data[host.size - 1] == '.')
		host.size--;
	if (host.size == 0 || host.size > TARGET_HOST_MAX)
		return -EINVAL;
	memset(target->host, 0, sizeof target->host);
	for (size_t i = 0; i < host.size; i++) {
		char c = host.data[i];

		target->host[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	target->size = (uint16_t)host.size;
	return 0;
}

/* ":port"; nothing, or ":" alone, is none. */
static int read_port(struct bytes text, uint16_t *ret)
{
	unsigned port = 0;

	if (text.size && text.data[0] != ':')
		return -EINVAL;
	for (size_t i = 1; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return -EINVAL;
		port = port * 10 + (unsigned)(text.data[i] - '0');
		if (port > UINT16_MAX)
			return -EINVAL;
	}
	*ret = (uint16_t)port;
	return 0;
}

int target_read(struct target *ret, struct bytes authority)
{
	bool bracket = authority.size && authority.data[0] == '[';
	const char *end = NULL;
	struct target target = { 0 };
	struct bytes host = authority, port = { 0 };
	size_t size;

	if (authority.size)
		end = memchr(authority.data, bracket ? ']' : ':', authority.size);
	if (bracket && !end)
		return -EINVAL;
	if (end) {
		size = (size_t)(end - authority.data);
		host = (struct bytes){ authority.data + bracket, size - bracket };
		port = (struct bytes){ end + bracket, authority.size - size - bracket };
	}
	if (read_port(port, &target.port) < 0 || target_host(&target, host) < 0)
		return -EINVAL;
	*ret = target;
	return 0;
}

struct bytes target_name(const struct target *target)
{
	return (struct bytes){ target->host, target->size };
}
