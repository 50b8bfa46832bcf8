#include "core/match.h"
#include "core/store.h"
#include "core/varying.h"

#include <errno.h>
#include <string.h>

struct roots roots_of_run(const struct run *run)
{
	return (struct roots){ run->workspace, run->home, run->tmp };
}

const char *root_text(enum root_kind kind)
{
	static const char *const text[] = { "", "$WS", "$HOME", "$TMP" };

	return text[kind];
}

bool path_next(struct bytes *rest, struct bytes *ret)
{
	const char *start, *slash;
	size_t left;

	if (!rest->size || *rest->data != '/')
		return false;
	start = rest->data + 1;
	left = rest->size - 1;
	slash = left ? memchr(start, '/', left) : NULL;
	ret->data = start;
	ret->size = slash ? (size_t)(slash - start) : left;
	rest->data = start + ret->size;
	rest->size = left - ret->size;
	return true;
}

static bool component_is_name(struct bytes component)
{
	if (!component.size || memchr(component.data, '\0', component.size))
		return false;
	return !bytes_equal(component, bytes_of(".")) && !bytes_equal(component, bytes_of(".."));
}

bool name_is_canonical(struct bytes name)
{
	struct bytes component;

	if (!name.size || *name.data != '/')
		return false;
	if (name.size == 1)
		return true;
	while (name.size)
		if (!path_next(&name, &component) || !component_is_name(component))
			return false;
	return true;
}

struct bytes root_folder(const struct roots *roots, enum root_kind kind)
{
	const struct bytes bound[] = { { NULL, 0 }, roots->workspace, roots->home, roots->tmp };
	struct bytes folder = bound[kind];

	while (folder.size && folder.data[folder.size - 1] == '/')
		folder.size--;
	if (!name_is_canonical(folder))
		return (struct bytes){ NULL, 0 };
	return folder;
}

bool name_is_below(struct bytes name, struct bytes folder, struct bytes *ret_rest)
{
	if (!bytes_start_with(name, folder))
		return false;
	if (name.size > folder.size && name.data[folder.size] != '/')
		return false;
	ret_rest->data = name.data ? name.data + folder.size : NULL;
	ret_rest->size = name.size - folder.size;
	return true;
}

bool token_admits(const struct token *token, struct bytes component)
{
	if (!component_is_name(component))
		return false;
	if (token->kind == TOKEN_VARYING)
		return varying_matches(token->varying, component);
	return token->kind != TOKEN_LITERAL || bytes_equal(token->literal, component);
}

static bool all_are_names(struct bytes rest)
{
	struct bytes component;

	while (path_next(&rest, &component))
		if (!component_is_name(component))
			return false;
	return true;
}

static bool tokens_match(const struct pattern *pattern, struct bytes rest)
{
	struct bytes component;

	for (size_t i = 0; i < pattern->count; i++) {
		const struct token *token = &pattern->token[i];

		if (!path_next(&rest, &component) || !token_admits(token, component))
			return false;
		if (token->kind == TOKEN_SUBTREE)
			return all_are_names(rest);
	}
	return !rest.size;
}

/* What is left of `name` for the tokens.  The root directory has no component. */
static bool behind_root(const struct pattern *pattern, const struct roots *roots, struct bytes name,
			struct bytes *ret)
{
	struct bytes folder;

	if (pattern->root == ROOT_NONE) {
		*ret = bytes_equal(name, bytes_of("/")) ? (struct bytes){ NULL, 0 } : name;
		return name.size && *name.data == '/';
	}
	folder = root_folder(roots, pattern->root);
	return folder.size && name_is_below(name, folder, ret);
}

bool pattern_matches(const struct pattern *pattern, const struct roots *roots, struct bytes name)
{
	struct bytes rest;

	if (!pattern->is_path && pattern->token[0].kind == TOKEN_VARYING)
		return varying_matches(pattern->token[0].varying, name);
	if (!pattern->is_path)
		return bytes_equal(pattern->token[0].literal, name);
	return behind_root(pattern, roots, name, &rest) && tokens_match(pattern, rest);
}

int token_compare(const struct token *a, const struct token *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->kind == TOKEN_VARYING)
		return varying_compare(a->varying, b->varying);
	return a->kind == TOKEN_LITERAL ? bytes_compare(a->literal, b->literal) : 0;
}

bool pattern_is_open(const struct pattern *pattern)
{
	for (size_t i = 0; i < pattern->count; i++)
		if (pattern->token[i].kind != TOKEN_LITERAL)
			return true;
	return false;
}

/* Pieces between slashes and colons that two names begin with in common. */
static size_t common_pieces(struct bytes a, struct bytes b)
{
	size_t common = 0, i;

	for (i = 0; i < a.size && i < b.size && a.data[i] == b.data[i]; i++)
		common += a.data[i] == '/' || a.data[i] == ':';
	return common + (i == a.size && i == b.size);
}

static struct bytes first_literal(const struct token *token)
{
	return token->kind == TOKEN_VARYING ? token->varying->part[0].literal : token->literal;
}

size_t path_depth(struct bytes rest)
{
	struct bytes component;
	size_t count = 0;

	while (path_next(&rest, &component))
		count++;
	return count;
}

size_t path_common(struct bytes a, struct bytes b)
{
	struct bytes first, second;
	size_t common = 0;

	while (path_next(&a, &first) && path_next(&b, &second) && bytes_equal(first, second))
		common++;
	return common;
}

size_t pattern_nearness(const struct pattern *pattern, const struct roots *roots, struct bytes name)
{
	struct bytes folder = root_folder(roots, pattern->root), rest, component;
	size_t near;

	if (!pattern->is_path)
		return common_pieces(first_literal(&pattern->token[0]), name);
	if (pattern->root != ROOT_NONE && !folder.size)
		return 0;
	if (!behind_root(pattern, roots, name, &rest))
		return path_common(folder, name);
	near = path_depth(folder);
	for (size_t i = 0; i < pattern->count; i++, near++)
		if (!path_next(&rest, &component) || !token_admits(&pattern->token[i], component))
			break;
	return near;
}

int pattern_expand(const struct pattern *pattern, const struct roots *roots, struct buffer *out)
{
	struct bytes folder = root_folder(roots, pattern->root);

	if (pattern_is_open(pattern) || (pattern->root != ROOT_NONE && !folder.size))
		return -EINVAL;
	buffer_append(out, folder.data, folder.size);
	if (pattern->is_path && pattern->root == ROOT_NONE && !pattern->count)
		buffer_add_char(out, '/');
	for (size_t i = 0; i < pattern->count; i++) {
		if (pattern->is_path)
			buffer_add_char(out, '/');
		buffer_append(out, pattern->token[i].literal.data, pattern->token[i].literal.size);
	}
	return buffer_status(out);
}

static void add_token(const struct token *token, struct language *out)
{
	switch (token->kind) {
	case TOKEN_LITERAL:
		language_add_literal(out, token->literal);
		break;
	case TOKEN_VARYING:
		language_append(out, &token->varying->language);
		break;
	case TOKEN_ANY:
		language_add_component(out);
		break;
	case TOKEN_SUBTREE:
		language_add_subtree(out);
		break;
	}
}

void pattern_language(const struct pattern *pattern, const struct roots *roots,
		      struct language *out)
{
	struct bytes root = bytes_of(root_text(pattern->root));

	if (roots)
		root = root_folder(roots, pattern->root);
	language_add_literal(out, root);
	if (pattern->is_path && pattern->root == ROOT_NONE && !pattern->count)
		language_add_literal(out, bytes_of("/"));
	for (size_t i = 0; i < pattern->count; i++) {
		if (pattern->is_path)
			language_add_literal(out, bytes_of("/"));
		add_token(&pattern->token[i], out);
	}
}
