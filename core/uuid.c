#include "core/uuid.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdint.h>
#include <stdio.h>

#define SHA1_SIZE 20

/* RFC 9562, 6.6: the namespace URL. */
static const uint8_t url[16] = { 0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1,
				 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8 };

int uuid_of(struct bytes name, char ret[static UUID_TEXT_SIZE])
{
	scoped(buffer) struct buffer text = { 0 };
	uint8_t sum[SHA1_SIZE];
	char *at = ret;

	buffer_append(&text, url, sizeof url);
	buffer_append(&text, name.data, name.size);
	if (buffer_status(&text) < 0 ||
	    gnutls_hash_fast(GNUTLS_DIG_SHA1, text.data, text.size, sum) < 0)
		return -ENOMEM;
	sum[6] = (uint8_t)((sum[6] & 0x0f) | 0x50);
	sum[8] = (uint8_t)((sum[8] & 0x3f) | 0x80);
	for (int i = 0; i < 16; i++)
		at += snprintf(at, 4, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x",
			       sum[i]);
	return 0;
}
