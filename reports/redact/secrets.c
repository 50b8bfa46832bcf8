#include "reports/redact/private.h"

#include "core/argv.h"
#include "core/hash.h"
#include "core/match.h"
#include "core/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- tokens ---- */

/* A token is known by its last digits: so that redacted text can be redacted again. */
static unsigned check_of(const struct redactor *redactor, const char *digits)
{
	return (unsigned)(hash_keyed(redactor->salt[1], digits, 10) & 0xffff);
}

void redactor_token(const struct redactor *redactor, struct bytes name,
		    char ret[static TOKEN_SIZE + 1])
{
	uint64_t sum = hash_keyed(redactor->salt[0], name.data, name.size);

	snprintf(ret, 12, "x%010" PRIx64, sum & 0xffffffffff);
	snprintf(ret + 11, 5, "%04x", check_of(redactor, ret + 1));
}

bool redactor_is_token(const struct redactor *redactor, struct bytes word)
{
	char check[5];

	if (word.size != TOKEN_SIZE || word.data[0] != 'x')
		return false;
	snprintf(check, sizeof check, "%04x", check_of(redactor, word.data + 1));
	return !memcmp(check, word.data + 11, 4);
}

/* ---- the list ---- */

static const char *const common[] = {
#define WORDS(text) text,
#include "reports/redact/words.def"
};

static bool is_listed(struct bytes word, const char *list)
{
	while (*list) {
		size_t size = strcspn(list, " ");

		if (size == word.size && !memcmp(list, word.data, size))
			return true;
		list += size + (list[size] == ' ');
	}
	return false;
}

#define COMMON_MAX 12 /* bytes of the longest */

static bool is_common(struct bytes word)
{
	size_t digits = 0;

	while (digits < word.size && isdigit((unsigned char)word.data[digits]))
		digits++;
	if (digits == word.size)
		return true;
	if (word.size > COMMON_MAX)
		return false;
	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		if (is_listed(word, common[i]))
			return true;
	return false;
}

static int compare(const void *a, const void *b)
{
	const struct secret *one = a, *other = b;
	int order = bytes_compare((struct bytes){ one->text, one->size },
				  (struct bytes){ other->text, other->size });

	return order ? order : (int)other->is_folder - (int)one->is_folder;
}

void secrets_settle(struct redactor *redactor)
{
	size_t kept = 0;

	if (redactor->count)
		qsort(redactor->secret, redactor->count, sizeof *redactor->secret, compare);
	for (size_t i = 0; i < redactor->count; i++) {
		struct secret *secret = &redactor->secret[i], *last = secret;

		if (kept)
			last = &redactor->secret[kept - 1];
		if (kept && last->size == secret->size &&
		    !memcmp(last->text, secret->text, last->size))
			free(secret->text);
		else
			redactor->secret[kept++] = *secret;
	}
	redactor->count = redactor->settled = kept;
}

/* Most names are there already: they are thrown out from time to time. */
static bool make_room(struct redactor *redactor)
{
	size_t capacity = redactor->capacity ? redactor->capacity * 2 : 4096;
	struct secret *grown;

	if (redactor->count == redactor->capacity && redactor->settled < redactor->count / 2)
		secrets_settle(redactor);
	if (redactor->count < redactor->capacity)
		return true;
	grown = reallocarray(redactor->secret, capacity, sizeof *grown);
	if (!grown)
		return false;
	redactor->secret = grown;
	redactor->capacity = capacity;
	return true;
}

static void add_text(struct redactor *redactor, struct bytes text, const struct secret *like)
{
	struct secret secret = *like;

	secret.text = text.size && make_room(redactor) ? malloc(text.size) : NULL;
	secret.size = text.size;
	if (!secret.text) {
		redactor->failed |= text.size > 0;
		return;
	}
	memcpy(secret.text, text.data, text.size);
	redactor->secret[redactor->count++] = secret;
}

/* Whether it is written so, whatever it stands in. */
static bool is_plain(struct bytes name)
{
	for (size_t i = 0; i < name.size; i++)
		if (!isalnum((unsigned char)name.data[i]) && name.data[i] != '.' &&
		    name.data[i] != '_')
			return false;
	return true;
}

/* In how many other ways a name is written. */
#define WRITINGS 4

void secrets_add(struct redactor *redactor, struct bytes name, const char *symbol)
{
	struct buffer text[WRITINGS] = { 0 };
	struct secret secret = { .is_folder = symbol };

	if (!name.size || (!symbol && is_common(name)))
		return;
	if (symbol)
		snprintf(secret.token, sizeof secret.token, "%s", symbol);
	else
		redactor_token(redactor, name, secret.token);
	add_text(redactor, name, &secret);
	if (is_plain(name))
		return;
	text_escape(name, TEXT_SAFE, &text[0]);
	text_escape(name, TEXT_EXACT, &text[1]);
	pattern_write_literal(name, &text[2]);
	argv_write_word(name, &text[3]);
	for (size_t i = 0; i < WRITINGS; i++) {
		if (!bytes_equal(buffer_bytes(&text[i]), name))
			add_text(redactor, buffer_bytes(&text[i]), &secret);
		redactor->failed |= text[i].failed;
		buffer_release(&text[i]);
	}
}

/* ---- where they stand ---- */

static bool is_word(char byte)
{
	return isalnum((unsigned char)byte) || byte == '_' || (unsigned char)byte >= 0x80;
}

/* Whether an escape of text_escape() ends there. */
static bool ends_escape(struct bytes text, size_t at)
{
	const char *end = text.data + at;

	return (at >= 2 && end[-2] == '\\' && (end[-1] == 'n' || end[-1] == 't')) ||
	       (at >= 4 && end[-4] == '\\' && end[-3] == 'x');
}

static bool begins(struct bytes text, size_t at)
{
	return !at || !is_word(text.data[at - 1]) || !is_word(text.data[at]) ||
	       ends_escape(text, at);
}

static bool ends(struct bytes text, size_t at)
{
	return at == text.size || !is_word(text.data[at - 1]) || !is_word(text.data[at]);
}

/* A name of so many bytes is hidden in the middle of a word, too. */
#define LONG_BYTES 8

static bool stands(const struct secret *secret, struct bytes text, size_t at)
{
	if (secret->is_folder)
		return begins(text, at) && ends(text, at + secret->size);
	return secret->size >= LONG_BYTES || (begins(text, at) && ends(text, at + secret->size));
}

/* Of secrets [low, high), which are alike in their first bytes, the first whose next one is not
 * below `least`. */
static size_t bound(const struct redactor *redactor, size_t low, size_t high, size_t depth,
		    unsigned least)
{
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if ((unsigned char)redactor->secret[middle].text[depth] < least)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct secret *secrets_find(const struct redactor *redactor, struct bytes text, size_t at)
{
	size_t low = 0, high = redactor->settled;
	const struct secret *best = NULL;

	for (size_t depth = 0; low < high; depth++) {
		const struct secret *whole = &redactor->secret[low];
		unsigned char next;

		if (whole->size == depth) {
			if (stands(whole, text, at))
				best = whole;
			low++;
		}
		if (at + depth == text.size)
			break;
		next = (unsigned char)text.data[at + depth];
		low = bound(redactor, low, high, depth, next);
		high = bound(redactor, low, high, depth, next + 1U);
	}
	return best;
}
