#include "core/block.h"

#include "core/language.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BITS_MIN_4 8
#define BITS_MIN_6 120 /* the names of more are too many to list */
#define LAST_6	   (1 << (128 - BITS_MIN_6))

/* Without brackets; 0 or -EINVAL. */
static int read_bare(struct bytes text, int family, uint8_t *ret)
{
	char name[INET6_ADDRSTRLEN], again[INET6_ADDRSTRLEN];

	if (!text.size || text.size >= sizeof name || memchr(text.data, '\0', text.size))
		return -EINVAL;
	snprintf(name, sizeof name, "%.*s", (int)text.size, text.data);
	if (inet_pton(family, name, ret) != 1 || !inet_ntop(family, ret, again, sizeof again))
		return -EINVAL;
	return strcmp(name, again) ? -EINVAL : 0;
}

size_t address_read(struct bytes text, uint8_t ret[static 16])
{
	if (text.size < 3 || *text.data != '[' || text.data[text.size - 1] != ']')
		return read_bare(text, AF_INET, ret) < 0 ? 0 : 4;
	text = (struct bytes){ text.data + 1, text.size - 2 };
	return read_bare(text, AF_INET6, ret) < 0 ? 0 : 16;
}

static void write_address(const uint8_t *address, size_t size, struct buffer *out)
{
	char name[INET6_ADDRSTRLEN];

	buffer_add(out, inet_ntop(size == 4 ? AF_INET : AF_INET6, address, name, sizeof name));
}

void block_write(const struct block *block, struct buffer *out)
{
	buffer_add(out, block->size == 16 ? "[" : "");
	write_address(block->address, block->size, out);
	buffer_printf(out, "/%u%s", block->bits, block->size == 16 ? "]" : "");
}

/* Two digits at most, no zero first. */
static int read_bits(struct bytes text, uint8_t *ret)
{
	unsigned value = 0;

	if (!text.size || text.size > 3 || *text.data == '0')
		return -EINVAL;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return -EINVAL;
		value = value * 10 + (unsigned)(text.data[i] - '0');
	}
	*ret = (uint8_t)value;
	return value > 128 ? -EINVAL : 0;
}

static bool begins_there(const struct block *block)
{
	for (unsigned bit = block->bits; bit < block->size * 8U; bit++)
		if (block->address[bit / 8] >> (7 - bit % 8) & 1)
			return false;
	return true;
}

/* "10.1.2.0/28" and "[fd00::/124]" are taken apart alike. */
static int split(struct bytes text, struct buffer *address, struct bytes *ret_bits)
{
	const char *slash = text.size ? memchr(text.data, '/', text.size) : NULL;

	if (!slash)
		return -EINVAL;
	*ret_bits = (struct bytes){ slash + 1, text.size - (size_t)(slash - text.data) - 1 };
	buffer_append(address, text.data, (size_t)(slash - text.data));
	if (*text.data != '[')
		return buffer_status(address);
	if (!ret_bits->size || ret_bits->data[--ret_bits->size] != ']')
		return -EINVAL;
	buffer_add_char(address, ']');
	return buffer_status(address);
}

int block_read(struct bytes text, struct block *ret)
{
	scoped(buffer) struct buffer address = { 0 };
	struct block block = { 0 };
	struct bytes bits;

	if (split(text, &address, &bits) < 0 || read_bits(bits, &block.bits) < 0)
		return -EINVAL;
	block.size = (uint8_t)address_read(buffer_bytes(&address), block.address);
	if (!block.size || block.bits >= block.size * 8 ||
	    block.bits < (block.size == 4 ? BITS_MIN_4 : BITS_MIN_6) || !begins_there(&block))
		return -EINVAL;
	*ret = block;
	return 0;
}

bool block_find(struct bytes host, struct bytes *ret_text, struct block *ret)
{
	const char *slash = host.size ? memchr(host.data, '/', host.size) : NULL;
	const char *end = host.data + host.size, *from = slash;
	const char *colon;

	if (!slash)
		return false;
	if (end - slash > 1 && slash[1] == '[')
		from = memchr(slash, ']', (size_t)(end - slash));
	colon = from ? memchr(from, ':', (size_t)(end - from)) : NULL;
	if (!colon)
		return false;
	ret_text->data = slash + 1;
	ret_text->size = (size_t)(colon - slash) - 1;
	return block_read(*ret_text, ret) == 0;
}

bool block_has(const struct block *block, struct bytes text)
{
	uint8_t address[16];

	if (address_read(text, address) != block->size)
		return false;
	for (unsigned bit = 0; bit < block->bits; bit++)
		if ((address[bit / 8] ^ block->address[bit / 8]) >> (7 - bit % 8) & 1)
			return false;
	return true;
}

int block_compare(const struct block *a, const struct block *b)
{
	int order = a->size - b->size;

	order = order ? order : memcmp(a->address, b->address, sizeof a->address);
	return order ? order : a->bits - b->bits;
}

/* Numbers that differ in the last digit alone: "25" and 0 to 5. */
static void add_tens(struct language *way, unsigned from, unsigned to)
{
	char tens[16];

	if (from >= 10) {
		snprintf(tens, sizeof tens, "%u", from / 10);
		language_add_literal(way, bytes_of(tens));
	}
	language_add_range(way, (unsigned char)('0' + from % 10), (unsigned char)('0' + to % 10));
}

static void add_number(struct language *out, unsigned from, unsigned to)
{
	struct language way[26] = { 0 };
	size_t count = 0;

	while (from <= to) {
		unsigned last = from / 10 * 10 + 9;

		last = last < to ? last : to;
		add_tens(&way[count++], from, last);
		from = last + 1;
	}
	language_add_either(out, way, count);
	while (count)
		language_release(&way[--count]);
}

static void add_octets(const struct block *block, struct language *out)
{
	for (unsigned i = 0; i < 4; i++) {
		unsigned fixed = block->bits > i * 8 ? block->bits - i * 8 : 0;
		unsigned open = fixed >= 8 ? 0 : 0xff >> fixed;

		if (i)
			language_add_literal(out, bytes_of("."));
		add_number(out, block->address[i], block->address[i] | open);
	}
}

/* How many bytes the names begin with in common. */
static size_t common_size(const char *first, char (*name)[INET6_ADDRSTRLEN], size_t count)
{
	size_t size = strlen(first);

	for (size_t i = 0; i < count; i++)
		while (strncmp(first, name[i], size))
			size--;
	return size;
}

static void add_groups(const struct block *block, struct language *out)
{
	size_t count = (size_t)1 << (128 - block->bits), common;
	struct language way[LAST_6] = { 0 };
	char name[LAST_6][INET6_ADDRSTRLEN];
	uint8_t address[16];

	memcpy(address, block->address, sizeof address);
	for (size_t i = 0; i < count; i++) {
		address[15] = (uint8_t)(block->address[15] + i);
		inet_ntop(AF_INET6, address, name[i], sizeof name[i]);
	}
	common = common_size(name[0], name, count);
	language_add_literal(out, bytes_of("["));
	language_add_literal(out, (struct bytes){ name[0], common });
	for (size_t i = 0; i < count; i++)
		language_add_literal(&way[i], bytes_of(name[i] + common));
	language_add_either(out, way, count);
	while (count)
		language_release(&way[--count]);
	language_add_literal(out, bytes_of("]"));
}

void block_language(const struct block *block, struct language *out)
{
	if (block->size == 4)
		add_octets(block, out);
	else
		add_groups(block, out);
}
