#ifndef RECORDER_FAST_SITE_H
#define RECORDER_FAST_SITE_H

#include "recorder/fast/layout.h"

#include <stddef.h>
#include <stdint.h>

/* Finds the places in a library's code where a system call can be diverted: seven bytes, a
 * five-byte instruction that can be done elsewhere and the `syscall` behind it, where no branch
 * leads into the middle.  In glibc 2.36 these are nearly all that name a file. */

enum site_kind {
	SITE_NUMBER,	/* mov $number, %eax */
	SITE_IMMEDIATE, /* mov $immediate, another register; the number was set before */
	SITE_STACK,	/* mov 8(%rsp), %r9, as in syscall(3) */
};

#define SITE_MOVE_BYTES 5

struct site {
	size_t at; /* offset in the text */
	enum site_kind kind;
	uint8_t move[SITE_MOVE_BYTES]; /* the instruction before `syscall` */
};

/* Which numbers are wanted: bit N % 8 of byte N / 8, below `limit`. */
struct site_wanted {
	const uint8_t *bit;
	uint32_t limit;
};

/* Fills at most `room` and returns how many there are, or -ENOMEM. */
int sites_find(const uint8_t *text, size_t size, struct site_wanted wanted, struct site *ret,
	       size_t room);

#endif
