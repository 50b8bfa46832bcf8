#include "recorder/wire/dns_name.h"

#include <errno.h>
#include <string.h>

#define WIRE_MAX 255 /* bytes of a name, lengths and root included: RFC 1035 3.1 */

#define POINTERS_MAX 127 /* no name has more labels, so more lead nowhere but on */

/* Characters that mean something in a zone file, and so in a name. */
static bool is_special(char c)
{
	return memchr(".\\\"();@$", c, 8) != NULL;
}

/* Room is enough for the longest name there is, so it is not asked for. */
static void add_char(struct dns_name *name, unsigned char c)
{
	char *end = name->text + name->size;

	if (c >= 'A' && c <= 'Z')
		c = (unsigned char)(c - 'A' + 'a');
	if (c > ' ' && c <= '~' && !is_special((char)c)) {
		*end = (char)c;
		name->size++;
		return;
	}
	*end++ = '\\';
	if (c > ' ' && c <= '~') {
		*end = (char)c;
		name->size += 2;
		return;
	}
	*end++ = (char)('0' + c / 100);
	*end++ = (char)('0' + c / 10 % 10);
	*end = (char)('0' + c % 10);
	name->size += 4;
}

static void add_label(struct dns_name *name, struct bytes label)
{
	if (name->size)
		name->text[name->size++] = '.';
	for (size_t i = 0; i < label.size; i++)
		add_char(name, (unsigned char)label.data[i]);
}

/* Where a name is read. */
struct place {
	struct cursor at;
	size_t start;	   /* of the labels in a row that are being read */
	size_t end;	   /* of the name, once a pointer has led away from it; else 0 */
	unsigned pointers; /* that were followed */
	size_t size;	   /* of the name so far */
};

/* Goes where a pointer leads, which must be before the labels that it follows. */
static bool follow(struct place *place, uint8_t length)
{
	size_t offset = (size_t)(length & 0x3f) << 8 | cursor_u8(&place->at);

	if (place->end == 0)
		place->end = place->at.at;
	if (place->at.failed || offset >= place->start || ++place->pointers > POINTERS_MAX)
		return false;
	place->start = place->at.at = offset;
	return true;
}

static bool read_label(struct place *place, uint8_t length, struct dns_name *name)
{
	place->size += length + 1U;
	if (length > 63 || place->size > WIRE_MAX || cursor_left(&place->at) < length)
		return false;
	add_label(name, cursor_take(&place->at, length));
	return true;
}

int dns_name_read(struct cursor *cursor, struct dns_name *ret)
{
	struct place place = { .at = *cursor, .start = cursor->at, .size = 1 };
	uint8_t length;

	*ret = (struct dns_name){ 0 };
	while ((length = cursor_u8(&place.at)) != 0) {
		bool good =
			length >= 0xc0 ? follow(&place, length) : read_label(&place, length, ret);

		if (!good)
			return -EBADMSG;
	}
	if (place.at.failed)
		return -EBADMSG;
	if (ret->size == 0)
		ret->text[ret->size++] = '.';
	cursor->at = place.end ? place.end : place.at.at;
	return 0;
}
