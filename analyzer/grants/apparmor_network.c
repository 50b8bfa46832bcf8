#include "analyzer/grants/apparmor.h"
#include "analyzer/grants/families.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* Rules of networks, which say no more than families and types of sockets, and of sockets of
 * unix(7) that are no paths. */

/* Which types of sockets a word means: bits; 0: it is another word. */
static unsigned socket_types(const char *word)
{
	static const struct {
		const char *word;
		unsigned types;
	} row[] = {
		{ "stream", 1u << AA_STREAM },	{ "tcp", 1u << AA_STREAM },
		{ "dgram", 1u << AA_DATAGRAM }, { "udp", 1u << AA_DATAGRAM },
		{ "raw", 1u << AA_RAW },	{ "icmp", 1u << AA_RAW },
		{ "seqpacket", 1u << AA_RAW },	{ "rdm", 1u << AA_RAW },
	};

	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (!strcmp(row[i].word, word))
			return row[i].types;
	return 0;
}

static void add_family(const struct aa_rule *rule, int number)
{
	char name[32];

	if (number == AF_NETLINK) {
		rule->profile->sums.netlink = !rule->scope.is_denied;
		return;
	}
	snprintf(name, sizeof name, "socket-family-%d", number);
	granted_add(rule->from, RESOURCE_KERNEL, GRANT_ALL, name);
}

/* What the words of a rule say. */
struct network {
	bool inet, inet6, unix_domain;
	int other;
	unsigned types;
	bool is_narrow;
};

static void read_network_word(const struct aa_rule *rule, const char *word, struct network *ret)
{
	unsigned types = socket_types(word);

	if (!strcmp(word, "inet"))
		ret->inet = true;
	else if (!strcmp(word, "inet6"))
		ret->inet6 = true;
	else if (!strcmp(word, "unix"))
		ret->unix_domain = true;
	else if (strchr(word, '=') || *word == '(')
		ret->is_narrow = true;
	else if (types)
		ret->types |= types;
	else if (family_number(word))
		ret->other = family_number(word);
	else
		aa_refuse(rule, word);
}

static void sum_network(const struct aa_rule *rule, const struct network *network)
{
	struct aa_sums *sums = &rule->profile->sums;
	bool any = !network->inet && !network->inet6;

	for (int type = 0; type < AA_TYPES; type++) {
		bool *into = rule->scope.is_denied ? sums->no_network[0] : sums->network[0];
		bool *into6 = rule->scope.is_denied ? sums->no_network[1] : sums->network[1];

		if (network->types && !(network->types & 1u << type))
			continue;
		into[type] |= network->inet || any;
		into6[type] |= network->inet6 || any;
	}
}

/* Everything there is of families. */
static void add_families(const struct aa_rule *rule)
{
	granted_add(rule->from, RESOURCE_KERNEL, GRANT_ALL, "socket-family-{digit:1-2}");
	add_family(rule, AF_NETLINK);
}

/* No family is named: all of them. */
static bool is_any(const struct network *network)
{
	return !network->inet && !network->inet6 && !network->unix_domain && !network->other;
}

static void add_network(const struct aa_rule *rule, const struct network *network)
{
	bool is_all = is_any(network);

	if (network->inet || network->inet6 || is_all)
		sum_network(rule, network);
	if (is_all && !network->types)
		add_families(rule);
	if (network->other)
		add_family(rule, network->other);
	if ((network->unix_domain || is_all) && !rule->scope.is_denied)
		rule->profile->sums.all_sockets = true;
}

void aa_network(const struct aa_rule *rule)
{
	struct network network = { 0 };
	bool is_denied = rule->scope.is_denied;

	for (size_t i = 0; i < rule->count; i++)
		read_network_word(rule, rule->word[i], &network);
	if (network.is_narrow)
		granted_note(rule->from, is_denied ? NOTE_NARROWER : NOTE_WIDER,
			     "addresses and ports are not looked at");
	if (!network.is_narrow || !is_denied)
		add_network(rule, &network);
}

/* ---- sockets of unix(7) ---- */

/* The value of "addr=" in a word, also within "peer=(...)". */
static const char *find_address(const char *word, struct buffer *ret)
{
	const char *at = strstr(word, "addr=");
	size_t size;

	if (!at)
		return NULL;
	at += strlen("addr=");
	at += *at == '(';
	at += *at == '"';
	size = strcspn(at, " ,)\"");
	buffer_append(ret, at, size);
	return buffer_text(ret);
}

/* One name, when it is one. */
static void add_abstract(const struct aa_rule *rule, unsigned actions, const char *address)
{
	scoped(buffer) struct buffer pattern = { 0 };

	if (*address != '@') /* "none", "auto": of no name */
		return;
	if (strpbrk(address, "*?[]{}\\")) {
		if (rule->scope.is_denied)
			granted_note(rule->from, NOTE_NARROWER, "no pattern says this");
		rule->profile->sums.all_sockets |= !rule->scope.is_denied;
		return;
	}
	buffer_add_char(&pattern, '@');
	pattern_write_literal(bytes_of(address + 1), &pattern);
	if (buffer_status(&pattern) == 0)
		granted_add(rule->from, RESOURCE_SOCKET, actions, buffer_text(&pattern));
}

/* The accesses that a list names, all of them where there is none. */
static unsigned unix_actions(const struct aa_rule *rule)
{
	const char *list = rule->count && !strchr(*rule->word, '=') ? *rule->word : NULL;
	unsigned actions = 0;

	if (!list)
		return GRANT_ALL;
	if (aa_has(list, "bind"))
		actions |= GRANT_BIT(BIND);
	if (aa_has(list, "accept"))
		actions |= GRANT_BIT(ACCEPT);
	if (aa_has(list, "connect"))
		actions |= GRANT_BIT(CONNECT);
	if (aa_has(list, "send") || aa_has(list, "w") || aa_has(list, "rw"))
		actions |= GRANT_BIT(SEND);
	return actions;
}

void aa_unix(const struct aa_rule *rule)
{
	scoped(buffer) struct buffer address = { 0 };
	unsigned actions = unix_actions(rule);
	bool is_named = false;

	for (size_t i = 0; i < rule->count && !is_named; i++)
		is_named = find_address(rule->word[i], &address) != NULL;
	if (!actions)
		return;
	if (is_named)
		add_abstract(rule, actions, buffer_text(&address));
	else if (rule->scope.is_denied)
		granted_note(rule->from, NOTE_NARROWER, "no pattern says this");
	else
		rule->profile->sums.all_sockets = true;
}
