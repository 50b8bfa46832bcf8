#include "recorder/tools/skim_private.h"

#include <string.h>

static const struct {
	enum field within;
	const char *member;
	bool keeps_text;
} field_row[FIELD_COUNT] = {
#define FIELD(name, within, member, text) [FIELD_##name] = { FIELD_##within, member, text },
#include "recorder/tools/fields.def"
};

#define WITHIN_MAX (sizeof((struct skim *)0)->within / sizeof(enum field))

/* False: no JSON goes on so. */
typedef bool take(struct skim *skim, char c);
static take take_value, take_first_item, take_first_key, take_key, take_colon, take_next,
	take_string, take_escape, take_unicode, take_literal, take_number;

static take *const take_row[STATE_COUNT] = {
	[STATE_VALUE] = take_value,	    [STATE_FIRST_ITEM] = take_first_item,
	[STATE_FIRST_KEY] = take_first_key, [STATE_KEY] = take_key,
	[STATE_COLON] = take_colon,	    [STATE_NEXT] = take_next,
	[STATE_STRING] = take_string,	    [STATE_ESCAPE] = take_escape,
	[STATE_UNICODE] = take_unicode,	    [STATE_LITERAL] = take_literal,
	[STATE_MINUS] = take_number,	    [STATE_ZERO] = take_number,
	[STATE_WHOLE] = take_number,	    [STATE_POINT] = take_number,
	[STATE_FRACTION] = take_number,	    [STATE_E] = take_number,
	[STATE_E_SIGN] = take_number,	    [STATE_EXPONENT] = take_number,
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static enum field holder(const struct skim *skim)
{
	return skim->depth && skim->depth <= WITHIN_MAX ? skim->within[skim->depth - 1]
							: FIELD_NONE;
}

static bool in_array(const struct skim *skim)
{
	size_t place = skim->depth - 1;

	return skim->is_array[place / 8] >> place % 8 & 1;
}

static void keep_text(struct skim *skim, const char *data, size_t size)
{
	struct buffer *text = &skim->text[skim->texting];
	size_t room = SKIM_TEXT_MAX - text->size;

	buffer_append(text, data, size < room ? size : room);
}

/* It stands there once more: what the first had does not count. */
static void forget_members(struct skim *skim, enum field within)
{
	for (int i = FIELD_ROOT + 1; within && i < FIELD_COUNT; i++)
		if (field_row[i].within == within)
			skim->field[i].first = 0;
}

static void begin_value(struct skim *skim, char first)
{
	struct skim_field *field = &skim->field[skim->value];

	if (field->first)
		forget_members(skim, skim->value);
	*field = (struct skim_field){ .begin = skim->offset, .first = first };
	buffer_clear(&skim->text[skim->value]);
	skim->texting = FIELD_NONE;
	if (field_row[skim->value].keeps_text && first != '{' && first != '[') {
		skim->texting = skim->value;
		keep_text(skim, &first, 1);
	}
}

/* `size`: how many bytes of it are not counted yet. */
static void end_value(struct skim *skim, size_t size)
{
	skim->field[skim->value].end = skim->offset + size;
	skim->texting = FIELD_NONE;
	skim->value = FIELD_NONE;
	skim->state = STATE_NEXT;
}

static bool open_container(struct skim *skim, bool is_array)
{
	size_t place = skim->depth++;
	uint8_t bit = (uint8_t)(1 << place % 8);

	if (place >= SKIM_DEPTH_MAX)
		return false;
	skim->is_array[place / 8] = (uint8_t)(is_array ? skim->is_array[place / 8] | bit
						       : skim->is_array[place / 8] & ~bit);
	if (place < WITHIN_MAX)
		skim->within[place] = skim->value;
	skim->value = FIELD_NONE;
	skim->state = is_array ? STATE_FIRST_ITEM : STATE_FIRST_KEY;
	return true;
}

static bool close_container(struct skim *skim, bool is_array)
{
	if (!skim->depth || in_array(skim) != is_array)
		return false;
	skim->value = holder(skim);
	skim->depth--;
	end_value(skim, 1);
	return true;
}

static bool begin_literal(struct skim *skim, char c)
{
	skim->literal = c == 't' ? "rue" : c == 'f' ? "alse" : c == 'n' ? "ull" : NULL;
	skim->state = STATE_LITERAL;
	return skim->literal != NULL;
}

static bool take_value(struct skim *skim, char c)
{
	if (is_blank(c))
		return true;
	if (!skim->depth)
		skim->value = FIELD_ROOT;
	begin_value(skim, c);
	if (c == '{' || c == '[')
		return open_container(skim, c == '[');
	if (c == '"') {
		skim->is_key = skim->keeps_key = false;
		skim->state = STATE_STRING;
		return true;
	}
	if (c == '-' || is_digit(c)) {
		skim->state = c == '-' ? STATE_MINUS : c == '0' ? STATE_ZERO : STATE_WHOLE;
		return true;
	}
	return begin_literal(skim, c);
}

static bool take_first_item(struct skim *skim, char c)
{
	return c == ']' ? close_container(skim, true) : take_value(skim, c);
}

static bool take_first_key(struct skim *skim, char c)
{
	return c == '}' ? close_container(skim, false) : take_key(skim, c);
}

static bool take_key(struct skim *skim, char c)
{
	if (is_blank(c))
		return true;
	if (c != '"')
		return false;
	skim->is_key = true;
	skim->keeps_key = holder(skim) != FIELD_NONE;
	skim->key_size = 0;
	skim->state = STATE_STRING;
	return true;
}

static bool take_colon(struct skim *skim, char c)
{
	if (c == ':')
		skim->state = STATE_VALUE;
	return c == ':' || is_blank(c);
}

static bool take_next(struct skim *skim, char c)
{
	if (is_blank(c))
		return true;
	if (!skim->depth)
		return false;
	if (c != ',')
		return close_container(skim, c == ']') && (c == ']' || c == '}');
	skim->state = in_array(skim) ? STATE_VALUE : STATE_KEY;
	return true;
}

static void keep(struct skim *skim, const char *data, size_t size)
{
	if (skim->keeps_key && skim->key_size + size <= SKIM_KEY_MAX)
		memcpy(skim->key + skim->key_size, data, size);
	if (skim->keeps_key)
		skim->key_size += size;
	if (skim->texting)
		keep_text(skim, data, size);
}

/* What the member is, by its name as it was sent. */
static enum field find_member(const struct skim *skim)
{
	scoped(buffer) struct buffer name = { 0 };
	enum field within = holder(skim);

	if (skim->key_size > SKIM_KEY_MAX)
		return FIELD_NONE;
	if (!json_string_decode((struct bytes){ skim->key, skim->key_size }, &name))
		return FIELD_NONE;
	for (int i = FIELD_ROOT + 1; i < FIELD_COUNT; i++)
		if (field_row[i].within == within &&
		    bytes_equal(buffer_bytes(&name), bytes_of(field_row[i].member)))
			return (enum field)i;
	return FIELD_NONE;
}

static bool take_string(struct skim *skim, char c)
{
	if ((unsigned char)c < ' ')
		return false;
	if (c == '"' && skim->is_key) {
		skim->value = skim->keeps_key ? find_member(skim) : FIELD_NONE;
		skim->keeps_key = false;
		skim->state = STATE_COLON;
		return true;
	}
	keep(skim, &c, 1);
	if (c == '"')
		end_value(skim, 1);
	else if (c == '\\')
		skim->state = STATE_ESCAPE;
	return true;
}

static bool take_escape(struct skim *skim, char c)
{
	if (!c || !strchr("\"\\/bfnrtu", c))
		return false;
	keep(skim, &c, 1);
	skim->left = 4;
	skim->state = c == 'u' ? STATE_UNICODE : STATE_STRING;
	return true;
}

static bool take_unicode(struct skim *skim, char c)
{
	if (!is_digit(c) && !((c | 32) >= 'a' && (c | 32) <= 'f'))
		return false;
	keep(skim, &c, 1);
	if (!--skim->left)
		skim->state = STATE_STRING;
	return true;
}

static bool take_literal(struct skim *skim, char c)
{
	if (c != *skim->literal)
		return false;
	keep(skim, &c, 1);
	if (!*++skim->literal)
		end_value(skim, 1);
	return true;
}

static bool take_number(struct skim *skim, char c)
{
	int state = skim_number_next(skim->state, c);

	if (state) {
		keep(skim, &c, 1);
		skim->state = state;
		return true;
	}
	if (!skim_number_is_whole(skim->state))
		return false;
	end_value(skim, 0);
	return take_next(skim, c);
}

/* How much of the string goes on as it is: most of a long message. */
static size_t plain_size(const struct skim *skim, struct bytes data)
{
	size_t size = 0;

	if (skim->state != STATE_STRING || skim->malformed)
		return 0;
	while (size < data.size && data.data[size] != '"' && data.data[size] != '\\' &&
	       (unsigned char)data.data[size] >= ' ')
		size++;
	return size;
}

void skim_feed(struct skim *skim, struct bytes data)
{
	while (data.size) {
		size_t size = plain_size(skim, data);

		if (size) {
			keep(skim, data.data, size);
		} else {
			skim->malformed =
				skim->malformed || !take_row[skim->state](skim, *data.data);
			size = 1;
		}
		skim->offset += size;
		data.data += size;
		data.size -= size;
	}
}

void skim_end(struct skim *skim)
{
	if (skim_number_is_whole(skim->state))
		end_value(skim, 0);
	if (skim->state != STATE_NEXT || skim->depth)
		skim->malformed = true;
}

void skim_clear(struct skim *skim)
{
	struct buffer text[FIELD_COUNT];

	memcpy(text, skim->text, sizeof text);
	memset(skim, 0, sizeof *skim);
	for (int i = 0; i < FIELD_COUNT; i++) {
		buffer_clear(&text[i]);
		skim->text[i] = text[i];
	}
}

void skim_release(struct skim *skim)
{
	for (int i = 0; i < FIELD_COUNT; i++)
		buffer_release(&skim->text[i]);
	memset(skim, 0, sizeof *skim);
}
