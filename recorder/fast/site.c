#include "recorder/fast/site.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_BACK 40 /* bytes in which the number is set before another register is */

static int32_t read_signed(const uint8_t *at)
{
	int32_t value;

	memcpy(&value, at, sizeof value);
	return value;
}

static bool is_wanted(struct site_wanted wanted, uint32_t number)
{
	return number < wanted.limit && wanted.bit[number / 8] & 1 << number % 8;
}

static bool is_number(const uint8_t *at, struct site_wanted wanted)
{
	return at[0] == 0xb8 && is_wanted(wanted, (uint32_t)read_signed(at + 1));
}

/* Whether a wanted number is set shortly before; if another was meant, the hook will see that. */
static bool number_is_before(const uint8_t *text, size_t at, struct site_wanted wanted)
{
	size_t from = at > LOOK_BACK ? at - LOOK_BACK : 0;

	for (size_t i = from; i < at; i++)
		if (is_number(text + i, wanted))
			return true;
	return false;
}

/* What stands at `at`, before a `syscall`; false where it cannot be moved. */
static bool read_site(const uint8_t *text, size_t at, struct site_wanted wanted, struct site *ret)
{
	static const uint8_t stack[SITE_MOVE_BYTES] = { 0x4c, 0x8b, 0x4c, 0x24, 0x08 };
	const uint8_t *move = text + at;

	if (move[0] == 0xb8) {
		if (!is_number(move, wanted))
			return false;
		ret->kind = SITE_NUMBER;
	} else if (move[0] == 0xba || move[0] == 0xbe || move[0] == 0xbf) { /* edx, esi, edi */
		if (!number_is_before(text, at, wanted))
			return false;
		ret->kind = SITE_IMMEDIATE;
	} else if (!memcmp(move, stack, sizeof stack)) {
		ret->kind = SITE_STACK;
	} else {
		return false;
	}
	ret->at = at;
	memcpy(ret->move, move, sizeof ret->move);
	return true;
}

/* The length of a branch that may begin at `at`; 0 where none can: Intel SDM, volume 2. */
static size_t branch_bytes(const uint8_t *text, size_t size, size_t at)
{
	static const uint8_t length[256] = {
		[0x0f] = 6,	     [0x70 ... 0x7f] = 2, [0xe0 ... 0xe3] = 2,
		[0xe8 ... 0xe9] = 5, [0xeb] = 2,
	};
	size_t bytes = length[text[at]];

	if (bytes == 6 && (at + 1 >= size || (text[at + 1] & 0xf0) != 0x80))
		return 0;
	return bytes;
}

static bool branch_target(const uint8_t *text, size_t size, size_t at, size_t *ret)
{
	size_t length = branch_bytes(text, size, at);
	int64_t distance;

	if (length == 0 || at + length > size)
		return false;
	distance = length == 2 ? (int8_t)text[at + 1] : read_signed(text + at + length - 4);
	*ret = at + length + (size_t)distance;
	return true;
}

/* One bit for each byte of the text that lies inside a site, behind its first byte. */
static uint8_t *mark_insides(size_t size, const struct site *site, size_t count)
{
	uint8_t *inside = calloc(size / 8 + 1, 1);

	for (size_t i = 0; inside && i < count; i++)
		for (size_t at = site[i].at + 1; at < site[i].at + SITE_BYTES; at++)
			inside[at / 8] |= (uint8_t)(1 << at % 8);
	return inside;
}

static bool is_inside(const uint8_t *inside, size_t size, size_t at)
{
	return at < size && inside[at / 8] & 1 << at % 8;
}

static size_t drop_site(struct site *site, size_t count, size_t target)
{
	for (size_t i = 0; i < count; i++) {
		if (target <= site[i].at || target >= site[i].at + SITE_BYTES)
			continue;
		memmove(site + i, site + i + 1, (count - i - 1) * sizeof *site);
		return count - 1;
	}
	return count;
}

/* Drops the sites that a branch leads into.  Any byte may begin an instruction: what is none costs
 * a site now and then, and never lets a branch pass. */
static int drop_targets(const uint8_t *text, size_t size, struct site *site, size_t count)
{
	uint8_t *inside = mark_insides(size, site, count);

	if (!inside)
		return -ENOMEM;
	for (size_t at = 0; at < size; at++) {
		size_t target;

		if (branch_target(text, size, at, &target) && is_inside(inside, size, target) &&
		    !is_inside(inside, size, at))
			count = drop_site(site, count, target);
	}
	free(inside);
	return (int)count;
}

int sites_find(const uint8_t *text, size_t size, struct site_wanted wanted, struct site *ret,
	       size_t room)
{
	const uint8_t *from = text, *end = text + size;
	size_t count = 0;

	while (count < room && (from = memmem(from, (size_t)(end - from), "\x0f\x05", 2))) {
		size_t at = (size_t)(from - text);

		if (at >= SITE_MOVE_BYTES &&
		    read_site(text, at - SITE_MOVE_BYTES, wanted, ret + count))
			count++;
		from += 2;
	}
	return drop_targets(text, size, ret, count);
}
