#include "core/argument.h"

#include "core/digest.h"
#include "core/text.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Below the longest root; $WS before $HOME before $TMP where they are equal. */
static enum root_kind find_root(const struct roots *roots, struct bytes name, struct bytes *ret)
{
	enum root_kind found = ROOT_NONE;
	size_t longest = 0;

	for (enum root_kind root = ROOT_WORKSPACE; root <= ROOT_TMP; root++) {
		struct bytes folder = root_folder(roots, root), rest;

		if (folder.size <= longest || !name_is_below(name, folder, &rest))
			continue;
		found = root;
		longest = folder.size;
		*ret = rest;
	}
	return found;
}

static json_t *normal_string(const json_t *string, const struct roots *roots)
{
	struct bytes text = { json_string_value(string), json_string_length(string) }, rest = text;
	scoped(buffer) struct buffer out = { 0 };
	enum root_kind root = ROOT_NONE;

	if (name_is_canonical(text))
		root = find_root(roots, text, &rest);
	if (root) {
		buffer_add(&out, root_text(root));
		text = rest;
	} else if (text.size && *text.data == '$') {
		buffer_add_char(&out, '$');
	}
	buffer_append(&out, text.data, text.size);
	return buffer_status(&out) < 0 ? NULL : json_stringn(buffer_text(&out), out.size);
}

typedef json_t *leaf_copy(const json_t *leaf, const void *context);

static json_t *copy(json_t *value, leaf_copy *leaf, const void *context);

static json_t *copy_object(json_t *object, leaf_copy *leaf, const void *context)
{
	json_t *into = json_object(), *member;
	const char *name;
	int r = into ? 0 : -1;

	json_object_foreach(object, name, member) if (r == 0) r =
		json_object_set_new(into, name, copy(member, leaf, context));
	if (r == 0)
		return into;
	json_decref(into);
	return NULL;
}

static json_t *copy_array(json_t *array, leaf_copy *leaf, const void *context)
{
	json_t *into = json_array(), *item;
	size_t i;
	int r = into ? 0 : -1;

	json_array_foreach(array, i, item) if (r == 0) r =
		json_array_append_new(into, copy(item, leaf, context));
	if (r == 0)
		return into;
	json_decref(into);
	return NULL;
}

/* NULL: no memory. */
static json_t *copy(json_t *value, leaf_copy *leaf, const void *context)
{
	if (json_is_object(value))
		return copy_object(value, leaf, context);
	if (json_is_array(value))
		return copy_array(value, leaf, context);
	return leaf(value, context);
}

static json_t *normal_leaf(const json_t *leaf, const void *roots)
{
	return json_is_string(leaf) ? normal_string(leaf, roots) : json_incref((json_t *)leaf);
}

static bool is_deeper(json_t *value, unsigned depth)
{
	json_t *part;
	const char *name;
	size_t i;

	if (!depth)
		return true;
	json_object_foreach(value, name, part) if (is_deeper(part, depth - 1)) return true;
	json_array_foreach(value, i, part) if (is_deeper(part, depth - 1)) return true;
	return false;
}

int called_read(struct called *ret, struct bytes text, const struct roots *roots)
{
	struct called called = { 0 };
	json_t *raw =
		json_loadb(text.data ? text.data : "", text.size, JSON_REJECT_DUPLICATES, NULL);

	if (!raw)
		called.fault = "it is not JSON that can be read in one way only";
	else if (is_deeper(raw, ARGUMENT_DEPTH_MAX))
		called.fault = "it is nested too deeply";
	else
		called.value = copy(raw, normal_leaf, roots);
	json_decref(raw);
	if (!called.value && !called.fault)
		return -ENOMEM;
	*ret = called;
	return 0;
}

void called_release(struct called *called)
{
	json_decref(called->value);
	*called = (struct called){ 0 };
}

void called_cleanup(struct called *called)
{
	called_release(called);
}

static json_t *short_leaf(const json_t *leaf, const void *context)
{
	char text[sizeof "$sha256:" + DIGEST_HEX_SIZE] = "$sha256:";
	size_t size = json_string_length(leaf);

	(void)context;
	if (!json_is_string(leaf) || size <= ARGUMENT_STRING_MAX)
		return json_incref((json_t *)leaf);
	if (digest_of((struct bytes){ json_string_value(leaf), size }, text + strlen(text)))
		return NULL;
	return json_string(text);
}

int value_write(const json_t *value, struct buffer *out)
{
	json_t *shortened = copy((json_t *)value, short_leaf, NULL);
	char *text = json_dumps(shortened, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENSURE_ASCII |
						   JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));

	json_decref(shortened);
	if (!text)
		return -ENOMEM;
	buffer_add(out, text);
	free(text);
	return buffer_status(out);
}

void pointer_add(struct buffer *path, const char *member)
{
	scoped(buffer) struct buffer escaped = { 0 };

	buffer_add_char(path, '/');
	if (!member || !strcmp(member, "*")) {
		buffer_add(path, member ? "~2" : "*");
		return;
	}
	for (; *member; member++) {
		if (*member == '~')
			buffer_add(&escaped, "~0");
		else if (*member == '/')
			buffer_add(&escaped, "~1");
		else
			buffer_add_char(&escaped, *member);
	}
	text_escape(buffer_bytes(&escaped), TEXT_SAFE, path);
	path->failed = path->failed || escaped.failed;
}
