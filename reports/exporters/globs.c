#include "reports/exporters/globs.h"

#include "core/varying.h"

#include <string.h>

/* "[0-9a-f]"; what a dash could be taken for stands last. */
static void write_set(enum class class, struct buffer *out)
{
	if (class == CLASS_ANY) {
		buffer_add(out, "[^/]");
		return;
	}
	buffer_add_char(out, '[');
	for (const char *at = class_text(class); *at; at += 2)
		if (*at != '-')
			buffer_printf(out, at[0] == at[1] ? "%c" : "%c-%c", at[0], at[1]);
	if (class_has(class, '-'))
		buffer_add_char(out, '-');
	buffer_add_char(out, ']');
}

static void write_shape(enum class class, struct buffer *out)
{
	for (const char *at = class_text(class); *at; at++)
		buffer_add(out, *at == 'x' ? "[0-9a-f]" : *at == '9' ? "[0-9]" : "-");
}

static void write_sets(enum class class, size_t count, struct buffer *out)
{
	while (count--)
		write_set(class, out);
}

void apparmor_quote(struct bytes name, struct buffer *out)
{
	for (size_t i = 0; i < name.size; i++) {
		unsigned char byte = (unsigned char)name.data[i];

		if ((byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
		    (byte >= 'a' && byte <= 'z') || strchr("/._-", byte))
			buffer_add_char(out, (char)byte);
		else
			buffer_printf(out, "\\x%02x", byte);
	}
}

/* There are no counts: so many, and up to so many more, in parts that may each be missing and whose
 * sizes add up to every number. */
static void write_apparmor_part(const struct part *part, struct buffer *out)
{
	size_t left = part->max - part->min;

	if (part->literal.size) {
		apparmor_quote(part->literal, out);
		return;
	}
	if (class_is_shape(part->class)) {
		write_shape(part->class, out);
		return;
	}
	write_sets(part->class, part->min, out);
	if (part_is_star(part)) {
		buffer_add_char(out, '*');
		return;
	}
	for (size_t size = 1; left; size *= 2) {
		size_t now = size < left ? size : left;

		buffer_add(out, "{,");
		write_sets(part->class, now, out);
		buffer_add_char(out, '}');
		left -= now;
	}
}

static void write_apparmor_token(const struct token *token, struct buffer *out)
{
	if (token->kind == TOKEN_LITERAL)
		apparmor_quote(token->literal, out);
	else if (token->kind == TOKEN_SUBTREE)
		buffer_add(out, "**");
	else if (token->kind == TOKEN_ANY)
		buffer_add(out, "?*");
	else
		for (size_t i = 0; i < token->varying->count; i++)
			write_apparmor_part(&token->varying->part[i], out);
}

void apparmor_glob(const struct pattern *pattern, struct buffer *out)
{
	for (size_t i = 0; i < pattern->count; i++) {
		buffer_add_char(out, '/');
		write_apparmor_token(&pattern->token[i], out);
	}
	if (!pattern->count)
		buffer_add_char(out, '/');
}

void regex_literal(struct bytes text, struct buffer *out)
{
	for (size_t i = 0; i < text.size; i++) {
		if (strchr("\\.[]{}()*+?^$|", text.data[i]) && text.data[i])
			buffer_add_char(out, '\\');
		buffer_add_char(out, text.data[i]);
	}
}

void regex_part(const struct part *part, struct buffer *out)
{
	if (part->literal.size) {
		regex_literal(part->literal, out);
		return;
	}
	if (class_is_shape(part->class)) {
		write_shape(part->class, out);
		return;
	}
	write_set(part->class, out);
	if (part->min == part->max)
		buffer_printf(out, "{%zu}", part->min);
	else
		buffer_printf(out, "{%zu,%zu}", part->min, part->max);
}

static void write_regex_token(const struct token *token, struct buffer *out)
{
	if (token->kind == TOKEN_LITERAL)
		regex_literal(token->literal, out);
	else if (token->kind == TOKEN_SUBTREE)
		buffer_add(out, "(.|\n)+");
	else if (token->kind == TOKEN_ANY)
		buffer_add(out, "[^/]+");
	else
		for (size_t i = 0; i < token->varying->count; i++)
			regex_part(&token->varying->part[i], out);
}

void regex_write(const struct pattern *pattern, struct buffer *out)
{
	buffer_add_char(out, '^');
	regex_literal(bytes_of(root_text(pattern->root)), out);
	for (size_t i = 0; i < pattern->count; i++) {
		if (pattern->is_path)
			buffer_add_char(out, '/');
		write_regex_token(&pattern->token[i], out);
	}
	if (!pattern->count && pattern->root == ROOT_NONE)
		buffer_add_char(out, '/');
	buffer_add_char(out, '$');
}
