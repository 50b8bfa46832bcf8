#include "core/language_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAIRS_MAX (4u << 20)

size_t states_words(const struct language *language)
{
	return language->count / 64 + 1;
}

bool states_have(const uint64_t *states, size_t at)
{
	return states[at / 64] >> at % 64 & 1;
}

/* And what may be next because that may be missing, which one that is there has with it. */
static void states_add(const struct language *language, uint64_t *states, size_t at)
{
	while (!states_have(states, at)) {
		states[at / 64] |= UINT64_C(1) << at % 64;
		if (at == language->count)
			break;
		if (language->letter[at].over)
			states_add(language, states, at + language->letter[at].over);
		if (!language->letter[at].skip)
			break;
		at++;
	}
}

void states_begin(const struct language *language, uint64_t *ret)
{
	memset(ret, 0, states_words(language) * sizeof *ret);
	states_add(language, ret, 0);
}

void states_step(const struct language *language, const uint64_t *from, unsigned char byte,
		 uint64_t *ret)
{
	size_t words = states_words(language);

	memset(ret, 0, words * sizeof *ret);
	for (size_t word = 0; word < words; word++) {
		for (uint64_t left = from[word]; left; left &= left - 1) {
			size_t at = word * 64 + (size_t)__builtin_ctzll(left);

			if (at == language->count || !letter_has(&language->letter[at], byte))
				continue;
			states_add(language, ret, at + 1);
			if (language->letter[at].repeat)
				states_add(language, ret, at);
		}
	}
}

bool language_matches(const struct language *language, struct bytes name)
{
	uint64_t two[2][LETTERS_MAX / 64 + 1];

	if (language->failed || language->count > LETTERS_MAX)
		return false;
	states_begin(language, two[0]);
	for (size_t i = 0; i < name.size; i++)
		states_step(language, two[i % 2], (unsigned char)name.data[i], two[(i + 1) % 2]);
	return states_have(two[name.size % 2], language->count);
}

static int check_sizes(const struct language *a, const struct language *b)
{
	if (a->failed || b->failed)
		return -ENOMEM;
	return a->count > LETTERS_MAX || b->count > LETTERS_MAX ? -E2BIG : 0;
}

/* ---- intersection: pairs of letters, breadth first ---- */

struct pair {
	uint32_t from; /* 1 + that before */
	uint16_t a, b;
	int16_t byte; /* -1: none was read */
};

struct pairs {
	const struct language *a, *b;
	struct pair *pair;
	size_t count;
	uint8_t *seen;
};

static void visit(struct pairs *pairs, size_t from, size_t a, size_t b, int byte)
{
	size_t index = a * (pairs->b->count + 1) + b;

	if (pairs->seen[index])
		return;
	pairs->seen[index] = 1;
	pairs->pair[pairs->count++] =
		(struct pair){ (uint32_t)from, (uint16_t)a, (uint16_t)b, (int16_t)byte };
}

int common_byte(const struct letter *a, const struct letter *b)
{
	size_t start = 'a' / 64;
	uint64_t below = (UINT64_C(1) << 'a' % 64) - 1, rest = 0;

	for (size_t i = 0; i < 4; i++) {
		size_t word = (start + i) % 4;
		uint64_t both = a->set[word] & b->set[word];

		if (word == start) {
			rest = both & below;
			both &= ~below;
		}
		if (both)
			return (int)(word * 64) + __builtin_ctzll(both);
	}
	return rest ? (int)(start * 64) + __builtin_ctzll(rest) : -1;
}

/* One byte of both is read. */
static void read_byte(struct pairs *pairs, size_t index, int byte)
{
	size_t a = pairs->pair[index].a, b = pairs->pair[index].b;
	bool again_a = pairs->a->letter[a].repeat, again_b = pairs->b->letter[b].repeat;

	visit(pairs, index + 1, a + 1, b + 1, byte);
	if (again_a)
		visit(pairs, index + 1, a, b + 1, byte);
	if (again_b)
		visit(pairs, index + 1, a + 1, b, byte);
	if (again_a && again_b)
		visit(pairs, index + 1, a, b, byte);
}

static void pass_over(struct pairs *pairs, size_t index)
{
	size_t a = pairs->pair[index].a, b = pairs->pair[index].b;

	if (a < pairs->a->count && pairs->a->letter[a].over)
		visit(pairs, index + 1, a + pairs->a->letter[a].over, b, -1);
	if (b < pairs->b->count && pairs->b->letter[b].over)
		visit(pairs, index + 1, a, b + pairs->b->letter[b].over, -1);
}

/* Letters that may be missing, from the pair at the index on, are passed without a byte: so pairs
 * stand in the order of how many bytes lead to them. */
static void pass(struct pairs *pairs, size_t index)
{
	for (; index < pairs->count; index++) {
		size_t a = pairs->pair[index].a, b = pairs->pair[index].b;

		if (a < pairs->a->count && pairs->a->letter[a].skip)
			visit(pairs, index + 1, a + 1, b, -1);
		if (b < pairs->b->count && pairs->b->letter[b].skip)
			visit(pairs, index + 1, a, b + 1, -1);
		pass_over(pairs, index);
	}
}

static void follow(struct pairs *pairs, size_t index)
{
	size_t a = pairs->pair[index].a, b = pairs->pair[index].b, before = pairs->count;
	int byte = -1;

	if (a < pairs->a->count && b < pairs->b->count)
		byte = common_byte(&pairs->a->letter[a], &pairs->b->letter[b]);
	if (byte < 0)
		return;
	read_byte(pairs, index, byte);
	pass(pairs, before);
}

void append_reversed(struct buffer *out, struct buffer *backwards)
{
	while (backwards->size)
		buffer_add_char(out, backwards->data[--backwards->size]);
	if (backwards->failed)
		out->failed = true;
}

static void say_pair(const struct pairs *pairs, size_t index, struct buffer *out)
{
	scoped(buffer) struct buffer backwards = { 0 };

	for (size_t at = index + 1; at; at = pairs->pair[at - 1].from)
		if (pairs->pair[at - 1].byte >= 0)
			buffer_add_char(&backwards, (char)pairs->pair[at - 1].byte);
	append_reversed(out, &backwards);
}

static int search_pairs(struct pairs *pairs, struct buffer *witness)
{
	visit(pairs, 0, 0, 0, -1);
	pass(pairs, 0);
	for (size_t i = 0; i < pairs->count; i++) {
		if (pairs->pair[i].a == pairs->a->count && pairs->pair[i].b == pairs->b->count) {
			if (witness)
				say_pair(pairs, i, witness);
			return 1;
		}
		follow(pairs, i);
	}
	return 0;
}

/* ---- the same without a witness: where in `b` one may be, letter by letter of `a`, which has no
 * ways to choose from ---- */

static bool letters_meet(const struct letter *a, const struct letter *b)
{
	return (a->set[0] & b->set[0]) | (a->set[1] & b->set[1]) | (a->set[2] & b->set[2]) |
	       (a->set[3] & b->set[3]);
}

/* Adds the states behind one byte of the letter.  Whether there was a new one. */
static bool add_behind(const struct language *language, const uint64_t *from,
		       const struct letter *letter, uint64_t *to)
{
	bool fresh = false;

	for (size_t word = 0; word < states_words(language); word++) {
		for (uint64_t left = from[word]; left; left &= left - 1) {
			size_t at = word * 64 + (size_t)__builtin_ctzll(left);
			const struct letter *of = &language->letter[at];

			if (at == language->count || !letters_meet(letter, of))
				continue;
			fresh = fresh || !states_have(to, at + 1) ||
				(of->repeat && !states_have(to, at));
			states_add(language, to, at + 1);
			if (of->repeat)
				states_add(language, to, at);
		}
	}
	return fresh;
}

static bool is_plain(const struct letter *letter)
{
	return !letter->skip && !letter->repeat && !letter->over;
}

/* Whether no name has both in one place; -1: they need not be in it. */
static int exclude_each_other(const struct letter *one, const struct letter *other)
{
	if (!is_plain(one) || !is_plain(other))
		return -1;
	return !letters_meet(one, other);
}

/* Whether they differ in how all their names begin, or end. */
static bool are_apart(const struct language *a, const struct language *b)
{
	size_t most = a->count < b->count ? a->count : b->count;
	int apart = 0;

	for (size_t i = 0; i < most && apart == 0; i++)
		apart = exclude_each_other(&a->letter[i], &b->letter[i]);
	/* The last letters of a way are not of each name. */
	if (apart > 0 || a->either || b->either)
		return apart > 0;
	apart = 0;
	for (size_t i = 1; i <= most && apart == 0; i++)
		apart = exclude_each_other(&a->letter[a->count - i], &b->letter[b->count - i]);
	return apart > 0;
}

static bool have_common(const struct language *a, const struct language *b)
{
	uint64_t two[2][LETTERS_MAX / 64 + 1];
	size_t size = states_words(b) * sizeof **two;

	states_begin(b, two[0]);
	for (size_t i = 0; i < a->count; i++) {
		uint64_t *from = two[i % 2], *to = two[(i + 1) % 2];

		memset(to, 0, size);
		add_behind(b, from, &a->letter[i], to);
		while (a->letter[i].repeat && add_behind(b, to, &a->letter[i], to))
			;
		for (size_t word = 0; a->letter[i].skip && word < states_words(b); word++)
			to[word] |= from[word];
	}
	return states_have(two[a->count % 2], b->count);
}

int language_intersects(const struct language *a, const struct language *b, struct buffer *witness)
{
	size_t room = (a->count + 1) * (b->count + 1);
	struct pairs pairs = { .a = a, .b = b };
	int r = check_sizes(a, b);

	if (r < 0)
		return r;
	if (are_apart(a, b))
		return 0;
	if (!witness && !(a->either && b->either))
		return a->either ? have_common(b, a) : have_common(a, b);
	if (room > PAIRS_MAX)
		return -E2BIG;
	pairs.pair = malloc(room * sizeof *pairs.pair);
	pairs.seen = calloc(room, 1);
	r = pairs.pair && pairs.seen ? search_pairs(&pairs, witness) : -ENOMEM;
	free(pairs.pair);
	free(pairs.seen);
	return r;
}
