#ifndef CORE_BLOCK_H
#define CORE_BLOCK_H

#include "core/bytes.h"

#include <stdint.h>

struct language;

/* Addresses that begin with the same bits (CIDR, RFC 4632, RFC 4291), in the place that the name
 * of a host has for one: "10.1.2.0/28", "[fd00::10/124]". */
struct block {
	uint8_t address[16]; /* the first of them, in the order of the network */
	uint8_t size;	     /* bytes of an address: 4, 16; 0: no block */
	uint8_t bits;	     /* that all have in common: 8 to 31; of IPv6 120 to 127 */
};

/* No address takes more bytes in the name of a host, brackets counted. */
#define BLOCK_NAME_MAX 47

/* The one way that a block is written.  0 or -EINVAL. */
int block_read(struct bytes text, struct block *ret);
void block_write(const struct block *block, struct buffer *out);
/* Where a block stands in "tcp/BLOCK:PORT". */
bool block_find(struct bytes host, struct bytes *ret_text, struct block *ret);
/* Whether it is one of the addresses, written as hosts have them. */
bool block_has(const struct block *block, struct bytes address);
int block_compare(const struct block *a, const struct block *b);
/* Appends the names of the addresses, as inet_ntop(3) writes them, and no others. */
void block_language(const struct block *block, struct language *out);

/* "10.1.2.3", "[fd00::1]": bytes of the address, in `ret`; 0: it is none, or not written so. */
size_t address_read(struct bytes text, uint8_t ret[static 16]);

#endif
