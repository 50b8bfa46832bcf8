#include "analyzer/grants/words.h"

#include <stdlib.h>
#include <string.h>

struct reader {
	struct bytes text;
	size_t at;
	int line;
};

void words_cleanup(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		buffer_release(&words->word[i].text);
	free(words->word);
	*words = (struct words){ 0 };
}

bool word_is(const struct line_word *word, const char *text)
{
	return word->kind == WORD_TEXT && !word->root &&
	       bytes_equal(buffer_bytes(&word->text), bytes_of(text));
}

bool word_equal(const struct line_word *a, const struct line_word *b)
{
	return a->kind == WORD_TEXT && b->kind == WORD_TEXT && a->root == b->root &&
	       bytes_equal(buffer_bytes(&a->text), buffer_bytes(&b->text));
}

/* The word is taken over. */
static void keep(struct words *words, struct line_word *word)
{
	size_t capacity = words->capacity ? words->capacity * 2 : 64;

	if (words->count == words->capacity) {
		struct line_word *grown = reallocarray(words->word, capacity, sizeof *grown);

		if (!grown) {
			words->failed = true;
			buffer_release(&word->text);
			return;
		}
		words->word = grown;
		words->capacity = capacity;
	}
	words->failed = words->failed || word->text.failed;
	words->word[words->count++] = *word;
}

static void end_command(struct words *words, int line)
{
	struct line_word end = { .kind = WORD_END, .line = line };

	if (words->count && words->word[words->count - 1].kind != WORD_END)
		keep(words, &end);
}

static int peek(const struct reader *reader, size_t ahead)
{
	return ahead < reader->text.size - reader->at
		       ? (unsigned char)reader->text.data[reader->at + ahead]
		       : -1;
}

static bool is_one_of(int c, const char *bytes)
{
	return c > 0 && strchr(bytes, c);
}

static bool take(struct reader *reader, const char *text)
{
	struct bytes rest = { reader->text.data + reader->at, reader->text.size - reader->at };

	if (!bytes_start_with(rest, bytes_of(text)))
		return false;
	reader->at += strlen(text);
	return true;
}

/* ---- expansions ---- */

static const struct {
	const char *text;
	enum root_kind root;
} variable_row[] = {
	{ "${HOME}", ROOT_HOME },   { "$HOME", ROOT_HOME },	  { "${PWD}", ROOT_WORKSPACE },
	{ "$PWD", ROOT_WORKSPACE }, { "$(pwd)", ROOT_WORKSPACE }, { "${TMPDIR}", ROOT_TMP },
	{ "$TMPDIR", ROOT_TMP },
};

static bool is_name(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static void pass_backquotes(struct reader *reader)
{
	do {
		reader->line += peek(reader, 0) == '\n';
		reader->at++;
	} while (peek(reader, 0) >= 0 && peek(reader, 0) != '`');
	reader->at += peek(reader, 0) >= 0;
}

/* To the end of $NAME, ${...}, $(...) or `...`, as far as that is certain. */
static void pass_expansion(struct reader *reader)
{
	int open = peek(reader, 1), close = open == '(' ? ')' : '}';
	size_t depth = 0;

	if (peek(reader, 0) == '`') {
		pass_backquotes(reader);
		return;
	}
	reader->at++;
	if (open != '(' && open != '{') {
		reader->at += peek(reader, 0) >= 0 && !is_one_of(peek(reader, 0), " \t\n\"");
		while (is_name(peek(reader, 0)))
			reader->at++;
		return;
	}
	do {
		depth += peek(reader, 0) == open;
		depth -= peek(reader, 0) == close;
		reader->line += peek(reader, 0) == '\n';
		reader->at++;
	} while (depth && peek(reader, 0) >= 0);
}

static void expand(struct reader *reader, struct line_word *word)
{
	for (size_t i = 0; i < sizeof variable_row / sizeof *variable_row; i++) {
		struct reader ahead = *reader;

		if (word->text.size || word->root || word->kind == WORD_UNKNOWN ||
		    !take(&ahead, variable_row[i].text))
			continue;
		/* Another name, or text that would belong to the last component. */
		if (!is_one_of(peek(&ahead, 0), "/\" \t\n;&|)") && peek(&ahead, 0) >= 0)
			continue;
		word->root = variable_row[i].root;
		*reader = ahead;
		return;
	}
	word->kind = WORD_UNKNOWN;
	pass_expansion(reader);
}

/* ---- words ---- */

static void single(struct reader *reader, struct line_word *word)
{
	int c;

	reader->at++;
	while ((c = peek(reader, 0)) >= 0 && c != '\'') {
		buffer_add_char(&word->text, (char)c);
		reader->line += c == '\n';
		reader->at++;
	}
	if (c < 0)
		word->kind = WORD_UNKNOWN;
	reader->at += c >= 0;
}

static void double_quoted(struct reader *reader, struct line_word *word)
{
	int c;

	reader->at++;
	while ((c = peek(reader, 0)) >= 0 && c != '"') {
		if (c == '$' || c == '`') {
			expand(reader, word);
			continue;
		}
		if (take(reader, "\\\n")) {
			reader->line++;
			continue;
		}
		if (c == '\\' && is_one_of(peek(reader, 1), "$`\"\\"))
			c = peek(reader, 1), reader->at++;
		buffer_add_char(&word->text, (char)c);
		reader->line += c == '\n';
		reader->at++;
	}
	if (c < 0)
		word->kind = WORD_UNKNOWN;
	reader->at += c >= 0;
}

static bool is_home(const struct reader *reader, const struct line_word *word)
{
	return !word->text.size && !word->root &&
	       (is_one_of(peek(reader, 1), "/ \t\n") || peek(reader, 1) < 0);
}

static void plain(struct reader *reader, struct line_word *word)
{
	int c = peek(reader, 0);

	if (c == '\\')
		c = peek(reader, 1), reader->at++;
	else if (is_one_of(c, "*?[{"))
		word->kind = WORD_UNKNOWN;
	if (c >= 0)
		buffer_add_char(&word->text, (char)c);
	reader->at += c >= 0;
}

static void part(struct reader *reader, struct line_word *word)
{
	int c = peek(reader, 0);

	if (c == '\'') {
		single(reader, word);
	} else if (c == '"') {
		double_quoted(reader, word);
	} else if (c == '$' || c == '`') {
		expand(reader, word);
	} else if (c == '~' && is_home(reader, word)) {
		word->root = ROOT_HOME;
		reader->at++;
	} else {
		plain(reader, word);
	}
}

/* A redirection and its target are no words of the command. */
static bool pass_redirection(struct reader *reader)
{
	struct line_word ignored = { .kind = WORD_TEXT };
	size_t digits = 0;

	while (is_one_of(peek(reader, digits), "0123456789"))
		digits++;
	if (!is_one_of(peek(reader, digits), "<>"))
		return false;
	reader->at += digits;
	while (is_one_of(peek(reader, 0), "<>&|-"))
		reader->at++;
	while (is_one_of(peek(reader, 0), " \t"))
		reader->at++;
	while (peek(reader, 0) >= 0 && !is_one_of(peek(reader, 0), " \t\n;&|<>()"))
		part(reader, &ignored);
	buffer_release(&ignored.text);
	return true;
}

static void word(struct reader *reader, struct words *words)
{
	struct line_word one = { .kind = WORD_TEXT, .line = reader->line };
	size_t start = reader->at;

	while (peek(reader, 0) >= 0 && !is_one_of(peek(reader, 0), " \t\r\n;&|<>()")) {
		if (take(reader, "\\\n")) {
			reader->line++;
			continue;
		}
		part(reader, &one);
	}
	if (reader->at == start)
		reader->at++;
	keep(words, &one);
}

static void comment(struct reader *reader)
{
	while (peek(reader, 0) >= 0 && peek(reader, 0) != '\n')
		reader->at++;
}

static void read_script(struct reader *reader, struct words *words)
{
	int c;

	while ((c = peek(reader, 0)) >= 0) {
		if (is_one_of(c, "\n;&|()")) {
			reader->at++;
			end_command(words, reader->line);
			reader->line += c == '\n';
		} else if (is_one_of(c, " \t\r")) {
			reader->at++;
		} else if (take(reader, "\\\n")) {
			reader->line++;
		} else if (c == '#') {
			comment(reader);
		} else if (!pass_redirection(reader)) {
			word(reader, words);
		}
	}
}

static void read_arguments(struct bytes text, struct words *words)
{
	for (size_t at = 0; at < text.size;) {
		size_t size = strnlen(text.data + at, text.size - at);
		struct line_word one = { .kind = WORD_TEXT };

		buffer_append(&one.text, text.data + at, size);
		keep(words, &one);
		at += size + 1;
	}
}

void words_read(struct words *words, struct bytes text)
{
	struct reader reader = { .text = text, .line = 1 };

	if (memchr(text.size ? text.data : "", 0, text.size))
		read_arguments(text, words);
	else
		read_script(&reader, words);
	end_command(words, reader.line);
}
