#include "core/digest.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/crypto.h>
#include <stdlib.h>
#include <string.h>

#define SHA256_SIZE 32

struct digest {
	gnutls_hash_hd_t hash;
	bool failed;
	size_t held; /* bytes of `pending`: fields are short, and each call into the hash is not */
	unsigned char pending[4096];
};

int digest_open(struct digest **ret)
{
	struct digest *digest = calloc(1, sizeof *digest);

	if (!digest)
		return -ENOMEM;
	if (gnutls_hash_init(&digest->hash, GNUTLS_DIG_SHA256) < 0) {
		free(digest);
		return -ENOMEM;
	}
	*ret = digest;
	return 0;
}

static void feed(struct digest *digest, const void *data, size_t size)
{
	if (size && gnutls_hash(digest->hash, data, size) < 0)
		digest->failed = true;
}

static void flush(struct digest *digest)
{
	feed(digest, digest->pending, digest->held);
	digest->held = 0;
}

static void put(struct digest *digest, const void *data, size_t size)
{
	if (size > sizeof digest->pending - digest->held)
		flush(digest);
	if (size > sizeof digest->pending) {
		feed(digest, data, size);
	} else if (size) {
		memcpy(digest->pending + digest->held, data, size);
		digest->held += size;
	}
}

/* A type letter and 64 bits, the highest byte first. */
static void put_number(struct digest *digest, char type, uint64_t value)
{
	unsigned char field[9] = { (unsigned char)type };

	for (int i = 8; i > 0; i--, value >>= 8)
		field[i] = (unsigned char)value;
	put(digest, field, sizeof field);
}

void digest_null(struct digest *digest)
{
	put(digest, "n", 1);
}

void digest_int(struct digest *digest, int64_t value)
{
	put_number(digest, 'i', (uint64_t)value);
}

void digest_bytes(struct digest *digest, struct bytes value)
{
	put_number(digest, 'b', value.size);
	put(digest, value.data, value.size);
}

static void write_hex(const unsigned char sum[static SHA256_SIZE], char *ret_hex)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < SHA256_SIZE; i++) {
		*ret_hex++ = digit[sum[i] >> 4];
		*ret_hex++ = digit[sum[i] & 15];
	}
	*ret_hex = '\0';
}

void digest_close(struct digest *digest, char ret_hex[static DIGEST_HEX_SIZE])
{
	unsigned char sum[SHA256_SIZE] = { 0 };

	flush(digest);
	gnutls_hash_deinit(digest->hash, sum);
	if (digest->failed)
		ret_hex[0] = '\0';
	else
		write_hex(sum, ret_hex);
	free(digest);
}

int digest_of(struct bytes data, char ret_hex[static DIGEST_HEX_SIZE])
{
	unsigned char sum[SHA256_SIZE];

	if (gnutls_hash_fast(GNUTLS_DIG_SHA256, data.data ? data.data : "", data.size, sum) < 0)
		return -ENOMEM;
	write_hex(sum, ret_hex);
	return 0;
}
