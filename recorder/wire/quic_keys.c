#include "recorder/wire/quic_keys.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <string.h>

#define SECRET_BYTES 32 /* of SHA-256 */

static const struct quic_version known[] = {
	{ .number = 1,
	  .initial = 0,
	  .retry = 3,
	  .salt = { 0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
		    0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a },
	  .key = "quic key",
	  .iv = "quic iv",
	  .protection = "quic hp" },
	{ .number = 0x6b3343cf,
	  .initial = 1,
	  .retry = 0,
	  .salt = { 0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
		    0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9 },
	  .key = "quicv2 key",
	  .iv = "quicv2 iv",
	  .protection = "quicv2 hp" },
	/* draft-ietf-quic-v2, which ngtcp2 spoke before there was an RFC */
	{ .number = 0x709a50c4,
	  .initial = 1,
	  .retry = 0,
	  .salt = { 0xa7, 0x07, 0xc2, 0x03, 0xa5, 0x9b, 0x47, 0x18, 0x4a, 0x1d,
		    0x62, 0xca, 0x57, 0x04, 0x06, 0xea, 0x7a, 0xe3, 0xe5, 0xd3 },
	  .key = "quicv2 key",
	  .iv = "quicv2 iv",
	  .protection = "quicv2 hp" },
};

const struct quic_version *quic_version_of(uint32_t number)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].number == number)
			return &known[i];
	return NULL;
}

static gnutls_datum_t datum(const void *data, size_t size)
{
	return (gnutls_datum_t){ .data = (unsigned char *)data, .size = (unsigned)size };
}

/* HKDF-Expand-Label without a context, RFC 8446 7.1. */
static int expand(const uint8_t secret[static SECRET_BYTES], const char *label, uint8_t *ret,
		  uint8_t size)
{
	char info[64] = { 0 };
	int length = snprintf(info + 3, sizeof info - 3, "tls13 %s", label);
	gnutls_datum_t key = datum(secret, SECRET_BYTES), what;

	info[1] = (char)size;
	info[2] = (char)length;
	what = datum(info, (size_t)length + 4); /* a NUL behind: the context's length */
	return gnutls_hkdf_expand(GNUTLS_MAC_SHA256, &key, &what, ret, size) < 0 ? -EIO : 0;
}

int quic_keys_derive(const struct quic_version *version, struct bytes connection,
		     struct quic_keys *ret)
{
	gnutls_datum_t salt = datum(version->salt, sizeof version->salt);
	gnutls_datum_t id = datum(connection.size ? connection.data : "", connection.size);
	uint8_t initial[SECRET_BYTES], client[SECRET_BYTES];

	if (gnutls_hkdf_extract(GNUTLS_MAC_SHA256, &id, &salt, initial) < 0 ||
	    expand(initial, "client in", client, sizeof client) < 0 ||
	    expand(client, version->key, ret->key, sizeof ret->key) < 0 ||
	    expand(client, version->iv, ret->iv, sizeof ret->iv) < 0 ||
	    expand(client, version->protection, ret->protection, sizeof ret->protection) < 0)
		return -EIO;
	return 0;
}

int quic_keys_mask(const struct quic_keys *keys, const uint8_t sample[static QUIC_SAMPLE_BYTES],
		   uint8_t mask[static QUIC_SAMPLE_BYTES])
{
	static const uint8_t zero[16];
	gnutls_datum_t key = datum(keys->protection, sizeof keys->protection);
	gnutls_datum_t iv = datum(zero, sizeof zero);
	gnutls_cipher_hd_t cipher;
	int status;

	/* One block of CBC from zero is a block of ECB, which the library does not have. */
	if (gnutls_cipher_init(&cipher, GNUTLS_CIPHER_AES_128_CBC, &key, &iv) < 0)
		return -EIO;
	status = gnutls_cipher_encrypt2(cipher, sample, QUIC_SAMPLE_BYTES, mask, QUIC_SAMPLE_BYTES);
	gnutls_cipher_deinit(cipher);
	return status < 0 ? -EIO : 0;
}

int quic_keys_open(const struct quic_keys *keys, uint64_t number, struct bytes header,
		   struct bytes sealed, uint8_t *plain)
{
	gnutls_datum_t key = datum(keys->key, sizeof keys->key);
	gnutls_aead_cipher_hd_t cipher;
	uint8_t nonce[sizeof keys->iv];
	size_t size = sealed.size - QUIC_TAG_BYTES;
	int status;

	memcpy(nonce, keys->iv, sizeof nonce);
	for (size_t i = 0; i < 8; i++)
		nonce[sizeof nonce - 1 - i] ^= (uint8_t)(number >> (8 * i));
	if (gnutls_aead_cipher_init(&cipher, GNUTLS_CIPHER_AES_128_GCM, &key) < 0)
		return -EIO;
	status = gnutls_aead_cipher_decrypt(cipher, nonce, sizeof nonce, header.data, header.size,
					    QUIC_TAG_BYTES, sealed.data, sealed.size, plain, &size);
	gnutls_aead_cipher_deinit(cipher);
	return status < 0 ? -EBADMSG : 0;
}
