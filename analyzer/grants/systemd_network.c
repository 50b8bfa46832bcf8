#include "analyzer/grants/addresses.h"
#include "analyzer/grants/unit.h"
#include "analyzer/grants/whole.h"

#include <ctype.h>
#include <string.h>

/* Hosts that a unit may reach, and ports that it may serve. */

#define ANY_PROTOCOL "{any:1-12}"

/* systemd.resource-control(5), IPAddressAllow=. */
static const struct {
	const char *word, *network[2];
} known[] = {
	{ "localhost", { "127.0.0.0/8", "::1" } },
	{ "link-local", { "169.254.0.0/16", "fe80::/64" } },
	{ "multicast", { "224.0.0.0/4", "ff00::/8" } },
};

struct filter {
	bool any;     /* the word, or both families whole */
	bool counted; /* anything at all */
	bool is_denied;
	bool adds;
};

static void add_network(struct unit *unit, const struct setting *setting,
			const struct filter *filter, const char *network)
{
	struct statement from = unit_statement(unit, setting);

	from.is_denied = filter->is_denied;
	if (!granted_add_addresses(&from, GRANT_BIT(CONNECT) | GRANT_BIT(SEND), ANY_PROTOCOL,
				   network, NULL))
		granted_note(&from, NOTE_UNREAD, "%s is no address", network);
}

static void read_address(struct unit *unit, struct setting *setting, const char *word,
			 void *context)
{
	struct filter *filter = context;

	filter->counted = true;
	if (!strcmp(word, "any") || !strcmp(word, "0.0.0.0/0") || !strcmp(word, "::/0")) {
		filter->any = true;
		return;
	}
	if (!filter->adds)
		return;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strcmp(known[i].word, word) != 0)
			continue;
		add_network(unit, setting, filter, known[i].network[0]);
		add_network(unit, setting, filter, known[i].network[1]);
		return;
	}
	add_network(unit, setting, filter, word);
}

static void add_everywhere(struct unit *unit, const struct setting *setting, unsigned actions)
{
	struct statement from = unit_statement(unit, setting);
	bool inet = unit_has_family(unit, "AF_INET"), inet6 = unit_has_family(unit, "AF_INET6");

	granted_add_every_address(&from, actions, inet, inet6);
}

/* What is allowed counts before what is denied. */
static void add_peers(struct unit *unit)
{
	struct filter allow = { 0 }, deny = { 0 };
	const struct setting *setting;

	unit_each(unit, "IPAddressAllow", read_address, &allow);
	unit_each(unit, "IPAddressDeny", read_address, &deny);
	setting = unit_find(unit, "IPAddressDeny");
	if (allow.any || !deny.any)
		add_everywhere(unit, setting, GRANT_REACH);
	else
		allow.adds = true;
	if (allow.adds) {
		struct statement from = unit_statement(unit, setting);

		unit_each(unit, "IPAddressAllow", read_address, &allow);
		if (allow.counted) {
			granted_note(&from, NOTE_NARROWER,
				     "a host that is reached by its name is not counted");
			add_everywhere(unit, setting, GRANT_BIT(RESOLVE));
		}
	} else if (!allow.any && deny.counted) {
		deny.adds = deny.is_denied = true;
		unit_each(unit, "IPAddressDeny", read_address, &deny);
	}
}

/* ---- ports ---- */

/* "ipv4:tcp:8000-8010": the protocol, and the ports. */
static void add_port(struct unit *unit, struct setting *setting, const char *word, void *context)
{
	struct statement from = unit_statement(unit, setting);
	scoped(buffer) struct buffer pattern = { 0 };
	const char *protocol = strstr(word, "tcp")   ? "tcp"
			       : strstr(word, "udp") ? "udp"
						     : ANY_PROTOCOL;
	const char *colon = strrchr(word, ':'), *port = colon ? colon + 1 : word;
	bool is_range = strchr(port, '-') != NULL;

	(void)context;
	if (!strcmp(word, "any"))
		return;
	if (!strncmp(word, "ipv", 3))
		granted_note(&from, NOTE_WIDER, "at any address");
	if (is_range)
		granted_note(&from, NOTE_WIDER, "any port");
	buffer_printf(&pattern, "%s/{any:1-220}:%s", protocol,
		      is_range || !isdigit((unsigned char)*port) ? "{digit:1-5}" : port);
	if (buffer_status(&pattern) == 0)
		granted_add(&from, RESOURCE_HOST, GRANT_LISTEN, buffer_text(&pattern));
}

static void look_for_any(struct unit *unit, struct setting *setting, const char *word,
			 void *context)
{
	bool *any = context;

	(void)unit;
	(void)setting;
	*any |= !strcmp(word, "any");
}

static void note_ports(struct unit *unit, struct setting *setting, const char *word, void *context)
{
	struct statement from = unit_statement(unit, setting);

	(void)word;
	(void)context;
	granted_note(&from, NOTE_WIDER, "all ports are counted");
}

static void add_ports(struct unit *unit)
{
	bool denies = false, allows = false;

	unit_each(unit, "SocketBindDeny", look_for_any, &denies);
	unit_each(unit, "SocketBindAllow", look_for_any, &allows);
	if (denies && !allows) {
		unit_each(unit, "SocketBindAllow", add_port, NULL);
		return;
	}
	if (!denies)
		unit_each(unit, "SocketBindDeny", note_ports, NULL);
	add_everywhere(unit, unit_find(unit, "SocketBindAllow"), GRANT_LISTEN);
}

/* A network of its own has a loopback interface. */
static void add_loopback(struct unit *unit)
{
	struct statement from = unit_statement(unit, unit_find(unit, "PrivateNetwork"));

	granted_add_addresses(&from, GRANT_BIT(CONNECT) | GRANT_BIT(SEND), ANY_PROTOCOL,
			      "127.0.0.0/8", NULL);
	granted_add_addresses(&from, GRANT_BIT(CONNECT) | GRANT_BIT(SEND), ANY_PROTOCOL, "::1",
			      NULL);
	add_everywhere(unit, unit_find(unit, "PrivateNetwork"), GRANT_LISTEN);
}

void unit_network(struct unit *unit)
{
	unit->grants->governs |= 1u << RESOURCE_HOST;
	if (unit_is_true(unit, "PrivateNetwork", false)) {
		add_loopback(unit);
	} else {
		add_peers(unit);
		add_ports(unit);
	}
	/* Of abstract sockets no pattern says all. */
	if (unit_has_family(unit, "AF_UNIX"))
		granted_leave(unit->grants, RESOURCE_SOCKET);
}
