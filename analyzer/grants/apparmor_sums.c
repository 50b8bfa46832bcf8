#include "analyzer/grants/apparmor.h"
#include "analyzer/grants/whole.h"

#include <string.h>

/* What the rules of networks, capabilities and mounts come to together. */

#define HOST_ACTIONS (GRANT_BIT(CONNECT) | GRANT_BIT(SEND) | GRANT_LISTEN)

static struct statement statement(struct apparmor *profile, const char *text)
{
	return (struct statement){ .source = profile->source,
				   .grants = profile->grants,
				   .text = text };
}

/* Hosts by one protocol: addresses of IPv4, of IPv6 (in brackets), and names, which may have
 * both. */
static void add_hosts(const struct statement *from, const char *protocol, bool inet, bool inet6)
{
	scoped(buffer) struct buffer four = { 0 }, six = { 0 }, any = { 0 };

	buffer_printf(&any, "%s/{any:1-245}", protocol);
	buffer_printf(&four, "%s/{name:1-240}:{digit:1-5}", protocol);
	buffer_printf(&six, "%s/\\[{any:1-64}\\]:{digit:1-5}", protocol);
	from->grants->failed |= any.failed || four.failed || six.failed;
	if (from->grants->failed)
		return;
	if (inet && inet6)
		granted_add(from, RESOURCE_HOST, HOST_ACTIONS, buffer_text(&any));
	else if (inet || inet6)
		granted_add(from, RESOURCE_HOST, HOST_ACTIONS, buffer_text(&four));
	if (inet6 && !inet) {
		granted_add(from, RESOURCE_HOST, HOST_ACTIONS, buffer_text(&six));
		granted_note(from, NOTE_WIDER, "of %s only addresses of IPv6, also of names",
			     protocol);
	}
}

static void add_network(struct apparmor *profile)
{
	static const struct {
		const char *protocol;
		int type;
	} row[] = {
		{ "tcp", AA_STREAM }, { "udp", AA_DATAGRAM }, { "icmp", AA_RAW },
		{ "raw", AA_RAW },    { "sctp", AA_RAW },
	};
	const struct aa_sums *sums = &profile->sums;
	struct statement from = statement(profile, "network");
	bool resolves = false;

	profile->grants->governs |= 1u << RESOURCE_HOST;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		int type = row[i].type;
		bool inet = sums->network[0][type] && !sums->no_network[0][type];
		bool inet6 = sums->network[1][type] && !sums->no_network[1][type];

		add_hosts(&from, row[i].protocol, inet, inet6);
		resolves |= type == AA_DATAGRAM && (inet || inet6);
	}
	if (resolves)
		granted_add(&from, RESOURCE_HOST, GRANT_BIT(RESOLVE), "{any:1-12}/{any:1-242}");
}

/* Whether ",setuid,chown," or "setuid,chown," has it. */
static bool has_capability(const struct buffer *list, const char *name)
{
	return aa_has(buffer_text(list), name);
}

static bool allows_capability(void *context, const char *facility, const char *name)
{
	const struct aa_sums *sums = context;

	(void)facility;
	if (!*name)
		return true;
	return (sums->every_capability || has_capability(&sums->capabilities, name)) &&
	       !has_capability(&sums->no_capabilities, name);
}

/* What is asked for beside capabilities: a rule for mounts, for the family of a socket, and since
 * AppArmor 4 for user namespaces. */
static bool allows_call(void *context, const char *facility, const char *name)
{
	const struct aa_sums *sums = context;

	(void)name;
	if (!strcmp(facility, "mount"))
		return sums->mount;
	if (!strcmp(facility, "netlink"))
		return sums->netlink;
	return strcmp(facility, "namespace") != 0 || sums->abi < 4 || sums->userns ||
	       allows_capability(context, facility, "sys_admin");
}

void aa_add_everything(const struct statement *from)
{
	static const enum resource resource[] = {
		RESOURCE_FILE,	 RESOURCE_PROGRAM, RESOURCE_HOST,
		RESOURCE_SOCKET, RESOURCE_PROCESS, RESOURCE_KERNEL
	};

	for (size_t i = 0; i < sizeof resource / sizeof *resource; i++)
		granted_add_all(from, resource[i], GRANT_ALL);
}

void aa_add_up(struct apparmor *profile)
{
	struct granted *grants = profile->grants;
	struct statement looks = statement(profile, "names may be looked up");
	struct statement capability = statement(profile, "capability");

	grants->failed |= profile->sums.capabilities.failed || profile->sums.no_capabilities.failed;
	if (!profile->profiles || grants->failed)
		return;
	granted_add_all(&looks, RESOURCE_FILE, GRANT_BIT(STAT));
	granted_add_all(&looks, RESOURCE_SOCKET, GRANT_BIT(ACCEPT));
	grants->governs |= 1u << RESOURCE_PROGRAM | 1u << RESOURCE_PROCESS;
	add_network(profile);
	granted_add_facilities(&capability, allows_capability, allows_call, &profile->sums);
	if (profile->sums.all_sockets)
		granted_leave(grants, RESOURCE_SOCKET);
}
