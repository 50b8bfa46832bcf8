#include "analyzer/grants/apparmor.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Variables within variables, and what a glob may grow to. */
#define DEPTH_MAX 8
#define GLOB_MAX  (16 * 1024)
/* No set has more bytes that are different. */
#define SET_MAX 256

struct aa_variable {
	char *name;
	char **value;
	size_t count;
};

static struct aa_variable *find(const struct aa_variables *variables, struct bytes name)
{
	for (size_t i = 0; i < variables->count; i++)
		if (bytes_equal(bytes_of(variables->variable[i].name), name))
			return &variables->variable[i];
	return NULL;
}

static struct aa_variable *add(struct aa_variables *variables, struct bytes name)
{
	struct aa_variable *grown =
		reallocarray(variables->variable, variables->count + 1, sizeof *grown);

	if (!grown)
		return NULL;
	variables->variable = grown;
	grown += variables->count;
	*grown = (struct aa_variable){ .name = strndup(name.data, name.size) };
	if (!grown->name)
		return NULL;
	variables->count++;
	return grown;
}

static int add_value(struct aa_variable *variable, const char *text)
{
	char **grown = reallocarray(variable->value, variable->count + 1, sizeof *grown);

	if (!grown)
		return -1;
	variable->value = grown;
	grown[variable->count] = strdup(text);
	variable->count += grown[variable->count] != NULL;
	return grown[variable->count ? variable->count - 1 : 0] ? 0 : -1;
}

static void forget(struct aa_variable *variable)
{
	while (variable->count)
		free(variable->value[--variable->count]);
	free(variable->value);
	variable->value = NULL;
}

int aa_set(struct aa_variables *variables, const char *name, const char *value)
{
	struct aa_variable *variable = find(variables, bytes_of(name));

	if (variable)
		forget(variable);
	else
		variable = add(variables, bytes_of(name));
	return variable ? add_value(variable, value) : -1;
}

/* What "@{" leads to: its name, and where the brace ends. */
static bool read_name(const char *text, struct bytes *ret, const char **ret_end)
{
	size_t size;

	if (strncmp(text, "@{", 2))
		return false;
	size = strcspn(text + 2, "}");
	*ret = (struct bytes){ text + 2, size };
	*ret_end = text + 2 + size + 1;
	return size && text[2 + size] == '}';
}

/* The first value, behind "=" or "+=", which may be a word of its own. */
static const char *skip_sign(const struct aa_words *words, const char *rest, size_t *ret_next,
			     bool *ret_more)
{
	*ret_next = 1;
	if (!*rest && words->count > 1) {
		rest = words->word[1];
		*ret_next = 2;
	}
	*ret_more = *rest == '+';
	rest += *ret_more;
	return *rest == '=' ? rest + 1 : NULL;
}

/* The variable that is set; without its values where it is set anew. */
static struct aa_variable *begin(struct aa_variables *variables, struct bytes name, bool is_more)
{
	struct aa_variable *variable = find(variables, name);

	if (variable && !is_more)
		forget(variable);
	return variable ? variable : add(variables, name);
}

bool aa_assign(struct aa_variables *variables, const struct aa_words *words)
{
	struct aa_variable *variable;
	struct bytes name;
	const char *rest;
	size_t next;
	bool is_more;

	if (!words->count || !read_name(words->word[0], &name, &rest))
		return false;
	rest = skip_sign(words, rest, &next, &is_more);
	variable = rest ? begin(variables, name, is_more) : NULL;
	if (!variable)
		return false;
	if (*rest || next == words->count)
		add_value(variable, rest);
	for (; next < words->count; next++)
		add_value(variable, words->word[next]);
	return true;
}

/* ---- expansion ---- */

struct expansion {
	const struct aa_variables *variables;
	const struct statement *from;
	struct buffer *out;
	int depth;
};

static bool expand(struct expansion *expansion, const char *text, int braces);

static bool refuse(const struct expansion *expansion, const char *reason, struct bytes about)
{
	granted_note(expansion->from, NOTE_UNREAD, reason, (int)about.size, about.data);
	return false;
}

/* Each value as a way of a brace. */
static bool expand_variable(struct expansion *expansion, struct bytes name)
{
	const struct aa_variable *variable = find(expansion->variables, name);
	bool is_good = true;

	if (!variable || !variable->count)
		return refuse(expansion, "nobody says what @{%.*s} is", name);
	if (expansion->depth == DEPTH_MAX)
		return refuse(expansion, "@{%.*s} leads to too many others", name);
	expansion->depth++;
	for (size_t i = 0; i < variable->count && is_good; i++) {
		buffer_add_char(expansion->out, i ? ',' : '{');
		is_good = expand(expansion, variable->value[i], 0);
	}
	buffer_add_char(expansion->out, '}');
	expansion->depth--;
	return is_good;
}

static int digits(const char *text, size_t size, int base)
{
	char copy[4] = "", *end;
	long value;

	for (size_t i = 0; i < size && text[i]; i++)
		copy[i] = text[i];
	value = isxdigit((unsigned char)*copy) ? strtol(copy, &end, base) : -1;
	return value < 0 || *end || end != copy + size || value > 255 ? -1 : (int)value;
}

/* The byte that an escape stands for: \x41, \101, \d065, \n.  -1: the next byte itself. */
static int escaped(const char *text, size_t *ret_size)
{
	static const char from[] = "aefnrt", to[] = "\a\033\f\n\r\t";
	const char *letter = *text ? strchr(from, *text) : NULL;
	int byte = *text == 'x'	  ? digits(text + 1, 2, 16)
		   : *text == 'd' ? digits(text + 1, 3, 10)
				  : digits(text, 3, 8);

	*ret_size = *text == 'x' || (*text != 'd' && byte >= 0) ? 3 : 4;
	if (byte >= 0)
		return byte;
	*ret_size = 1;
	return letter ? to[letter - from] : -1;
}

/* Appends the byte as one that stands for itself. */
static void add_literal(struct buffer *out, char byte)
{
	if (strchr("\\*?[]{},^", byte))
		buffer_add_char(out, '\\');
	buffer_add_char(out, byte);
}

/* Returns how much of the text it was; 0: what it stands for is in no name. */
static size_t expand_escape(struct expansion *expansion, const char *text)
{
	size_t size = 1;
	int byte = escaped(text + 1, &size);

	if (!text[1]) {
		refuse(expansion, "a backslash ends it%.*s", (struct bytes){ "", 0 });
		return 0;
	}
	if (!byte) {
		refuse(expansion, "it has a NUL%.*s", (struct bytes){ "", 0 });
		return 0;
	}
	add_literal(expansion->out, byte < 0 ? text[1] : (char)byte);
	return 1 + size;
}

/* "[^/a]": a slash is in no name anyway.  Returns how much of the text it was; 0: it is no such
 * set. */
static size_t expand_negated(struct expansion *expansion, const char *text)
{
	const char *end = strncmp(text, "[^", 2) ? NULL : memchr(text, ']', strnlen(text, SET_MAX));
	size_t size = end ? (size_t)(end - text) : 0, others = 0;

	if (!size || !memchr(text, '/', size))
		return 0;
	for (size_t i = 2; i < size; i++)
		others += text[i] != '/';
	buffer_add(expansion->out, others ? "[^" : "?");
	for (size_t i = 2; i < size; i++)
		if (text[i] != '/')
			buffer_add_char(expansion->out, text[i]);
	buffer_add(expansion->out, others ? "]" : "");
	return size + 1;
}

/* A byte, an escape or a set; how much of the text it was; 0: none of a name. */
static size_t expand_piece(struct expansion *expansion, const char *text, int *braces)
{
	size_t size = expand_negated(expansion, text);

	if (size)
		return size;
	if (*text == '\\')
		return expand_escape(expansion, text);
	*braces += (*text == '{') - (*text == '}');
	if (*text == ',' && *braces <= 0)
		buffer_add_char(expansion->out, '\\');
	buffer_add_char(expansion->out, *text);
	return 1;
}

static bool expand(struct expansion *expansion, const char *text, int braces)
{
	struct bytes name;
	const char *end;

	while (*text) {
		size_t size = 0;

		if (expansion->out->size > GLOB_MAX)
			return refuse(expansion, "it is too long%.*s", (struct bytes){ "", 0 });
		if (read_name(text, &name, &end)) {
			if (!expand_variable(expansion, name))
				return false;
			text = end;
			continue;
		}
		size = expand_piece(expansion, text, &braces);
		if (!size)
			return false;
		text += size;
	}
	return true;
}

bool aa_expand(const struct aa_variables *variables, const struct statement *from, const char *glob,
	       struct buffer *ret)
{
	struct expansion expansion = { .variables = variables, .from = from, .out = ret };
	bool is_good = expand(&expansion, glob, 0);

	from->grants->failed = from->grants->failed || ret->failed;
	return is_good && !ret->failed;
}

void aa_variables_release(struct aa_variables *variables)
{
	for (size_t i = 0; i < variables->count; i++) {
		forget(&variables->variable[i]);
		free(variables->variable[i].name);
	}
	free(variables->variable);
	*variables = (struct aa_variables){ 0 };
}
