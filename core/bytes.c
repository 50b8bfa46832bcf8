#include "core/bytes.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes bytes_of(const char *text)
{
	return (struct bytes){ text, text ? strlen(text) : 0 };
}

bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.size == b.size && (a.size == 0 || !memcmp(a.data, b.data, a.size));
}

int bytes_compare(struct bytes a, struct bytes b)
{
	size_t common = a.size < b.size ? a.size : b.size;
	int order = common ? memcmp(a.data, b.data, common) : 0;

	if (order)
		return order;
	return a.size < b.size ? -1 : a.size > b.size;
}

bool bytes_start_with(struct bytes whole, struct bytes start)
{
	return whole.size >= start.size &&
	       bytes_equal((struct bytes){ whole.data, start.size }, start);
}

/* Makes room for `more` bytes and a NUL. */
static bool reserve(struct buffer *buffer, size_t more)
{
	size_t capacity = buffer->capacity ? buffer->capacity : 64;
	char *grown;

	if (buffer->failed || more > SIZE_MAX / 4 || buffer->size > SIZE_MAX / 4) {
		buffer->failed = true;
		return false;
	}
	while (capacity < buffer->size + more + 1)
		capacity *= 2;
	if (capacity == buffer->capacity)
		return true;
	grown = realloc(buffer->data, capacity);
	if (!grown) {
		buffer->failed = true;
		return false;
	}
	buffer->data = grown;
	buffer->capacity = capacity;
	return true;
}

void buffer_append(struct buffer *buffer, const void *data, size_t size)
{
	if (!reserve(buffer, size))
		return;
	if (size)
		memcpy(buffer->data + buffer->size, data, size);
	buffer->size += size;
	buffer->data[buffer->size] = '\0';
}

void buffer_add(struct buffer *buffer, const char *text)
{
	buffer_append(buffer, text, strlen(text));
}

void buffer_add_char(struct buffer *buffer, char c)
{
	buffer_append(buffer, &c, 1);
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list args;
	int size;

	va_start(args, format);
	size = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (size < 0 || !reserve(buffer, (size_t)size)) {
		buffer->failed = true;
		return;
	}
	va_start(args, format);
	vsnprintf(buffer->data + buffer->size, (size_t)size + 1, format, args);
	va_end(args);
	buffer->size += (size_t)size;
}

void buffer_clear(struct buffer *buffer)
{
	buffer->size = 0;
	if (buffer->data)
		buffer->data[0] = '\0';
}

void buffer_release(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer){ 0 };
}

void buffer_cleanup(struct buffer *buffer)
{
	buffer_release(buffer);
}

const char *buffer_text(const struct buffer *buffer)
{
	return buffer->data ? buffer->data : "";
}

struct bytes buffer_bytes(const struct buffer *buffer)
{
	return (struct bytes){ buffer_text(buffer), buffer->size };
}

int buffer_status(const struct buffer *buffer)
{
	return buffer->failed ? -ENOMEM : 0;
}

char *buffer_steal(struct buffer *buffer)
{
	char *data = buffer->failed ? NULL : buffer->data;

	if (buffer->failed)
		free(buffer->data);
	*buffer = (struct buffer){ 0 };
	return data;
}

void text_cleanup(char **text)
{
	free(*text);
}
