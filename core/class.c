#include "core/language.h"

#include <stdlib.h>
#include <string.h>

/* A class has pairs of first and last bytes; a shape one character a byte. */
struct row {
	const char *name, *text;
	bool is_shape;
};

static const struct row rows[] = {
#define CLASS(id, name, ranges) { name, ranges, false },
#define SHAPE(id, name, shape)	{ name, shape, true },
#include "core/class.def"
};

const char *class_name(enum class class)
{
	return rows[class].name;
}

bool class_find(struct bytes name, enum class *ret)
{
	for (unsigned i = 0; i < CLASSES; i++) {
		if (!bytes_equal(bytes_of(rows[i].name), name))
			continue;
		*ret = (enum class)i;
		return true;
	}
	return false;
}

const char *class_text(enum class class)
{
	return rows[class].text;
}

bool class_is_shape(enum class class)
{
	return rows[class].is_shape;
}

size_t class_size(enum class class)
{
	return strlen(rows[class].text);
}

static bool is_within(const char *ranges, unsigned char byte)
{
	for (; *ranges; ranges += 2)
		if (byte >= (unsigned char)ranges[0] && byte <= (unsigned char)ranges[1])
			return true;
	return false;
}

bool class_has(enum class class, char byte)
{
	return !rows[class].is_shape && is_within(rows[class].text, (unsigned char)byte);
}

bool class_begins(enum class class, struct bytes text)
{
	const char *shape = rows[class].text;
	size_t at = 0;

	for (; at < text.size && shape[at]; at++) {
		char c = text.data[at];

		if (shape[at] == 'x'   ? !class_has(CLASS_HEX, c)
		    : shape[at] == '9' ? !class_has(CLASS_DIGIT, c)
				       : c != shape[at])
			return false;
	}
	return !shape[at];
}

unsigned class_width(enum class class)
{
	const char *range = rows[class].is_shape ? "" : rows[class].text;
	unsigned width = 0;

	for (; *range; range += 2)
		width += (unsigned)((unsigned char)range[1] - (unsigned char)range[0]) + 1;
	return width;
}

static void set_add(struct letter *letter, unsigned char byte)
{
	letter->set[byte / 64] |= UINT64_C(1) << byte % 64;
}

/* NULL once memory has run out. */
static struct letter *add_letter(struct language *language)
{
	if (language->count == language->capacity && !language->failed) {
		size_t capacity = language->capacity ? language->capacity * 2 : 32;
		struct letter *grown = reallocarray(language->letter, capacity, sizeof *grown);

		language->failed = !grown;
		if (grown) {
			language->letter = grown;
			language->capacity = capacity;
		}
	}
	if (language->failed)
		return NULL;
	language->letter[language->count] = (struct letter){ 0 };
	return &language->letter[language->count++];
}

void language_add_literal(struct language *language, struct bytes literal)
{
	for (size_t i = 0; i < literal.size; i++) {
		struct letter *letter = add_letter(language);

		if (letter)
			set_add(letter, (unsigned char)literal.data[i]);
	}
}

static void set_add_range(struct letter *letter, unsigned char first, unsigned char last)
{
	for (unsigned word = first / 64; word <= last / 64u; word++) {
		unsigned low = word == first / 64u ? first % 64u : 0;
		unsigned high = word == last / 64u ? last % 64u : 63;

		letter->set[word] |= (UINT64_MAX << low) & (UINT64_MAX >> (63 - high));
	}
}

void language_add_range(struct language *language, unsigned char first, unsigned char last)
{
	struct letter *letter = add_letter(language);

	if (letter)
		set_add_range(letter, first, last);
}

static void add_ranges(struct language *language, const char *ranges, bool skip)
{
	struct letter *letter = add_letter(language);

	if (!letter)
		return;
	for (; *ranges; ranges += 2)
		set_add_range(letter, (unsigned char)ranges[0], (unsigned char)ranges[1]);
	letter->skip = skip;
}

static void add_shape(struct language *language, const char *shape)
{
	for (; *shape; shape++) {
		if (*shape == 'x')
			add_ranges(language, rows[CLASS_HEX].text, false);
		else if (*shape == '9')
			add_ranges(language, rows[CLASS_DIGIT].text, false);
		else
			language_add_literal(language, (struct bytes){ shape, 1 });
	}
}

void language_add_class(struct language *language, enum class class, size_t min, size_t max)
{
	if (rows[class].is_shape) {
		add_shape(language, rows[class].text);
		return;
	}
	for (size_t i = 0; i < max; i++) {
		struct letter *letter = i ? add_letter(language) : NULL;

		if (!i)
			add_ranges(language, rows[class].text, i >= min);
		else if (letter)
			*letter = letter[-1];
		if (letter)
			letter->skip = i >= min;
	}
}

static struct letter *add_all(struct language *language, bool slashes)
{
	struct letter *letter = add_letter(language);

	if (!letter)
		return NULL;
	memset(letter->set, 0xff, sizeof letter->set);
	letter->set[0] &= ~UINT64_C(1); /* no name has a NUL */
	if (!slashes)
		letter->set['/' / 64] &= ~(UINT64_C(1) << '/' % 64);
	return letter;
}

void language_add_any(struct language *language, bool slashes)
{
	struct letter *letter = add_all(language, slashes);

	if (letter)
		letter->skip = letter->repeat = true;
}

void language_add_component(struct language *language)
{
	struct letter *letter = add_all(language, false);

	if (letter)
		letter->repeat = true;
}

void language_add_subtree(struct language *language)
{
	add_all(language, false);
	language_add_any(language, true);
}

void language_append(struct language *language, const struct language *more)
{
	language->failed = language->failed || more->failed;
	language->either = language->either || more->either;
	for (size_t i = 0; i < more->count; i++) {
		struct letter *letter = add_letter(language);

		if (letter)
			*letter = more->letter[i];
	}
}

/* Each way but the last has a letter before it that leads past it, and one behind it that leads to
 * the end; no byte is either. */
void language_add_either(struct language *language, const struct language *way, size_t count)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++)
		left += way[i].count + 2;
	language->failed = language->failed || left > UINT16_MAX;
	language->either = language->either || count > 1;
	for (size_t i = 0; i < count; i++) {
		struct letter *letter = i + 1 < count ? add_letter(language) : NULL;

		if (letter) {
			letter->skip = true;
			letter->over = (uint16_t)(way[i].count + 2);
		}
		language_append(language, &way[i]);
		left -= way[i].count + 2;
		letter = i + 1 < count ? add_letter(language) : NULL;
		if (letter)
			letter->over = (uint16_t)(left - 1);
	}
}

void language_release(struct language *language)
{
	free(language->letter);
	*language = (struct language){ 0 };
}

void language_cleanup(struct language *language)
{
	language_release(language);
}
