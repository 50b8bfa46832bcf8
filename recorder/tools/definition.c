#include "recorder/tools/listings.h"

#include "core/text.h"

#include <jansson.h>

struct search {
	struct buffer path; /* as a JSON pointer */
	size_t left;
	struct buffer *out;
};

static void say(struct search *search)
{
	if (!search->left)
		return;
	search->left--;
	buffer_append(search->out, buffer_text(&search->path), search->path.size);
	buffer_add_char(search->out, '\n');
}

/* RFC 6901, 3: "~" and "/" are ~0 and ~1. */
static void enter(struct search *search, struct bytes name)
{
	scoped(buffer) struct buffer safe = { 0 };

	text_escape(name, TEXT_SAFE, &safe);
	buffer_add_char(&search->path, '/');
	for (size_t i = 0; i < safe.size; i++)
		if (safe.data[i] == '~' || safe.data[i] == '/')
			buffer_add(&search->path, safe.data[i] == '~' ? "~0" : "~1");
		else
			buffer_add_char(&search->path, safe.data[i]);
}

static void leave(struct search *search, size_t size)
{
	search->path.size = size;
	if (search->path.data)
		search->path.data[size] = '\0';
}

/* Depth is bounded by jansson: JSON_PARSER_MAX_DEPTH. */
static void compare(struct search *search, const json_t *before, const json_t *now)
{
	size_t here = search->path.size, size;
	const char *name;
	json_t *member;

	if (!json_is_object(before) || !json_is_object(now)) {
		if (!json_equal(before, now))
			say(search);
		return;
	}
	json_object_keylen_foreach((json_t *)now, name, size, member)
	{
		enter(search, (struct bytes){ name, size });
		compare(search, json_object_getn(before, name, size), member);
		leave(search, here);
	}
	json_object_keylen_foreach((json_t *)before, name, size, member)
	{
		if (json_object_getn(now, name, size))
			continue;
		enter(search, (struct bytes){ name, size });
		say(search);
		leave(search, here);
	}
}

void definition_differs(const struct json_t *before, const struct json_t *now, size_t most,
			struct buffer *out)
{
	struct search search = { .left = most, .out = out };

	compare(&search, before, now);
	buffer_release(&search.path);
}
