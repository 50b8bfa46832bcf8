#include "core/argv_private.h"
#include "core/varying.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void argv_item_free(struct argv_item *item)
{
	free(item->lead);
	free(item->text);
	if (item->varying)
		varying_release(item->varying);
	free(item->varying);
	for (size_t i = 0; i < item->count; i++)
		argv_release(&item->command[i]);
	free(item->command);
	*item = (struct argv_item){ 0 };
}

void argv_release(struct argv *argv)
{
	for (size_t i = 0; i < argv->count; i++)
		argv_item_free(&argv->item[i]);
	free(argv->item);
	*argv = (struct argv){ 0 };
}

void argv_cleanup(struct argv *argv)
{
	argv_release(argv);
}

int argv_add_item(struct argv *argv, struct argv_item *item)
{
	struct argv_item *grown = argv->item;
	size_t count = argv->count;

	/* The room is the next power of two. */
	if ((count & (count - 1)) == 0)
		grown = reallocarray(grown, count ? count * 2 : 1, sizeof *grown);
	if (!grown) {
		argv_item_free(item);
		return -ENOMEM;
	}
	argv->item = grown;
	grown[argv->count++] = *item;
	*item = (struct argv_item){ 0 };
	return 0;
}

int argv_add_word(struct argv *argv, enum argv_kind kind, struct bytes word)
{
	struct argv_item item = { .kind = kind,
				  .text = strndup(word.size ? word.data : "", word.size) };

	return item.text ? argv_add_item(argv, &item) : -ENOMEM;
}

int argv_compare(const struct argv *a, const struct argv *b)
{
	scoped(buffer) struct buffer first = { 0 }, second = { 0 };

	argv_write(a, &first);
	argv_write(b, &second);
	return bytes_compare(buffer_bytes(&first), buffer_bytes(&second));
}

int argv_add_command_of(struct argv_item *script, struct argv *command)
{
	struct argv *grown;
	size_t at = 0;

	while (at < script->count && argv_compare(&script->command[at], command) < 0)
		at++;
	if (at < script->count && !argv_compare(&script->command[at], command)) {
		argv_release(command);
		return 0;
	}
	grown = reallocarray(script->command, script->count + 1, sizeof *grown);
	if (!grown) {
		argv_release(command);
		return -ENOMEM;
	}
	script->command = grown;
	memmove(grown + at + 1, grown + at, (script->count - at) * sizeof *grown);
	grown[at] = *command;
	*command = (struct argv){ 0 };
	script->count++;
	return 0;
}

static int compare_commands(const void *a, const void *b)
{
	return argv_compare(a, b);
}

void argv_sort_commands(struct argv_item *script)
{
	qsort(script->command, script->count, sizeof *script->command, compare_commands);
}

/* ---- matching ---- */

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Whether "." or ".." is a component: a class must not make one. */
static bool has_dots(struct bytes word)
{
	while (word.size) {
		const char *slash = memchr(word.data, '/', word.size);
		size_t size = slash ? (size_t)(slash - word.data) : word.size;

		if ((size == 1 || size == 2) && !memcmp(word.data, "..", size))
			return true;
		word.data += slash ? size + 1 : size;
		word.size -= slash ? size + 1 : size;
	}
	return false;
}

static bool varies_to(const struct varying *varying, struct bytes word)
{
	bool begins_open = !varying->part[0].literal.size;

	if (!word.size || has_dots(word) || (begins_open && *word.data == '-'))
		return false;
	return varying_matches(varying, word);
}

bool argv_word_is_plain(const char *text)
{
	unsigned char c = (unsigned char)*text;

	return c > 127 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

static bool matches_rest(const struct argv_item *item, struct bytes rest)
{
	return item->varying ? varies_to(item->varying, rest)
			     : bytes_equal(bytes_of(item->text), rest);
}

static bool matches_below_root(const struct argv_item *item, const struct roots *roots,
			       const char *text)
{
	struct bytes folder = root_folder(roots, item->root), word = bytes_of(text), rest;
	struct bytes lead = item->kind == ARGV_REDIRECT ? bytes_of("") : bytes_of(item->lead);

	if (!folder.size || !bytes_start_with(word, lead))
		return false;
	word.data += lead.size;
	word.size -= lead.size;
	return name_is_canonical(word) && name_is_below(word, folder, &rest) &&
	       matches_rest(item, rest);
}

static bool matches_script(const struct argv_item *item, const struct roots *roots,
			   const struct argv_item *asked)
{
	for (size_t i = 0; i < asked->count; i++) {
		size_t k = 0;

		while (k < item->count &&
		       !argv_matches(&item->command[k], roots, &asked->command[i]))
			k++;
		if (k == item->count)
			return false;
	}
	return asked->count != 0;
}

static bool matches_item(const struct argv_item *item, const struct roots *roots,
			 const struct argv_item *asked)
{
	if (item->kind != asked->kind)
		return false;
	if (item->kind == ARGV_SCRIPT)
		return matches_script(item, roots, asked);
	if (item->kind == ARGV_REDIRECT && !same_text(item->lead, asked->lead))
		return false;
	if (item->any)
		return argv_word_is_plain(asked->text);
	if (item->root != ROOT_NONE)
		return matches_below_root(item, roots, asked->text);
	return matches_rest(item, bytes_of(asked->text));
}

static bool has_rest(const struct argv *argv)
{
	return argv->count && argv->item[argv->count - 1].kind == ARGV_REST;
}

bool argv_matches(const struct argv *argv, const struct roots *roots, const struct argv *command)
{
	size_t count = argv->count - has_rest(argv);

	if (has_rest(argv) ? count > command->count : count != command->count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!matches_item(&argv->item[i], roots, &command->item[i]))
			return false;
	return true;
}

/* How many of the commands of a text fit. */
static size_t fitting(const struct argv_item *item, const struct roots *roots,
		      const struct argv_item *asked)
{
	size_t fit = 0;

	for (size_t i = 0; item->kind == asked->kind && i < asked->count; i++)
		for (size_t k = 0; k < item->count; k++)
			fit += argv_matches(&item->command[k], roots, &asked->command[i]);
	return fit;
}

size_t argv_nearness(const struct argv *argv, const struct roots *roots, const struct argv *command)
{
	size_t near = 0, part = argv->count == command->count;

	while (near < argv->count && near < command->count &&
	       matches_item(&argv->item[near], roots, &command->item[near]))
		near++;
	if (near < argv->count && near < command->count)
		part += fitting(&argv->item[near], roots, &command->item[near]);
	return near * 4 + (part > 3 ? 3 : part);
}

static bool item_is_open(const struct argv_item *item)
{
	for (size_t i = 0; i < item->count; i++)
		if (argv_is_open(&item->command[i]))
			return true;
	return item->any || item->varying || item->kind == ARGV_REST;
}

bool argv_is_open(const struct argv *argv)
{
	for (size_t i = 0; i < argv->count; i++)
		if (item_is_open(&argv->item[i]))
			return true;
	return false;
}
