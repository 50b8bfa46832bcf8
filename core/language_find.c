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
	int byte;	/* -1: none was read */
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

/* Which bytes the sets tell apart: the kind of each. */
static void split(const struct language *language, uint8_t kind[static 256], uint16_t *count)
{
	for (size_t i = 0; i < language->count && *count < 256; i++) {
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

	for (size_t i = 0; i < search->withins; i++)
		split(search->within[i], kind, &count);
	for (size_t i = 0; i < search->withouts; i++)
		split(search->without[i], kind, &count);
	for (int i = 0; i < 256; i++) {
		unsigned char byte = (unsigned char)((i + 'a') % 256);

		if (!has[kind[byte]])
			search->example[search->examples++] = byte;
		has[kind[byte]] = true;
	}
}

/* Of search->key, where it is a new one. */
static void add_node(struct search *search, struct node *from, int byte)
{
	size_t size = search->words * sizeof(uint64_t);
	struct node *node;
	unsigned hash;

	HASH_VALUE(search->key, size, hash);
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

static const struct letter *letter_at(const struct search *search, const struct node *node,
				      size_t within)
{
	const struct language *language = search->within[within];

	return node->key[within] < language->count ? &language->letter[node->key[within]] : NULL;
}

/* Letters that may be missing are passed over. */
static void skip_letters(struct search *search, struct node *node)
{
	for (size_t i = 0; i < search->withins && search->r == 0; i++) {
		const struct letter *letter = letter_at(search, node, i);

		if (!letter || !letter->skip)
			continue;
		memcpy(search->key, node->key, search->words * sizeof(uint64_t));
		search->key[i]++;
		add_node(search, node, -1);
	}
}

/* Each letter is left or, where it may be there again, not. */
static void leave_letters(struct search *search, struct node *node, int byte)
{
	for (unsigned stay = 0; stay < 1u << search->withins && search->r == 0; stay++) {
		bool may = true;

		for (size_t i = 0; i < search->withins; i++) {
			bool stays = stay >> i & 1;

			may = may && (!stays || letter_at(search, node, i)->repeat);
			search->key[i] = node->key[i] + !stays;
		}
		if (may)
			add_node(search, node, byte);
	}
}

static bool all_have(const struct search *search, const struct node *node, unsigned char byte)
{
	for (size_t i = 0; i < search->withins; i++) {
		const struct letter *letter = letter_at(search, node, i);

		if (!letter || !letter_has(letter, byte))
			return false;
	}
	return true;
}

static void follow_node(struct search *search, struct node *node)
{
	skip_letters(search, node);
	for (size_t i = 0; i < search->examples && search->r == 0; i++) {
		unsigned char byte = search->example[i];
		size_t at = search->withins;

		if (!all_have(search, node, byte))
			continue;
		for (size_t j = 0; j < search->withouts; j++) {
			states_step(search->without[j], node->key + at, byte, search->key + at);
			at += states_words(search->without[j]);
		}
		leave_letters(search, node, byte);
	}
}

/* Whether what was read is in all of `within` and in none of `without`. */
static bool is_found(const struct search *search, const struct node *node)
{
	size_t at = search->withins;

	for (size_t i = 0; i < search->withins; i++)
		if (letter_at(search, node, i))
			return false;
	for (size_t i = 0; i < search->withouts; i++) {
		if (states_have(node->key + at, search->without[i]->count))
			return false;
		at += states_words(search->without[i]);
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
