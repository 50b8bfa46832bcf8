#include "reports/redact/private.h"

#include <string.h>

/* ---- folders whose content is hidden ---- */

static bool has(struct bytes text, size_t at, const char *word)
{
	size_t size = strlen(word);

	return text.size - at >= size && !memcmp(text.data + at, word, size);
}

/* Whether a component ends there. */
static bool is_end(struct bytes text, size_t at)
{
	return at == text.size || strchr("/ \t\n\"'`,;()<>|:", text.data[at]);
}

/* "$WS", "$HOME", "$TMP", "~": as they are. */
static size_t symbol(struct bytes text, size_t at)
{
	static const char *const symbols[] = { "$WS", "$HOME", "$TMP", "~" };

	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
		size_t size = strlen(symbols[i]);

		if (has(text, at, symbols[i]) && is_end(text, at + size) &&
		    (!at || text.data[at - 1] != '\\'))
			return size;
	}
	return 0;
}

size_t redact_folder(const struct redactor *redactor, struct bytes text, size_t at,
		     struct buffer *out)
{
	const struct secret *folder;
	size_t size = symbol(text, at);

	if (size) {
		buffer_append(out, text.data + at, size);
		return size;
	}
	if (text.data[at] != '/')
		return 0;
	folder = secrets_find(redactor, text, at);
	if (folder && folder->is_folder) {
		buffer_add(out, folder->token);
		return folder->size;
	}
	if (has(text, at, "/home/")) {
		buffer_add(out, "/home");
		return strlen("/home");
	}
	return 0;
}

/* ---- components ---- */

#define CLASS_BYTES "abcdefghijklmnopqrstuvwxyz0123456789:-"

/* "{digit:1-3}" */
static size_t class_size(struct bytes text, size_t at)
{
	size_t size = 1;

	if (text.data[at] != '{')
		return 0;
	while (at + size < text.size && strchr(CLASS_BYTES, text.data[at + size]) &&
	       text.data[at + size])
		size++;
	return at + size < text.size && text.data[at + size] == '}' ? size + 1 : 0;
}

/* To the next byte that ends a component, or a sentence. */
static size_t plain_size(struct bytes text, size_t at)
{
	size_t size = 0;

	while (!is_end(text, at + size))
		size += class_size(text, at + size) ? class_size(text, at + size) : 1;
	if (size > 1 && text.data[at + size - 1] == '.' && text.data[at + size - 2] != '.')
		size--;
	return size;
}

/* What says nothing of a name: ".", "**", "{uuid}", a token. */
static bool says_nothing(const struct redactor *redactor, struct bytes part)
{
	size_t braces = 0, marks = 0;

	for (size_t i = 0; i < part.size; i++) {
		braces += part.data[i] == '{' || part.data[i] == '}';
		marks += part.data[i] == '.' || part.data[i] == '*';
	}
	if (marks == part.size || redactor_is_token(redactor, part))
		return true;
	return part.data[0] == '{' && part.data[part.size - 1] == '}' && braces == 2;
}

/* One component, at its first byte. */
static size_t component(const struct redactor *redactor, struct bytes text, size_t at,
			struct buffer *out)
{
	struct bytes plain = { text.data + at, plain_size(text, at) };
	const struct secret *secret = secrets_find(redactor, text, at);
	char token[TOKEN_SIZE + 1];

	if (secret && secret->size >= plain.size && is_end(text, at + secret->size)) {
		buffer_add(out, secret->token);
		return secret->size;
	}
	if (!plain.size)
		return 0;
	if (says_nothing(redactor, plain)) {
		buffer_append(out, plain.data, plain.size);
		return plain.size;
	}
	redactor_token(redactor, plain, token);
	buffer_add(out, token);
	return plain.size;
}

/* What stands below the folder. */
static size_t below(const struct redactor *redactor, struct bytes text, size_t at,
		    struct buffer *out)
{
	size_t begin = at;

	while (at < text.size && text.data[at] == '/') {
		buffer_add_char(out, '/');
		at++;
		at += at < text.size ? component(redactor, text, at, out) : 0;
	}
	return at - begin;
}

/* ---- all of it ---- */

static size_t step(const struct redactor *redactor, struct bytes text, size_t at,
		   struct buffer *out)
{
	size_t size = redact_folder(redactor, text, at, out);
	const struct secret *secret;

	if (size)
		return size + below(redactor, text, at + size, out);
	secret = secrets_find(redactor, text, at);
	if (secret) {
		buffer_add(out, secret->token);
		return secret->size;
	}
	buffer_add_char(out, text.data[at]);
	return 1;
}

void redact(const struct redactor *redactor, struct bytes text, struct buffer *out)
{
	size_t at = 0;

	if (!redactor)
		buffer_append(out, text.data, text.size);
	while (redactor && at < text.size)
		at += step(redactor, text, at, out);
}
