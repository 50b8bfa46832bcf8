#include "analyzer/grants/nft_reading.h"

const struct nft_token *nft_peek(const struct nft_reading *reading)
{
	size_t last = reading->nft->tokens - 1;

	return &reading->nft->token[reading->at < reading->to ? reading->at : last];
}

bool nft_take(struct nft_reading *reading, const char *word)
{
	if (!nft_token_is(nft_peek(reading), word))
		return false;
	reading->at++;
	return true;
}

void nft_refuse(struct nft_reading *reading, const char *why)
{
	reading->why = reading->why ? reading->why : why;
}

void nft_ask_more(struct nft_reading *reading, const char *what)
{
	reading->match->only = what;
	reading->match->is_bare = false;
}

/* ---- values ---- */

static const struct nft_set *find_set(const struct nft_reading *reading, struct bytes name)
{
	const struct nft *nft = reading->nft;

	for (size_t i = 0; i < nft->sets; i++)
		if (nft->set[i].table == reading->chain->table &&
		    bytes_equal(nft->set[i].name, name))
			return &nft->set[i];
	return NULL;
}

void nft_read_values(struct nft_reading *reading, struct nft_values *ret)
{
	const struct nft_token *first;

	nft_take(reading, "==");
	first = nft_peek(reading);
	reading->match->is_bare = false;
	*ret = (struct nft_values){ .is_there = true, .words = { reading->at, reading->at + 1 } };
	if (nft_token_is(first, "!=") || nft_token_is(first, ".") || nft_token_is(first, "vmap")) {
		nft_refuse(reading,
			   "only what values are, not what they are not or lead to, is read");
	} else if (nft_token_is(first, "{")) {
		size_t behind = nft_behind(reading->nft, reading->at);

		ret->words = (struct nft_span){ reading->at + 1, behind - 1 };
		reading->at = behind;
		return;
	} else if (first->text.size > 1 && *first->text.data == '@') {
		ret->set = find_set(reading,
				    (struct bytes){ first->text.data + 1, first->text.size - 1 });
		if (ret->set)
			ret->words = ret->set->elements;
		else
			nft_refuse(reading, "there is no such set");
	} else if (first->kind != NFT_WORD && first->kind != NFT_STRING) {
		nft_refuse(reading, "a value is missing");
	}
	reading->at++;
}

void nft_read_into(struct nft_reading *reading, struct nft_values *into)
{
	bool is_second = into->is_there;

	nft_read_values(reading, into);
	if (is_second)
		nft_ask_more(reading, "only what the rule that leads to it is about, too");
}

void nft_each_value(struct nft_reading *reading, const struct nft_values *values,
		    nft_take_value *take_value, void *context)
{
	for (size_t at = values->words.from; at < values->words.to; at++)
		if (reading->nft->token[at].kind == NFT_WORD)
			take_value(reading, &reading->nft->token[at], context);
}

/* ---- protocols and families ---- */

void nft_limit_protocols(struct nft_reading *reading, unsigned protocols)
{
	struct nft_match *match = reading->match;

	match->is_bare = false;
	match->protocols = match->protocols ? match->protocols & protocols : protocols;
	if (!match->protocols)
		nft_refuse(reading, "no packet is of both protocols");
}

static void add_protocol(struct nft_reading *reading, const struct nft_token *word, void *context)
{
	static const struct {
		const char *word;
		unsigned protocol;
	} row[] = {
		{ "tcp", NFT_TCP },   { "6", NFT_TCP },	    { "udp", NFT_UDP },
		{ "17", NFT_UDP },    { "icmp", NFT_ICMP }, { "icmpv6", NFT_ICMP },
		{ "1", NFT_ICMP },    { "58", NFT_ICMP },   { "ipv6-icmp", NFT_ICMP },
		{ "sctp", NFT_SCTP }, { "132", NFT_SCTP },  { "esp", NFT_RAW },
		{ "ah", NFT_RAW },    { "igmp", NFT_RAW },  { "2", NFT_RAW },
	};
	unsigned *protocols = context;

	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (nft_token_is(word, row[i].word)) {
			*protocols |= row[i].protocol;
			return;
		}
	nft_refuse(reading, "a protocol that is not known here");
}

void nft_read_protocols(struct nft_reading *reading)
{
	struct nft_values values;
	unsigned protocols = 0;

	nft_read_values(reading, &values);
	nft_each_value(reading, &values, add_protocol, &protocols);
	nft_limit_protocols(reading, protocols);
}

void nft_limit_families(struct nft_reading *reading, unsigned families)
{
	reading->match->is_bare = false;
	reading->match->families &= families;
}

void nft_read_family(struct nft_reading *reading)
{
	if (nft_take(reading, "ipv4"))
		nft_limit_families(reading, NFT_IPV4);
	else if (nft_take(reading, "ipv6"))
		nft_limit_families(reading, NFT_IPV6);
	else
		nft_refuse(reading, "a family that is not known here");
}
