#include "core/argument.h"

#include "core/digest.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *const type_text[] = {
	NULL,
#define TYPE(name, text) text,
#include "core/argument.def"
};

static const struct {
	const char *text;
	bool chance;
	const char *scope;
} format_row[] = {
	{ NULL, false, NULL },
#define FORMAT(name, text, chance, scope) { text, chance, scope },
#include "core/argument.def"
};

const char *argument_type_text(enum argument_type type)
{
	return type_text[type];
}

const char *argument_format_text(enum argument_format format)
{
	return format_row[format].text;
}

enum argument_type argument_type_parse(const char *text)
{
	for (size_t i = 1; i < sizeof type_text / sizeof *type_text; i++)
		if (!strcmp(type_text[i], text))
			return (enum argument_type)i;
	return TYPE_NONE;
}

enum argument_format argument_format_parse(const char *text)
{
	for (size_t i = 1; i < FORMAT_COUNT; i++)
		if (!strcmp(format_row[i].text, text))
			return (enum argument_format)i;
	return FORMAT_NONE;
}

bool argument_format_is_chance(enum argument_format format)
{
	return format_row[format].chance;
}

const char *argument_format_scope(enum argument_format format)
{
	return format_row[format].scope;
}

bool arguments_are_free(const struct arguments *arguments)
{
	return !arguments->count && !arguments->exact_count;
}

bool arguments_are_open(const struct arguments *arguments)
{
	for (size_t i = 0; i < arguments->count; i++)
		if (arguments->argument[i].type != TYPE_ARRAY && arguments->argument[i].least)
			return true;
	return false;
}

/* Room is the next power of two. */
static void *grow(void *list, size_t count, size_t size)
{
	if (count & (count - 1))
		return list;
	return reallocarray(list, count ? count * 2 : 1, size);
}

int arguments_add(struct arguments *arguments, struct argument *argument)
{
	struct argument *grown = grow(arguments->argument, arguments->count, sizeof *grown);

	if (!grown) {
		argument_release(argument);
		return -ENOMEM;
	}
	arguments->argument = grown;
	grown[arguments->count++] = *argument;
	*argument = (struct argument){ 0 };
	return 0;
}

int texts_add(char ***list, size_t *count, char *text)
{
	char **grown = text ? grow(*list, *count, sizeof *grown) : NULL;

	if (!grown) {
		free(text);
		return -ENOMEM;
	}
	*list = grown;
	grown[(*count)++] = text;
	return 0;
}

static void free_texts(char **list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i]);
	free(list);
}

void argument_release(struct argument *argument)
{
	free(argument->path);
	free(argument->least);
	free(argument->most);
	free_texts(argument->value, argument->value_count);
	free_texts(argument->scope, argument->scope_count);
	*argument = (struct argument){ 0 };
}

void arguments_release(struct arguments *arguments)
{
	for (size_t i = 0; i < arguments->count; i++)
		argument_release(&arguments->argument[i]);
	free(arguments->argument);
	free_texts(arguments->exact, arguments->exact_count);
	*arguments = (struct arguments){ 0 };
}

static int compare_optional(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : !!a - !!b;
}

static int compare_texts(char *const *a, size_t a_count, char *const *b, size_t b_count)
{
	int order = 0;

	for (size_t i = 0; i < a_count && i < b_count && !order; i++)
		order = strcmp(a[i], b[i]);
	return order ? order : (a_count > b_count) - (a_count < b_count);
}

static int compare_places(const void *a, const void *b)
{
	const struct argument *one = a, *other = b;
	int order = strcmp(one->path, other->path);

	return order ? order : (int)one->type - (int)other->type;
}

int argument_compare(const struct argument *a, const struct argument *b)
{
	int order = compare_places(a, b);

	order = order ? order : a->needed - b->needed;
	order = order ? order : (int)a->format - (int)b->format;
	order = order ? order : compare_optional(a->least, b->least);
	order = order ? order : compare_optional(a->most, b->most);
	order = order ? order : compare_texts(a->value, a->value_count, b->value, b->value_count);
	return order ? order : compare_texts(a->scope, a->scope_count, b->scope, b->scope_count);
}

static int compare_pointers(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool sort_texts(char **list, size_t count)
{
	if (count)
		qsort(list, count, sizeof *list, compare_pointers);
	for (size_t i = 1; i < count; i++)
		if (!strcmp(list[i - 1], list[i]))
			return false;
	return true;
}

/* ---- arguments_finish ---- */

static json_type json_type_of(enum argument_type type)
{
	static const json_type of[] = {
		[TYPE_ARRAY] = JSON_ARRAY, [TYPE_OBJECT] = JSON_OBJECT,
		[TYPE_NULL] = JSON_NULL,   [TYPE_INTEGER] = JSON_INTEGER,
		[TYPE_NUMBER] = JSON_REAL, [TYPE_STRING] = JSON_STRING,
	};

	return of[type];
}

/* Whether it is the text of a value of the type, as value_write() has it. */
static bool is_canonical(const char *text, enum argument_type type)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
	scoped(buffer) struct buffer canonical = { 0 };
	bool fine = value && (type == TYPE_BOOLEAN ? json_is_boolean(value)
						   : json_typeof(value) == json_type_of(type));

	fine = fine && value_write(value, &canonical) == 0 && !strcmp(canonical.data, text);
	json_decref(value);
	return fine;
}

/* Arrays must have limits, formats too; numbers may. */
static bool may_have_limits(const struct argument *argument)
{
	switch (argument->type) {
	case TYPE_ARRAY:
	case TYPE_INTEGER:
	case TYPE_NUMBER:
		return true;
	default:
		return argument->format != FORMAT_NONE;
	}
}

static bool is_ordered(const struct argument *argument)
{
	if (argument->type == TYPE_NUMBER)
		return strtod(argument->least, NULL) <= strtod(argument->most, NULL);
	return strtoll(argument->least, NULL, 10) <= strtoll(argument->most, NULL, 10);
}

static const char *find_limit_fault(const struct argument *argument)
{
	enum argument_type type = argument->type == TYPE_NUMBER ? TYPE_NUMBER : TYPE_INTEGER;

	if (!argument->least != !argument->most)
		return "an argument has one of \"least\" and \"most\" without the other";
	if (!argument->least)
		return argument->format || argument->type == TYPE_ARRAY
			       ? "an argument lacks its limits"
			       : NULL;
	if (!may_have_limits(argument))
		return "an argument has limits and nothing that they limit";
	if (!is_canonical(argument->least, type) || !is_canonical(argument->most, type))
		return "a limit of an argument is no number as JSON writes it, of the same type";
	return is_ordered(argument) ? NULL : "the limits of an argument are the wrong way round";
}

static bool is_simple(const struct argument *argument)
{
	return argument->type != TYPE_ARRAY && argument->type != TYPE_OBJECT;
}

static bool fits_nothing(const struct argument *argument)
{
	return is_simple(argument) && argument->type != TYPE_NULL && !argument->value_count &&
	       !argument->format && !argument->least;
}

static const char *find_value_fault(struct argument *argument)
{
	if (!is_simple(argument) && argument->value_count)
		return "an array and an object have no values: their paths have";
	if (fits_nothing(argument))
		return "an argument has no value, no format and no limits, so nothing would fit";
	if (!sort_texts(argument->value, argument->value_count) ||
	    !sort_texts(argument->scope, argument->scope_count))
		return "an argument has a value or a scope twice";
	for (size_t i = 0; i < argument->value_count; i++)
		if (!is_canonical(argument->value[i], argument->type))
			return "a value of an argument is not JSON of its type in the one form "
			       "that it has (members sorted, no spaces, ASCII)";
	return NULL;
}

static const char *find_fault(struct argument *argument)
{
	bool has_scope = argument->format && argument_format_scope(argument->format);
	const char *fault;

	if (*argument->path && *argument->path != '/')
		return "the path of an argument is \"\", or begins with a slash";
	if (argument->format && argument->type != TYPE_STRING)
		return "only strings have a format";
	if (has_scope != (argument->scope_count > 0))
		return "the formats url, email, path and sql have scopes, and no other has";
	fault = find_value_fault(argument);
	return fault ? fault : find_limit_fault(argument);
}

static const char *find_pair_fault(const struct arguments *arguments)
{
	const struct argument *argument = arguments->argument;

	if (arguments->count && (*argument->path || argument->type != TYPE_OBJECT))
		return "arguments lack the object itself, path \"\" and type \"object\"";
	for (size_t i = 1; i < arguments->count; i++) {
		bool same = !strcmp(argument[i - 1].path, argument[i].path);

		if (same && argument[i - 1].type == argument[i].type)
			return "an argument stands twice";
		if (same && argument[i - 1].needed != argument[i].needed)
			return "an argument is needed with one type and not with another";
	}
	return NULL;
}

const char *arguments_finish(struct arguments *arguments)
{
	const char *fault = NULL;

	for (size_t i = 0; i < arguments->count && !fault; i++)
		fault = find_fault(&arguments->argument[i]);
	if (fault)
		return fault;
	if (!sort_texts(arguments->exact, arguments->exact_count))
		return "the same arguments stand twice";
	for (size_t i = 0; i < arguments->exact_count; i++)
		if (!is_canonical(arguments->exact[i], TYPE_OBJECT))
			return "exact arguments are not a JSON object in the one form that it has "
			       "(members sorted, no spaces, ASCII)";
	if (arguments->count)
		qsort(arguments->argument, arguments->count, sizeof *arguments->argument,
		      compare_places);
	return find_pair_fault(arguments);
}

static void digest_optional(struct digest *digest, const char *text)
{
	if (text)
		digest_bytes(digest, bytes_of(text));
	else
		digest_null(digest);
}

static void digest_texts(struct digest *digest, char *const *list, size_t count)
{
	digest_int(digest, (int64_t)count);
	for (size_t i = 0; i < count; i++)
		digest_bytes(digest, bytes_of(list[i]));
}

void arguments_digest(const struct arguments *arguments, struct digest *digest)
{
	if (arguments_are_free(arguments))
		return;
	digest_texts(digest, arguments->exact, arguments->exact_count);
	for (size_t i = 0; i < arguments->count; i++) {
		const struct argument *argument = &arguments->argument[i];

		digest_bytes(digest, bytes_of(argument->path));
		digest_bytes(digest, bytes_of(type_text[argument->type]));
		digest_int(digest, argument->needed);
		digest_optional(digest, format_row[argument->format].text);
		digest_optional(digest, argument->least);
		digest_optional(digest, argument->most);
		digest_texts(digest, argument->value, argument->value_count);
		digest_texts(digest, argument->scope, argument->scope_count);
	}
}
