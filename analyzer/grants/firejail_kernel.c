#include "analyzer/grants/addresses.h"
#include "analyzer/grants/families.h"
#include "analyzer/grants/firejail.h"
#include "analyzer/grants/unit.h"
#include "analyzer/grants/whole.h"

#include <string.h>

/* What a profile leaves of the kernel and the network. */

/* Whether "a,b," has the word, or a group of calls that it is in. */
static bool list_has(const struct buffer *list, const char *name)
{
	char word[64];
	const char *at = buffer_text(list);

	for (; *at; at += *at == ',') {
		size_t size = strcspn(at, ",");

		if (size < sizeof word) {
			memcpy(word, at, size);
			word[size] = '\0';
			if (call_is_meant(word, name))
				return true;
		}
		at += size;
	}
	return false;
}

static bool allows_capability(void *context, const char *facility, const char *name)
{
	const struct firejail *jail = context;

	(void)facility;
	if (!*name || !jail->has_capabilities)
		return true;
	return list_has(&jail->capabilities, name) == jail->capabilities_kept &&
	       (jail->capabilities_kept || !list_has(&jail->capabilities, "all"));
}

static bool has_call(const struct firejail *jail, const char *name)
{
	return !jail->calls.size || list_has(&jail->calls, name) == jail->calls_kept;
}

static bool has_family(const struct firejail *jail, const char *name)
{
	return !jail->families.size || list_has(&jail->families, name);
}

static bool allows_call(void *context, const char *facility, const char *name)
{
	const struct firejail *jail = context;

	if (!strcmp(facility, "namespace") && jail->namespaces_restricted)
		return false;
	if (!strcmp(facility, "netlink") && !has_family(jail, "netlink"))
		return false;
	return !*name || has_call(jail, name);
}

static void add_network(const struct statement *from, const struct firejail *jail)
{
	const unsigned reach = GRANT_BIT(CONNECT) | GRANT_BIT(SEND);

	from->grants->governs |= 1u << RESOURCE_HOST;
	if (!has_family(jail, "inet") && !has_family(jail, "inet6"))
		return;
	if (!jail->no_network) {
		granted_add_all(from, RESOURCE_HOST, GRANT_ALL);
		return;
	}
	granted_add_addresses(from, reach, "{any:1-12}", "127.0.0.0/8", NULL);
	granted_add_addresses(from, reach, "{any:1-12}", "::1", NULL);
	granted_add_all(from, RESOURCE_HOST, GRANT_LISTEN);
}

static void add_families(const struct statement *from, const struct firejail *jail)
{
	if (!jail->families.size)
		granted_add(from, RESOURCE_KERNEL, GRANT_ALL, "socket-family-{digit:1-2}");
	else if (has_family(jail, "packet"))
		granted_add(from, RESOURCE_KERNEL, GRANT_ALL, "socket-family-17");
	if (jail->families.size && has_family(jail, "bluetooth"))
		granted_add(from, RESOURCE_KERNEL, GRANT_ALL, "socket-family-31");
}

void fire_add_up(struct firejail *jail)
{
	struct statement from = { .source = jail->source, .grants = jail->grants };

	views_add_up(&jail->places, jail->source, jail->grants);
	add_network(&from, jail);
	granted_add_facilities(&from, allows_capability, allows_call, jail);
	add_families(&from, jail);
	granted_add_all(&from, RESOURCE_PROCESS, GRANT_BIT(SIGNAL));
	if (jail->debuggers || has_call(jail, "ptrace"))
		granted_add_all(&from, RESOURCE_PROCESS, GRANT_BIT(TRACE));
	granted_note(&from, NOTE_WIDER, "of processes only those in the sandbox");
	granted_add_all(&from, RESOURCE_VARIABLE, GRANT_ALL);
	/* Of abstract sockets no pattern says all. */
	granted_leave(jail->grants, RESOURCE_SOCKET);
}
