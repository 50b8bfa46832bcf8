#include "analyzer/shape.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX     64
#define COUNTER_BYTES 7 /* process ids, counters: no longer than that */
#define CHANCE_BYTES  6 /* mkstemp(3) takes six */
#define HASH_BYTES    8
#define PAIRS_MIN     3

enum kind { KIND_SEPARATOR, KIND_WORD, KIND_MIXED, KIND_NUMBER, KIND_PAIR, KIND_UUID, KIND_DATE };

struct word {
	enum kind kind;
	struct bytes text;
};

static bool is_separator(char c)
{
	return strchr(".-+~:,@ =#%", c) != NULL;
}

/* "3f": how hashes are spread over folders. */
static bool is_pair(struct bytes text)
{
	return text.size == 2 && class_has(CLASS_HEX, text.data[0]) &&
	       class_has(CLASS_HEX, text.data[1]) &&
	       !(isdigit((unsigned char)text.data[0]) && isdigit((unsigned char)text.data[1]));
}

/* Letters beside digits, or capitals behind small ones: as chance writes. */
/* What kinds of bytes a word has. */
struct bytes_seen {
	bool digit, lower, upper, other;
	bool turned; /* a capital behind a small letter */
};

static struct bytes_seen look(struct bytes text)
{
	struct bytes_seen seen = { 0 };

	for (size_t i = 0; i < text.size; i++) {
		unsigned char c = (unsigned char)text.data[i];

		seen.turned |= isupper(c) && seen.lower;
		seen.digit |= isdigit(c) != 0;
		seen.lower |= islower(c) != 0;
		seen.upper |= isupper(c) != 0;
		seen.other |= !isalnum(c);
	}
	return seen;
}

static enum kind kind_of(struct bytes text)
{
	struct bytes_seen seen = look(text);
	bool letters = seen.lower || seen.upper;

	if (is_pair(text))
		return KIND_PAIR;
	if (seen.digit && !letters && !seen.other)
		return KIND_NUMBER;
	return (seen.digit && letters) || seen.turned ? KIND_MIXED : KIND_WORD;
}

static struct word next_word(struct bytes rest)
{
	struct word word = { KIND_SEPARATOR, { rest.data, 1 } };

	if (class_begins(CLASS_UUID, rest))
		return (struct word){ KIND_UUID, { rest.data, class_size(CLASS_UUID) } };
	if (class_begins(CLASS_DATE, rest))
		return (struct word){ KIND_DATE, { rest.data, class_size(CLASS_DATE) } };
	if (is_separator(*rest.data))
		return word;
	while (word.text.size < rest.size && !is_separator(rest.data[word.text.size]))
		word.text.size++;
	word.kind = kind_of(word.text);
	return word;
}

/* The words of a name; 0 where there are too many. */
static size_t split(struct bytes name, struct word word[static WORDS_MAX])
{
	size_t count = 0;

	while (name.size) {
		if (count == WORDS_MAX)
			return 0;
		word[count] = next_word(name);
		name.data += word[count].text.size;
		name.size -= word[count].text.size;
		count++;
	}
	return count;
}

void shape_key(struct bytes name, struct buffer *out)
{
	struct word word[WORDS_MAX];
	size_t count = split(name, word);

	if (!count)
		buffer_append(out, name.data, name.size);
	for (size_t i = 0; i < count; i++) {
		if (word[i].kind == KIND_SEPARATOR || word[i].kind == KIND_WORD)
			buffer_append(out, word[i].text.data, word[i].text.size);
		else
			buffer_add_char(out, (char)('0' + word[i].kind));
		/* Chance writes as many bytes each time. */
		if (word[i].kind == KIND_MIXED)
			buffer_printf(out, "(%zu)", word[i].text.size);
	}
}

/* The words that stand at the same place in each name. */
struct column {
	const struct bytes *text;
	size_t count;
	enum kind kind;
};

static bool all_equal(const struct column *column)
{
	for (size_t i = 1; i < column->count; i++)
		if (!bytes_equal(column->text[0], column->text[i]))
			return false;
	return true;
}

static void lengths(const struct column *column, size_t *ret_min, size_t *ret_max)
{
	*ret_min = SIZE_MAX;
	*ret_max = 0;
	for (size_t i = 0; i < column->count; i++) {
		size_t size = column->text[i].size;

		*ret_min = size < *ret_min ? size : *ret_min;
		*ret_max = size > *ret_max ? size : *ret_max;
	}
}

/* The class with the fewest bytes that has every byte of the column behind `skip` and before the
 * last `cut`; CLASSES where none has. */
static enum class smallest_class(const struct column *column, size_t skip, size_t cut) {
	enum class best = CLASSES;

	for (unsigned i = 0; i < CLASSES;
	     i++){ enum class class = (enum class)i;
		   bool fits = !class_is_shape(class) && class != CLASS_ANY &&
			       (best == CLASSES || class_width(class) < class_width(best));

		   for (size_t k = 0; fits && k < column->count;
			k++) for (size_t at = skip; fits && at + cut < column->text[k].size; at++)
			   fits = class_has(class, column->text[k].data[at]);
		   best = fits ? class : best; }
return best;
}

static char byte_at(struct bytes text, size_t at, bool from_end)
{
	return text.data[from_end ? text.size - 1 - at : at];
}

/* How many bytes all begin (or end) with, of `most`. */
static size_t common(const struct column *column, size_t most, bool from_end)
{
	size_t size = 0;

	for (; size < most; size++)
		for (size_t i = 1; i < column->count; i++)
			if (byte_at(column->text[0], size, from_end) !=
			    byte_at(column->text[i], size, from_end))
				return size;
	return size;
}

/* Of few names, chance may have made some begin or end alike: what is in the middle goes on while
 * the bytes are of the kind that only it has. */
static size_t trim(const struct column *column, size_t size, bool from_end, enum class class)
{
	while (size && class != CLASSES) {
		char c = byte_at(column->text[0], size - 1, from_end);

		if (!class_has(class, c) || (islower((unsigned char)c) && class != CLASS_HEX))
			break;
		size--;
	}
	return size;
}

/* What programs write such words with: of few names, none may have had the rarest bytes. */
static enum class alphabet_of(enum class class) {
	switch (class){
		case CLASS_LOWERNUM : return CLASS_BASE37; case CLASS_ALPHA : return CLASS_ALNUM;
		case CLASS_WORD : return CLASS_TOKEN;
		default : return class;
	}
}

static bool is_by_chance(const struct column *column, enum class class, size_t size)
{
	switch (class) {
	case CLASS_DIGIT:
		return true;
	case CLASS_HEX:
	case CLASS_UPPERHEX:
		return size >= HASH_BYTES;
	default:
		return size >= CHANCE_BYTES && column->kind == KIND_MIXED;
	}
}

/* Numbers of a fixed length keep it; counters grow. */
static int add_number(const struct column *column, struct varying *ret)
{
	bool zero = false;
	size_t min, max;

	lengths(column, &min, &max);
	for (size_t i = 0; i < column->count; i++)
		zero = zero || (*column->text[i].data == '0' && column->text[i].size > 1);
	if (!zero && max <= COUNTER_BYTES)
		return varying_add_class(ret, CLASS_DIGIT, 1, COUNTER_BYTES);
	return varying_add_class(ret, CLASS_DIGIT, min, max);
}

/* Of names that mkstemp(3) completes, two in 62 begin, or end, with the same byte. */
static bool is_drawn_alike(const struct column *column, size_t min, size_t max, size_t alike)
{
	for (size_t i = 0; i < column->count; i++)
		if (look(column->text[i]).other)
			return false;
	return column->kind == KIND_MIXED && min == CHANCE_BYTES && max == min && alike == 1;
}

/* A word with something constant around what varies. */
static int add_word(const struct column *column, struct varying *ret, bool *ret_chance)
{
	size_t min, max, start, end;
	struct bytes first = column->text[0];
	enum class class;
	int r;

	lengths(column, &min, &max);
	start = common(column, min, false);
	end = common(column, min - start, true);
	class = smallest_class(column, start, end);
	start = trim(column, start, false, class);
	end = trim(column, end, true, class);
	if (is_drawn_alike(column, min, max, start + end)) {
		start = end = 0;
		class = CLASS_ALNUM;
	}
	if (class == CLASSES || min == start + end)
		return 1;
	*ret_chance = *ret_chance || is_by_chance(column, class, min - start - end);
	class = alphabet_of(class);
	r = varying_add_literal(ret, (struct bytes){ first.data, start });
	if (r == 0)
		r = varying_add_class(ret, class, min - start - end, max - start - end);
	if (r == 0)
		r = varying_add_literal(ret, (struct bytes){ first.data + first.size - end, end });
	return r;
}

/* A whole word of hexadecimal digits, as long in each name. */
static bool is_hash(const struct column *column)
{
	size_t min, max;

	lengths(column, &min, &max);
	return min == max && min >= HASH_BYTES && smallest_class(column, 0, 0) == CLASS_HEX;
}

/* Pairs of which some have letters: two decimal digits may be anything that is counted. */
static bool is_spread(const struct column *column)
{
	return column->count >= PAIRS_MIN && smallest_class(column, 0, 0) == CLASS_HEX;
}

/* The class of a whole word, CLASSES where it is to be taken apart. */
static enum class whole_class(const struct column *column, bool numbers_vary) {
	switch (column->kind){
		case KIND_UUID : return CLASS_UUID; case KIND_DATE : return CLASS_DATE;
		case KIND_PAIR : return all_equal(column) ? CLASSES : CLASS_HEX;
		case KIND_NUMBER : return all_equal(column) && !numbers_vary ? CLASSES
									     : CLASS_DIGIT;
		default : return is_hash(column) && !all_equal(column) ? CLASS_HEX : CLASSES;
	}
}

static int add_column(const struct column *column, bool numbers_vary, struct varying *ret,
		      bool *ret_chance)
{
	enum class class = whole_class(column, numbers_vary);
	size_t size = column->text[0].size;
	bool constant = all_equal(column);

	if (class == CLASSES && constant)
		return varying_add_literal(ret, column->text[0]);
	if (class == CLASSES)
		return add_word(column, ret, ret_chance);
	*ret_chance |= !constant && (column->kind != KIND_PAIR || is_spread(column));
	if (class == CLASS_DIGIT)
		return add_number(column, ret);
	return varying_add_class(ret, class, class_is_shape(class) ? 1 : size,
				 class_is_shape(class) ? 1 : size);
}

/* All columns of all names. */
struct table {
	struct bytes *text; /* [column][name] */
	enum kind kind[WORDS_MAX];
	size_t columns, names;
};

static struct column column_of(const struct table *table, size_t index)
{
	return (struct column){ table->text + index * table->names, table->names,
				table->kind[index] };
}

static int fill(struct table *table, const struct bytes *names)
{
	struct word word[WORDS_MAX];

	table->columns = split(names[0], word);
	table->text = calloc(table->columns + 1, table->names * sizeof *table->text);
	if (!table->text)
		return -ENOMEM;
	for (size_t i = 0; i < table->names; i++) {
		if (split(names[i], word) != table->columns || !table->columns)
			return 1;
		for (size_t k = 0; k < table->columns; k++) {
			table->text[k * table->names + i] = word[k].text;
			table->kind[k] = word[k].kind;
		}
	}
	return 0;
}

/* Where one number varies, those beside it are parts of the same: a time, a version of a thing. */
static bool numbers_vary(const struct table *table)
{
	for (size_t i = 0; i < table->columns; i++) {
		struct column column = column_of(table, i);

		if ((column.kind == KIND_NUMBER || column.kind == KIND_DATE) && !all_equal(&column))
			return true;
	}
	return false;
}

int shape_infer(const struct bytes *names, size_t count, struct varying *ret)
{
	struct table table = { .names = count };
	struct varying varying = { 0 };
	bool by_chance = false, numbers;
	int r = count < 2 ? 1 : fill(&table, names);

	numbers = r == 0 && numbers_vary(&table);
	for (size_t i = 0; r == 0 && i < table.columns; i++) {
		struct column column = column_of(&table, i);

		r = add_column(&column, numbers, &varying, &by_chance);
	}
	free(table.text);
	if (r == 0 && !by_chance)
		r = 1;
	return varying_give(&varying, r, ret);
}

bool shape_is_numbers(const struct varying *varying)
{
	for (size_t i = 0; i < varying->count; i++)
		if (!varying->part[i].literal.size && varying->part[i].class != CLASS_DIGIT)
			return false;
	return true;
}
