#include "core/argv_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The longest root that the path is below, as pattern_of_name() chooses. */
static enum root_kind root_of(const struct roots *roots, struct bytes path, struct bytes *ret_rest)
{
	enum root_kind chosen = ROOT_NONE;
	size_t longest = 0;

	for (enum root_kind kind = ROOT_WORKSPACE; kind <= ROOT_TMP; kind++) {
		struct bytes folder = root_folder(roots, kind), rest;

		if (folder.size <= longest || !name_is_below(path, folder, &rest))
			continue;
		longest = folder.size;
		chosen = kind;
		*ret_rest = rest;
	}
	return chosen;
}

static int set_root(struct argv_item *item, size_t lead, const struct roots *roots)
{
	struct bytes path = bytes_of(item->text + lead), rest;
	enum root_kind root;
	char *text;

	if (!name_is_canonical(path))
		return 0;
	root = root_of(roots, path, &rest);
	if (root == ROOT_NONE)
		return 0;
	text = strndup(rest.data, rest.size);
	if (lead)
		item->lead = strndup(item->text, lead);
	if (!text || (lead && !item->lead)) {
		free(text);
		return -ENOMEM;
	}
	free(item->text);
	item->text = text;
	item->root = root;
	return 0;
}

/* Where in a word a path may begin. */
static size_t lead_of(const struct argv_item *item)
{
	const char *text = item->text, *equals = strchr(text, '=');

	if (*text == '/' || item->kind == ARGV_REDIRECT)
		return 0;
	if (text[0] == '-' && text[1] != '-' && text[1] && text[2] == '/')
		return 2;
	return equals ? (size_t)(equals - text) + 1 : 0;
}

static int set_script(struct argv_item *script, const struct roots *roots)
{
	int r = 0;

	for (size_t i = 0; i < script->count && r == 0; i++)
		r = argv_make_symbolic(&script->command[i], roots);
	argv_sort_commands(script);
	return r;
}

int argv_make_symbolic(struct argv *argv, const struct roots *roots)
{
	int r = 0;

	for (size_t i = 0; i < argv->count && r == 0; i++) {
		struct argv_item *item = &argv->item[i];

		if (item->kind == ARGV_SCRIPT)
			r = set_script(item, roots);
		else if (item->kind == ARGV_WORD || item->kind == ARGV_REDIRECT)
			r = item->text ? set_root(item, lead_of(item), roots) : 0;
	}
	return r;
}
