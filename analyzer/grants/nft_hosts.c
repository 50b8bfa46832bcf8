#include "analyzer/grants/addresses.h"
#include "analyzer/grants/nft.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

/* Rules that one statement may become, and ports of a range that each get their own. */
#define HOSTS_MAX 10000
#define PORTS_MAX 256

static const struct {
	unsigned protocol;
	const char *text;
} protocol_row[] = {
	{ NFT_TCP, "tcp" }, { NFT_UDP, "udp" }, { NFT_SCTP, "sctp" }, { NFT_RAW, "raw" }
};

struct giving {
	const struct nft *nft;
	const struct nft_match *match;
	const struct statement *from;
	unsigned actions, count;
	const char *protocol, *port; /* as patterns have them */
};

static void say(const struct giving *giving, enum note_kind kind, const char *text, const char *why)
{
	granted_note(giving->from, kind, "%s%s", text, why);
}

static void add(struct giving *giving, const char *host)
{
	scoped(buffer) struct buffer pattern = { 0 };

	if (++giving->count > HOSTS_MAX)
		return;
	buffer_printf(&pattern, "%s/%s:%s", giving->protocol, host, giving->port);
	if (buffer_status(&pattern) < 0)
		giving->from->grants->failed = true;
	else
		granted_add(giving->from, RESOURCE_HOST, giving->actions, buffer_text(&pattern));
}

/* ---- hosts ---- */

static void add_everywhere(struct giving *giving)
{
	static const char *const host[] = {
		[NFT_IPV4] = "{name:1-220}",
		[NFT_IPV6] = "\\[{any:1-64}\\]",
		[NFT_IPV4 | NFT_IPV6] = "{any:1-220}",
	};

	add(giving, host[giving->match->families]);
}

static void add_loopback(struct giving *giving)
{
	add(giving, "localhost");
	if (giving->match->families & NFT_IPV4)
		add(giving, "127.0.0.0/8");
	if (giving->match->families & NFT_IPV6)
		add(giving, "\\[::1\\]");
}

/* A name with a dot, as `pare export` calls a set whose addresses are those of a host. */
static bool is_host(struct bytes text)
{
	static const char also[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789._-";
	bool dot = false;

	for (size_t i = 0; i < text.size; i++) {
		if (!strchr(also, text.data[i]) || !text.data[i])
			return false;
		dot = dot || (text.data[i] == '.' && i && i + 1 < text.size);
	}
	return dot || bytes_equal(text, bytes_of("localhost"));
}

static void add_named(struct giving *giving)
{
	const struct nft_set *set = giving->match->hosts.set;
	scoped(buffer) struct buffer host = { 0 };

	if (!set || !is_host(set->comment))
		return;
	pattern_write_literal(set->comment, &host);
	add(giving, buffer_text(&host));
	say(giving, NOTE_WIDER, "only addresses that something adds to the set of ",
	    buffer_text(&host));
}

static void add_address(struct giving *giving, const char *text)
{
	if (++giving->count > HOSTS_MAX)
		return;
	if (!granted_add_addresses(giving->from, giving->actions, giving->protocol, text,
				   giving->port))
		say(giving, NOTE_UNREAD, text, ": it is no address, and no network");
}

/* ---- elements ---- */

/* Where the element behind the one at `at` begins; what is beside its value has to be of no
 * account. */
static size_t next_element(const struct giving *giving, size_t at, size_t to, bool *ret_is_plain)
{
	static const char *const aside[] = { "timeout", "expires", "comment",
					     "counter", "packets", "bytes" };
	const struct nft_token *token = giving->nft->token;

	*ret_is_plain = token[at].kind == NFT_WORD;
	for (at++; at < to && !nft_token_is(&token[at], ","); at++) {
		size_t i = 0;

		while (i < sizeof aside / sizeof *aside && !nft_token_is(&token[at], aside[i]))
			i++;
		if (i == sizeof aside / sizeof *aside && token[at].kind != NFT_END)
			*ret_is_plain = false;
		else if (token[at].kind != NFT_END && !nft_token_is(&token[at], "counter"))
			at++;
	}
	return at + 1;
}

static void each_element(struct giving *giving, const struct nft_values *values,
			 void (*take)(struct giving *, const char *))
{
	size_t to = values->words.to, next;
	bool is_plain;

	for (size_t at = values->words.from; at < to; at = next) {
		struct bytes value = giving->nft->token[at].text;
		scoped(buffer) struct buffer text = { 0 };

		next = at + 1;
		if (giving->nft->token[at].kind == NFT_END)
			continue;
		next = next_element(giving, at, to, &is_plain);
		buffer_append(&text, value.data, value.size);
		if (is_plain)
			take(giving, buffer_text(&text));
		else
			say(giving, NOTE_UNREAD, buffer_text(&text), ": more than one value");
	}
}

static void add_hosts(struct giving *giving)
{
	const struct nft_match *match = giving->match;

	if (match->is_loopback && !match->hosts.is_there)
		add_loopback(giving);
	else if (!match->hosts.is_there)
		add_everywhere(giving);
	else
		each_element(giving, &match->hosts, add_address);
	add_named(giving);
}

/* ---- ports ---- */

static void add_port(struct giving *giving, long port)
{
	char text[16];

	snprintf(text, sizeof text, "%ld", port);
	giving->port = text;
	add_hosts(giving);
	giving->port = NULL;
}

static void add_ports(struct giving *giving, long first, long last)
{
	if (last - first < PORTS_MAX) {
		for (long port = first; port <= last; port++)
			add_port(giving, port);
		return;
	}
	if (first > 1 || last < 65535)
		say(giving, NOTE_WIDER, "only some ports: too many to name each", "");
	giving->port = "{digit:1-5}";
	add_hosts(giving);
}

/* "443", "8000-8010", "https" (services(5)). */
static void take_port(struct giving *giving, const char *text)
{
	char *end;
	long first = strtol(text, &end, 10), last = first;
	const struct servent *service = end == text ? getservbyname(text, NULL) : NULL;

	if (service)
		first = last = ntohs((uint16_t)service->s_port);
	else if (*end == '-')
		last = strtol(end + 1, &end, 10);
	if ((!service && (end == text || *end)) || first < 0 || last > 65535 || last < first)
		say(giving, NOTE_UNREAD, text, ": it is no port");
	else
		add_ports(giving, first, last);
}

static void give(struct giving *giving, const char *protocol)
{
	giving->protocol = protocol;
	giving->port = "{digit:1-5}";
	if (giving->match->ports.is_there)
		each_element(giving, &giving->match->ports, take_port);
	else
		add_hosts(giving);
}

/* A set that is empty now, and not called as a host is. */
static bool is_empty(const struct nft_values *hosts)
{
	return hosts->is_there && hosts->words.from == hosts->words.to &&
	       !(hosts->set && is_host(hosts->set->comment));
}

size_t nft_grant(const struct nft *nft, const struct nft_match *match, const struct statement *from,
		 unsigned actions)
{
	struct giving giving = { .nft = nft, .match = match, .from = from, .actions = actions };

	if (!match->protocols)
		give(&giving, "{any:1-12}");
	for (size_t i = 0; i < sizeof protocol_row / sizeof *protocol_row; i++)
		if (match->protocols & protocol_row[i].protocol)
			give(&giving, protocol_row[i].text);
	if (match->protocols & NFT_ICMP)
		granted_add(from, RESOURCE_HOST, actions, "icmp/{any:1-242}");
	if (is_empty(&match->hosts))
		say(&giving, NOTE_NARROWER, "what is added to its set later is not counted", "");
	if (giving.count > HOSTS_MAX)
		say(&giving, NOTE_UNREAD, "of its hosts and ports all but some are left out", "");
	return giving.count;
}
