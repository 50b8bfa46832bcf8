#include "core/argument.h"

#include "core/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_COLUMNS 60
#define SHOWN_VALUES  3

struct walk {
	const struct arguments *arguments;
	struct buffer path;
	struct misfit *misfit; /* NULL: nobody asks why */
};

void misfit_release(struct misfit *misfit)
{
	buffer_release(&misfit->path);
	buffer_release(&misfit->value);
	buffer_release(&misfit->allowed);
}

static enum argument_type type_of(const json_t *value)
{
	static const enum argument_type of[] = {
		[JSON_OBJECT] = TYPE_OBJECT, [JSON_ARRAY] = TYPE_ARRAY,
		[JSON_STRING] = TYPE_STRING, [JSON_INTEGER] = TYPE_INTEGER,
		[JSON_REAL] = TYPE_NUMBER,   [JSON_TRUE] = TYPE_BOOLEAN,
		[JSON_FALSE] = TYPE_BOOLEAN, [JSON_NULL] = TYPE_NULL,
	};

	return of[json_typeof(value)];
}

/* The first of a path, or where it would be. */
static const struct argument *find_path(const struct arguments *arguments, const char *path)
{
	size_t low = 0, high = arguments->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(arguments->argument[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return arguments->argument + low;
}

static bool is_at(const struct arguments *arguments, const struct argument *argument,
		  const char *path)
{
	return argument < arguments->argument + arguments->count && !strcmp(argument->path, path);
}

/* ---- why not ---- */

static void say_value(struct misfit *misfit, const json_t *value)
{
	scoped(buffer) struct buffer text = { 0 };

	buffer_clear(&misfit->value);
	if (value && value_write(value, &text) == 0) {
		text_escape(buffer_bytes(&text), TEXT_SAFE, &misfit->value);
		text_cut(&misfit->value, SHOWN_COLUMNS);
	}
}

static bool refuse(struct walk *walk, const json_t *value, const char *allowed)
{
	struct misfit *misfit = walk->misfit;

	if (!misfit)
		return false;
	buffer_clear(&misfit->path);
	buffer_add(&misfit->path, buffer_text(&walk->path));
	say_value(misfit, value);
	buffer_clear(&misfit->allowed);
	buffer_add(&misfit->allowed, allowed);
	return false;
}

/* With what may stand there instead. */
static bool refuse_value(struct walk *walk, const json_t *value)
{
	const struct argument *argument = find_path(walk->arguments, buffer_text(&walk->path));
	scoped(buffer) struct buffer allowed = { 0 }, near = { 0 };

	if (!walk->misfit || value_write(value, &near) < 0)
		return false;
	for (; is_at(walk->arguments, argument, buffer_text(&walk->path)); argument++) {
		buffer_add(&allowed, allowed.size ? "; or " : "");
		argument_describe(argument, SHOWN_VALUES, buffer_text(&near), &allowed);
	}
	return refuse(walk, value, buffer_text(&allowed));
}

/* ---- does it fit? ---- */

static bool is_within(const struct argument *argument, long long number)
{
	return argument->least && number >= strtoll(argument->least, NULL, 10) &&
	       number <= strtoll(argument->most, NULL, 10);
}

static bool is_below(struct bytes path, const char *folder)
{
	size_t size = strlen(folder);

	return path.size > size + 1 && !memcmp(path.data, folder, size) && path.data[size] == '/';
}

static bool has_scope(const struct argument *argument, struct bytes text, struct bytes scope)
{
	for (size_t i = 0; i < argument->scope_count; i++) {
		if (argument->format == FORMAT_PATH
			    ? is_below(text, argument->scope[i])
			    : bytes_equal(scope, bytes_of(argument->scope[i])))
			return true;
	}
	return !argument_format_scope(argument->format);
}

static bool has_format(const struct argument *argument, const json_t *string)
{
	struct bytes text = { json_string_value(string), json_string_length(string) };
	scoped(buffer) struct buffer scope = { 0 };
	bool symbolic;

	return argument->format &&
	       is_within(argument, (long long)argument_string(text, &symbolic).size) &&
	       format_fits(argument->format, text, &scope) && buffer_status(&scope) == 0 &&
	       has_scope(argument, text, buffer_bytes(&scope));
}

static int compare_texts(const void *key, const void *member)
{
	return strcmp(key, *(char *const *)member);
}

static bool is_one_of(char *const *list, size_t count, const json_t *value)
{
	scoped(buffer) struct buffer text = { 0 };

	return count && value_write(value, &text) == 0 &&
	       bsearch(text.data, list, count, sizeof *list, compare_texts);
}

bool argument_admits(const struct argument *argument, const json_t *value)
{
	if (is_one_of(argument->value, argument->value_count, value))
		return true;
	switch (argument->type) {
	case TYPE_NULL:
		return true;
	case TYPE_STRING:
		return has_format(argument, value);
	case TYPE_INTEGER:
		return is_within(argument, json_integer_value(value));
	case TYPE_NUMBER:
		return argument->least && json_real_value(value) >= strtod(argument->least, NULL) &&
		       json_real_value(value) <= strtod(argument->most, NULL);
	default:
		return false;
	}
}

static bool fits(struct walk *walk, json_t *value);

static void leave(struct walk *walk, size_t size)
{
	walk->path.size = size;
	walk->path.data[size] = '\0';
}

static bool part_fits(struct walk *walk, const char *name, json_t *part)
{
	size_t size = walk->path.size;
	bool fine;

	pointer_add(&walk->path, name);
	if (buffer_status(&walk->path) < 0)
		return false;
	fine = fits(walk, part);
	leave(walk, size);
	return fine;
}

/* Whether `path` is a member of what stands at `parent`; its name as in the path. */
static const char *member_of(const char *path, const char *parent, size_t size)
{
	if (strncmp(path, parent, size) || path[size] != '/' || strchr(path + size + 1, '/') ||
	    !strcmp(path + size, "/*"))
		return NULL;
	return path + size + 1;
}

/* By the path that each member has, because names in paths are escaped. */
static bool has_member(json_t *object, const char *path)
{
	scoped(buffer) struct buffer pointer = { 0 };
	const char *name;
	json_t *member;

	json_object_foreach(object, name, member)
	{
		buffer_clear(&pointer);
		pointer_add(&pointer, name);
		if (!strcmp(buffer_text(&pointer) + 1, path))
			return true;
	}
	return false;
}

static bool has_needed(struct walk *walk, json_t *object)
{
	const struct arguments *arguments = walk->arguments;
	size_t size = walk->path.size;
	bool fine = true;

	for (size_t i = 0; i < arguments->count && fine; i++) {
		const struct argument *argument = &arguments->argument[i];
		const char *name =
			argument->needed ? member_of(argument->path, buffer_text(&walk->path), size)
					 : NULL;

		if (!name || has_member(object, name))
			continue;
		buffer_printf(&walk->path, "/%s", name);
		fine = refuse(walk, NULL, "it must be there");
		leave(walk, size);
	}
	return fine;
}

static bool parts_fit(struct walk *walk, json_t *value)
{
	const char *name;
	json_t *part;
	size_t i;

	json_object_foreach(value, name, part) if (!part_fits(walk, name, part)) return false;
	json_array_foreach(value, i, part) if (!part_fits(walk, NULL, part)) return false;
	return !json_is_object(value) || has_needed(walk, value);
}

static bool fits(struct walk *walk, json_t *value)
{
	const char *path = buffer_text(&walk->path);
	const struct argument *argument = find_path(walk->arguments, path);
	enum argument_type type = type_of(value);

	if (!is_at(walk->arguments, argument, path))
		return refuse(walk, value, "nothing may stand there");
	while (is_at(walk->arguments, argument, path) && argument->type != type)
		argument++;
	if (!is_at(walk->arguments, argument, path))
		return refuse_value(walk, value);
	if (type == TYPE_OBJECT)
		return parts_fit(walk, value);
	if (type == TYPE_ARRAY)
		return is_within(argument, (long long)json_array_size(value))
			       ? parts_fit(walk, value)
			       : refuse_value(walk, value);
	return argument_admits(argument, value) || refuse_value(walk, value);
}

/* The one that has most in common with it. */
static const char *nearest_of(char *const *list, size_t count, const char *text)
{
	const char *nearest = *list;
	size_t most = 0;

	for (size_t i = 0; i < count; i++) {
		size_t same = 0;

		while (list[i][same] && list[i][same] == text[same])
			same++;
		if (same > most) {
			most = same;
			nearest = list[i];
		}
	}
	return nearest;
}

static bool refuse_exact(struct walk *walk, const struct called *called)
{
	const struct arguments *arguments = walk->arguments;
	scoped(buffer) struct buffer text = { 0 }, allowed = { 0 };

	if (!walk->misfit || value_write(called->value, &text) < 0)
		return false;
	text_escape(
		bytes_of(nearest_of(arguments->exact, arguments->exact_count, buffer_text(&text))),
		TEXT_SAFE, &allowed);
	text_cut(&allowed, SHOWN_COLUMNS);
	if (arguments->exact_count > 1)
		buffer_printf(&allowed, " or %zu more", arguments->exact_count - 1);
	return refuse(walk, called->value, buffer_text(&allowed));
}

bool arguments_admit(const struct arguments *arguments, const struct called *called,
		     struct misfit *ret)
{
	struct walk walk = { .arguments = arguments, .misfit = ret };
	bool fine;

	if (arguments_are_free(arguments))
		return true;
	buffer_add(&walk.path, ""); /* so that it is a text */
	if (!called->value)
		fine = refuse(&walk, NULL, called->fault);
	else if (is_one_of(arguments->exact, arguments->exact_count, called->value))
		fine = true;
	else if (arguments->count)
		fine = fits(&walk, called->value);
	else
		fine = refuse_exact(&walk, called);
	buffer_release(&walk.path);
	return fine;
}
