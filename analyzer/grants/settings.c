#include "analyzer/grants/agents.h"
#include "analyzer/grants/sources.h"

#include <string.h>

/* ---- members ---- */

void settings_note_type(const struct statement *from, const char *wanted)
{
	granted_note(from, NOTE_UNREAD, "it is no %s", wanted);
}

bool settings_flag(const json_t *object, const char *name, bool otherwise)
{
	const json_t *value = json_object_get(object, name);

	return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

static const struct member *find(const struct member *known, const char *name)
{
	while (known->name && strcmp(known->name, name))
		known++;
	return known->name ? known : NULL;
}

static void read_member(const struct settings *settings, const char *name, json_t *value,
			const struct member *known)
{
	scoped(buffer) struct buffer path = { 0 };
	struct statement from = { .source = settings->source, .grants = settings->grants };
	const struct member *member = find(known, name);

	buffer_printf(&path, "%s%s", settings->prefix, name);
	if (buffer_status(&path) < 0) {
		settings->grants->failed = true;
		return;
	}
	from.text = buffer_text(&path);
	if (!member)
		granted_note(&from, NOTE_UNREAD, "it is no setting that is known");
	else if (member->take && !json_is_null(value))
		member->take(settings, &from, value);
}

void settings_read(const struct settings *settings, json_t *object, const struct member *known)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		read_member(settings, name, value, known);
	}
}

void settings_each_text(const struct settings *settings, const struct statement *from,
			const json_t *list, take_text *take)
{
	const json_t *item;
	size_t i;

	if (!json_is_array(list)) {
		settings_note_type(from, "list");
		return;
	}
	json_array_foreach(list, i, item)
	{
		scoped(buffer) struct buffer text = { 0 };
		struct statement one = *from;

		if (!json_is_string(item)) {
			settings_note_type(from, "list of texts");
			continue;
		}
		buffer_printf(&text, "%s: ", from->text);
		buffer_append(&text, json_string_value(item), json_string_length(item));
		if (buffer_status(&text) < 0)
			from->grants->failed = true;
		one.text = buffer_text(&text);
		take(settings, &one, json_bytes_of(item));
	}
}
