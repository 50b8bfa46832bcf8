#ifndef TESTS_UNIT_WIRE_SEAL_H
#define TESTS_UNIT_WIRE_SEAL_H

/* Makes Initial packets of QUIC: the other direction of what the decoder does. */

#include "wire_fixture.h"

#include "recorder/wire/quic.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#define V1 1U
#define V2 0x6b3343cfU

/* What one packet is made of. */
struct initial {
	uint32_t version;
	const char *id;	 /* destination connection ID, which is sent */
	const char *key; /* the one that keys follow from; NULL: the same */
	uint32_t number;
	unsigned number_bytes; /* 1 to 4 */
	const char *token;     /* may be NULL */
};

static inline void add_varint(struct buffer *out, unsigned value)
{
	if (value < 64)
		buffer_add_char(out, (char)value);
	else if (value < 16384)
		add_u16(out, value | 0x4000);
	else
		add_u32(out, value | 0x80000000U);
}

/* Appends what the keys make of the frames behind the header. */
static inline void seal(const struct quic_keys *keys, uint32_t number, const struct buffer *header,
			const struct buffer *frames, struct buffer *out)
{
	gnutls_datum_t key = { (unsigned char *)keys->key, sizeof keys->key };
	uint8_t nonce[12], sealed[4096];
	gnutls_aead_cipher_hd_t cipher;
	size_t size = sizeof sealed;

	memcpy(nonce, keys->iv, sizeof nonce);
	for (int i = 0; i < 4; i++)
		nonce[11 - i] ^= (uint8_t)(number >> 8 * i);
	assert_int_equal(gnutls_aead_cipher_init(&cipher, GNUTLS_CIPHER_AES_128_GCM, &key), 0);
	assert_int_equal(gnutls_aead_cipher_encrypt(cipher, nonce, sizeof nonce, header->data,
						    header->size, QUIC_TAG_BYTES, frames->data,
						    frames->size, sealed, &size),
			 0);
	gnutls_aead_cipher_deinit(cipher);
	buffer_append(out, sealed, size);
}

static inline void add_header(struct buffer *out, const struct initial *initial, size_t payload)
{
	const struct quic_version *version = quic_version_of(initial->version);
	const char *token = initial->token ? initial->token : "";
	unsigned type = version ? version->initial : 0;

	buffer_add_char(out, (char)(0xc0 | type << 4 | (initial->number_bytes - 1)));
	add_u32(out, initial->version);
	buffer_add_char(out, (char)strlen(initial->id));
	buffer_add(out, initial->id);
	add_hex(out, "02 beef");
	add_varint(out, (unsigned)strlen(token));
	buffer_add(out, token);
	add_u16(out, 0x4000 | (unsigned)(initial->number_bytes + payload + QUIC_TAG_BYTES));
	for (unsigned i = initial->number_bytes; i > 0; i--)
		buffer_add_char(out, (char)(initial->number >> 8 * (i - 1)));
}

/* Appends a protected packet with these frames. */
static inline void add_initial(struct buffer *out, const struct initial *initial,
			       const struct buffer *frames)
{
	scoped(buffer) struct buffer header = { 0 }, sealed = { 0 };
	const struct quic_version *version = quic_version_of(initial->version);
	const char *key = initial->key ? initial->key : initial->id;
	uint8_t mask[QUIC_SAMPLE_BYTES];
	struct quic_keys keys;
	size_t at;

	assert_int_equal(
		quic_keys_derive(version ? version : quic_version_of(V1), bytes_of(key), &keys), 0);
	add_header(&header, initial, frames->size);
	seal(&keys, initial->number, &header, frames, &sealed);
	at = header.size - initial->number_bytes;
	assert_true(sealed.size >= 4 - initial->number_bytes + QUIC_SAMPLE_BYTES);
	assert_int_equal(
		quic_keys_mask(&keys, (uint8_t *)sealed.data + 4 - initial->number_bytes, mask), 0);
	header.data[0] ^= mask[0] & 0x0f;
	for (unsigned i = 0; i < initial->number_bytes; i++)
		header.data[at + i] ^= (char)mask[1 + i];
	buffer_append(out, header.data, header.size);
	buffer_append(out, sealed.data, sealed.size);
}

/* A CRYPTO frame with a part of a message. */
static inline void add_crypto_frame(struct buffer *out, const struct buffer *message, size_t from,
				    size_t to)
{
	add_hex(out, "06");
	add_varint(out, (unsigned)from);
	add_varint(out, (unsigned)(to - from));
	buffer_append(out, message->data + from, to - from);
}

/* A ClientHello for a server of this name. */
static inline void add_client_hello(struct buffer *out, const char *name)
{
	unsigned size = (unsigned)strlen(name);

	add_hex(out, "01 00");
	add_u16(out, 2 + 32 + 1 + 4 + 2 + 2 + 9 + size);
	add_hex(out, "0303 00000000000000000000000000000000 00000000000000000000000000000000");
	add_hex(out, "00 0002 1301 0100");
	add_u16(out, 9 + size);
	add_u16(out, 0);
	add_u16(out, 5 + size);
	add_u16(out, 3 + size);
	add_hex(out, "00");
	add_u16(out, size);
	buffer_add(out, name);
}

#endif
