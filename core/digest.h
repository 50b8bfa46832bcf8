#ifndef CORE_DIGEST_H
#define CORE_DIGEST_H

#include "core/bytes.h"

#include <stdint.h>

/* SHA-256 (FIPS 180-4) over a sequence of fields.  Each field goes in with its type and length,
 * so that two different sequences never feed the same bytes. */
struct digest;

#define DIGEST_HEX_SIZE 65 /* 64 hexadecimal digits and a NUL */

int digest_open(struct digest **ret); /* 0 or -ENOMEM */
/* Each adds one field. */
void digest_null(struct digest *digest);
void digest_int(struct digest *digest, int64_t value);
void digest_bytes(struct digest *digest, struct bytes value);
/* Ends the sum, writes it as hexadecimal and frees the digest.  A failing library
 * (never seen) show as "" instead of a sum. */
void digest_close(struct digest *digest, char ret_hex[static DIGEST_HEX_SIZE]);

/* The plain SHA-256 of some bytes, as hexadecimal; 0 or -ENOMEM. */
int digest_of(struct bytes data, char ret_hex[static DIGEST_HEX_SIZE]);

#endif
