#ifndef RECORDER_WIRE_QUIC_KEYS_H
#define RECORDER_WIRE_QUIC_KEYS_H

#include "core/bytes.h"

#include <stdint.h>

/* How the versions of QUIC differ in what their Initial packets look like: RFC 9001 5.2, RFC
 * 9369 3. */
struct quic_version {
	uint32_t number;
	uint8_t initial, retry; /* types of long headers, RFC 9000 17.2 */
	uint8_t salt[20];
	const char *key, *iv, *protection; /* labels */
};

/* NULL for a version that is not known. */
const struct quic_version *quic_version_of(uint32_t number);

/* What protects a client's Initial packets.  It is no secret: it follows from the connection ID in
 * the first of them. */
struct quic_keys {
	uint8_t key[16], iv[12], protection[16];
};

#define QUIC_SAMPLE_BYTES 16
#define QUIC_TAG_BYTES	  16

/* All return 0, or -EIO when the library fails. */
int quic_keys_derive(const struct quic_version *version, struct bytes connection,
		     struct quic_keys *ret);
/* The mask of a header, RFC 9001 5.4.3. */
int quic_keys_mask(const struct quic_keys *keys, const uint8_t sample[static QUIC_SAMPLE_BYTES],
		   uint8_t mask[static QUIC_SAMPLE_BYTES]);
/* Opens a payload (RFC 9001 5.3) into `plain`, which has room for all of it but the tag.  -EBADMSG
 * when it is not what these keys sealed. */
int quic_keys_open(const struct quic_keys *keys, uint64_t number, struct bytes header,
		   struct bytes sealed, uint8_t *plain);

#endif
