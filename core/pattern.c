#include "core/error.h"
#include "core/match.h"
#include "core/pattern_private.h"
#include "core/text.h"
#include "core/varying.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PATTERN_SIZE_MAX (64 * 1024)
/* What is being read, for messages. */
struct parser {
	struct pattern *pattern;
	const char *text;
	char *store; /* where the next literal's bytes go */
	struct error *err;
};

static int refuse(const struct parser *parser, const char *why, struct bytes about)
{
	scoped(buffer) struct buffer whole = { 0 }, part = { 0 };

	text_safe(bytes_of(parser->text), 160, &whole);
	if (!about.data)
		return error_say(parser->err, EINVAL, "read pattern \"%s\": %s",
				 buffer_text(&whole), why);
	return error_say(parser->err, EINVAL, "read pattern \"%s\": \"%s\" %s", buffer_text(&whole),
			 text_safe(about, 60, &part), why);
}

static int complain(const struct parser *parser, const char *why)
{
	return refuse(parser, why, (struct bytes){ NULL, 0 });
}

/* Whether a slash in a name that is no path is written \x2f, so that a path whose first slash
 * was forgotten is an error and not a name that nothing has. */
static bool slash_is_escaped(enum resource resource, struct bytes name)
{
	return resource_has_paths(resource) && !(resource == RESOURCE_SOCKET && *name.data == '@');
}

/* A reserved character without its backslash, or NULL. */
static const char *find_reserved(struct bytes text)
{
	for (size_t i = 0; i < text.size;) {
		struct bytes rest = { text.data + i, text.size - i };

		if (*rest.data && strchr(PATTERN_RESERVED, *rest.data))
			return rest.data;
		i += pattern_escape_size(rest);
	}
	return NULL;
}

static int unescape(struct parser *parser, struct bytes text, struct buffer *ret)
{
	const char *reserved = find_reserved(text);
	int r;

	if (reserved && *reserved == '*')
		return complain(parser, "\"*\" or \"**\" must be a whole component of a path; "
					"one that is part of a name is \"\\*\"");
	if (reserved)
		return refuse(parser, "is reserved: write a backslash before it",
			      (struct bytes){ reserved, 1 });
	r = text_unescape(text, ret);
	if (r == -EINVAL)
		return refuse(parser, "has a backslash that begins no known escape", text);
	return r < 0 ? error_set(parser->err, -r, "read a pattern") : 0;
}

static int add_literal(struct parser *parser, struct bytes text, struct bytes *ret)
{
	scoped(buffer) struct buffer raw = { 0 };
	struct token *token = &parser->pattern->token[parser->pattern->count];
	int r = unescape(parser, text, &raw);

	if (r < 0)
		return r;
	memcpy(parser->store, buffer_text(&raw), raw.size);
	token->kind = TOKEN_LITERAL;
	token->literal = (struct bytes){ parser->store, raw.size };
	parser->store += raw.size;
	parser->pattern->count++;
	*ret = token->literal;
	return 0;
}

/* `text` is how the component was written, for messages. */
static int check_bytes(const struct parser *parser, struct bytes raw, struct bytes text)
{
	if ((parser->pattern->is_path && memchr(raw.data, '/', raw.size)) ||
	    memchr(raw.data, '\0', raw.size))
		return refuse(parser, "has a slash or a NUL in a component", text);
	return 0;
}

static int check_component(const struct parser *parser, struct bytes raw, struct bytes text)
{
	if (bytes_equal(raw, bytes_of(".")) || bytes_equal(raw, bytes_of("..")))
		return refuse(parser, "is no component of a resolved path", raw);
	return check_bytes(parser, raw, text);
}

/* The text up to the first brace that opens a class, or all of it. */
static size_t size_before_class(struct bytes text)
{
	size_t at = 0;

	while (at < text.size && text.data[at] != '{')
		at += pattern_escape_size((struct bytes){ text.data + at, text.size - at });
	return at < text.size ? at : text.size;
}

static int add_part(struct parser *parser, struct varying *varying, struct bytes *rest)
{
	struct bytes text = { rest->data, size_before_class(*rest) };
	scoped(buffer) struct buffer raw = { 0 };
	struct part part;
	const char *end;
	int r;

	if (text.size) {
		r = unescape(parser, text, &raw);
		rest->data += text.size;
		rest->size -= text.size;
		r = r < 0 ? r : check_bytes(parser, buffer_bytes(&raw), text);
		return r < 0 ? r : varying_add_literal(varying, buffer_bytes(&raw));
	}
	end = memchr(rest->data, '}', rest->size);
	text = (struct bytes){ rest->data + 1, end ? (size_t)(end - rest->data) - 1 : 0 };
	if (!end || class_read(text, &part) < 0)
		return refuse(parser, "is no class: they are written {hex:8}, {digit:1-4}, {uuid}",
			      (struct bytes){ rest->data, end ? text.size + 2 : rest->size });
	rest->data += text.size + 2;
	rest->size -= text.size + 2;
	return varying_add_class(varying, part.class, part.min, part.max);
}

static int add_parts(struct parser *parser, struct varying *varying, struct bytes rest)
{
	int r = 0;

	while (r == 0 && rest.size)
		r = add_part(parser, varying, &rest);
	return r;
}

/* What stands before a block, the block, and what stands behind it. */
static int add_around(struct parser *parser, struct varying *varying, struct bytes text,
		      struct bytes where, const struct block *block)
{
	const char *end = where.data + where.size;
	size_t before = (size_t)(where.data - text.data);
	int r = add_parts(parser, varying, (struct bytes){ text.data, before });

	r = r ? r : varying_add_block(varying, block);
	return r ? r
		 : add_parts(parser, varying,
			     (struct bytes){ end, text.size - before - where.size });
}

static int add_varying(struct parser *parser, struct bytes text)
{
	struct token *token = &parser->pattern->token[parser->pattern->count];
	struct bytes where;
	struct block block;
	int r;

	token->varying = calloc(1, sizeof *token->varying);
	if (!token->varying)
		return error_set(parser->err, ENOMEM, "read a pattern");
	token->kind = TOKEN_VARYING;
	parser->pattern->count++;
	if (parser->pattern->resource == RESOURCE_HOST && block_find(text, &where, &block))
		r = add_around(parser, token->varying, text, where, &block);
	else
		r = add_parts(parser, token->varying, text);
	if (r == 0 && varying_finish(token->varying) < 0)
		return refuse(parser, "is longer than any name", text);
	return r;
}

static int add_component(struct parser *parser, struct bytes text, bool last)
{
	struct token *token = &parser->pattern->token[parser->pattern->count];
	bool any = bytes_equal(text, bytes_of("*")), subtree = bytes_equal(text, bytes_of("**"));
	struct bytes raw;
	int r;

	if (!text.size)
		return complain(parser, last ? "ends with a slash" : "has an empty component");
	if (subtree && !last)
		return complain(parser, "\"**\" may only be the last component");
	if (any || subtree) {
		token->kind = any ? TOKEN_ANY : TOKEN_SUBTREE;
		parser->pattern->count++;
		return 0;
	}
	if (size_before_class(text) < text.size)
		return add_varying(parser, text);
	r = add_literal(parser, text, &raw);
	return r < 0 ? r : check_component(parser, raw, text);
}

static int parse_root(struct parser *parser, struct bytes text)
{
	for (enum root_kind kind = ROOT_WORKSPACE; kind <= ROOT_TMP; kind++) {
		if (!bytes_equal(text, bytes_of(root_text(kind))))
			continue;
		parser->pattern->root = kind;
		return 0;
	}
	return refuse(parser, "is no root: these are $WS, $HOME and $TMP", text);
}

static int parse_path(struct parser *parser)
{
	const char *at = parser->text;
	int r = 0;

	parser->pattern->is_path = true;
	if (*at == '$') {
		size_t size = strcspn(at, "/");

		r = parse_root(parser, (struct bytes){ at, size });
		at += size;
	} else if (!at[1]) {
		return 0; /* the root directory */
	}
	while (r == 0 && *at) {
		size_t size = strcspn(++at, "/");

		r = add_component(parser, (struct bytes){ at, size }, !at[size]);
		at += size;
	}
	return r;
}

static int parse_name(struct parser *parser)
{
	struct bytes text = bytes_of(parser->text), raw;
	enum resource resource = parser->pattern->resource;
	bool abstract = resource == RESOURCE_SOCKET && *text.data == '@';
	struct block block;
	int r;

	if (!resource_has_paths(resource) &&
	    (size_before_class(text) < text.size ||
	     (resource == RESOURCE_HOST && block_find(text, &raw, &block))))
		return add_varying(parser, text);
	if (slash_is_escaped(resource, text) && strchr(text.data, '/'))
		return complain(parser,
				"is not absolute: it must begin with /, $WS, $HOME or $TMP");
	if (!abstract)
		return add_literal(parser, text, &raw);
	*parser->store++ = '@';
	r = add_literal(parser, (struct bytes){ text.data + 1, text.size - 1 }, &raw);
	if (r == 0) {
		parser->pattern->token[0].literal.data--;
		parser->pattern->token[0].literal.size++;
	}
	return r;
}

/* What must hold before it is taken apart. */
static int check_text(const struct parser *parser)
{
	scoped(buffer) struct buffer ignored = { 0 };
	size_t size = strnlen(parser->text, PATTERN_SIZE_MAX + 1);

	if (!size)
		return complain(parser, "is empty");
	if (size > PATTERN_SIZE_MAX)
		return complain(parser, "is longer than 64 KiB");
	if (text_escape(bytes_of(parser->text), TEXT_SAFE, &ignored) & ~(unsigned)TEXT_MIXED)
		return complain(parser, "has characters that cannot be seen; write them so");
	return 0;
}

/* Room for the tokens, and behind them for the bytes of the literals, which are never longer
 * than the text. */
static struct token *token_room(const char *text, char **ret_store)
{
	size_t most = 1;
	struct token *token;

	for (const char *slash = strchr(text, '/'); slash; slash = strchr(slash + 1, '/'))
		most++;
	token = calloc(1, most * sizeof *token + strlen(text));
	*ret_store = token ? (char *)(token + most) : NULL;
	return token;
}

int pattern_parse(struct pattern *ret, enum resource resource, const char *text, struct error *err)
{
	struct pattern pattern = { .resource = resource };
	struct parser parser = { &pattern, text, NULL, err };
	int r = check_text(&parser);

	if (r < 0)
		return r;
	pattern.token = token_room(text, &parser.store);
	if (!pattern.token)
		return error_set(err, ENOMEM, "read a pattern");
	if (resource_has_paths(resource) && (*text == '/' || *text == '$'))
		r = parse_path(&parser);
	else
		r = parse_name(&parser);
	if (r < 0)
		pattern_release(&pattern);
	else
		*ret = pattern;
	return r;
}

void pattern_release(struct pattern *pattern)
{
	for (size_t i = 0; i < pattern->count; i++) {
		if (pattern->token[i].varying)
			varying_release(pattern->token[i].varying);
		free(pattern->token[i].varying);
	}
	free(pattern->token);
	*pattern = (struct pattern){ 0 };
}

void pattern_cleanup(struct pattern *pattern)
{
	pattern_release(pattern);
}
