#include "recorder/fast/site.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROOM = 200 };

static uint8_t bit[64];
static const struct site_wanted wanted = { bit, 512 };

static void want(unsigned number)
{
	bit[number / 8] |= (uint8_t)(1 << number % 8);
}

static int set_up(void **state)
{
	(void)state;
	memset(bit, 0, sizeof bit);
	want(SYS_openat);
	want(SYS_readlink);
	return 0;
}

#define TEXT(...) (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })
#define NOP8	  0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90
#define OPENAT	  0xb8, 0x01, 0x01, 0, 0, 0x0f, 0x05 /* mov $257, %eax; syscall */

static void number_is_found(void **state)
{
	struct site site[ROOM];

	(void)state;
	assert_int_equal(sites_find(TEXT(NOP8, OPENAT, NOP8), wanted, site, ROOM), 1);
	assert_int_equal(site[0].at, 8);
	assert_int_equal(site[0].kind, SITE_NUMBER);
	assert_int_equal(site[0].move[0], 0xb8);
	/* getpid is not wanted */
	assert_int_equal(sites_find(TEXT(NOP8, 0xb8, 39, 0, 0, 0, 0x0f, 0x05), wanted, site, ROOM),
			 0);
	/* not even the largest number reads behind the bits */
	assert_int_equal(sites_find(TEXT(NOP8, 0xb8, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x05), wanted,
				    site, ROOM),
			 0);
}

static void others_are_found(void **state)
{
	struct site site[ROOM];

	(void)state;
	/* mov $257, %eax; nop; mov $-100, %edi; syscall */
	assert_int_equal(
		sites_find(TEXT(0xb8, 1, 1, 0, 0, 0x90, 0xbf, 0x9c, 0xff, 0xff, 0xff, 0x0f, 0x05),
			   wanted, site, ROOM),
		1);
	assert_int_equal(site[0].at, 6);
	assert_int_equal(site[0].kind, SITE_IMMEDIATE);
	/* the same with a number that is not wanted */
	assert_int_equal(
		sites_find(TEXT(0xb8, 39, 0, 0, 0, 0x90, 0xbf, 0x9c, 0xff, 0xff, 0xff, 0x0f, 0x05),
			   wanted, site, ROOM),
		0);
	/* mov 8(%rsp), %r9; syscall */
	assert_int_equal(
		sites_find(TEXT(0x4c, 0x8b, 0x4c, 0x24, 8, 0x0f, 0x05), wanted, site, ROOM), 1);
	assert_int_equal(site[0].kind, SITE_STACK);
}

static void branches_into_it_are_respected(void **state)
{
	struct site site[ROOM];

	(void)state;
	/* jmp to the syscall itself, from before and from behind, near and far, jcc and call */
	assert_int_equal(sites_find(TEXT(0xeb, 5, OPENAT), wanted, site, ROOM), 0);
	assert_int_equal(sites_find(TEXT(OPENAT, 0x75, 0xfc), wanted, site, ROOM), 0);
	assert_int_equal(sites_find(TEXT(0xe9, 5, 0, 0, 0, OPENAT), wanted, site, ROOM), 0);
	assert_int_equal(sites_find(TEXT(0x0f, 0x84, 5, 0, 0, 0, OPENAT), wanted, site, ROOM), 0);
	assert_int_equal(sites_find(TEXT(OPENAT, 0xe8, 0xf9, 0xff, 0xff, 0xff), wanted, site, ROOM),
			 0);
	/* to its first byte and behind its last: it stays */
	assert_int_equal(sites_find(TEXT(0xeb, 0, OPENAT), wanted, site, ROOM), 1);
	assert_int_equal(sites_find(TEXT(0xeb, 7, OPENAT, NOP8), wanted, site, ROOM), 1);
	/* only the one that is led into goes */
	assert_int_equal(sites_find(TEXT(OPENAT, 0xeb, 5, OPENAT), wanted, site, ROOM), 1);
	assert_int_equal(site[0].at, 0);
}

static void ends_are_ends(void **state)
{
	struct site site[ROOM];
	static const uint8_t bytes[] = { 0x0f, 0x05, 0xb8, 1, 1, 0, 0, 0x0f, 0x05, 0xe8, 1, 0x0f };

	(void)state;
	for (size_t size = 0; size <= sizeof bytes; size++) {
		uint8_t *copy = malloc(size + 1); /* so that a sanitizer sees a step too far */

		memcpy(copy, bytes, size);
		assert_int_equal(sites_find(copy, size, wanted, site, ROOM), size >= 9);
		free(copy);
	}
	/* no more than there is room for */
	assert_int_equal(sites_find(TEXT(OPENAT, OPENAT, OPENAT), wanted, site, 2), 2);
}

static void random_bytes_are_survived(void **state)
{
	struct site site[ROOM];
	uint8_t text[4096];

	(void)state;
	srand(1);
	for (int round = 0; round < 200; round++) {
		for (size_t i = 0; i < sizeof text; i++)
			text[i] =
				(uint8_t)(rand() % 8
						  ? rand()
						  : "\xb8\x0f\x05\xe8\xeb\xbf\x01\x00"[rand() % 8]);
		assert_true(sites_find(text, sizeof text, wanted, site, ROOM) >= 0);
	}
}

static int find_libc(struct dl_phdr_info *info, size_t size, void *context)
{
	(void)size;
	if (!strstr(info->dlpi_name, "/libc.so.6"))
		return 0;
	*(struct dl_phdr_info *)context = *info;
	return 1;
}

/* The library that this runs with: what names files must be found. */
static void libc_is_found(void **state)
{
	static struct site site[1000];
	struct dl_phdr_info info = { 0 };
	int count = 0;

	(void)state;
	if (!dl_iterate_phdr(find_libc, &info))
		skip();
	want(SYS_newfstatat);
	want(SYS_access);
	want(SYS_mkdir);
	for (size_t i = 0; i < info.dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info.dlpi_phdr[i];

		if (header->p_type == PT_LOAD && header->p_flags & PF_X)
			count = sites_find((const uint8_t *)info.dlpi_addr + header->p_vaddr,
					   header->p_filesz, wanted, site, 1000);
	}
	/* open (2), openat (2), their cancellable twins, fstatat, stat, access, mkdir ... */
	assert_in_range(count, 10, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(number_is_found, set_up),
		cmocka_unit_test_setup(others_are_found, set_up),
		cmocka_unit_test_setup(branches_into_it_are_respected, set_up),
		cmocka_unit_test_setup(ends_are_ends, set_up),
		cmocka_unit_test_setup(random_bytes_are_survived, set_up),
		cmocka_unit_test_setup(libc_is_found, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
