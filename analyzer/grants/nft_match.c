#include "analyzer/grants/nft_reading.h"

#include <string.h>

/* ---- what a rule asks ---- */

static void read_ip(struct nft_reading *reading, unsigned family)
{
	struct nft_values values;

	nft_limit_families(reading, family);
	if (nft_take(reading, "daddr")) {
		nft_read_into(reading, &reading->match->hosts);
	} else if (nft_take(reading, "saddr")) {
		nft_read_values(reading, &values);
		nft_ask_more(reading, "only from some addresses");
	} else if (nft_take(reading, "protocol") || nft_take(reading, "nexthdr")) {
		nft_read_protocols(reading);
	} else {
		nft_refuse(reading, "only addresses and protocols are read of a packet");
	}
}

static void read_ip4(struct nft_reading *reading)
{
	read_ip(reading, NFT_IPV4);
}

static void read_ip6(struct nft_reading *reading)
{
	read_ip(reading, NFT_IPV6);
}

static void read_ports(struct nft_reading *reading, unsigned protocols)
{
	struct nft_values values;

	nft_limit_protocols(reading, protocols);
	if (nft_take(reading, "dport")) {
		nft_read_into(reading, &reading->match->ports);
	} else if (nft_take(reading, "sport")) {
		nft_read_values(reading, &values);
		nft_ask_more(reading, "only from some ports");
	} else {
		nft_refuse(reading, "only ports are read of a packet");
	}
}

static void read_tcp(struct nft_reading *reading)
{
	read_ports(reading, NFT_TCP);
}

static void read_udp(struct nft_reading *reading)
{
	read_ports(reading, NFT_UDP);
}

static void read_transport(struct nft_reading *reading)
{
	read_ports(reading, NFT_TCP | NFT_UDP);
}

static void find_asking(struct nft_reading *reading, const struct nft_token *word, void *context)
{
	(void)reading;
	*(bool *)context |= !bytes_start_with(word->text, bytes_of("nd-"));
}

static void read_icmp(struct nft_reading *reading)
{
	struct nft_values values;
	bool asks = false;

	nft_limit_protocols(reading, NFT_ICMP);
	if (!nft_take(reading, "type")) {
		nft_refuse(reading, "only the type is read of such a packet");
		return;
	}
	nft_read_values(reading, &values);
	nft_each_value(reading, &values, find_asking, &asks);
	if (asks)
		nft_ask_more(reading, "only some types");
	else
		reading->match->is_neighbour = true;
}

static void read_interface(struct nft_reading *reading)
{
	struct nft_values values;
	const struct nft_token *name = nft_peek(reading);
	bool is_lo = bytes_equal(name->text, bytes_of("lo"));

	nft_read_values(reading, &values);
	if (is_lo)
		reading->match->is_loopback = true;
	else
		nft_ask_more(reading, "only through some interfaces");
}

static void read_owner(struct nft_reading *reading)
{
	struct nft_values values;

	nft_read_values(reading, &values);
	nft_ask_more(reading, "only of some processes");
}

static void find_new(struct nft_reading *reading, const struct nft_token *word, void *context)
{
	(void)reading;
	*(bool *)context |= nft_token_is(word, "new") || nft_token_is(word, "untracked");
}

/* "established,related", "{ established, related }", or a map of states whose new ones it says
 * nothing of. */
static void read_state(struct nft_reading *reading)
{
	struct nft_values values;
	bool has_new = false;

	if (nft_take(reading, "vmap")) {
		nft_read_values(reading, &values);
		nft_each_value(reading, &values, find_new, &has_new);
		reading->match->is_answer = true;
		if (has_new)
			nft_refuse(reading, "what a map makes of new connections is not read");
		return;
	}
	nft_read_values(reading, &values);
	while (nft_take(reading, ","))
		values.words.to = ++reading->at;
	nft_each_value(reading, &values, find_new, &has_new);
	reading->match->is_answer = reading->match->is_answer || !has_new;
}

static void read_connection(struct nft_reading *reading)
{
	if (nft_take(reading, "state"))
		read_state(reading);
	else
		nft_refuse(reading, "of connections only the state is read");
}

static void read_meta(struct nft_reading *reading)
{
	static const struct {
		const char *word;
		void (*read)(struct nft_reading *);
	} row[] = {
		{ "l4proto", nft_read_protocols }, { "nfproto", nft_read_family },
		{ "oif", read_interface },	   { "oifname", read_interface },
		{ "iif", read_interface },	   { "iifname", read_interface },
		{ "skuid", read_owner },	   { "skgid", read_owner },
		{ "cgroup", read_owner },
	};

	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (nft_take(reading, row[i].word)) {
			row[i].read(reading);
			return;
		}
	nft_refuse(reading, "a property of packets that is not known here");
}

/* ---- what else stands in a rule ---- */

static void pass(struct nft_reading *reading, const char *word, size_t more)
{
	if (nft_take(reading, word))
		reading->at += more;
}

static void read_limit(struct nft_reading *reading)
{
	if (nft_take(reading, "name")) {
		reading->at++;
	} else if (nft_take(reading, "rate") && !nft_token_is(nft_peek(reading), "over")) {
		reading->at++;
		pass(reading, "burst", 2);
	} else {
		nft_refuse(reading, "only how often at most is read");
	}
	nft_ask_more(reading, "only so often");
}

static void read_counter(struct nft_reading *reading)
{
	pass(reading, "name", 1);
	pass(reading, "packets", 1);
	pass(reading, "bytes", 1);
}

static void read_log(struct nft_reading *reading)
{
	static const char *const option[] = { "prefix", "level",   "group",
					      "flags",	"snaplen", "queue-threshold" };
	size_t before;

	do {
		before = reading->at;
		for (size_t i = 0; i < sizeof option / sizeof *option; i++)
			pass(reading, option[i], 1);
	} while (reading->at > before);
}

static void read_comment(struct nft_reading *reading)
{
	reading->at++;
}

static void read_accept(struct nft_reading *reading)
{
	reading->match->verdict = NFT_ACCEPT;
}

static void read_drop(struct nft_reading *reading)
{
	reading->match->verdict = NFT_DROP;
}

/* With whatever answer. */
static void read_reject(struct nft_reading *reading)
{
	if (nft_take(reading, "with"))
		while (nft_peek(reading)->kind == NFT_WORD &&
		       !nft_token_is(nft_peek(reading), "comment"))
			reading->at++;
	reading->match->verdict = NFT_DROP;
}

static void read_jump(struct nft_reading *reading)
{
	reading->match->verdict = NFT_JUMP;
	reading->match->target = nft_peek(reading)->text;
	reading->at++;
}

/* What is not decided there is decided by the policy and by nothing behind it here. */
static void read_goto(struct nft_reading *reading)
{
	read_jump(reading);
	reading->match->is_goto = true;
}

static void read_return(struct nft_reading *reading)
{
	reading->match->verdict = NFT_RETURN;
}

static void read_continue(struct nft_reading *reading)
{
	reading->match->verdict = NFT_NOTHING;
}

static const struct {
	const char *word;
	void (*read)(struct nft_reading *);
} part_row[] = {
	{ "ip", read_ip4 },
	{ "ip6", read_ip6 },
	{ "tcp", read_tcp },
	{ "udp", read_udp },
	{ "th", read_transport },
	{ "icmp", read_icmp },
	{ "icmpv6", read_icmp },
	{ "meta", read_meta },
	{ "ct", read_connection },
	{ "oif", read_interface },
	{ "oifname", read_interface },
	{ "iif", read_interface },
	{ "iifname", read_interface },
	{ "skuid", read_owner },
	{ "skgid", read_owner },
	{ "limit", read_limit },
	{ "counter", read_counter },
	{ "log", read_log },
	{ "comment", read_comment },
	{ "accept", read_accept },
	{ "drop", read_drop },
	{ "reject", read_reject },
	{ "jump", read_jump },
	{ "goto", read_goto },
	{ "return", read_return },
	{ "continue", read_continue },
};

static void read_part(struct nft_reading *reading)
{
	for (size_t i = 0; i < sizeof part_row / sizeof *part_row; i++)
		if (nft_take(reading, part_row[i].word)) {
			part_row[i].read(reading);
			return;
		}
	nft_refuse(reading, "it is no part of a rule that is known here");
}

const char *nft_match_read(const struct nft *nft, const struct nft_chain *chain,
			   struct nft_span words, struct nft_match *ret)
{
	struct nft_reading reading = {
		.nft = nft, .chain = chain, .at = words.from, .to = words.to, .match = ret
	};

	ret->verdict = NFT_NOTHING;
	ret->is_goto = false;
	ret->is_bare = true;
	while (reading.at < reading.to && !reading.why)
		read_part(&reading);
	return reading.why;
}
