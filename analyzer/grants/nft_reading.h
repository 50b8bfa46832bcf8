#ifndef ANALYZER_GRANTS_NFT_READING_H
#define ANALYZER_GRANTS_NFT_READING_H

#include "analyzer/grants/nft.h"

/* Between the files that read rules. */

/* A rule while it is read. */
struct nft_reading {
	const struct nft *nft;
	const struct nft_chain *chain;
	size_t at, to;
	struct nft_match *match;
	const char *why; /* it cannot be read */
};

const struct nft_token *nft_peek(const struct nft_reading *reading);
bool nft_take(struct nft_reading *reading, const char *word);
void nft_refuse(struct nft_reading *reading, const char *why);
/* Something that no pattern says. */
void nft_ask_more(struct nft_reading *reading, const char *what);

/* "80", "{ 80, 443 }", "@web". */
void nft_read_values(struct nft_reading *reading, struct nft_values *ret);
/* Of two of one kind the inner decides, with which the outer would have to agree. */
void nft_read_into(struct nft_reading *reading, struct nft_values *into);
typedef void nft_take_value(struct nft_reading *reading, const struct nft_token *word,
			    void *context);
void nft_each_value(struct nft_reading *reading, const struct nft_values *values,
		    nft_take_value *take_value, void *context);

void nft_limit_protocols(struct nft_reading *reading, unsigned protocols);
void nft_read_protocols(struct nft_reading *reading);
void nft_limit_families(struct nft_reading *reading, unsigned families);
void nft_read_family(struct nft_reading *reading); /* "ipv4" */

#endif
