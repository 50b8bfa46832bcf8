#ifndef RECORDER_SECRETS_KEY_H
#define RECORDER_SECRETS_KEY_H

#include "core/bytes.h"

#include <stdint.h>

struct error;

/* The key of a database's fingerprints: random bytes in a file beside it, DATABASE.key, 0600.
 *
 * Not a table: a database is copied, sent to an analyst, pushed; whoever has the key as well can
 * try guesses (most passwords are guessable) against every fingerprint in it.  As a file of its
 * own it stays behind unless somebody means to take it.  If it is lost a new one is made: then
 * fingerprints from before and after are not comparable, and nothing else is lost. */
#define SECRET_KEY_BYTES 32

struct secret_key {
	uint8_t byte[SECRET_KEY_BYTES];
};

/* Reads the key beside `database` (absolute path), making one where there is none.  Two processes
 * that start at once get the same.  Refused: a link, another size, a file that others may read. */
int secret_key_load(struct secret_key *ret, const char *database, struct error *err);

/* "secret:3f9a2c71": the first 32 bits of HMAC-SHA-256 (RFC 2104) over the value.  Enough to tell
 * the secrets of one machine apart, too few to prove a guess. */
#define FINGERPRINT_SIZE 16

void secret_fingerprint(const struct secret_key *key, struct bytes value,
			char ret[static FINGERPRINT_SIZE]);

#endif
