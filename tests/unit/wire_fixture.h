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
struct capture {
	struct buffer file;
	size_t at;
	uint32_t link;
	unsigned number; /* of the packet that came last, from 1 */
};

static inline void capture_open(struct capture *capture, const char *name)
{
	char path[256];
	uint32_t magic;

	snprintf(path, sizeof path, "fixtures/wire/%s.pcap", name);
	*capture = (struct capture){ .at = 24 };
	add_file(&capture->file, path);
	assert_true(capture->file.size >= 24);
	memcpy(&magic, capture->file.data, 4);
	assert_int_equal(magic, 0xa1b2c3d4);
	memcpy(&capture->link, capture->file.data + 20, 4);
}

static inline bool capture_next(struct capture *capture, struct bytes *ret)
{
	uint32_t size;

	if (capture->at == capture->file.size)
		return false;
	memcpy(&size, capture->file.data + capture->at + 8, 4);
	capture->at += 16;
	assert_true(size <= capture->file.size - capture->at);
	*ret = guarded(0, capture->file.data + capture->at, size);
	capture->at += size;
	capture->number++;
	return true;
}

static inline void capture_close(struct capture *capture)
{
	buffer_release(&capture->file);
}

static const char *const captures[] = { "dns", "mdns", "tls", "quic",	  "http",
					"sll", "sll2", "raw", "fragments" };

#define CAPTURES (sizeof captures / sizeof *captures)

#endif
