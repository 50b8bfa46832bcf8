#include "core/language_private.h"

#include "core/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The search goes breadth first over where it is in each of `within`, and where each of `without`
 * may be. */

#define WITHIN_MAX 4
/* Words of memory, which also bound the time. */
#define COST_MAX  (4u << 20)
#define NODE_COST (sizeof(struct node) / sizeof(uint64_t))

struct node {
	UT_hash_handle hh;
	struct node *from, *next;
	int byte;	/* -1: the first, before any was read */
	uint64_t key[]; /* the letter of each of `within`, then the states of each of `without` */
};

struct search {
	const struct language *const *within, *const *without;
	size_t withins, withouts;
	size_t words;		    /* of a key */
	uint64_t *key;		    /* the one that is made */
	struct node *node;	    /* all, by key */
	struct node *first, **end;  /* as they were found */
	unsigned char example[256]; /* one byte of each kind that the languages tell apart */
	size_t examples, cost;
	int r;
};

/* Which bytes the sets tell apart: the kind of each, and how many are of each kind. */
struct kinds {
	uint8_t of[256];
	uint16_t size[256], count;
};

/* The bytes of the set that are of a kind with others outside it become a kind of their own. */
static void split(struct kinds *kinds, const struct letter *letter)
{
	uint16_t inside[256] = { 0 };
	int16_t fresh[256];

	for (int byte = 0; byte < 256; byte++)
		inside[kinds->of[byte]] += letter_has(letter, (unsigned char)byte);
	memset(fresh, 0xff, sizeof fresh);
	for (int byte = 0; byte < 256; byte++) {
		uint8_t old = kinds->of[byte];

		if (!letter_has(letter, (unsigned char)byte) || inside[old] == kinds->size[old])
			continue;
		if (fresh[old] < 0)
			fresh[old] = (int16_t)kinds->count++;
		kinds->of[byte] = (uint8_t)fresh[old];
	}
	for (int old = 0; old < 256; old++)
		if (fresh[old] >= 0) {
			kinds->size[fresh[old]] = inside[old];
			kinds->size[old] -= inside[old];
		}
}

/* The only byte of the set, or -1. */
static int lone_byte(const struct letter *letter)
{
	int byte = -1;

	for (int word = 0; word < 4; word++) {
		uint64_t set = letter->set[word];

		if (!set)
			continue;
		if (byte >= 0 || set & (set - 1))
			return -1;
		byte = word * 64 + __builtin_ctzll(set);
	}
	return byte;
}

static void split_by(struct kinds *kinds, const struct language *language)
{
	const struct letter *last = NULL;

	for (size_t i = 0; i < language->count; i++) {
		const struct letter *letter = &language->letter[i];
		int byte = lone_byte(letter);

		/* The most common ones are told apart at once. */
		if (byte >= 0) {
			if (kinds->size[kinds->of[byte]] == 1)
				continue;
			kinds->size[kinds->of[byte]]--;
			kinds->size[kinds->count] = 1;
			kinds->of[byte] = (uint8_t)kinds->count++;
		} else if (!last || memcmp(last->set, letter->set, sizeof last->set) != 0) {
			split(kinds, letter);
			last = letter;
		}
	}
}

static void find_examples(struct search *search)
{
	bool has[256] = { false };
	struct kinds kinds = { .size = { 256 }, .count = 1 };

	for (size_t i = 0; i < search->withins; i++)
		split_by(&kinds, search->within[i]);
	for (size_t i = 0; i < search->withouts; i++)
		split_by(&kinds, search->without[i]);
	for (int i = 0; i < 256; i++) {
		unsigned char byte = (unsigned char)((i + 'a') % 256);

		if (!has[kinds.of[byte]])
			search->example[search->examples++] = byte;
		has[kinds.of[byte]] = true;
	}
}

/* Of search->key, where it is a new one. */
/* Sets of states are many and long, and no names that somebody chose: a multiplication a word
 * (Knuth, The Art of Computer Programming 3, 6.4) does. */
static unsigned hash_of(const uint64_t *key, size_t words)
{
	uint64_t hash = words;

	for (size_t i = 0; i < words; i++) {
		hash = (hash ^ key[i]) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 29;
	}
	return (unsigned)(hash >> 32 ^ hash);
}

static void add_node(struct search *search, struct node *from, int byte)
{
	size_t size = search->words * sizeof(uint64_t);
	struct node *node;
	unsigned hash = hash_of(search->key, search->words);

	HASH_FIND_BYHASHVALUE(hh, search->node, search->key, size, hash, node);
	if (node)
		return;
	node = calloc(1, sizeof *node + size);
	if (node) {
		memcpy(node->key, search->key, size);
		HASH_ADD_BYHASHVALUE(hh, search->node, key, size, hash, node);
	}
	if (!node || !node->hh.tbl) {
		search->r = -ENOMEM;
		free(node);
		return;
	}
	node->from = from;
	node->byte = byte;
	*search->end = node;
	search->end = &node->next;
	search->cost += NODE_COST + search->words;
	if (search->cost > COST_MAX)
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

/* Whether the byte may be next. */
static bool may_read(const struct language *language, uint64_t at, unsigned char byte)
{
	for (; at < language->count; at++) {
		const struct letter *letter = &language->letter[at];

		if (letter_has(letter, byte) ||
		    (letter->over && may_read(language, at + letter->over, byte)))
			return true;
		if (!letter->skip)
			return false;
	}
	return false;
}

/* Whether nothing need follow. */
static bool may_end(const struct language *language, uint64_t at)
{
	for (; at < language->count; at++) {
		const struct letter *letter = &language->letter[at];

		if (letter->over && may_end(language, at + letter->over))
			return true;
		if (!letter->skip)
			return false;
	}
	return true;
}

/* Whether the byte may be next, for each of `within`. */
static bool all_have(const struct search *search, const struct node *node, unsigned char byte)
{
	for (size_t i = 0; i < search->withins; i++)
		if (!may_read(search->within[i], node->key[i], byte))
			return false;
	return true;
}

static void read_byte(struct search *search, struct node *node, unsigned char byte, size_t index);

/* The same, where the one at `index` may be at `at`. */
static void read_from(struct search *search, struct node *node, unsigned char byte, size_t index,
		      uint64_t at)
{
	const struct language *language = search->within[index];

	for (; at < language->count && search->r == 0; at++) {
		const struct letter *letter = &language->letter[at];

		if (letter_has(letter, byte)) {
			search->key[index] = at + 1;
			read_byte(search, node, byte, index + 1);
		}
		if (letter_has(letter, byte) && letter->repeat) {
			search->key[index] = at;
			read_byte(search, node, byte, index + 1);
		}
		if (letter->over)
			read_from(search, node, byte, index, at + letter->over);
		if (!letter->skip)
			break;
	}
}

/* Each of `within`, from the one at `index` on, reads the byte with any letter that may be next;
 * the letter is left or, where it may be there again, not. */
static void read_byte(struct search *search, struct node *node, unsigned char byte, size_t index)
{
	if (index == search->withins)
		add_node(search, node, byte);
	else
		read_from(search, node, byte, index, node->key[index]);
}

static void follow_node(struct search *search, struct node *node)
{
	for (size_t i = 0; i < search->examples && search->r == 0; i++) {
		unsigned char byte = search->example[i];
		size_t at = search->withins;

		if (!all_have(search, node, byte))
			continue;
		for (size_t j = 0; j < search->withouts; j++) {
			states_step(search->without[j], node->key + at, byte, search->key + at);
			at += states_words(search->without[j]);
		}
		read_byte(search, node, byte, 0);
	}
}

/* Whether what was read is in all of `within` and in none of `without`. */
static bool is_found(const struct search *search, const struct node *node)
{
	size_t words = search->withins;

	for (size_t i = 0; i < search->withins; i++)
		if (!may_end(search->within[i], node->key[i]))
			return false;
	for (size_t i = 0; i < search->withouts; i++) {
		if (states_have(node->key + words, search->without[i]->count))
			return false;
		words += states_words(search->without[i]);
	}
	return true;
}

static int search_nodes(struct search *search, struct buffer *witness)
{
	for (struct node *node = search->first; node && search->r == 0; node = node->next) {
		if (is_found(search, node)) {
			if (witness)
				say_node(node, witness);
			return 1;
		}
		follow_node(search, node);
	}
	return search->r;
}

static int begin(struct search *search)
{
	size_t at = search->withins;

	search->key = calloc(search->words, sizeof *search->key);
	if (!search->key)
		return -ENOMEM;
	for (size_t i = 0; i < search->withouts; i++) {
		states_begin(search->without[i], search->key + at);
		at += states_words(search->without[i]);
	}
	search->end = &search->first;
	find_examples(search);
	add_node(search, NULL, -1);
	return search->r;
}

/* How many letters there are together, or -ENOMEM, -E2BIG. */
static int count_letters(const struct language *const *language, size_t count, size_t *ret)
{
	for (size_t i = 0; i < count; i++) {
		if (language[i]->failed)
			return -ENOMEM;
		*ret += language[i]->count;
		if (*ret > LETTERS_MAX)
			return -E2BIG;
	}
	return 0;
}

static void release(struct search *search)
{
	struct node *node, *next;

	HASH_CLEAR(hh, search->node);
	for (node = search->first; node; node = next) {
		next = node->next;
		free(node);
	}
	free(search->key);
}

int language_find(const struct language *const *within, size_t withins,
		  const struct language *const *without, size_t withouts, struct buffer *witness)
{
	struct search search = { .within = within,
				 .without = without,
				 .withins = withins,
				 .withouts = withouts,
				 .words = withins };
	size_t letters = 0;
	int r = withins > WITHIN_MAX ? -E2BIG : count_letters(within, withins, &letters);

	if (r == 0)
		r = count_letters(without, withouts, &letters);
	if (r < 0)
		return r;
	if (find_quickly(within, withins, without, withouts, witness))
		return 1;
	for (size_t i = 0; i < withouts; i++)
		search.words += states_words(without[i]);
	r = begin(&search);
	if (r == 0)
		r = search_nodes(&search, witness);
	release(&search);
	return r;
}

int language_includes(const struct language *large, const struct language *small,
		      struct buffer *witness)
{
	int r = language_find(&small, 1, &large, 1, witness);

	return r < 0 ? r : !r;
}
