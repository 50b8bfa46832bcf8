#include "core/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The vectors of the reference code: key 00 01 ... 0f, data 00 01 ... */
static void gives_the_published_sums(void **state)
{
	static const struct {
		size_t size;
		uint64_t sum;
	} vector[] = {
		{ 0, 0x726fdb47dd0e0e31 },
		{ 1, 0x74f839c593dc67fd },
		{ 8, 0x93f5f5799a932462 },
		{ 15, 0xa129ca6149be45e5 },
	};
	uint8_t bytes[16];

	(void)state;
	for (uint8_t i = 0; i < sizeof bytes; i++)
		bytes[i] = i;
	for (size_t i = 0; i < sizeof vector / sizeof *vector; i++)
		assert_int_equal(hash_keyed(bytes, bytes, vector[i].size), vector[i].sum);
}

struct word {
	UT_hash_handle hh;
	char text[16];
};

static void finds_what_was_added(void **state)
{
	struct word *head = NULL, *found, *next;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct word *word = calloc(1, sizeof *word);

		assert_non_null(word);
		snprintf(word->text, sizeof word->text, "w%d", i);
		HASH_ADD_STR(head, text, word);
		assert_non_null(word->hh.tbl);
	}
	HASH_FIND_STR(head, "w777", found);
	assert_non_null(found);
	assert_string_equal(found->text, "w777");
	HASH_FIND_STR(head, "w1000", found);
	assert_null(found);
	HASH_ITER(hh, head, found, next)
	{
		HASH_DEL(head, found);
		free(found);
	}
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(gives_the_published_sums),
		cmocka_unit_test(finds_what_was_added),
	};

	return cmocka_run_group_tests_name("hash", test, NULL, NULL);
}
