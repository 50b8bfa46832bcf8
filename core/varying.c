#include "core/varying.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PARTS_MAX VARYING_MAX

/* 0, -ENOMEM; -EINVAL: there are too many. */
static int add_part(struct varying *varying, const struct part *part)
{
	struct part *grown;

	if (varying->count == PARTS_MAX)
		return -EINVAL;
	grown = reallocarray(varying->part, varying->count + 1, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	varying->part = grown;
	varying->part[varying->count++] = *part;
	return 0;
}

static struct part *last_part(struct varying *varying)
{
	return varying->count ? &varying->part[varying->count - 1] : NULL;
}

static size_t literal_bytes(const struct varying *varying)
{
	size_t size = 0;

	for (size_t i = 0; i < varying->count; i++)
		size += varying->part[i].literal.size;
	return size;
}

/* The literals stand in one store that moves as it grows: all are cut anew. */
static int keep_literal(struct varying *varying, struct bytes literal)
{
	size_t used = literal_bytes(varying), at = 0;
	char *grown = realloc(varying->store, used + literal.size);

	if (!grown)
		return -ENOMEM;
	varying->store = grown;
	memcpy(grown + used, literal.data, literal.size);
	for (size_t i = 0; i < varying->count; i++) {
		if (varying->part[i].literal.size)
			varying->part[i].literal.data = grown + at;
		at += varying->part[i].literal.size;
	}
	return 0;
}

int varying_add_literal(struct varying *varying, struct bytes literal)
{
	struct part *last = last_part(varying), fresh = { .literal = literal };
	int r;

	if (!literal.size)
		return 0;
	r = keep_literal(varying, literal);
	if (r < 0)
		return r;
	if (last && last->literal.size) {
		last->literal.size += literal.size;
		return 0;
	}
	fresh.literal.data = varying->store + literal_bytes(varying);
	return add_part(varying, &fresh);
}

int varying_add_class(struct varying *varying, enum class class, size_t min, size_t max)
{
	struct part *last = last_part(varying), fresh = { .class = class, .min = min, .max = max };

	if (last && !last->literal.size && !last->block.size && last->class == class &&
	    !class_is_shape(class)) {
		last->min += min;
		last->max += max;
		if (class == CLASS_ANY && last->max > VARYING_MAX)
			last->max = VARYING_MAX;
		return 0;
	}
	return add_part(varying, &fresh);
}

int varying_add_block(struct varying *varying, const struct block *block)
{
	const struct part fresh = { .block = *block };

	return add_part(varying, &fresh);
}

int varying_add_part(struct varying *varying, const struct part *part)
{
	if (part->literal.size)
		return varying_add_literal(varying, part->literal);
	if (part->block.size)
		return varying_add_block(varying, &part->block);
	return varying_add_class(varying, part->class, part->min, part->max);
}

int varying_append(struct varying *varying, const struct varying *more)
{
	int r = 0;

	for (size_t i = 0; i < more->count && r == 0; i++)
		r = varying_add_part(varying, &more->part[i]);
	return r;
}

bool part_is_star(const struct part *part)
{
	return !part->literal.size && !part->block.size && part->class == CLASS_ANY &&
	       part->max == VARYING_MAX;
}

static size_t part_size(const struct part *part)
{
	if (part->literal.size)
		return part->literal.size;
	if (part->block.size)
		return BLOCK_NAME_MAX;
	if (part_is_star(part))
		return part->min;
	return class_is_shape(part->class) ? class_size(part->class) : part->max;
}

static void add_part_language(const struct part *part, struct language *out)
{
	if (part->literal.size)
		language_add_literal(out, part->literal);
	else if (part->block.size)
		block_language(&part->block, out);
	else if (part_is_star(part)) {
		language_add_class(out, part->class, part->min, part->min);
		language_add_any(out, false);
	} else
		language_add_class(out, part->class, part->min, part->max);
}

int varying_finish(struct varying *varying)
{
	bool varies = false;
	size_t size = 0;

	language_release(&varying->language);
	for (size_t i = 0; i < varying->count; i++) {
		const struct part *part = &varying->part[i];

		varies = varies || !part->literal.size;
		size += part_size(part);
		if (size > VARYING_MAX)
			return -EINVAL;
		add_part_language(part, &varying->language);
	}
	if (varying->language.failed)
		return -ENOMEM;
	return varies ? 0 : -EINVAL;
}

int varying_give(struct varying *varying, int status, struct varying *ret)
{
	int r = status ? status : varying_finish(varying);

	if (r) {
		varying_release(varying);
		return r == -ENOMEM ? r : 1;
	}
	*ret = *varying;
	return 0;
}

void varying_release(struct varying *varying)
{
	free(varying->part);
	free(varying->store);
	language_release(&varying->language);
	*varying = (struct varying){ 0 };
}

void varying_cleanup(struct varying *varying)
{
	varying_release(varying);
}

/* One number from 1 to VARYING_MAX, all of `text`, as numbers are written. */
static int read_length(struct bytes text, size_t *ret)
{
	size_t value = 0;

	if (!text.size || (*text.data == '0' && text.size > 1))
		return -EINVAL;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return -EINVAL;
		value = value * 10 + (size_t)(text.data[i] - '0');
		if (value > VARYING_MAX)
			return -EINVAL;
	}
	*ret = value;
	return 0;
}

static int read_lengths(struct bytes text, struct part *ret)
{
	const char *dash = text.size ? memchr(text.data, '-', text.size) : NULL;
	struct bytes first = { text.data, dash ? (size_t)(dash - text.data) : text.size };
	struct bytes last = first;

	if (dash)
		last = (struct bytes){ dash + 1, text.size - first.size - 1 };
	if (read_length(first, &ret->min) < 0 || read_length(last, &ret->max) < 0)
		return -EINVAL;
	/* "3-3" is written "3". */
	return !ret->max || (dash && ret->max <= ret->min) ? -EINVAL : 0;
}

int class_read(struct bytes text, struct part *ret)
{
	const char *colon = text.size ? memchr(text.data, ':', text.size) : NULL;
	struct bytes name = { text.data, colon ? (size_t)(colon - text.data) : text.size };

	*ret = (struct part){ .min = 1, .max = 1 };
	if (!class_find(name, &ret->class) || class_is_shape(ret->class) != !colon)
		return -EINVAL;
	if (!colon)
		return 0;
	return read_lengths((struct bytes){ colon + 1, text.size - name.size - 1 }, ret);
}

void class_write(const struct part *part, struct buffer *out)
{
	buffer_printf(out, "{%s", class_name(part->class));
	if (!class_is_shape(part->class))
		buffer_printf(out, part->min == part->max ? ":%zu" : ":%zu-%zu", part->min,
			      part->max);
	buffer_add_char(out, '}');
}

/* Cuts the literals that all begin and end with, leaving the parts between.  False: they differ. */
static bool cut_ends(const struct varying *varying, struct bytes *text, size_t *ret_first,
		     size_t *ret_count)
{
	size_t first = 0, count = varying->count;
	const struct part *part = varying->part;

	if (count && part[0].literal.size) {
		if (!bytes_start_with(*text, part[0].literal))
			return false;
		text->data += part[0].literal.size;
		text->size -= part[0].literal.size;
		first++;
		count--;
	}
	if (count && part[first + count - 1].literal.size) {
		struct bytes end = part[first + count - 1].literal;

		if (text->size < end.size ||
		    memcmp(text->data + text->size - end.size, end.data, end.size) != 0)
			return false;
		text->size -= end.size;
		count--;
	}
	*ret_first = first;
	*ret_count = count;
	return true;
}

static bool class_matches(const struct part *part, struct bytes text)
{
	if (part->block.size)
		return block_has(&part->block, text);
	if (class_is_shape(part->class))
		return text.size == class_size(part->class) && class_begins(part->class, text);
	if (text.size < part->min || text.size > part->max)
		return false;
	for (size_t i = 0; i < text.size; i++)
		if (!class_has(part->class, text.data[i]))
			return false;
	return true;
}

bool varying_matches(const struct varying *varying, struct bytes component)
{
	struct bytes middle = component;
	size_t first, count;

	if (!component.size || bytes_equal(component, bytes_of(".")) ||
	    bytes_equal(component, bytes_of("..")))
		return false;
	/* Nearly all have one class, for which no machine is needed. */
	if (!cut_ends(varying, &middle, &first, &count))
		return false;
	if (count == 1 && !varying->part[first].literal.size)
		return class_matches(&varying->part[first], middle);
	return language_matches(&varying->language, component);
}

static int number_compare(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int part_compare(const struct part *a, const struct part *b)
{
	int order = bytes_compare(a->literal, b->literal);

	if (order || a->literal.size)
		return order;
	if (a->block.size || b->block.size)
		return block_compare(&a->block, &b->block);
	order = number_compare((size_t)a->class, (size_t)b->class);
	order = order ? order : number_compare(a->min, b->min);
	return order ? order : number_compare(a->max, b->max);
}

int varying_compare(const struct varying *a, const struct varying *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		int order = part_compare(&a->part[i], &b->part[i]);

		if (order)
			return order;
	}
	return number_compare(a->count, b->count);
}
