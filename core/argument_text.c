#include "core/argument.h"

#include "core/text.h"

#include <stdlib.h>
#include <string.h>

#define VALUE_COLUMNS 60

static size_t common(const char *a, const char *b)
{
	size_t size = 0;

	while (b && a[size] && a[size] == b[size])
		size++;
	return size;
}

struct listing {
	struct buffer *out;
	const char *before;
	size_t shown;
};

static void add_one(struct listing *listing, const char *text)
{
	scoped(buffer) struct buffer safe = { 0 };

	text_escape(bytes_of(text), TEXT_SAFE, &safe);
	buffer_add(listing->out, listing->shown++ ? ", " : listing->before);
	buffer_add(listing->out, text_cut(&safe, VALUE_COLUMNS));
}

static size_t nearest_of(char *const *list, size_t count, const char *near)
{
	size_t nearest = 0;

	for (size_t i = 1; i < count; i++)
		if (common(list[i], near) > common(list[nearest], near))
			nearest = i;
	return nearest;
}

/* At most `most` of a list, the next of kin of `near` first where that is not all. */
static void add_list(char *const *list, size_t count, size_t most, const char *near,
		     const char *before, struct buffer *out)
{
	struct listing listing = { out, before, 0 };
	bool is_cut = most && most < count;
	size_t nearest = is_cut ? nearest_of(list, count, near) : count;

	if (is_cut)
		add_one(&listing, list[nearest]);
	for (size_t i = 0; i < count && (!is_cut || listing.shown < most); i++)
		if (i != nearest)
			add_one(&listing, list[i]);
	if (is_cut)
		buffer_printf(out, ", %zu more", count - listing.shown);
}

static const char *unit_of(const struct argument *argument)
{
	if (argument->type == TYPE_STRING)
		return " bytes";
	return argument->type == TYPE_ARRAY ? " items" : "";
}

static void add_limits(const struct argument *argument, struct buffer *out)
{
	if (!strcmp(argument->least, argument->most))
		buffer_printf(out, " %s%s", argument->least, unit_of(argument));
	else
		buffer_printf(out, " %s..%s%s", argument->least, argument->most, unit_of(argument));
}

void argument_describe(const struct argument *argument, size_t values, const char *near,
		       struct buffer *out)
{
	bool open = argument->format || argument->least;

	buffer_printf(out, "%s%s %s", *argument->path ? argument->path : "/",
		      argument->needed || !*argument->path ? "" : "?",
		      argument_type_text(argument->type));
	if (argument->format)
		buffer_printf(out, " %s", argument_format_text(argument->format));
	if (argument->least)
		add_limits(argument, out);
	add_list(argument->scope, argument->scope_count, values, near,
		 argument->format == FORMAT_PATH ? " below " : " of ", out);
	add_list(argument->value, argument->value_count, values, near, open ? " or " : " ", out);
}
