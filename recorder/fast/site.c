#include "recorder/fast/site.h"

#include <emmintrin.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NEAR_BYTES 130 /* as far as a short branch reaches, and its length */
#define LOOK_BACK  40  /* bytes in which the number is set before another register is */

/* Code is looked through by blocks; what is found in the last one may lie behind the end. */
#define BLOCK 16

static __m128i block_at(const uint8_t *text, size_t size, size_t at)
{
	uint8_t rest[BLOCK] = { 0 };

	if (size - at >= BLOCK)
		return _mm_loadu_si128((const __m128i_u *)(text + at));
	memcpy(rest, text + at, size - at);
	return _mm_loadu_si128((const __m128i_u *)rest);
}

static __m128i equal(__m128i block, uint8_t value)
{
	return _mm_cmpeq_epi8(block, _mm_set1_epi8((char)value));
}

/* A bit for each byte of a block where `syscall` begins. */
static unsigned syscalls_at(const uint8_t *text, size_t size, size_t at)
{
	__m128i first = equal(block_at(text, size, at), 0x0f);

	return at + 1 < size ? (unsigned)_mm_movemask_epi8(_mm_and_si128(
				       first, equal(block_at(text, size, at + 1), 0x05)))
			     : 0;
}

/* A bit for each byte of a block with which a branch of 32 bits may begin. */
static unsigned long_branches_at(const uint8_t *text, size_t size, size_t at)
{
	__m128i block = block_at(text, size, at);
	__m128i even = _mm_and_si128(block, _mm_set1_epi8((char)0xfe));

	return (unsigned)_mm_movemask_epi8(_mm_or_si128(equal(even, 0xe8), equal(block, 0x0f)));
}

/* The place of the lowest bit, which is taken out. */
static size_t take_lowest(unsigned *bits)
{
	size_t place = (size_t)__builtin_ctz(*bits);

	*bits &= *bits - 1;
	return place;
}

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

/* Branches of 8 bits, two bytes long, and of 32: Intel SDM, volume 2. */
static bool is_short_branch(uint8_t opcode)
{
	return (opcode & 0xf0) == 0x70 || (opcode & 0xfc) == 0xe0 || opcode == 0xeb;
}

static bool long_target(const uint8_t *text, size_t size, size_t at, size_t *ret)
{
	size_t length = text[at] == 0x0f ? 6 : 5;

	if (at + length > size || (length == 6 && (text[at + 1] & 0xf0) != 0x80))
		return false;
	*ret = at + length + (size_t)(int64_t)read_signed(text + at + length - 4);
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

/* Whether a short branch around the site leads into it. */
static bool is_entered_from_near(const uint8_t *text, size_t size, const struct site *site)
{
	size_t from = site->at > NEAR_BYTES ? site->at - NEAR_BYTES : 0;
	size_t to = site->at + SITE_BYTES + NEAR_BYTES;

	for (size_t at = from; at < to && at + 2 <= size; at++) {
		size_t target = at + 2 + (size_t)(int8_t)text[at + 1];
		bool is_within = at > site->at && at < site->at + SITE_BYTES;

		if (is_short_branch(text[at]) && !is_within && target > site->at &&
		    target < site->at + SITE_BYTES)
			return true;
	}
	return false;
}

static size_t drop_near(const uint8_t *text, size_t size, struct site *site, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (!is_entered_from_near(text, size, &site[i]))
			site[kept++] = site[i];
	return kept;
}

/* Drops the sites that a branch leads into.  Any byte may begin an instruction: what is none costs
 * a site now and then, and never lets a branch pass. */
static int drop_targets(const uint8_t *text, size_t size, struct site *site, size_t count)
{
	uint8_t *inside;

	count = drop_near(text, size, site, count);
	inside = mark_insides(size, site, count);
	if (!inside)
		return -ENOMEM;
	for (size_t block = 0; block < size; block += BLOCK)
		for (unsigned bits = long_branches_at(text, size, block); bits;) {
			size_t at = block + take_lowest(&bits), target;

			if (long_target(text, size, at, &target) &&
			    is_inside(inside, size, target) && !is_inside(inside, size, at))
				count = drop_site(site, count, target);
		}
	free(inside);
	return (int)count;
}

int sites_find(const uint8_t *text, size_t size, struct site_wanted wanted, struct site *ret,
	       size_t room)
{
	size_t count = 0;

	for (size_t block = 0; block < size; block += BLOCK)
		for (unsigned bits = syscalls_at(text, size, block); bits && count < room;) {
			size_t at = block + take_lowest(&bits);

			if (at >= SITE_MOVE_BYTES &&
			    read_site(text, at - SITE_MOVE_BYTES, wanted, ret + count))
				count++;
		}
	return drop_targets(text, size, ret, count);
}
