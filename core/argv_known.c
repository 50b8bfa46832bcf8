#include "core/argv_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* An option with its value, as it is written in the canonical form. */
struct unit {
	struct bytes key, name, value;
	enum option_kind kind;
	bool has_value;
	char letter[2]; /* `name`, of one letter */
	size_t place;
};

struct reading {
	const struct program *program;
	const struct words *words;
	struct unit *unit;
	size_t units;
	struct bytes *operand;
	size_t operands;
};

static bool is_option(struct bytes word)
{
	return word.size > 1 && *word.data == '-';
}

static struct bytes unit_name(const struct unit *unit)
{
	return unit->letter[0] ? (struct bytes){ unit->letter, 2 } : unit->name;
}

static struct unit *add_unit(struct reading *reading)
{
	struct unit *unit = &reading->unit[reading->units];

	*unit = (struct unit){ .place = reading->units++ };
	return unit;
}

/* The value is the next word: moves on to it. */
static bool take_next(struct reading *reading, size_t *at, struct unit *unit)
{
	if (*at + 1 >= reading->words->count)
		return false;
	unit->value = reading->words->word[++*at];
	unit->has_value = true;
	return true;
}

static bool read_long(struct reading *reading, size_t *at)
{
	struct bytes word = reading->words->word[*at];
	const char *equals = memchr(word.data, '=', word.size);
	struct unit *unit = add_unit(reading);

	unit->name = word;
	if (equals) {
		unit->name.size = (size_t)(equals - word.data);
		unit->value = (struct bytes){ equals + 1, word.size - unit->name.size - 1 };
		unit->has_value = true;
	}
	unit->kind = program_option(reading->program, unit->name, &unit->key);
	if (unit->kind == OPTION_NONE || (unit->kind == OPTION_FLAG && equals))
		return false;
	return unit->kind != OPTION_VALUE || equals || take_next(reading, at, unit);
}

/* "-la", "-ofile", "-o" and the next word. */
static bool read_bundle(struct reading *reading, size_t *at)
{
	struct bytes word = reading->words->word[*at];

	for (size_t i = 1; i < word.size; i++) {
		struct unit *unit = add_unit(reading);

		unit->letter[0] = '-';
		unit->letter[1] = word.data[i];
		unit->kind = program_option(reading->program, unit_name(unit), &unit->key);
		if (unit->kind == OPTION_FLAG)
			continue;
		if (unit->kind != OPTION_VALUE)
			return false;
		if (i + 1 == word.size)
			return take_next(reading, at, unit);
		unit->value = (struct bytes){ word.data + i + 1, word.size - i - 1 };
		unit->has_value = true;
		return true;
	}
	return true;
}

/* False where an option is not known. */
static bool read_all(struct reading *reading, size_t first)
{
	const struct words *words = reading->words;
	bool only_operands = false, known = true;

	for (size_t i = first; i < words->count && known; i++) {
		struct bytes word = words->word[i];

		if (only_operands || !is_option(word) || bytes_equal(word, bytes_of("--"))) {
			only_operands = only_operands || bytes_equal(word, bytes_of("--"));
			reading->operand[reading->operands++] = word;
		} else if (word.data[1] == '-') {
			known = read_long(reading, &i);
		} else {
			known = read_bundle(reading, &i);
		}
	}
	return known;
}

static int compare_units(const void *a, const void *b)
{
	const struct unit *one = a, *other = b;
	int order = bytes_compare(one->key, other->key);

	return order ? order : (one->place > other->place) - (one->place < other->place);
}

static int write_unit(struct argv *argv, const struct unit *unit)
{
	scoped(buffer) struct buffer whole = { 0 };
	struct bytes name = unit_name(unit);
	int r;

	if (unit->letter[0]) {
		r = argv_add_word(argv, ARGV_WORD, name);
		return r < 0 || !unit->has_value ? r : argv_add_word(argv, ARGV_WORD, unit->value);
	}
	buffer_append(&whole, name.data, name.size);
	if (unit->has_value) {
		buffer_add_char(&whole, '=');
		buffer_append(&whole, unit->value.data, unit->value.size);
	}
	if (buffer_status(&whole) < 0)
		return -ENOMEM;
	return argv_add_word(argv, ARGV_WORD, buffer_bytes(&whole));
}

static int write_all(struct argv *argv, struct reading *reading, size_t first)
{
	int r = 0;

	qsort(reading->unit, reading->units, sizeof *reading->unit, compare_units);
	for (size_t i = 0; i < first && r == 0; i++)
		r = argv_add_word(argv, ARGV_WORD, reading->words->word[i]);
	for (size_t i = 0; i < reading->units && r == 0; i++)
		r = write_unit(argv, &reading->unit[i]);
	for (size_t i = 0; i < reading->operands && r == 0; i++)
		r = argv_add_word(argv, ARGV_WORD, reading->operand[i]);
	return r;
}

/* No more options than bytes. */
static size_t units_most(const struct words *words)
{
	size_t most = 1;

	for (size_t i = 0; i < words->count; i++)
		most += words->word[i].size;
	return most;
}

int argv_add_known(struct argv *argv, const struct program *program, const struct words *words)
{
	struct reading reading = { .program = program, .words = words };
	size_t first = strchr(program->name, ' ') ? 1 : 0;
	int r = -ENOMEM;

	reading.unit = calloc(units_most(words), sizeof *reading.unit);
	reading.operand = calloc(words->count + 1, sizeof *reading.operand);
	if (reading.unit && reading.operand)
		r = read_all(&reading, first) ? write_all(argv, &reading, first) : 1;
	free(reading.unit);
	free(reading.operand);
	return r;
}
