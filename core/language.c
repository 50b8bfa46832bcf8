#include "core/language.h"

#include "core/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS_MAX 8192
#define PAIRS_MAX   (4u << 20)
#define NODES_MAX   200000u

/* Which letters may be next: bit of each, and of the end. */
struct states {
	uint64_t bit[LETTERS_MAX / 64 + 1];
};

static size_t words_of(const struct language *language)
{
	return language->count / 64 + 1;
}

static bool states_have(const struct states *states, size_t at)
{
	return states->bit[at / 64] >> at % 64 & 1;
}

static void states_add(struct states *states, size_t at)
{
	states->bit[at / 64] |= UINT64_C(1) << at % 64;
}

static bool letter_has(const struct letter *letter, unsigned char byte)
{
	return letter->set[byte / 64] >> byte % 64 & 1;
}

static void add_skipped(const struct language *language, struct states *states)
{
	for (size_t i = 0; i < language->count; i++)
		if (language->letter[i].skip && states_have(states, i))
			states_add(states, i + 1);
}

static void begin(const struct language *language, struct states *ret)
{
	memset(ret->bit, 0, words_of(language) * sizeof *ret->bit);
	states_add(ret, 0);
	add_skipped(language, ret);
}

static void step(const struct language *language, const struct states *from, unsigned char byte,
		 struct states *ret)
{
	memset(ret->bit, 0, words_of(language) * sizeof *ret->bit);
	for (size_t i = 0; i < language->count; i++) {
		if (!states_have(from, i) || !letter_has(&language->letter[i], byte))
			continue;
		states_add(ret, i + 1);
		if (language->letter[i].repeat)
			states_add(ret, i);
	}
	add_skipped(language, ret);
}

bool language_matches(const struct language *language, struct bytes name)
{
	struct states two[2];

	if (language->failed || language->count > LETTERS_MAX)
		return false;
	begin(language, &two[0]);
	for (size_t i = 0; i < name.size; i++)
		step(language, &two[i % 2], (unsigned char)name.data[i], &two[(i + 1) % 2]);
	return states_have(&two[name.size % 2], language->count);
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

/* A byte of both, the first that can be seen if there is one; -1: none. */
static int common_byte(const struct letter *a, const struct letter *b)
{
	for (int i = 0; i < 256; i++) {
		int byte = (i + 'a') % 256;

		if (letter_has(a, (unsigned char)byte) && letter_has(b, (unsigned char)byte))
			return byte;
	}
	return -1;
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

static void follow(struct pairs *pairs, size_t index)
{
	size_t a = pairs->pair[index].a, b = pairs->pair[index].b;
	bool more_a = a < pairs->a->count, more_b = b < pairs->b->count;
	int byte = -1;

	if (more_a && pairs->a->letter[a].skip)
		visit(pairs, index + 1, a + 1, b, -1);
	if (more_b && pairs->b->letter[b].skip)
		visit(pairs, index + 1, a, b + 1, -1);
	if (more_a && more_b)
		byte = common_byte(&pairs->a->letter[a], &pairs->b->letter[b]);
	if (byte >= 0)
		read_byte(pairs, index, byte);
}

static void append_reversed(struct buffer *out, struct buffer *backwards)
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

int language_intersects(const struct language *a, const struct language *b, struct buffer *witness)
{
	size_t room = (a->count + 1) * (b->count + 1);
	struct pairs pairs = { .a = a, .b = b };
	int r = check_sizes(a, b);

	if (r < 0)
		return r;
	if (room > PAIRS_MAX)
		return -E2BIG;
	pairs.pair = malloc(room * sizeof *pairs.pair);
	pairs.seen = calloc(room, 1);
	r = pairs.pair && pairs.seen ? search_pairs(&pairs, witness) : -ENOMEM;
	free(pairs.pair);
	free(pairs.seen);
	return r;
}

/* ---- inclusion: a letter of the small one and where the large one may be ---- */

struct node {
	UT_hash_handle hh;
	struct node *from, *next;
	int byte;	/* -1: none was read */
	uint64_t key[]; /* the letter, then the states */
};

struct search {
	const struct language *large, *small;
	struct node *node;	    /* all, by key */
	struct node *first, **end;  /* as they were found */
	unsigned char example[256]; /* one byte of each kind that the two tell apart */
	size_t examples, count;
	int r;
};

/* Which bytes the sets of both tell apart, one example of each kind. */
static void split(const struct language *language, uint8_t kind[static 256], uint16_t *count)
{
	for (size_t i = 0; i < language->count; i++) {
		uint16_t fresh[256] = { 0 }; /* 1 + what a kind is called inside the set */
		bool outside[256] = { false };

		for (int byte = 0; byte < 256; byte++)
			if (!letter_has(&language->letter[i], (unsigned char)byte))
				outside[kind[byte]] = true;
		for (int byte = 0; byte < 256; byte++) {
			uint8_t old = kind[byte];

			if (!letter_has(&language->letter[i], (unsigned char)byte) || !outside[old])
				continue;
			if (!fresh[old])
				fresh[old] = ++*count;
			kind[byte] = (uint8_t)(fresh[old] - 1);
		}
	}
}

static void find_examples(struct search *search)
{
	bool has[256] = { false };
	uint8_t kind[256] = { 0 };
	uint16_t count = 1;

	split(search->large, kind, &count);
	split(search->small, kind, &count);
	for (int i = 0; i < 256; i++) {
		unsigned char byte = (unsigned char)((i + 'a') % 256);

		if (!has[kind[byte]])
			search->example[search->examples++] = byte;
		has[kind[byte]] = true;
	}
}

static void add_node(struct search *search, struct node *from, size_t letter, int byte,
		     const struct states *states)
{
	size_t words = words_of(search->large), size = (words + 1) * sizeof(uint64_t);
	struct node *node = calloc(1, sizeof *node + size), *same;

	if (!node) {
		search->r = -ENOMEM;
		return;
	}
	node->key[0] = letter;
	memcpy(node->key + 1, states->bit, words * sizeof(uint64_t));
	HASH_FIND(hh, search->node, node->key, size, same);
	if (!same)
		HASH_ADD(hh, search->node, key, size, node);
	if (same || !node->hh.tbl) {
		search->r = same ? search->r : -ENOMEM;
		free(node);
		return;
	}
	node->from = from;
	node->byte = byte;
	*search->end = node;
	search->end = &node->next;
	if (++search->count > NODES_MAX)
		search->r = -E2BIG;
}

static void say_node(const struct node *node, struct buffer *out)
{
	scoped(buffer) struct buffer backwards = { 0 };

	for (; node; node = node->from)
		if (node->byte >= 0)
			buffer_add_char(&backwards, (char)node->byte);
	append_reversed(out, &backwards);
}

static void follow_node(struct search *search, struct node *node)
{
	size_t at = node->key[0];
	const struct letter *letter = &search->small->letter[at];
	struct states now, next;

	memcpy(now.bit, node->key + 1, words_of(search->large) * sizeof(uint64_t));
	if (letter->skip)
		add_node(search, node, at + 1, -1, &now);
	for (size_t i = 0; i < search->examples && search->r == 0; i++) {
		unsigned char byte = search->example[i];

		if (!letter_has(letter, byte))
			continue;
		step(search->large, &now, byte, &next);
		add_node(search, node, at + 1, byte, &next);
		if (letter->repeat)
			add_node(search, node, at, byte, &next);
	}
}

static bool is_outside(const struct search *search, const struct node *node)
{
	size_t end = search->large->count;

	return node->key[0] == search->small->count && !(node->key[1 + end / 64] >> end % 64 & 1);
}

static int search_nodes(struct search *search, struct buffer *witness)
{
	for (struct node *node = search->first; node && search->r == 0; node = node->next) {
		if (is_outside(search, node)) {
			if (witness)
				say_node(node, witness);
			return 0;
		}
		if (node->key[0] < search->small->count)
			follow_node(search, node);
	}
	return search->r < 0 ? search->r : 1;
}

int language_includes(const struct language *large, const struct language *small,
		      struct buffer *witness)
{
	struct search search = { .large = large, .small = small };
	struct node *node, *next;
	struct states states;
	int r = check_sizes(large, small);

	if (r < 0)
		return r;
	search.end = &search.first;
	find_examples(&search);
	begin(large, &states);
	add_node(&search, NULL, 0, -1, &states);
	r = search_nodes(&search, witness);
	HASH_CLEAR(hh, search.node);
	for (node = search.first; node; node = next) {
		next = node->next;
		free(node);
	}
	return r;
}
