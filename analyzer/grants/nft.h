#ifndef ANALYZER_GRANTS_NFT_H
#define ANALYZER_GRANTS_NFT_H

#include "analyzer/grants/grants.h"

/* Rulesets of nftables: nft(8), what `nft list ruleset` prints and `nft -f` takes. */

#define NFT_BYTES_MAX ((size_t)8 << 20)

enum nft_kind { NFT_WORD, NFT_STRING, NFT_MARK, NFT_END }; /* NFT_END: of a statement */

/* A mark is one of { } , = and != (which is one). */
struct nft_token {
	enum nft_kind kind;
	struct bytes text; /* of a string without its quotes */
	int line;
};

/* Tokens of a ruleset, from one to before another. */
struct nft_span {
	size_t from, to;
};

/* IPv4, IPv6: bits. */
#define NFT_IPV4 1u
#define NFT_IPV6 2u

struct nft_table {
	struct bytes name;
	unsigned families;
	bool is_dormant;
};

struct nft_set {
	size_t table;
	struct bytes name, comment;
	struct nft_span elements;
};

struct nft_chain {
	size_t table;
	struct bytes name, type, hook; /* no hook: only where others lead to it */
	bool drops;		       /* what no rule decides */
	struct nft_span rules;	       /* of all rules */
	int line;
};

struct nft {
	const struct source *source;
	struct granted *grants;
	struct nft_token *token; /* the last is NFT_END */
	struct nft_table *table;
	struct nft_set *set;
	struct nft_chain *chain;
	struct nft_span *rule; /* the words of each, as they stand there */
	size_t tokens, tables, sets, chains, rules;
	bool failed;
};

/* Takes the text apart.  False: memory ran out. */
bool nft_split(struct nft *nft);
/* Finds tables, sets, chains and rules; a statement of another kind is noted. */
void nft_read(struct nft *nft);
void nft_cleanup(struct nft *nft); /* for scoped(nft) */

bool nft_token_is(const struct nft_token *token, const char *text);
/* Behind what `at` begins: "{" and all to its "}". */
size_t nft_behind(const struct nft *nft, size_t at);
/* A statement about tokens; `text` gets what it says there. */
struct statement nft_statement(const struct nft *nft, struct nft_span words, struct buffer *text);

/* ---- rules (nft_match.c) ---- */

enum nft_verdict { NFT_NOTHING, NFT_ACCEPT, NFT_DROP, NFT_JUMP, NFT_RETURN };

/* Elements of a set, or one word. */
struct nft_values {
	bool is_there;
	struct nft_span words;
	const struct nft_set *set; /* NULL: it has no name */
};

/* Protocols: bits; 0: any. */
#define NFT_TCP	 1u
#define NFT_UDP	 2u
#define NFT_ICMP 4u
#define NFT_SCTP 8u
#define NFT_RAW	 16u

/* What packets a rule is about, and what becomes of them. */
struct nft_match {
	unsigned families, protocols;
	struct nft_values hosts, ports;
	bool is_loopback;
	bool is_answer;	   /* only what follows what was let through */
	bool is_neighbour; /* only what the kernel itself asks of neighbours */
	bool is_bare;	   /* the rule itself asks nothing of the packet */
	bool is_whole;	   /* nor does what leads to it */
	const char *only;  /* what else it asks, which no pattern says; or NULL */
	enum nft_verdict verdict;
	struct bytes target; /* of a jump */
	bool is_goto;	     /* from which nothing comes back */
};

/* What the rule asks beyond `ret`, which is what led to it.  NULL, or why it cannot be read. */
const char *nft_match_read(const struct nft *nft, const struct nft_chain *chain,
			   struct nft_span words, struct nft_match *ret);

/* ---- hosts (nft_hosts.c) ---- */

/* The actions on the hosts that it is about.  How many there are. */
size_t nft_grant(const struct nft *nft, const struct nft_match *match, const struct statement *from,
		 unsigned actions);

#endif
