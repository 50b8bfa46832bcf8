#include "analyzer/endpoints_private.h"

#include "analyzer/shape.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_free(const struct candidate *candidate)
{
	return !candidate->is_stable && !candidate->taken;
}

/* Of those that one run each has. */
static bool is_of_many_runs(const struct candidate *const *some, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (atom_uses(some[i]->atom)->run != atom_uses(some[0]->atom)->run)
			return true;
	return false;
}

/* ---- names ---- */

/* Whether only the first labels vary, none of them behind one that does not. */
static bool varies_first(const struct varying *varying)
{
	bool is_open = false, is_over = false;

	for (size_t i = 0; i < varying->count; i++) {
		const struct part *part = &varying->part[i];

		for (size_t k = 0; k < part->literal.size; k++) {
			if (part->literal.data[k] != '.')
				continue;
			is_over = is_over || !is_open;
			is_open = false;
		}
		if (part->literal.size)
			continue;
		if (is_over || class_has(part->class, '.'))
			return false;
		is_open = true;
	}
	return true;
}

/* Free candidates that are made like the one at `first`. */
static int find_alike(const struct family *family, size_t first, const struct candidate **ret,
		      size_t *ret_count)
{
	scoped(buffer) struct buffer key = { 0 }, other = { 0 };

	shape_key(family->candidate[first].part, &key);
	*ret_count = 0;
	for (size_t i = first; i < family->count; i++) {
		if (!is_free(&family->candidate[i]))
			continue;
		buffer_clear(&other);
		shape_key(family->candidate[i].part, &other);
		if (bytes_equal(buffer_bytes(&key), buffer_bytes(&other)))
			ret[(*ret_count)++] = &family->candidate[i];
	}
	return buffer_status(&key) < 0 ? -ENOMEM : buffer_status(&other);
}

/* 1: they have nothing in common that chance makes. */
static int infer(const struct candidate *const *some, size_t count, struct varying *ret)
{
	struct bytes *name = calloc(count + 1, sizeof *name);
	int r;

	if (!name)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		name[i] = some[i]->part;
	r = shape_infer(name, count, ret);
	free(name);
	return r;
}

static int open_alike(struct family *family, const struct candidate *const *some, size_t count)
{
	scoped(varying) struct varying varying = { 0 };
	int r = count > 1 ? infer(some, count, &varying) : 1;

	if (r)
		return r < 0 ? r : 0;
	if (!varies_first(&varying) || !(is_of_many_runs(some, count) ||
					 (count >= SHAPE_AT_ONCE && !shape_is_numbers(&varying))))
		return 0;
	return family_replace(family, &varying);
}

int family_open_labels(struct family *family)
{
	const struct candidate **some = calloc(family->count, sizeof(*some));
	size_t count = 0;
	int r = some ? 0 : -ENOMEM;

	for (size_t i = 0; i < family->count && r == 0; i++) {
		if (!is_free(&family->candidate[i]))
			continue;
		r = find_alike(family, i, some, &count);
		if (r == 0)
			r = open_alike(family, some, count);
	}
	free(some);
	return r;
}

/* ---- ports ---- */

int family_open_ports(struct family *family)
{
	const struct candidate **some = calloc(family->count, sizeof(*some));
	scoped(varying) struct varying varying = { 0 };
	size_t count = 0, min = 5;
	bool is_open;
	int r;

	if (!some)
		return -ENOMEM;
	for (size_t i = 0; i < family->count; i++) {
		if (!is_free(&family->candidate[i]))
			continue;
		some[count++] = &family->candidate[i];
		if (family->candidate[i].part.size < min)
			min = family->candidate[i].part.size;
	}
	is_open = count > 1 && is_of_many_runs(some, count);
	free(some);
	if (!is_open)
		return 0;
	r = varying_add_class(&varying, CLASS_DIGIT, min, 5);
	r = r ? r : varying_finish(&varying);
	return r ? r : family_replace(family, &varying);
}

/* ---- addresses ---- */

/* A stretch of the family's candidates, sorted by address. */
struct stretch {
	size_t from, to;
};

static const struct candidate *first_free(const struct family *family, struct stretch *stretch)
{
	while (stretch->from < stretch->to && !is_free(&family->candidate[stretch->from]))
		stretch->from++;
	while (stretch->to > stretch->from && !is_free(&family->candidate[stretch->to - 1]))
		stretch->to--;
	return stretch->from < stretch->to ? &family->candidate[stretch->from] : NULL;
}

static bool runs_differ(const struct family *family, struct stretch stretch)
{
	const struct candidate *first = &family->candidate[stretch.from];

	for (size_t i = stretch.from; i < stretch.to; i++)
		if (is_free(&family->candidate[i]) &&
		    atom_uses(family->candidate[i].atom)->run != atom_uses(first->atom)->run)
			return true;
	return false;
}

/* Whoever has it, an address of the block was seen. */
static size_t count_seen(const struct family *family, const struct block *block)
{
	size_t seen = 0;

	for (size_t i = 0; i < family->count; i++)
		seen += address_common(family->candidate[i].address, block->address, block->size) >=
			block->bits;
	return seen;
}

static void block_between(const uint8_t *first, const uint8_t *last, size_t size, struct block *ret)
{
	*ret = (struct block){ .size = (uint8_t)size };
	ret->bits = (uint8_t)address_common(first, last, size);
	for (unsigned bit = 0; bit < ret->bits; bit++)
		ret->address[bit / 8] |= first[bit / 8] & (uint8_t)(0x80 >> bit % 8);
}

static bool is_half_seen(const struct family *family, const struct block *block)
{
	unsigned open = block->size * 8U - block->bits;

	return open < 32 && count_seen(family, block) * 2 >= (size_t)1 << open;
}

/* Whether the block may be said at all; a pattern that cannot be read back must not be written. */
static bool is_sayable(const struct block *block)
{
	scoped(buffer) struct buffer text = { 0 };
	struct block ignored;

	block_write(block, &text);
	return buffer_status(&text) == 0 && !block_read(buffer_bytes(&text), &ignored) &&
	       address_is_private(block->address, block->size);
}

static int open_block(struct family *family, const struct block *block)
{
	scoped(varying) struct varying varying = { 0 };
	int r = varying_add_block(&varying, block);

	r = r ? r : varying_finish(&varying);
	return r ? r : family_replace(family, &varying);
}

static size_t middle_of(const struct family *family, struct stretch stretch, unsigned bits)
{
	size_t at = stretch.from;

	while (at < stretch.to && address_common(family->candidate[at].address,
						 family->candidate[stretch.from].address,
						 family->candidate[at].address_size) > bits)
		at++;
	return at;
}

static int open_stretch(struct family *family, struct stretch stretch)
{
	const struct candidate *first = first_free(family, &stretch), *last;
	struct block block;
	size_t middle;
	int r = 0;

	if (!first || stretch.to - stretch.from < 2)
		return 0;
	last = &family->candidate[stretch.to - 1];
	block_between(first->address, last->address, first->address_size, &block);
	if (runs_differ(family, stretch) && is_half_seen(family, &block) && is_sayable(&block))
		r = open_block(family, &block);
	if (r < 0 || first->taken)
		return r;
	middle = middle_of(family, stretch, block.bits);
	r = open_stretch(family, (struct stretch){ stretch.from, middle });
	return r < 0 ? r : open_stretch(family, (struct stretch){ middle, stretch.to });
}

int family_open_blocks(struct family *family)
{
	return open_stretch(family, (struct stretch){ 0, family->count });
}
