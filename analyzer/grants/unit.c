#include "analyzer/grants/unit.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* So much of a line is told of it. */
#define TEXT_MAX 300

/* Words of one value; more is no configuration. */
#define WORDS_MAX 10000

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* ---- lines ---- */

struct lines {
	struct bytes rest;
	int line;
	struct buffer text; /* the last, with what continues it */
	int at;		    /* where it begins */
};

static struct bytes take_line(struct lines *lines)
{
	const char *end = memchr(lines->rest.data, '\n', lines->rest.size);
	size_t size = end ? (size_t)(end - lines->rest.data) : lines->rest.size;
	struct bytes line = { lines->rest.data, size };

	lines->rest.data += size + (end != NULL);
	lines->rest.size -= size + (end != NULL);
	lines->line++;
	while (line.size && is_blank(line.data[line.size - 1]))
		line.size--;
	while (line.size && is_blank(*line.data)) {
		line.data++;
		line.size--;
	}
	return line;
}

/* A line that ends with a backslash goes on in the next, comments between left out. */
static bool next_line(struct lines *lines)
{
	bool goes_on = false;

	buffer_clear(&lines->text);
	while (lines->rest.size) {
		struct bytes line = take_line(lines);

		if (line.size && strchr("#;", *line.data))
			continue;
		if (!goes_on)
			lines->at = lines->line;
		goes_on = line.size && line.data[line.size - 1] == '\\';
		buffer_append(&lines->text, line.data, line.size - goes_on);
		if (!goes_on && lines->text.size)
			return true;
		if (goes_on)
			buffer_add_char(&lines->text, ' ');
	}
	return lines->text.size > 0;
}

/* ---- settings ---- */

static void keep(struct unit *unit, const char *text, const char *sign, int line)
{
	struct setting *grown = reallocarray(unit->setting, unit->count + 1, sizeof *grown);
	size_t size = (size_t)(sign - text);

	unit->setting = grown ? grown : unit->setting;
	if (!grown) {
		unit->failed = true;
		return;
	}
	while (size && is_blank(text[size - 1]))
		size--;
	do
		sign++;
	while (is_blank(*sign));
	grown += unit->count++;
	*grown = (struct setting){ .key = strndup(text, size),
				   .value = strdup(sign),
				   .text = strndup(text, TEXT_MAX),
				   .line = line };
	unit->failed |= !grown->key || !grown->value || !grown->text;
}

static void refuse(const struct unit *unit, const struct lines *lines, const char *reason)
{
	struct statement from = { .source = unit->source,
				  .grants = unit->grants,
				  .text = buffer_text(&lines->text),
				  .line = lines->at };

	granted_note(&from, NOTE_UNREAD, "%s", reason);
}

enum section { SECTION_OTHER, SECTION_RUNS, SECTION_UNKNOWN };

static enum section section_of(const char *text)
{
	static const char *const runs[] = { "[Service]", "[Socket]", "[Mount]", "[Swap]" };
	static const char *const other[] = { "[Unit]",	"[Install]",   "[Path]", "[Timer]",
					     "[Slice]", "[Automount]", "[Scope]" };

	for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
		if (!strcmp(runs[i], text))
			return SECTION_RUNS;
	for (size_t i = 0; i < sizeof other / sizeof *other; i++)
		if (!strcmp(other[i], text))
			return SECTION_OTHER;
	return strncmp(text, "[X-", 3) ? SECTION_UNKNOWN : SECTION_OTHER;
}

static void read_line(struct unit *unit, const struct lines *lines, enum section section)
{
	const char *text = buffer_text(&lines->text), *sign = strchr(text, '=');

	if (section == SECTION_OTHER)
		return;
	if (section == SECTION_UNKNOWN || !sign || sign == text)
		refuse(unit, lines, "it is no setting of a section that is known here");
	else
		keep(unit, text, sign, lines->at);
}

bool unit_read(struct unit *unit)
{
	struct lines lines = { .rest = unit->source->text };
	enum section section = SECTION_UNKNOWN;
	bool runs = false;

	while (next_line(&lines) && !lines.text.failed) {
		if (*buffer_text(&lines.text) != '[') {
			read_line(unit, &lines, section);
			continue;
		}
		section = section_of(buffer_text(&lines.text));
		runs |= section == SECTION_RUNS;
		if (section == SECTION_UNKNOWN)
			refuse(unit, &lines, "it is no section that is known here");
	}
	unit->failed |= lines.text.failed;
	buffer_release(&lines.text);
	return runs;
}

void unit_release(struct unit *unit)
{
	for (size_t i = 0; i < unit->count; i++) {
		free(unit->setting[i].key);
		free(unit->setting[i].value);
		free(unit->setting[i].text);
	}
	free(unit->setting);
	unit->setting = NULL;
	unit->count = 0;
}

struct statement unit_statement(const struct unit *unit, const struct setting *setting)
{
	return (struct statement){ .source = unit->source,
				   .grants = unit->grants,
				   .text = setting ? setting->text : NULL,
				   .line = setting ? setting->line : 0 };
}

/* ---- values ---- */

struct setting *unit_find(struct unit *unit, const char *key)
{
	struct setting *found = NULL;

	for (size_t i = 0; i < unit->count; i++) {
		if (strcmp(unit->setting[i].key, key) != 0)
			continue;
		unit->setting[i].is_used = true;
		found = *unit->setting[i].value ? &unit->setting[i] : NULL;
	}
	return found;
}

const char *unit_value(struct unit *unit, const char *key)
{
	const struct setting *setting = unit_find(unit, key);

	return setting ? setting->value : "";
}

bool unit_is_true(struct unit *unit, const char *key, bool otherwise)
{
	static const char *const word[] = { "1", "yes", "y", "true", "t", "on" };
	const char *value = unit_value(unit, key);

	for (size_t i = 0; i < sizeof word / sizeof *word; i++)
		if (!strcasecmp(word[i], value))
			return true;
	return *value ? false : otherwise;
}

/* "\x20", "\040" and letters, within a word: systemd.syntax(7). */
static const char *unescape(const char *at, struct buffer *out)
{
	static const char from[] = "abfnrtvs", to[] = "\a\b\f\n\r\t\v ";
	const char *letter = *at ? strchr(from, *at) : NULL;
	char *end;
	char copy[4] = { 0 };

	if (*at == 'x' && isxdigit((unsigned char)at[1]) && isxdigit((unsigned char)at[2])) {
		memcpy(copy, at + 1, 2);
		buffer_add_char(out, (char)strtol(copy, &end, 16));
		return at + 3;
	}
	if (strspn(at, "01234567") >= 3) {
		memcpy(copy, at, 3);
		buffer_add_char(out, (char)strtol(copy, &end, 8));
		return at + 3;
	}
	buffer_add_char(out, letter ? to[letter - from] : *at);
	return at + (*at != '\0');
}

static bool is_quote(char c, char open)
{
	return open ? c == open : c == '"' || c == '\'';
}

/* Appends a word without its quotes; returns what follows it. */
static const char *take_word(const char *at, struct buffer *out, bool *ret_specific)
{
	char quote = '\0';

	while (*at && (quote || !isspace((unsigned char)*at))) {
		if (is_quote(*at, quote)) {
			quote = quote ? '\0' : *at;
			at++;
		} else if (*at == '\\') {
			at = unescape(at + 1, out);
		} else if (*at == '%') {
			*ret_specific |= at[1] != '%';
			buffer_add_char(out, '%');
			at += at[1] ? 2 : 1;
		} else {
			buffer_add_char(out, *at++);
		}
	}
	return at;
}

static void each_word(struct unit *unit, struct setting *setting, unit_visit *visit, void *context)
{
	const char *at = setting->value;

	for (size_t i = 0; i < WORDS_MAX; i++) {
		scoped(buffer) struct buffer word = { 0 };
		struct statement from = unit_statement(unit, setting);
		bool is_specific = false;

		at += strspn(at, " \t\r\n");
		if (!*at)
			return;
		at = take_word(at, &word, &is_specific);
		unit->failed |= word.failed;
		if (is_specific)
			granted_note(&from, NOTE_UNREAD,
				     "what a specifier stands for is not known");
		else if (!word.failed)
			visit(unit, setting, buffer_text(&word), context);
	}
}

void unit_each(struct unit *unit, const char *key, unit_visit *visit, void *context)
{
	size_t first = 0;

	for (size_t i = 0; i < unit->count; i++)
		if (!strcmp(unit->setting[i].key, key) && !*unit->setting[i].value)
			first = i;
	for (size_t i = 0; i < unit->count; i++) {
		if (strcmp(unit->setting[i].key, key) != 0)
			continue;
		unit->setting[i].is_used = true;
		if (i >= first)
			each_word(unit, &unit->setting[i], visit, context);
	}
}

/* ---- lists that a tilde turns round ---- */

struct admission {
	unit_meets *meets;
	const char *name;
	const struct setting *last;
	bool is_said, is_negated, is_now, is_in;
};

static void ask(struct unit *unit, struct setting *setting, const char *word, void *context)
{
	struct admission *admission = context;
	bool turns = *word == '~' && admission->last != setting;

	(void)unit;
	if (admission->last != setting)
		admission->is_now = turns;
	if (!admission->is_said)
		admission->is_negated = turns;
	admission->last = setting;
	admission->is_said = true;
	word += turns;
	if (admission->meets(word, admission->name))
		admission->is_in = admission->is_now == admission->is_negated;
}

bool unit_admits(struct unit *unit, const char *key, unit_meets *meets, const char *name)
{
	struct admission admission = { .meets = meets, .name = name };

	unit_each(unit, key, ask, &admission);
	return !admission.is_said || admission.is_in != admission.is_negated;
}
