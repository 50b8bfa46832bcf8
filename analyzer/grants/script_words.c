#include "analyzer/grants/script.h"
#include "core/bwrap_script.h"
#include "core/varying.h"

#include <stdlib.h>
#include <string.h>

static int peek(const struct script_reader *reader)
{
	return reader->at < reader->text.size ? (unsigned char)reader->text.data[reader->at] : -1;
}

bool script_take(struct script_reader *reader, const char *text)
{
	struct bytes rest = { reader->text.data + reader->at, reader->text.size - reader->at };

	if (!bytes_start_with(rest, bytes_of(text)))
		return false;
	reader->at += strlen(text);
	return true;
}

int script_line(struct script_reader *reader)
{
	for (; reader->counted < reader->at; reader->counted++)
		reader->line += reader->text.data[reader->counted] == '\n';
	return reader->line;
}

bool script_quoted(struct script_reader *reader, struct buffer *ret)
{
	if (!script_take(reader, "'"))
		return false;
	for (;;) {
		int c = peek(reader);

		if (c < 0)
			return false;
		if (script_take(reader, "'\\''"))
			c = '\'';
		else if (script_take(reader, "'"))
			return true;
		else
			reader->at++;
		buffer_add_char(ret, (char)c);
	}
}

static const struct {
	const char *word;
	enum root_kind root;
} root_row[] = {
	{ "\"$pare_ws\"", ROOT_WORKSPACE },
	{ "\"$pare_home\"", ROOT_HOME },
	{ "\"$pare_tmp\"", ROOT_TMP },
};

/* "" where there is none. */
static const char *take_root(struct script_reader *reader)
{
	for (size_t i = 0; i < sizeof root_row / sizeof *root_row; i++)
		if (script_take(reader, root_row[i].word))
			return root_text(root_row[i].root);
	return "";
}

static bool give(struct script_reader *reader, size_t start, struct buffer *pattern,
		 struct script_place *ret)
{
	ret->words = (struct bytes){ reader->text.data + start, reader->at - start };
	ret->pattern = buffer_steal(pattern);
	reader->failed = reader->failed || !ret->pattern;
	return !reader->failed;
}

bool script_path(struct script_reader *reader, struct script_place *ret)
{
	scoped(buffer) struct buffer name = { 0 }, pattern = { 0 };
	size_t start = reader->at;
	const char *root = take_root(reader);

	buffer_add(&pattern, root);
	if (peek(reader) == '\'') {
		if (!script_quoted(reader, &name) || !name_is_canonical(buffer_bytes(&name)) ||
		    name.size < 2)
			return false;
		pattern_of_name(&(struct roots){ 0 }, RESOURCE_FILE, buffer_bytes(&name), &pattern);
	} else if (!*root) {
		if (!script_take(reader, "/"))
			return false;
		buffer_add_char(&pattern, '/');
	}
	return give(reader, start, &pattern, ret);
}

/* ---- several at once ---- */

/* "8,8\}" behind a class; in its digits. */
static bool read_counts(const char **at, struct part *part)
{
	char *end;

	part->min = strtoul(*at, &end, 10);
	if (end == *at || *end != ',')
		return false;
	*at = end + 1;
	part->max = strtoul(*at, &end, 10);
	if (end == *at || strncmp(end, "\\}", 2) != 0)
		return false;
	*at = end + 2;
	return part->min <= part->max && part->max && part->max <= VARYING_MAX;
}

static bool take_class(const char **at, enum class class, struct buffer *ret)
{
	scoped(buffer) struct buffer text = { 0 };
	struct part part = { .class = class, .min = 1, .max = 1 };
	size_t size;

	bwrap_script_class(&part, &text);
	size = text.size;
	if (!class_is_shape(class))
		size -= strlen("1,1\\}");
	if (strncmp(*at, buffer_text(&text), size) != 0)
		return false;
	*at += size;
	if (!class_is_shape(class) && !read_counts(at, &part))
		return false;
	class_write(&part, ret);
	return true;
}

static bool take_any(const char **at, bool shapes, struct buffer *ret)
{
	for (enum class class = 0; class < CLASSES; class ++) {
		const char *ahead = *at;

		if (class_is_shape(class) != shapes || !take_class(&ahead, class, ret))
			continue;
		*at = ahead;
		return true;
	}
	return false;
}

/* Shapes first: they are what they look like, whatever else could be. */
static bool take_any_class(const char **at, struct buffer *ret)
{
	return take_any(at, true, ret) || take_any(at, false, ret);
}

/* A basic regular expression of names, as the exporter writes it. */
static bool read_expression(const char *at, struct buffer *ret)
{
	static const char special[] = "\\.[]*^$";

	while (*at) {
		if (take_any_class(&at, ret))
			continue;
		if (*at == '\\' && at[1] && strchr(special, at[1]))
			at++;
		else if (strchr(special, *at) || *at == '/')
			return false;
		pattern_write_literal((struct bytes){ at, 1 }, ret);
		at++;
	}
	return true;
}

static bool read_component(struct bytes word, struct buffer *ret)
{
	buffer_add_char(ret, '/');
	if (!word.size) {
		buffer_add_char(ret, '*');
		return true;
	}
	if (*word.data == '/')
		return read_expression(word.data + 1, ret);
	if (memchr(word.data, '/', word.size) || bytes_equal(word, bytes_of(".")) ||
	    bytes_equal(word, bytes_of("..")))
		return false;
	pattern_write_literal(word, ret);
	return true;
}

bool script_pattern(struct script_reader *reader, struct script_place *ret)
{
	scoped(buffer) struct buffer pattern = { 0 };
	size_t start = reader->at;
	const char *root = take_root(reader);

	if (!*root && !script_take(reader, "''"))
		return false;
	buffer_add(&pattern, root);
	while (script_take(reader, " '")) {
		scoped(buffer) struct buffer word = { 0 };

		reader->at--;
		if (!script_quoted(reader, &word) || memchr(buffer_text(&word), 0, word.size) ||
		    !read_component(buffer_bytes(&word), &pattern))
			return false;
	}
	ret->is_open = true;
	return pattern.size > strlen(root) && give(reader, start, &pattern, ret);
}
