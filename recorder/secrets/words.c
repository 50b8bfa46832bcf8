#include "recorder/secrets/words.h"

#include <string.h>

static bool is_one_of(const char *set, char c)
{
	return c && strchr(set, c);
}

/* The closing half of the quote at `at`, or 0. */
static size_t find_pair(struct words *words, size_t at)
{
	char quote = words->text.data[at];
	bool *unpaired = quote == '\'' ? &words->unpaired_single : &words->unpaired_double;
	bool escapes = quote == '"';

	if (*unpaired)
		return 0;
	while (++at < words->text.size && words->text.data[at] != quote)
		at += escapes && words->text.data[at] == '\\';
	*unpaired = at >= words->text.size;
	return *unpaired ? 0 : at;
}

/* Behind the letter, the pair of quotes or the escaped letter at `at`. */
static size_t step(struct words *words, size_t at)
{
	char c = words->text.data[at];
	size_t pair = is_one_of("\"'", c) ? find_pair(words, at) : 0;

	if (pair)
		return pair + 1;
	return c == '\\' && at + 1 < words->text.size ? at + 2 : at + 1;
}

/* Skips what stands between words; whether a command begins behind it. */
static bool skip_between(struct words *words)
{
	bool begins = words->at == 0;

	for (; words->at < words->text.size; words->at++) {
		char c = words->text.data[words->at];

		if (is_one_of(";|&()`\n", c))
			begins = true;
		else if (!is_one_of(" \t\r<>", c))
			break;
	}
	return begins;
}

bool words_next(struct words *words, struct word *ret)
{
	bool begins = skip_between(words);
	size_t begin = words->at, end = begin, next = begin;

	if (begin == words->text.size)
		return false;
	while (end < words->text.size && !is_one_of(" \t\r\n<>;|&()`", words->text.data[end]))
		end = next = step(words, end);
	words->at = next;
	/* One pair around all of it. */
	if (end - begin >= 2 && is_one_of("\"'", words->text.data[begin]) &&
	    find_pair(&(struct words){ .text = words->text }, begin) == end - 1) {
		begin++;
		end--;
	}
	*ret = (struct word){ begin, end, begins };
	return true;
}
