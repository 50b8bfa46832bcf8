#include "core/argv_private.h"
#include "core/pattern_private.h"
#include "core/text.h"
#include "core/varying.h"

#include <string.h>

/* Characters of a word that mean something in a template, and in no pattern. */
#define ARGV_RESERVED " ()<>&"

static void write_literal(struct bytes raw, struct buffer *out)
{
	scoped(buffer) struct buffer safe = { 0 };
	size_t size;

	text_escape(raw, TEXT_SAFE, &safe);
	out->failed = out->failed || safe.failed;
	for (size_t i = 0; i < safe.size; i += size) {
		struct bytes rest = { safe.data + i, safe.size - i };

		size = pattern_escape_size(rest);
		if (strchr(ARGV_RESERVED, *rest.data)) {
			buffer_printf(out, "\\x%02x", (unsigned char)*rest.data);
			continue;
		}
		if (strchr(PATTERN_RESERVED, *rest.data))
			buffer_add_char(out, '\\');
		buffer_append(out, rest.data, size);
	}
}

static void write_varying(const struct varying *varying, struct buffer *out)
{
	for (size_t i = 0; i < varying->count; i++)
		if (varying->part[i].literal.size)
			write_literal(varying->part[i].literal, out);
		else
			class_write(&varying->part[i], out);
}

/* '' is how an empty word is written. */
static void write_text(struct bytes text, struct buffer *out)
{
	if (!text.size) {
		buffer_add(out, "''");
		return;
	}
	if (*text.data == '\'') {
		buffer_add(out, "\\x27");
		text.data++;
		text.size--;
	}
	write_literal(text, out);
}

void argv_write_word(struct bytes word, struct buffer *out)
{
	write_text(word, out);
}

static void write_word(const struct argv_item *item, struct buffer *out)
{
	if (item->any)
		buffer_add(out, item->kind == ARGV_REST ? "**" : "*");
	else if (item->root == ROOT_NONE && !item->varying)
		write_text(bytes_of(item->text), out);
	else {
		if (item->lead && item->kind != ARGV_REDIRECT)
			write_literal(bytes_of(item->lead), out);
		buffer_add(out, root_text(item->root));
		if (item->varying)
			write_varying(item->varying, out);
		else
			write_literal(bytes_of(item->text), out);
	}
}

static void write_script(const struct argv_item *item, struct buffer *out)
{
	for (size_t i = 0; i < item->count; i++) {
		buffer_add(out, i ? " (" : "(");
		argv_write(&item->command[i], out);
		buffer_add_char(out, ')');
	}
}

static void write_item(const struct argv_item *item, struct buffer *out)
{
	switch (item->kind) {
	case ARGV_SCRIPT:
		write_script(item, out);
		return;
	case ARGV_AND:
		buffer_add(out, "&&");
		return;
	case ARGV_CALLED:
		buffer_add_char(out, '@');
		break;
	case ARGV_REDIRECT:
		buffer_add(out, item->lead);
		break;
	case ARGV_WORD:
	case ARGV_REST:
		break;
	}
	write_word(item, out);
}

void argv_write(const struct argv *argv, struct buffer *out)
{
	if (!argv->count)
		buffer_add(out, "()");
	for (size_t i = 0; i < argv->count; i++) {
		if (i)
			buffer_add_char(out, ' ');
		write_item(&argv->item[i], out);
	}
}
