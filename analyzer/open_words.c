#include "analyzer/open_words.h"

#include "analyzer/chosen.h"
#include "analyzer/open_from.h"
#include "analyzer/shape.h"
#include "core/varying.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The same word of each command line. */
struct column {
	const struct argv_item **item;
	size_t count;
	enum open_how how, asked; /* may be less than was asked for */
	bool is_value;		  /* of the option before it */
};

static const struct bytes by_first_word;

/* What may vary of the word: of code whose files are chosen, nothing. */
static enum open_how how_of(const struct open_from *from, size_t index, enum open_how how)
{
	if (how == OPEN_CHANCE || index >= from->first)
		return how;
	return from->is_code ? OPEN_NOT : OPEN_CHANCE;
}

static bool is_option(const struct argv_item *item)
{
	return item->kind == ARGV_WORD && item->root == ROOT_NONE && item->text &&
	       *item->text == '-';
}

static bool is_free(const struct argv_item *item)
{
	return item->kind == ARGV_WORD && item->root == ROOT_NONE && item->text &&
	       argv_word_is_plain(item->text) && !strchr(item->text, '/');
}

static struct bytes last_component(const char *text)
{
	const char *slash = strrchr(text, '/');

	return bytes_of(slash ? slash + 1 : text);
}

/* A file by a name that has an ending, in a folder that stays the same. */
static bool has_ending(const struct argv_item *item, struct buffer *out)
{
	size_t before = out->size;

	if (item->kind != ARGV_WORD || !item->text || *item->text == '-')
		return false;
	chosen_key(last_component(item->text), out);
	if (out->size - before > 1)
		return true;
	out->size = before;
	return false;
}

static void key_of_shape(const char *text, struct buffer *out)
{
	struct bytes rest = bytes_of(text);

	for (;;) {
		const char *slash = rest.size ? memchr(rest.data, '/', rest.size) : NULL;
		size_t size = slash ? (size_t)(slash - rest.data) : rest.size;

		if (size)
			shape_key((struct bytes){ rest.data, size }, out);
		if (!slash)
			break;
		buffer_add_char(out, '/');
		rest.data += size + 1;
		rest.size -= size + 1;
	}
}

static void key_of_item(const struct argv *argv, size_t index, struct bytes program,
			enum open_how how, struct buffer *out)
{
	const struct argv_item *item = &argv->item[index];
	bool choose = how == OPEN_CHOSEN;

	buffer_printf(out, "\x1f%d%d%s\x1e", (int)item->kind, (int)item->root,
		      item->lead ? item->lead : "");
	if (choose && is_free(item) && argv_is_value(argv, index, program)) {
		buffer_add(out, "value");
		return;
	}
	if (choose && has_ending(item, out)) {
		buffer_append(out, item->text,
			      (size_t)(last_component(item->text).data - item->text));
		return;
	}
	if (item->text && how == OPEN_NOT)
		buffer_add(out, item->text);
	else if (item->text)
		key_of_shape(item->text, out);
}

void words_key(const struct argv *argv, struct bytes program, enum open_how how, struct buffer *out)
{
	struct open_from from = open_from(argv, program);

	buffer_printf(out, "%zu", argv->count);
	for (size_t i = 0; i < argv->count; i++) {
		const struct argv_item *item = &argv->item[i];

		key_of_item(argv, i, program, how_of(&from, i, how), out);
		for (size_t k = 0; k < item->count; k++) {
			buffer_add_char(out, '(');
			words_key(&item->command[k], by_first_word, how, out);
			buffer_add_char(out, ')');
		}
	}
}

/* ---- what varies ---- */

static bool all_equal(const struct bytes *text, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (!bytes_equal(text[0], text[i]))
			return false;
	return true;
}

static bool same_ending(const struct bytes *name, size_t count)
{
	scoped(buffer) struct buffer first = { 0 }, other = { 0 };
	bool same = true;

	chosen_key(name[0], &first);
	for (size_t i = 1; i < count && same; i++) {
		buffer_clear(&other);
		chosen_key(name[i], &other);
		same = bytes_equal(buffer_bytes(&first), buffer_bytes(&other));
	}
	return same && first.size > 1 && !first.failed && !other.failed;
}

/* One component of each; `choose`: people may have named it. */
static int add_component(struct varying *to, const struct bytes *name, size_t count, bool choose)
{
	scoped(varying) struct varying found = { 0 };
	int r;

	if (all_equal(name, count))
		return varying_add_literal(to, name[0]);
	for (size_t i = 0; i < count; i++)
		if (!name[i].size)
			return 1;
	r = shape_infer(name, count, &found);
	if (r == 1 && choose && same_ending(name, count))
		r = chosen_infer(name, count, &found);
	return r ? r : varying_append(to, &found);
}

/* Takes the next component of each; whether it is the last, of all alike; -1: not of all. */
static int next_component(struct bytes *rest, struct bytes *name, size_t count)
{
	int last = -1;

	for (size_t i = 0; i < count; i++) {
		const char *slash = rest[i].size ? memchr(rest[i].data, '/', rest[i].size) : NULL;
		size_t size = slash ? (size_t)(slash - rest[i].data) : rest[i].size;

		if (i && last != !slash)
			return -1;
		last = !slash;
		name[i] = (struct bytes){ rest[i].data, size };
		rest[i].data += slash ? size + 1 : size;
		rest[i].size -= slash ? size + 1 : size;
	}
	return last;
}

static int infer_parts(struct bytes *rest, struct bytes *name, size_t count, bool choose,
		       struct varying *to)
{
	for (;;) {
		int last = next_component(rest, name, count);
		int r = last < 0 ? 1 : add_component(to, name, count, choose && last);

		if (r == 0 && !last)
			r = varying_add_literal(to, bytes_of("/"));
		if (r || last)
			return r;
	}
}

static int infer_text(const struct column *column, struct varying *ret)
{
	struct bytes *text = calloc(column->count * 2 + 1, sizeof *text);
	struct varying varying = { 0 };
	int r = text ? 0 : -ENOMEM;

	for (size_t i = 0; text && i < column->count; i++)
		text[i] = bytes_of(column->item[i]->text);
	if (r == 0)
		r = infer_parts(text, text + column->count, column->count,
				column->how == OPEN_CHOSEN, &varying);
	free(text);
	return varying_give(&varying, r, ret);
}

static bool column_is_free(const struct column *column)
{
	for (size_t i = 0; i < column->count; i++)
		if (!is_free(column->item[i]))
			return false;
	return column->is_value && column->how == OPEN_CHOSEN;
}

static bool column_is_equal(const struct column *column)
{
	for (size_t i = 1; i < column->count; i++)
		if (strcmp(column->item[i]->text, column->item[0]->text))
			return false;
	return true;
}

/* What all have; text and what varies are the item's own. */
static int fill(const struct column *column, struct argv_item *ret)
{
	struct varying varying = { 0 };
	int r;

	if (column_is_equal(column)) {
		ret->text = strdup(column->item[0]->text);
		return ret->text ? 0 : -ENOMEM;
	}
	if (column->how == OPEN_NOT || (is_option(column->item[0]) && column->how == OPEN_CHOSEN))
		return 1;
	r = infer_text(column, &varying);
	if (r == 1 && column_is_free(column)) {
		ret->any = true;
		return 0;
	}
	if (r)
		return r;
	ret->varying = malloc(sizeof *ret->varying);
	if (!ret->varying) {
		varying_release(&varying);
		return -ENOMEM;
	}
	*ret->varying = varying;
	return 0;
}

static int infer_script(const struct column *column, struct argv_item *ret)
{
	const struct argv_item *first = column->item[0];
	const struct argv **command = calloc(column->count + 1, sizeof(*command));
	int r = command ? 0 : -ENOMEM;

	for (size_t k = 0; k < first->count && r == 0; k++) {
		struct argv open = { 0 };

		for (size_t i = 0; i < column->count && r == 0; i++) {
			if (column->item[i]->count != first->count)
				r = 1;
			else
				command[i] = &column->item[i]->command[k];
		}
		if (r == 0)
			r = words_infer(command, column->count, by_first_word, column->asked,
					&open);
		if (r == 0)
			r = argv_add_command_of(ret, &open);
	}
	free(command);
	return r;
}

static int infer_item(const struct column *column, struct argv_item *ret)
{
	const struct argv_item *first = column->item[0];
	int r;

	*ret = (struct argv_item){ .kind = first->kind, .root = first->root };
	for (size_t i = 0; i < column->count; i++)
		if (column->item[i]->varying || column->item[i]->any)
			return 1;
	if (first->lead) {
		ret->lead = strdup(first->lead);
		if (!ret->lead)
			return -ENOMEM;
	}
	if (first->kind == ARGV_SCRIPT)
		return infer_script(column, ret);
	r = first->text ? fill(column, ret) : 1;
	return r;
}

static bool are_as_long(const struct argv *const *argv, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (argv[i]->count != argv[0]->count)
			return false;
	return true;
}

int words_infer(const struct argv *const *argv, size_t count, struct bytes program,
		enum open_how how, struct argv *ret)
{
	struct column column = { .item = calloc(count + 1, sizeof(*column.item)),
				 .count = count,
				 .asked = how };
	struct open_from from = open_from(argv[0], program);
	struct argv open = { 0 };
	int r = column.item ? 0 : -ENOMEM;

	if (r == 0 && !are_as_long(argv, count))
		r = 1;
	for (size_t k = 0; k < argv[0]->count && r == 0; k++) {
		struct argv_item item = { 0 };

		for (size_t i = 0; i < count; i++)
			column.item[i] = &argv[i]->item[k];
		column.how = how_of(&from, k, how);
		column.is_value = argv_is_value(argv[0], k, program);
		r = infer_item(&column, &item);
		if (r == 0)
			r = argv_add_item(&open, &item);
		else
			argv_item_free(&item);
	}
	free(column.item);
	if (r)
		argv_release(&open);
	else
		*ret = open;
	return r;
}
