#include "core/hash.h"

#include <endian.h>
#include <string.h>
#include <sys/auxv.h>

struct state {
	uint64_t a, b, c, d;
};

static uint64_t rotate(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

static uint64_t load(const uint8_t *data, size_t size)
{
	uint64_t word = 0;

	memcpy(&word, data, size);
	return le64toh(word);
}

static void stir(struct state *s, unsigned rounds)
{
	while (rounds--) {
		s->a += s->b;
		s->c += s->d;
		s->b = rotate(s->b, 13) ^ s->a;
		s->d = rotate(s->d, 16) ^ s->c;
		s->a = rotate(s->a, 32);
		s->c += s->b;
		s->a += s->d;
		s->b = rotate(s->b, 17) ^ s->c;
		s->d = rotate(s->d, 21) ^ s->a;
		s->c = rotate(s->c, 32);
	}
}

static void absorb(struct state *s, uint64_t word)
{
	s->d ^= word;
	stir(s, 2);
	s->a ^= word;
}

uint64_t hash_keyed(const uint8_t key[static 16], const void *data, size_t size)
{
	uint64_t low = load(key, 8), high = load(key + 8, 8);
	struct state s = { low ^ 0x736f6d6570736575, high ^ 0x646f72616e646f6d,
			   low ^ 0x6c7967656e657261, high ^ 0x7465646279746573 };
	const uint8_t *at = data;
	size_t left = size;

	for (; left >= 8; left -= 8, at += 8)
		absorb(&s, load(at, 8));
	absorb(&s, (uint64_t)size << 56 | (left ? load(at, left) : 0));
	s.c ^= 0xff;
	stir(&s, 4);
	return s.a ^ s.b ^ s.c ^ s.d;
}

/* The kernel gives every process 16 random bytes: getauxval(3). */
unsigned hash_bytes(const void *data, size_t size)
{
	return (unsigned)hash_keyed((const uint8_t *)getauxval(AT_RANDOM), data, size);
}
