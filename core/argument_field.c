#include "core/policy_private.h"

#include <stdlib.h>
#include <string.h>

/* Attributes of <argument>: texts as they are, because they have escapes of their own. */

static const char *read_raw(void *value, const char *text)
{
	char **into = value;

	free(*into);
	*into = strdup(text);
	return *into ? NULL : "there is no memory left for it";
}

static bool write_raw(const void *value, struct buffer *out)
{
	char *const *text = value;

	buffer_add(out, *text ? *text : "");
	return *text;
}

static const char *read_type(void *value, const char *text)
{
	enum argument_type type = argument_type_parse(text);

	*(enum argument_type *)value = type;
	return type ? NULL : "is no type; these are"
#define TYPE(name, text) " " text
#include "core/argument.def"
		;
}

static bool write_type(const void *value, struct buffer *out)
{
	buffer_add(out, argument_type_text(*(const enum argument_type *)value));
	return true;
}

static const char *read_format(void *value, const char *text)
{
	enum argument_format format = argument_format_parse(text);

	*(enum argument_format *)value = format;
	return format ? NULL : "is no format; these are"
#define FORMAT(name, text, chance, scope) " " text
#include "core/argument.def"
		;
}

static bool write_format(const void *value, struct buffer *out)
{
	enum argument_format format = *(const enum argument_format *)value;

	buffer_add(out, format ? argument_format_text(format) : "");
	return format;
}

static const char *read_needed(void *value, const char *text)
{
	*(bool *)value = true;
	return strcmp(text, "true") ? "must be true, or left out" : NULL;
}

static bool write_needed(const void *value, struct buffer *out)
{
	buffer_add(out, "true");
	return *(const bool *)value;
}

static const struct field_kind raw = { read_raw, write_raw };
static const struct field_kind type_kind = { read_type, write_type };
static const struct field_kind format_kind = { read_format, write_format };
static const struct field_kind needed_kind = { read_needed, write_needed };

#define OF_ARGUMENT(member) offsetof(struct argument, member)

const struct field argument_field[] = {
	{ "path", true, &raw, OF_ARGUMENT(path) },
	{ "type", true, &type_kind, OF_ARGUMENT(type) },
	{ "needed", false, &needed_kind, OF_ARGUMENT(needed) },
	{ "format", false, &format_kind, OF_ARGUMENT(format) },
	{ "least", false, &raw, OF_ARGUMENT(least) },
	{ "most", false, &raw, OF_ARGUMENT(most) },
	{ NULL, false, NULL, 0 },
};
