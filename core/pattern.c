#include "core/error.h"
#include "core/match.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PATTERN_SIZE_MAX (64 * 1024)
/* Characters that need a backslash, so that later versions can give them a meaning. */
#define RESERVED "*?[]{}$@"

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

static bool is_path_resource(enum resource resource)
{
	return resource == RESOURCE_FILE || resource == RESOURCE_PROGRAM ||
	       resource == RESOURCE_PROCESS || resource == RESOURCE_SOCKET;
}

/* Whether a slash in a name that is no path is written \x2f, so that a path whose first slash
 * was forgotten is an error and not a name that nothing has. */
static bool slash_is_escaped(enum resource resource, struct bytes name)
{
	return is_path_resource(resource) && !(resource == RESOURCE_SOCKET && *name.data == '@');
}

/* The bytes that stand for one character of escaped text; it may be malformed. */
static size_t escape_size(struct bytes text)
{
	const char *brace;

	if (*text.data != '\\' || text.size < 2)
		return 1;
	if (text.data[1] != 'u')
		return 2;
	brace = memchr(text.data, '}', text.size);
	return brace ? (size_t)(brace - text.data) + 1 : 2;
}

/* A reserved character without its backslash, or NULL. */
static const char *find_reserved(struct bytes text)
{
	for (size_t i = 0; i < text.size;) {
		struct bytes rest = { text.data + i, text.size - i };

		if (*rest.data && strchr(RESERVED, *rest.data))
			return rest.data;
		i += escape_size(rest);
	}
	return NULL;
}

static int add_literal(struct parser *parser, struct bytes text, struct bytes *ret)
{
	scoped(buffer) struct buffer raw = { 0 };
	struct token *token = &parser->pattern->token[parser->pattern->count];
	const char *reserved = find_reserved(text);
	int r;

	if (reserved && *reserved == '*')
		return complain(parser, "\"*\" or \"**\" must be a whole component of a path; "
					"one that is part of a name is \"\\*\"");
	if (reserved)
		return refuse(parser, "is reserved: write a backslash before it",
			      (struct bytes){ reserved, 1 });
	r = text_unescape(text, &raw);
	if (r == -EINVAL)
		return refuse(parser, "has a backslash that begins no known escape", text);
	if (r < 0)
		return error_set(parser->err, -r, "read a pattern");
	memcpy(parser->store, buffer_text(&raw), raw.size);
	token->kind = TOKEN_LITERAL;
	token->literal = (struct bytes){ parser->store, raw.size };
	parser->store += raw.size;
	parser->pattern->count++;
	*ret = token->literal;
	return 0;
}

/* `text` is how the component was written, for messages. */
static int check_component(const struct parser *parser, struct bytes raw, struct bytes text)
{
	if (bytes_equal(raw, bytes_of(".")) || bytes_equal(raw, bytes_of("..")))
		return refuse(parser, "is no component of a resolved path", raw);
	if (memchr(raw.data, '/', raw.size) || memchr(raw.data, '\0', raw.size))
		return refuse(parser, "has a slash or a NUL in a component", text);
	return 0;
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
	bool abstract = parser->pattern->resource == RESOURCE_SOCKET && *text.data == '@';
	int r;

	if (slash_is_escaped(parser->pattern->resource, text) && strchr(text.data, '/'))
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
	if (is_path_resource(resource) && (*text == '/' || *text == '$'))
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
	free(pattern->token);
	*pattern = (struct pattern){ 0 };
}

void pattern_cleanup(struct pattern *pattern)
{
	pattern_release(pattern);
}

/* One literal in the safe style, reserved characters (and slashes) escaped as well. */
static void write_literal(struct bytes raw, bool escape_slash, struct buffer *out)
{
	scoped(buffer) struct buffer safe = { 0 };
	size_t size;

	text_escape(raw, TEXT_SAFE, &safe);
	if (safe.failed)
		out->failed = true;
	for (size_t i = 0; i < safe.size; i += size) {
		struct bytes rest = { safe.data + i, safe.size - i };

		size = escape_size(rest);
		if (*rest.data == '/' && escape_slash) {
			buffer_add(out, "\\x2f");
			continue;
		}
		if (strchr(RESERVED, *rest.data))
			buffer_add_char(out, '\\');
		buffer_append(out, rest.data, size);
	}
}

static void write_name(enum resource resource, struct bytes name, struct buffer *out)
{
	bool abstract = resource == RESOURCE_SOCKET && name.size && *name.data == '@';

	if (abstract) {
		buffer_add_char(out, '@');
		name.data++;
		name.size--;
	}
	write_literal(name, !abstract && is_path_resource(resource), out);
}

void pattern_write(const struct pattern *pattern, struct buffer *out)
{
	if (!pattern->is_path) {
		write_name(pattern->resource, pattern->token[0].literal, out);
		return;
	}
	buffer_add(out, root_text(pattern->root));
	if (pattern->root == ROOT_NONE && !pattern->count)
		buffer_add_char(out, '/');
	for (size_t i = 0; i < pattern->count; i++) {
		buffer_add_char(out, '/');
		if (pattern->token[i].kind == TOKEN_LITERAL)
			write_literal(pattern->token[i].literal, false, out);
		else
			buffer_add(out, pattern->token[i].kind == TOKEN_ANY ? "*" : "**");
	}
}

static void write_path(struct bytes rest, struct buffer *out)
{
	while (rest.size) {
		const char *start = rest.data + 1;
		const char *slash = memchr(start, '/', rest.size - 1);
		size_t size = slash ? (size_t)(slash - start) : rest.size - 1;

		buffer_add_char(out, '/');
		write_literal((struct bytes){ start, size }, false, out);
		rest = (struct bytes){ start + size, rest.size - 1 - size };
	}
}

void pattern_of_name(const struct roots *roots, enum resource resource, struct bytes name,
		     struct buffer *out)
{
	struct bytes longest = { NULL, 0 }, rest = name, tail;
	enum root_kind chosen = ROOT_NONE;

	if (!is_path_resource(resource) || !name_is_canonical(name)) {
		write_name(resource, name, out);
		return;
	}
	for (enum root_kind kind = ROOT_WORKSPACE; kind <= ROOT_TMP; kind++) {
		struct bytes folder = root_folder(roots, kind);

		if (folder.size <= longest.size || !name_is_below(name, folder, &tail))
			continue;
		longest = folder;
		chosen = kind;
		rest = tail;
	}
	buffer_add(out, root_text(chosen));
	if (name.size == 1)
		buffer_add_char(out, '/');
	else
		write_path(rest, out);
}
