#include "recorder/wire/hello_extension.h"

/* Registered at IANA, "TLS ExtensionType Values". */
enum {
	EXTENSION_SERVER_NAME = 0,
	EXTENSION_ALPN = 16,
	EXTENSION_VERSIONS = 43,
	EXTENSION_ECH = 0xfe0d,
};

/* RFC 6066, 3: a list with at most one name of each type, of which there is one. */
static bool read_server_name(struct cursor *data, struct hello *hello)
{
	struct cursor list = cursor_part(data, cursor_u16(data));

	if (!cursor_whole(data) || list.size == 0 || hello->server.size)
		return false;
	while (cursor_left(&list)) {
		uint8_t type = cursor_u8(&list);
		struct bytes name = cursor_take(&list, cursor_u16(&list));

		if (list.failed)
			return false;
		if (type == 0 && (hello->server.size || target_host(&hello->server, name) < 0))
			return false;
	}
	return true;
}

static bool read_alpn(struct cursor *data, struct hello *hello)
{
	struct cursor list = cursor_part(data, cursor_u16(data));

	return cursor_whole(data) && alpn_read(&list, &hello->alpn) == 0;
}

/* RFC 8446, 4.2.1 */
static bool read_versions(struct cursor *data, struct hello *hello)
{
	struct cursor list = cursor_part(data, cursor_u8(data));
	uint16_t highest = 0;

	if (!cursor_whole(data) || list.size == 0)
		return false;
	while (cursor_left(&list)) {
		uint16_t version = cursor_u16(&list);

		if (is_grease(version))
			hello->grease = true;
		else if (version > highest && version >> 8 == 3)
			highest = version;
	}
	if (highest)
		hello->version = highest;
	return !list.failed;
}

/* RFC 9849, 5: the inner form is empty behind its type. */
static bool read_ech(struct cursor *data, struct hello *hello)
{
	uint8_t type = cursor_u8(data);

	if (data->failed || type > 1)
		return false;
	hello->ech = type == 0 ? HELLO_ECH_OUTER : HELLO_ECH_INNER;
	return type == 0 || cursor_whole(data);
}

static bool read_extension(uint16_t type, struct cursor *data, struct hello *hello)
{
	switch (type) {
	case EXTENSION_SERVER_NAME:
		return read_server_name(data, hello);
	case EXTENSION_ALPN:
		return read_alpn(data, hello);
	case EXTENSION_VERSIONS:
		return read_versions(data, hello);
	case EXTENSION_ECH:
		return read_ech(data, hello);
	default:
		hello->grease |= is_grease(type);
		return true;
	}
}

bool hello_extensions(struct cursor *extensions, struct hello *hello)
{
	while (cursor_left(extensions)) {
		uint16_t type = cursor_u16(extensions);
		struct cursor data = cursor_part(extensions, cursor_u16(extensions));

		if (extensions->failed || !read_extension(type, &data, hello))
			return false;
	}
	return !extensions->failed;
}
