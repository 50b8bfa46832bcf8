#include "recorder/wire/doh.h"

#include <string.h>
#include <strings.h>

#define PATH	   "/dns-query"
#define MEDIA_TYPE "application/dns-message"

static bool begins(struct bytes text, const char *word)
{
	size_t size = strlen(word);

	return text.size >= size && !strncasecmp(text.data, word, size);
}

static bool equals(struct bytes text, const char *word)
{
	return text.size == strlen(word) && begins(text, word);
}

bool doh_is_path(struct bytes path)
{
	const size_t size = strlen(PATH);

	return bytes_start_with(path, bytes_of(PATH)) &&
	       (path.size == size || path.data[size] == '?' || path.data[size] == '/');
}

bool doh_is_field(struct bytes name, struct bytes value)
{
	if (equals(name, ":path"))
		return doh_is_path(value);
	return (equals(name, "content-type") || equals(name, "accept")) &&
	       begins(value, MEDIA_TYPE);
}

/* The name, or one below it. */
static bool is_within(struct bytes host, const char *name)
{
	size_t size = strlen(name);
	struct bytes end = { host.data + host.size - size, size };

	if (host.size < size || !equals(end, name))
		return false;
	return host.size == size || host.data[host.size - size - 1] == '.';
}

bool doh_is_resolver(struct bytes host)
{
	static const char *const resolver[] = {
#define RESOLVER(name, source) name,
#include "recorder/wire/resolvers.def"
	};

	for (size_t i = 0; i < sizeof resolver / sizeof *resolver; i++)
		if (is_within(host, resolver[i]))
			return true;
	return false;
}
