#include "recorder/tools/arguments.h"

#include "core/secret_name.h"
#include "recorder/secrets/find.h"
#include "recorder/secrets/mask.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

/* What a walk over a value needs. */
struct walk {
	const struct masker *masker;
	bool by_name;
	size_t masked;
	bool failed;
};

static struct bytes string_of(const json_t *value)
{
	return (struct bytes){ json_string_value(value), json_string_length(value) };
}

/* Masks text in which each part is ended by a NUL; how many secrets were in it. */
static size_t mask_text(struct walk *walk, struct bytes text, struct buffer *out)
{
	scoped(holds) struct holds holds = { 0 };

	if (secret_mask(&walk->masker->view, text, walk->masker->known, out, &holds) < 0)
		walk->failed = true;
	walk->masked += holds.count;
	return holds.count;
}

static json_t *fingerprint_of(const struct walk *walk, struct bytes value)
{
	char peer[FINGERPRINT_SIZE];

	secret_fingerprint(walk->masker->view.key, value, peer);
	return json_sprintf("[%s]", peer);
}

/* The text that the name says is a secret, as a new string; NULL: it is none. */
static json_t *mask_named(struct walk *walk, struct bytes name, const json_t *value)
{
	scoped(text) char *number = NULL;
	const struct secret_name *row = secret_name_find(name);
	struct bytes text = string_of(value);

	if (!row || row->value == SECRET_PLAIN)
		return NULL;
	if (json_is_number(value)) {
		number = json_dumps(value, JSON_ENCODE_ANY);
		text = bytes_of(number);
	}
	if (!text.size || !secret_name_fits(row, text) || secret_is_reference(text))
		return NULL;
	walk->masked++;
	return fingerprint_of(walk, text);
}

/* The same by its look. */
static json_t *mask_string(struct walk *walk, struct bytes text)
{
	scoped(buffer) struct buffer ended = { 0 }, masked = { 0 };

	buffer_append(&ended, text.data, text.size);
	buffer_append(&ended, "", 1);
	if (buffer_status(&ended) < 0) {
		walk->failed = true;
		return NULL;
	}
	if (!mask_text(walk, buffer_bytes(&ended), &masked) || !masked.size)
		return NULL;
	return json_stringn_nocheck(masked.data, masked.size - 1);
}

static bool is_command_line(const json_t *array)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		struct bytes text = string_of(json_array_get(array, i));

		if (!text.data || memchr(text.data, '\0', text.size))
			return false;
	}
	return json_array_size(array) > 1;
}

/* An option may say of the string behind it that it is a secret. */
static void mask_command_line(struct walk *walk, json_t *array)
{
	scoped(buffer) struct buffer words = { 0 }, masked = { 0 };
	const char *at;

	for (size_t i = 0; i < json_array_size(array); i++) {
		struct bytes text = string_of(json_array_get(array, i));

		buffer_append(&words, text.data, text.size + 1);
	}
	if (buffer_status(&words) < 0) {
		walk->failed = true;
		return;
	}
	if (!mask_text(walk, buffer_bytes(&words), &masked))
		return;
	at = masked.data;
	for (size_t i = 0; i < json_array_size(array) && at < masked.data + masked.size; i++) {
		size_t size = strlen(at);

		json_array_set_new(array, i, json_stringn_nocheck(at, size));
		at += size + 1;
	}
}

static void mask_value(struct walk *walk, json_t *value);

static void mask_array(struct walk *walk, json_t *array)
{
	if (is_command_line(array)) {
		mask_command_line(walk, array);
		return;
	}
	for (size_t i = 0; i < json_array_size(array); i++) {
		json_t *item = json_array_get(array, i);
		json_t *masked = json_is_string(item) ? mask_string(walk, string_of(item)) : NULL;

		if (masked)
			json_array_set_new(array, i, masked);
		else
			mask_value(walk, item);
	}
}

static void mask_object(struct walk *walk, json_t *object)
{
	const char *name;
	json_t *member;
	size_t size;
	void *next;

	json_object_keylen_foreach_safe(object, next, name, size, member)
	{
		json_t *masked = NULL;

		if (walk->by_name)
			masked = mask_named(walk, (struct bytes){ name, size }, member);
		if (!masked && json_is_string(member))
			masked = mask_string(walk, string_of(member));
		if (masked)
			json_object_setn_new_nocheck(object, name, size, masked);
		else
			mask_value(walk, member);
	}
}

/* Depth is bounded by jansson: JSON_PARSER_MAX_DEPTH. */
static void mask_value(struct walk *walk, json_t *value)
{
	if (json_is_object(value))
		mask_object(walk, value);
	else if (json_is_array(value))
		mask_array(walk, value);
}

static int mask_head(struct walk *walk, struct bytes json, struct buffer *out)
{
	scoped(buffer) struct buffer masked = { 0 };
	struct bytes head = { json.data,
			      json.size < 2 * ARGUMENTS_HEAD ? json.size : 2 * ARGUMENTS_HEAD };

	mask_text(walk, head, &masked);
	buffer_append(out, masked.data,
		      masked.size < ARGUMENTS_HEAD ? masked.size : ARGUMENTS_HEAD);
	return walk->failed ? -ENOMEM : buffer_status(out);
}

int arguments_mask(const struct masker *masker, struct bytes json, struct buffer *out,
		   bool *ret_whole)
{
	struct walk walk = { .masker = masker, .by_name = true };
	scoped(text) char *written = NULL;
	json_t *value = NULL, *holder; /* of one item: it may be a string itself */

	if (json.size <= ARGUMENTS_KEPT)
		value = json_loadb(json.data, json.size,
				   JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
	*ret_whole = value != NULL;
	if (!value)
		return mask_head(&walk, json, out);
	holder = json_pack("[o]", value);
	mask_array(&walk, holder);
	if (walk.masked) {
		written = json_dumps(json_array_get(holder, 0), JSON_COMPACT | JSON_ENCODE_ANY);
		walk.failed = walk.failed || !written;
	}
	walk.failed = walk.failed || !holder;
	json_decref(holder);
	if (walk.failed)
		return -ENOMEM;
	if (written)
		buffer_add(out, written);
	else
		buffer_append(out, json.data, json.size);
	return buffer_status(out);
}

int definition_mask(const struct masker *masker, struct json_t *value)
{
	struct walk walk = { .masker = masker };

	mask_value(&walk, value);
	return walk.failed ? -ENOMEM : 0;
}
