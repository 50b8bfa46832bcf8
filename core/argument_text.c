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

static void add_one(const char *text, bool first, const char *before, struct buffer *out)
{
	scoped(buffer) struct buffer safe = { 0 };

	text_escape(bytes_of(text), TEXT_SAFE, &safe);
	buffer_add(out, first ? before : ", ");
	buffer_add(out, text_cut(&safe, VALUE_COLUMNS));
}

/* At most `most` of a list, the next of kin of `near` among them. */
static void add_list(char *const *list, size_t count, size_t most, const char *near,
		     const char *before, struct buffer *out)
{
	size_t nearest = 0, shown = 0;

	if (!count)
		return;
	for (size_t i = 1; i < count; i++)
		if (common(list[i], near) > common(list[nearest], near))
			nearest = i;
	if (most && most < count) {
		add_one(list[nearest], true, before, out);
		shown++;
	}
	for (size_t i = 0; i < count && (!most || shown < most); i++)
		if (!shown || i != nearest || !most || most >= count)
			add_one(list[i], !shown++, before, out);
	if (shown < count)
		buffer_printf(out, ", %zu more", count - shown);
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
