#ifndef TESTS_UNIT_WIRE_FIXTURE_H
#define TESTS_UNIT_WIRE_FIXTURE_H

/* What the tests of the wire's decoders share: captures, and bytes that cannot be read beyond their
 * end unnoticed. */

#include "wire_hex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define GUARDED_MAX 262144

/* A copy that ends where no memory is, and so does what is before its first page: reading beyond is
 * a fault, with and without sanitizers.  One at a time for each `slot`. */
static inline struct bytes guarded(int slot, const void *data, size_t size)
{
	static char *area[4];
	size_t page = 4096;

	assert_true(size <= GUARDED_MAX);
	if (!area[slot]) {
		area[slot] = mmap(NULL, GUARDED_MAX + page, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		assert_true(area[slot] != MAP_FAILED);
		assert_int_equal(mprotect(area[slot] + GUARDED_MAX, page, PROT_NONE), 0);
	}
	if (size)
		memcpy(area[slot] + GUARDED_MAX - size, data, size);
	return (struct bytes){ area[slot] + GUARDED_MAX - size, size };
}

/* A classic capture file (https://www.tcpdump.org/manpages/pcap-savefile.5.txt) of this machine's
 * byte order, as fixtures/wire/make.sh leaves them. */
struct saved {
	struct buffer file;
	size_t at;
	uint32_t link;
	unsigned number; /* of the packet that came last, from 1 */
};

static inline void saved_open(struct saved *saved, const char *name)
{
	char path[256];
	uint32_t magic;

	snprintf(path, sizeof path, "fixtures/wire/%s.pcap", name);
	*saved = (struct saved){ .at = 24 };
	add_file(&saved->file, path);
	assert_true(saved->file.size >= 24);
	memcpy(&magic, saved->file.data, 4);
	assert_int_equal(magic, 0xa1b2c3d4);
	memcpy(&saved->link, saved->file.data + 20, 4);
}

static inline bool saved_next(struct saved *saved, struct bytes *ret)
{
	uint32_t size;

	if (saved->at == saved->file.size)
		return false;
	memcpy(&size, saved->file.data + saved->at + 8, 4);
	saved->at += 16;
	assert_true(size <= saved->file.size - saved->at);
	*ret = guarded(0, saved->file.data + saved->at, size);
	saved->at += size;
	saved->number++;
	return true;
}

static inline void saved_close(struct saved *saved)
{
	buffer_release(&saved->file);
}

static const char *const captures[] = { "dns", "mdns", "tls", "quic",	  "http",
					"sll", "sll2", "raw", "fragments" };

#define CAPTURES (sizeof captures / sizeof *captures)

#endif
