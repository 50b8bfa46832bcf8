#include "analyzer/grants/apparmor.h"

#include <ctype.h>
#include <string.h>

/* The words of a profile: what its parser takes for a comma, a brace or a comment depends on what
 * stands around it. */

static char peek(const struct aa_text *text, size_t further)
{
	return text->at + further < text->text.size ? text->text.data[text->at + further] : '\0';
}

static bool is_blank(char c)
{
	return isspace((unsigned char)c);
}

/* Takes the byte. */
static char take(struct aa_text *text)
{
	char c = peek(text, 0);

	text->line += c == '\n';
	text->at++;
	return c;
}

static bool at_end(const struct aa_text *text)
{
	return text->at >= text->text.size;
}

static bool begins(const struct aa_text *text, const char *word)
{
	struct bytes rest = { text->text.data + text->at, text->text.size - text->at };

	return bytes_start_with(rest, bytes_of(word)) && is_blank(peek(text, strlen(word)));
}

static bool is_include(const struct aa_text *text)
{
	return begins(text, "#include") || begins(text, "include");
}

static bool is_in(char c, const char *bytes)
{
	return c && strchr(bytes, c);
}

/* "@{X} =", "$X +=". */
static bool is_assignment(const struct aa_text *text)
{
	size_t at = 1;

	if (peek(text, 0) != '$' && !(peek(text, 0) == '@' && peek(text, 1) == '{'))
		return false;
	while (isalnum((unsigned char)peek(text, at)) || is_in(peek(text, at), "{}_"))
		at++;
	while (is_in(peek(text, at), " \t"))
		at++;
	return peek(text, at + (peek(text, at) == '+')) == '=';
}

static void skip_comment(struct aa_text *text)
{
	while (!at_end(text) && peek(text, 0) != '\n')
		text->at++;
}

/* Blanks and comments; of a line only those in it. */
static void skip(struct aa_text *text, bool in_line)
{
	while (!at_end(text)) {
		char c = peek(text, 0);

		if (c == '#' && !is_include(text))
			skip_comment(text);
		else if (!is_blank(c) || (in_line && c == '\n'))
			return;
		else
			take(text);
	}
}

/* A word that is being read. */
struct reading {
	struct aa_text *text;
	struct aa_words *words;
	size_t begin; /* where its bytes begin in the store */
	int braces, parentheses;
};

static void add(struct reading *word, char c)
{
	buffer_add_char(&word->words->store, c);
}

static void take_quoted(struct reading *word)
{
	for (take(word->text); !at_end(word->text) && peek(word->text, 0) != '"';) {
		if (peek(word->text, 0) == '\\')
			add(word, take(word->text));
		if (!at_end(word->text))
			add(word, take(word->text));
	}
	take(word->text);
}

static bool is_empty(const struct reading *word)
{
	return word->words->store.size == word->begin;
}

/* "(send, receive)", "peer=(name=x)". */
static bool opens_list(const struct reading *word)
{
	const struct buffer *store = &word->words->store;

	return word->parentheses || is_empty(word) || store->data[store->size - 1] == '=' ||
	       (store->size - word->begin >= 5 &&
		!memcmp(store->data + store->size - 5, "flags", 5));
}

/* A comma within a name is followed by more of it. */
static bool ends_rule(const struct reading *word)
{
	char next = peek(word->text, 1);

	return !next || is_blank(next) || (!word->braces && strchr("}#\"", next));
}

static bool opens_block(const struct reading *word)
{
	char next = peek(word->text, 1);

	return is_empty(word) || (!word->braces && (!next || is_blank(next)));
}

/* Whether the byte belongs to what stands behind the word. */
static bool is_behind(const struct reading *word, char c)
{
	if (word->parentheses)
		return false;
	return is_blank(c) || (c == ',' && ends_rule(word)) || (c == '{' && opens_block(word)) ||
	       (c == '}' && !word->braces);
}

static void count(struct reading *word, char c)
{
	if (c == '(' && opens_list(word))
		word->parentheses++;
	else if (c == ')' && word->parentheses)
		word->parentheses--;
	else if (c == '{')
		word->braces++;
	else if (c == '}' && word->braces)
		word->braces--;
}

static void read_word(struct aa_text *text, struct aa_words *words)
{
	struct reading word = { .text = text, .words = words, .begin = words->store.size };

	while (!at_end(text) && !is_behind(&word, peek(text, 0))) {
		char c = peek(text, 0);

		if (c == '"') {
			take_quoted(&word);
			continue;
		}
		count(&word, c);
		add(&word, take(text));
		if (c == '\\' && !at_end(text))
			add(&word, take(text));
	}
	buffer_append(&words->store, "", 1);
	words->is_long = words->is_long || words->count == AA_WORDS;
	words->count += words->count < AA_WORDS;
}

/* The store no longer moves. */
static void point(struct aa_words *words)
{
	const char *at = buffer_text(&words->store);

	words->count = words->store.failed ? 0 : words->count;
	for (size_t i = 0; i < words->count; i++, at += strlen(at) + 1) {
		words->word[i] = at;
		buffer_printf(&words->raw, "%s%s", i ? " " : "", at);
	}
	words->word[words->count] = NULL;
}

static bool end_of_line(const struct aa_text *text, enum aa_end *ret)
{
	*ret = AA_LINE;
	return at_end(text) || peek(text, 0) == '\n';
}

/* What stands at the end of a word, or before the first; false: more words follow. */
static bool find_end(struct aa_text *text, const struct aa_words *words, bool is_line,
		     enum aa_end *ret)
{
	bool has_words = words->count;

	skip(text, is_line);
	if (is_line)
		return end_of_line(text, ret);
	if (at_end(text)) {
		*ret = has_words ? AA_CUT : AA_END;
		return true;
	}
	switch (peek(text, 0)) {
	case ',':
		*ret = AA_RULE;
		break;
	case '{':
		*ret = AA_OPEN;
		break;
	case '}':
		*ret = has_words ? AA_CUT : AA_CLOSE;
		break;
	default:
		return false;
	}
	text->at += *ret != AA_CUT;
	return true;
}

enum aa_end aa_next(struct aa_text *text, struct aa_words *ret)
{
	enum aa_end end;
	bool is_line;

	buffer_clear(&ret->store);
	buffer_clear(&ret->raw);
	ret->count = 0;
	ret->is_long = false;
	skip(text, false);
	ret->line = text->line;
	is_line = is_include(text) || is_assignment(text);
	while (!find_end(text, ret, is_line, &end)) {
		size_t before = text->at;

		read_word(text, ret);
		/* What ends a word only within a line that has no such end. */
		if (text->at == before)
			take(text);
	}
	point(ret);
	return end;
}

void aa_words_cleanup(struct aa_words *words)
{
	buffer_release(&words->store);
	buffer_release(&words->raw);
}
