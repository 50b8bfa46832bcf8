#include "recorder/wire/alpn.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool is_grease(uint16_t value)
{
	return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

static size_t escape(struct bytes name, char text[static 4 * 255 + 1])
{
	size_t size = 0;

	for (size_t i = 0; i < name.size; i++) {
		unsigned char c = (unsigned char)name.data[i];

		if (c > ' ' && c < 0x7f && c != ',' && c != '\\')
			text[size++] = (char)c;
		else
			size += (size_t)snprintf(text + size, 5, "\\%03u", c);
	}
	return size;
}

static void add(struct alpn *alpn, struct bytes name)
{
	char text[4 * 255 + 1];
	size_t size = escape(name, text), comma = alpn->size > 0;

	if (alpn->size + comma + size >= sizeof alpn->text) {
		alpn->cut = true;
		return;
	}
	if (comma)
		alpn->text[alpn->size++] = ',';
	memcpy(alpn->text + alpn->size, text, size);
	alpn->size = (uint16_t)(alpn->size + size);
}

int alpn_read(struct cursor *list, struct alpn *ret)
{
	struct alpn alpn = { 0 };

	if (cursor_left(list) == 0)
		return -EBADMSG;
	while (cursor_left(list)) {
		struct bytes name = cursor_take(list, cursor_u8(list));
		struct cursor value = cursor_of(name);

		if (name.size == 0)
			return -EBADMSG;
		if (name.size == 2 && is_grease(cursor_u16(&value)))
			alpn.grease = true;
		else
			add(&alpn, name);
	}
	*ret = alpn;
	return 0;
}

bool alpn_has(const struct alpn *alpn, const char *protocol)
{
	size_t size = strlen(protocol);
	const char *at = alpn->text, *end;

	for (; at; at = end ? end + 1 : NULL) {
		end = strchr(at, ',');
		if ((end ? (size_t)(end - at) : strlen(at)) == size && !memcmp(at, protocol, size))
			return true;
	}
	return false;
}
