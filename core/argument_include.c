#include "core/argument.h"

#include "core/match.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static bool is_admitted(const struct argument *by, const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
	bool admitted = value && argument_admits(by, value);

	json_decref(value);
	return admitted;
}

static bool is_scope_of(const struct argument *outer, const char *scope)
{
	for (size_t i = 0; i < outer->scope_count; i++) {
		struct bytes folder = bytes_of(outer->scope[i]), ignored;

		if (bytes_equal(folder, bytes_of(scope)))
			return true;
		if (outer->format == FORMAT_PATH &&
		    name_is_below(bytes_of(scope), folder, &ignored))
			return true;
	}
	return false;
}

static bool includes_limits(const struct argument *outer, const struct argument *inner)
{
	if (!inner->least)
		return true;
	if (!outer->least)
		return false;
	if (inner->type == TYPE_NUMBER)
		return strtod(outer->least, NULL) <= strtod(inner->least, NULL) &&
		       strtod(outer->most, NULL) >= strtod(inner->most, NULL);
	return strtoll(outer->least, NULL, 10) <= strtoll(inner->least, NULL, 10) &&
	       strtoll(outer->most, NULL, 10) >= strtoll(inner->most, NULL, 10);
}

static bool includes(const struct argument *outer, const struct argument *inner)
{
	if ((inner->format && inner->format != outer->format) || !includes_limits(outer, inner))
		return false;
	for (size_t i = 0; i < inner->scope_count; i++)
		if (!is_scope_of(outer, inner->scope[i]))
			return false;
	for (size_t i = 0; i < inner->value_count; i++)
		if (!is_admitted(outer, inner->value[i]))
			return false;
	return !outer->needed || inner->needed;
}

static const struct argument *find(const struct arguments *arguments, const struct argument *like)
{
	for (size_t i = 0; i < arguments->count; i++)
		if (!strcmp(arguments->argument[i].path, like->path) &&
		    (!like->type || arguments->argument[i].type == like->type))
			return &arguments->argument[i];
	return NULL;
}

/* Whether a member that the outer ones need may be missing where its object is there. */
static bool lacks_needed(const struct arguments *outer, const struct arguments *inner)
{
	for (size_t i = 0; i < outer->count; i++) {
		struct argument at = { .path = outer->argument[i].path };
		struct argument parent = { .type = TYPE_OBJECT };
		const char *slash = strrchr(at.path, '/');
		bool lacks;

		if (!outer->argument[i].needed || !slash || find(inner, &at))
			continue;
		parent.path = strndup(at.path, (size_t)(slash - at.path));
		lacks = !parent.path || find(inner, &parent);
		free(parent.path);
		if (lacks)
			return true;
	}
	return false;
}

static bool includes_exact(const struct arguments *outer, const char *text)
{
	struct called called = { .value = json_loads(text, 0, NULL) };
	bool included = called.value && arguments_admit(outer, &called, NULL);

	called_release(&called);
	return included;
}

bool arguments_include(const struct arguments *outer, const struct arguments *inner)
{
	if (arguments_are_free(outer) || arguments_are_free(inner))
		return arguments_are_free(outer);
	for (size_t i = 0; i < inner->exact_count; i++)
		if (!includes_exact(outer, inner->exact[i]))
			return false;
	for (size_t i = 0; i < inner->count; i++) {
		const struct argument *same = find(outer, &inner->argument[i]);

		if (!same || !includes(same, &inner->argument[i]))
			return false;
	}
	return !inner->count || !lacks_needed(outer, inner);
}
