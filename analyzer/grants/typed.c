#include "analyzer/grants/agents.h"
#include "analyzer/grants/sources.h"

#include "core/argv.h"
#include "core/error.h"
#include "core/secret_name.h"

#include <string.h>

/* What a shell takes for something else than a byte of a word. */
#define SHELL_BYTES "'\"\\`$;|&<>(){}[]?!#~\n\r\t"
/* So many bytes may a star within a word stand for. */
#define STAR_MAX 255

static struct bytes next_word(struct bytes *rest)
{
	struct bytes word;
	size_t size = 0;

	while (rest->size && *rest->data == ' ') {
		rest->data++;
		rest->size--;
	}
	while (size < rest->size && rest->data[size] != ' ')
		size++;
	word = (struct bytes){ rest->data, size };
	rest->data += size;
	rest->size -= size;
	return word;
}

static bool is_plain(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if (!text.data[i] || strchr(SHELL_BYTES, text.data[i]) ||
		    (unsigned char)text.data[i] < ' ' || text.data[i] == 0x7f)
			return false;
	return true;
}

/* ---- programs ---- */

void granted_add_programs(const struct statement *from)
{
	granted_add(from, RESOURCE_PROGRAM, GRANT_BIT(EXEC), "/**");
}

/* "./gradlew": below the folder that the agent works in. */
static bool relative_pattern(const struct statement *from, struct bytes name, struct buffer *ret)
{
	struct bytes folder = root_folder(&from->source->roots, ROOT_WORKSPACE), component;
	scoped(buffer) struct buffer whole = { 0 };

	buffer_append(&whole, folder.data, folder.size);
	for (struct bytes rest = name; rest.size;) {
		const char *slash = memchr(rest.data, '/', rest.size);

		component = (struct bytes){ rest.data,
					    slash ? (size_t)(slash - rest.data) : rest.size };
		rest.data += component.size + (slash != NULL);
		rest.size -= component.size + (slash != NULL);
		if (bytes_equal(component, bytes_of(".")))
			continue;
		buffer_add_char(&whole, '/');
		buffer_append(&whole, component.data, component.size);
	}
	if (!name_is_canonical(buffer_bytes(&whole))) {
		granted_note(from, NOTE_UNREAD, "it is no program below the working folder");
		return false;
	}
	if (folder.size) {
		pattern_of_name(&from->source->roots, RESOURCE_PROGRAM, buffer_bytes(&whole), ret);
	} else {
		struct bytes rest = buffer_bytes(&whole);

		buffer_add(ret, "$WS");
		while (rest.size && path_next(&rest, &component)) {
			buffer_add_char(ret, '/');
			pattern_write_literal(component, ret);
		}
	}
	return !ret->failed;
}

static bool find_program(const struct statement *from, struct bytes name, struct buffer *ret)
{
	if (bytes_equal(name, bytes_of("*"))) {
		buffer_add(ret, "/**");
		return true;
	}
	if (memchr(name.data, '*', name.size)) {
		granted_note(from, NOTE_UNREAD, "it names no single program");
		return false;
	}
	if (*name.data != '/' && memchr(name.data, '/', name.size))
		return relative_pattern(from, name, ret);
	return program_pattern(from, name, ret);
}

/* ---- words ---- */

/* One word of a template; true: a star in it became less than any text. */
static bool write_word(struct bytes word, struct buffer *out)
{
	struct bytes rest = word;

	if (bytes_equal(word, bytes_of("*"))) {
		buffer_add_char(out, '*');
		return true;
	}
	while (rest.size) {
		const char *star = memchr(rest.data, '*', rest.size);
		size_t size = star ? (size_t)(star - rest.data) : rest.size;

		if (size)
			argv_write_word((struct bytes){ rest.data, size }, out);
		if (star)
			buffer_printf(out, "{any:0-%d}", STAR_MAX);
		size += star != NULL;
		rest.data += size;
		rest.size -= size;
	}
	return memchr(word.data, '*', word.size) != NULL;
}

/* In the one form that recorded command lines have (core/argv_known.c). */
static bool write_canonical(struct bytes program, struct bytes words, const struct roots *roots,
			    struct buffer *out)
{
	scoped(argv) struct argv argv = { 0 };

	if (argv_of_command(&argv, program, words) < 0 || argv_make_symbolic(&argv, roots) < 0)
		return false;
	argv_write(&argv, out);
	return true;
}

/* The file that a literal pattern of a program stands for. */
static bool program_name(const struct statement *from, const char *pattern, struct buffer *ret)
{
	struct error ignored = { 0 };
	struct pattern parsed = { 0 };
	int r = pattern_parse(&parsed, RESOURCE_PROGRAM, pattern, &ignored);

	if (r < 0)
		return false;
	r = pattern_expand(&parsed, &from->source->roots, ret);
	pattern_release(&parsed);
	return r == 0;
}

/* Words that have no star, each ended by a NUL, the program's name first. */
static void add_exact(const struct statement *from, const char *pattern, struct bytes words)
{
	scoped(buffer) struct buffer text = { 0 }, name = { 0 };

	if (!program_name(from, pattern, &name))
		buffer_append(&name, words.data, strlen(words.data));
	if (!write_canonical(buffer_bytes(&name), words, &from->source->roots, &text)) {
		granted_note(from, NOTE_UNREAD, "its arguments cannot be read");
		return;
	}
	granted_add_command(from, pattern, text.size ? buffer_text(&text) : "()");
}

/* One word behind others; true: a star in it became less than any text. */
static bool add_starred_word(struct bytes word, bool is_last, struct buffer *text)
{
	bool is_less;

	buffer_add(text, text->size ? " " : "");
	if (is_last && bytes_equal(word, bytes_of("*"))) {
		buffer_add(text, "**");
		return false;
	}
	is_less = write_word(word, text);
	/* "test*" takes further words, too. */
	if (is_last && word.data[word.size - 1] == '*')
		buffer_add(text, " **");
	return is_less;
}

static void add_starred(const struct statement *from, const char *pattern, struct bytes rest)
{
	scoped(buffer) struct buffer text = { 0 };
	bool is_less = false;

	while (rest.size) {
		struct bytes word = next_word(&rest);

		if (word.size)
			is_less = add_starred_word(word, !rest.size, &text) || is_less;
	}
	if (is_less)
		granted_note(from, NOTE_NARROWER,
			     "a * before the end stands for one word, or for a part of one");
	granted_add_command(from, pattern, text.size ? buffer_text(&text) : "()");
}

/* Behind the name of the program. */
static void add_words(const struct statement *from, const char *pattern, struct bytes name,
		      struct bytes rest)
{
	scoped(buffer) struct buffer words = { 0 };

	if (bytes_equal(rest, bytes_of(" *"))) {
		granted_add_command(from, pattern, NULL);
		return;
	}
	if (rest.size && memchr(rest.data, '*', rest.size)) {
		add_starred(from, pattern, rest);
		return;
	}
	buffer_append(&words, name.data, name.size);
	buffer_add_char(&words, '\0');
	while (rest.size) {
		struct bytes word = next_word(&rest);

		buffer_append(&words, word.data, word.size);
		buffer_append(&words, "", word.size > 0);
	}
	add_exact(from, pattern, buffer_bytes(&words));
}

void granted_add_typed(const struct statement *from, struct bytes text)
{
	scoped(buffer) struct buffer typed = { 0 }, pattern = { 0 };
	struct bytes rest, name;

	from->grants->governs |= 1u << RESOURCE_PROGRAM;
	if (text.size > 1 && !memcmp(text.data + text.size - 2, ":*", 2)) {
		buffer_append(&typed, text.data, text.size - 2);
		buffer_add(&typed, " *");
	} else {
		buffer_append(&typed, text.data, text.size);
	}
	rest = buffer_bytes(&typed);
	if (!is_plain(rest)) {
		granted_note(from, NOTE_UNREAD, "it has more than the plain words of a shell");
		return;
	}
	name = next_word(&rest);
	if (rest.size && bytes_equal(name, bytes_of("*")))
		granted_note(from, NOTE_NARROWER, "a * stands for a program alone");
	if (!name.size)
		granted_note(from, NOTE_UNREAD, "it names no program");
	else if (bytes_equal(name, bytes_of("*")) && !rest.size)
		granted_add_programs(from);
	else if (find_program(from, name, &pattern))
		add_words(from, buffer_text(&pattern), name, rest);
}

void granted_add_started(const struct statement *from, struct bytes program, const json_t *words)
{
	scoped(buffer) struct buffer pattern = { 0 }, list = { 0 };
	const json_t *word;
	size_t i;

	if (!program_pattern(from, program, &pattern))
		return;
	buffer_append(&list, program.data, program.size);
	buffer_add_char(&list, '\0');
	json_array_foreach(words, i, word)
	{
		struct bytes text = json_bytes_of(word);

		if (!json_is_string(word) || (text.size && memchr(text.data, '\0', text.size))) {
			granted_note(from, NOTE_UNREAD, "an argument is no text");
			return;
		}
		buffer_append(&list, text.data, text.size);
		buffer_add_char(&list, '\0');
	}
	add_exact(from, buffer_text(&pattern), buffer_bytes(&list));
}

/* ---- variables ---- */

void granted_add_secret(const struct statement *from, struct bytes name)
{
	const struct secret_name *row = secret_name_find(name);
	scoped(buffer) struct buffer pattern = { 0 };

	if (!row || row->value == SECRET_PLAIN || memchr(name.data, '\0', name.size))
		return;
	pattern_write_literal(name, &pattern);
	granted_add(from, RESOURCE_VARIABLE, GRANT_BIT(HOLD), buffer_text(&pattern));
}

static size_t name_size(struct bytes text)
{
	size_t size = 0;

	while (size < text.size &&
	       strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_",
		      text.data[size]) &&
	       text.data[size])
		size++;
	return size;
}

void granted_add_secrets_of(const struct statement *from, struct bytes text)
{
	for (size_t at = 0; at + 1 < text.size; at++) {
		struct bytes rest = { text.data + at + 1, text.size - at - 1 };

		if (text.data[at] != '$')
			continue;
		if (*rest.data == '{') {
			rest.data++;
			rest.size--;
		}
		if (bytes_start_with(rest, bytes_of("env:"))) {
			rest.data += 4;
			rest.size -= 4;
		}
		rest.size = name_size(rest);
		if (rest.size)
			granted_add_secret(from, rest);
	}
}
