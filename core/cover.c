#include "core/cover.h"

#include "core/language.h"
#include "core/varying.h"

#include <errno.h>
#include <stdlib.h>

static void add_component(const struct token *token, struct language *out)
{
	const struct pattern pattern = { .token = (struct token *)token, .count = 1 };

	pattern_language(&pattern, NULL, out);
}

static bool token_includes(const struct token *large, const struct token *small)
{
	if (large->kind == TOKEN_ANY || !token_compare(large, small))
		return true;
	if (large->kind != TOKEN_VARYING || small->kind == TOKEN_ANY)
		return false;
	if (small->kind == TOKEN_LITERAL)
		return varying_matches(large->varying, small->literal);
	return language_includes(&large->varying->language, &small->varying->language, NULL) == 1;
}

bool token_meets(const struct token *a, const struct token *b)
{
	if (a->kind >= TOKEN_ANY || b->kind >= TOKEN_ANY)
		return true;
	if (b->kind == TOKEN_LITERAL)
		return token_admits(a, b->literal);
	if (a->kind == TOKEN_LITERAL)
		return token_admits(b, a->literal);
	return language_intersects(&a->varying->language, &b->varying->language, NULL) != 0;
}

static bool name_includes(const struct pattern *large, const struct pattern *small)
{
	scoped(language) struct language one = { 0 }, other = { 0 };

	if (!pattern_is_open(large) && !pattern_is_open(small))
		return !token_compare(large->token, small->token);
	pattern_language(large, NULL, &one);
	pattern_language(small, NULL, &other);
	return language_includes(&one, &other, NULL) == 1;
}

bool pattern_includes(const struct pattern *large, const struct pattern *small)
{
	if (large->is_path != small->is_path || large->root != small->root)
		return false;
	if (!large->is_path)
		return name_includes(large, small);
	for (size_t i = 0; i < large->count && i < small->count; i++) {
		if (large->token[i].kind == TOKEN_SUBTREE)
			return true;
		if (small->token[i].kind == TOKEN_SUBTREE ||
		    !token_includes(&large->token[i], &small->token[i]))
			return false;
	}
	return large->count == small->count;
}

/* ---- several together ---- */

/* What is behind the components that all have alike, as languages. */
struct cover {
	const struct pattern *const *large;
	size_t count, skip; /* components alike */
	struct language *tail;
	const struct language **without;
	size_t tails;
};

/* Whether all begin with a component that includes that of `small`. */
static bool all_include(const struct cover *cover, const struct pattern *small, size_t at)
{
	if (at >= small->count || small->token[at].kind == TOKEN_SUBTREE)
		return false;
	for (size_t i = 0; i < cover->count; i++) {
		const struct pattern *large = cover->large[i];

		if (at >= large->count || large->token[at].kind == TOKEN_SUBTREE ||
		    !token_includes(&large->token[at], &small->token[at]))
			return false;
	}
	return true;
}

static void add_tail(const struct pattern *pattern, size_t skip, struct language *out)
{
	for (size_t i = skip; i < pattern->count; i++) {
		if (pattern->is_path)
			language_add_literal(out, bytes_of("/"));
		add_component(&pattern->token[i], out);
	}
}

/* What languages of * and ** have, and no name does: text between two stars. */
static void add_no_names(struct cover *cover)
{
	static const struct {
		const char *part;
		bool goes_on;
	} no_name[] = {
		{ "//", true },	 { "/", false },   { "/./", true },
		{ "/.", false }, { "/../", true }, { "/..", false },
	};

	for (size_t i = 0; i < sizeof no_name / sizeof *no_name; i++) {
		struct language *out = &cover->tail[cover->tails++];

		language_add_any(out, true);
		language_add_literal(out, bytes_of(no_name[i].part));
		if (no_name[i].goes_on)
			language_add_any(out, true);
	}
}

static int prepare(struct cover *cover, const struct pattern *small)
{
	size_t room = cover->count + 6;

	cover->tail = calloc(room, sizeof *cover->tail);
	cover->without = calloc(room, sizeof(*cover->without));
	if (!cover->tail || !cover->without)
		return -ENOMEM;
	while (small->is_path && all_include(cover, small, cover->skip))
		cover->skip++;
	for (size_t i = 0; i < cover->count; i++)
		add_tail(cover->large[i], cover->skip, &cover->tail[cover->tails++]);
	if (small->is_path)
		add_no_names(cover);
	for (size_t i = 0; i < cover->tails; i++)
		cover->without[i] = &cover->tail[i];
	return 0;
}

static void example_of(const struct token *token, struct buffer *out)
{
	scoped(language) struct language language = { 0 };
	const struct language *within = &language;

	if (token->kind == TOKEN_LITERAL) {
		buffer_append(out, token->literal.data, token->literal.size);
		return;
	}
	add_component(token, &language);
	language_find(&within, 1, NULL, 0, out);
}

static void write_head(const struct pattern *pattern, size_t count, struct buffer *out)
{
	buffer_add(out, root_text(pattern->root));
	if (pattern->is_path && pattern->root == ROOT_NONE && !pattern->count)
		buffer_add_char(out, '/');
	for (size_t i = 0; i < count; i++) {
		if (pattern->is_path)
			buffer_add_char(out, '/');
		example_of(&pattern->token[i], out);
	}
}

void pattern_example(const struct pattern *pattern, struct buffer *out)
{
	write_head(pattern, pattern->count, out);
}

static int search(struct cover *cover, const struct pattern *small, struct buffer *witness)
{
	scoped(language) struct language tail = { 0 };
	scoped(buffer) struct buffer rest = { 0 };
	const struct language *within = &tail;
	int r;

	add_tail(small, cover->skip, &tail);
	r = language_find(&within, 1, cover->without, cover->tails, &rest);
	if (r == 1) {
		write_head(small, cover->skip, witness);
		buffer_append(witness, buffer_text(&rest), rest.size);
	}
	return r < 0 ? r : !r;
}

/* Of those of the same root, none of which is all of it. */
static int cover_together(const struct pattern *const *large, size_t count,
			  const struct pattern *small, struct buffer *witness)
{
	struct cover cover = { .large = large, .count = count };
	int r = prepare(&cover, small);

	if (r == 0)
		r = search(&cover, small, witness);
	for (size_t i = 0; i < cover.tails; i++)
		language_release(&cover.tail[i]);
	free(cover.tail);
	free(cover.without);
	return r;
}

int patterns_cover(const struct pattern *const *large, size_t count, const struct pattern *small,
		   struct buffer *witness)
{
	const struct pattern **same;
	size_t sames = 0;
	int r;

	for (size_t i = 0; i < count; i++)
		if (pattern_includes(large[i], small))
			return 1;
	if (!count || !pattern_is_open(small)) {
		pattern_example(small, witness);
		return 0;
	}
	same = calloc(count, sizeof(*same));
	if (!same)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		if (large[i]->is_path == small->is_path && large[i]->root == small->root)
			same[sames++] = large[i];
	r = cover_together(same, sames, small, witness);
	free(same);
	return r;
}
