#include "core/match.h"
#include "core/pattern_private.h"
#include "core/text.h"
#include "core/varying.h"

#include <string.h>

bool resource_has_paths(enum resource resource)
{
	return resource == RESOURCE_FILE || resource == RESOURCE_PROGRAM ||
	       resource == RESOURCE_PROCESS || resource == RESOURCE_SOCKET;
}

size_t pattern_escape_size(struct bytes text)
{
	const char *brace;

	if (*text.data != '\\' || text.size < 2)
		return 1;
	if (text.data[1] != 'u')
		return 2;
	brace = memchr(text.data, '}', text.size);
	return brace ? (size_t)(brace - text.data) + 1 : 2;
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

		size = pattern_escape_size(rest);
		if (*rest.data == '/' && escape_slash) {
			buffer_add(out, "\\x2f");
			continue;
		}
		if (strchr(PATTERN_RESERVED, *rest.data))
			buffer_add_char(out, '\\');
		buffer_append(out, rest.data, size);
	}
}

void pattern_write_literal(struct bytes raw, struct buffer *out)
{
	write_literal(raw, true, out);
}

/* What is no block must not be read as one. */
static void write_host(struct bytes literal, struct buffer *out)
{
	struct bytes text, head = literal;
	struct block ignored;

	if (!block_find(literal, &text, &ignored)) {
		write_literal(literal, false, out);
		return;
	}
	head.size = (size_t)(text.data - literal.data);
	write_literal(head, false, out);
	write_literal((struct bytes){ text.data, literal.size - head.size }, true, out);
}

static void write_name(enum resource resource, struct bytes name, struct buffer *out)
{
	bool abstract = resource == RESOURCE_SOCKET && name.size && *name.data == '@';

	if (abstract) {
		buffer_add_char(out, '@');
		name.data++;
		name.size--;
	}
	if (resource == RESOURCE_HOST)
		write_host(name, out);
	else
		write_literal(name, !abstract && resource_has_paths(resource), out);
}

/* Of a component, which has no slash, this is no other than its literals. */
void varying_write(const struct varying *varying, struct buffer *out)
{
	for (size_t i = 0; i < varying->count; i++)
		if (varying->part[i].literal.size)
			write_host(varying->part[i].literal, out);
		else if (varying->part[i].block.size)
			block_write(&varying->part[i].block, out);
		else
			class_write(&varying->part[i], out);
}

static void write_token(const struct token *token, struct buffer *out)
{
	switch (token->kind) {
	case TOKEN_LITERAL:
		write_literal(token->literal, false, out);
		break;
	case TOKEN_VARYING:
		varying_write(token->varying, out);
		break;
	case TOKEN_ANY:
		buffer_add(out, "*");
		break;
	case TOKEN_SUBTREE:
		buffer_add(out, "**");
		break;
	}
}

void pattern_write(const struct pattern *pattern, struct buffer *out)
{
	if (!pattern->is_path && pattern->token[0].kind == TOKEN_VARYING) {
		varying_write(pattern->token[0].varying, out);
		return;
	}
	if (!pattern->is_path) {
		write_name(pattern->resource, pattern->token[0].literal, out);
		return;
	}
	buffer_add(out, root_text(pattern->root));
	if (pattern->root == ROOT_NONE && !pattern->count)
		buffer_add_char(out, '/');
	for (size_t i = 0; i < pattern->count; i++) {
		buffer_add_char(out, '/');
		write_token(&pattern->token[i], out);
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

	if (!resource_has_paths(resource) || !name_is_canonical(name)) {
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
