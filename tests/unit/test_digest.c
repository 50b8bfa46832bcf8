#include "core/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* FIPS 180-4, examples of the NIST. */
static void is_sha_256(void **state)
{
	char hex[DIGEST_HEX_SIZE];

	(void)state;
	assert_int_equal(digest_of(bytes_of("abc"), hex), 0);
	assert_string_equal(hex,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(digest_of((struct bytes){ 0 }, hex), 0);
	assert_string_equal(hex,
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* The fields of each row, written "n", "i" and a number, "b" and bytes. */
static void sum(const char *const *field, char hex[static DIGEST_HEX_SIZE])
{
	struct digest *digest;

	assert_int_equal(digest_open(&digest), 0);
	for (; *field; field++) {
		if (**field == 'n')
			digest_null(digest);
		else if (**field == 'i')
			digest_int(digest, strtoll(*field + 1, NULL, 10));
		else
			digest_bytes(digest, bytes_of(*field + 1));
	}
	digest_close(digest, hex);
}

/* What is written down in a seal must stay the same for ever. */
static void writes_type_and_length(void **state)
{
	static const char expected[] = "n"
				       "i\xff\xff\xff\xff\xff\xff\xff\xfe"
				       "b\0\0\0\0\0\0\0\2xy";
	static const char *const field[] = { "n", "i-2", "bxy", NULL };
	char got[DIGEST_HEX_SIZE], want[DIGEST_HEX_SIZE];

	(void)state;
	sum(field, got);
	assert_int_equal(digest_of((struct bytes){ expected, sizeof expected - 1 }, want), 0);
	assert_string_equal(got, want);
}

static void tells_sequences_apart(void **state)
{
	static const char *const row[][4] = {
		{ NULL },
		{ "n", NULL },
		{ "b", NULL },
		{ "i0", NULL },
		{ "n", "n", NULL },
		{ "bab", NULL },
		{ "ba", "bb", NULL },
		{ "b", "bab", NULL },
		{ "bab", "b", NULL },
		{ "b1", NULL },
		{ "i1", NULL },
		{ "i49", NULL },
		{ "i-1", NULL },
		{ "bn", NULL },
		{ "i1", "n", NULL },
		{ "n", "i1", NULL },
	};
	char hex[sizeof row / sizeof *row][DIGEST_HEX_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		sum(row[i], hex[i]);
		assert_int_equal(strlen(hex[i]), 64);
		for (size_t j = 0; j < i; j++)
			if (!strcmp(hex[i], hex[j]))
				fail_msg("rows %zu and %zu have the same sum", i, j);
	}
}

/* Fields of every size about the size of the inner buffer give the sum of the same bytes. */
static void joins_fields_of_any_size(void **state)
{
	static char big[20000];
	scoped(buffer) struct buffer whole = { 0 };
	char got[DIGEST_HEX_SIZE], want[DIGEST_HEX_SIZE];
	struct digest *digest;

	(void)state;
	memset(big, 'x', sizeof big);
	assert_int_equal(digest_open(&digest), 0);
	for (unsigned size = 0; size < sizeof big; size += size < 4000 ? 997 : 61) {
		const char length[9] = { 'b', 0, 0, 0, 0, 0, 0, (char)(size >> 8), (char)size };

		buffer_append(&whole, length, sizeof length);
		buffer_append(&whole, big, size);
		digest_bytes(digest, (struct bytes){ big, size });
	}
	digest_close(digest, got);
	assert_int_equal(digest_of(buffer_bytes(&whole), want), 0);
	assert_string_equal(got, want);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(is_sha_256),
		cmocka_unit_test(writes_type_and_length),
		cmocka_unit_test(tells_sequences_apart),
		cmocka_unit_test(joins_fields_of_any_size),
	};

	return cmocka_run_group_tests_name("digest", test, NULL, NULL);
}
