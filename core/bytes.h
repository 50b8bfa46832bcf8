#ifndef CORE_BYTES_H
#define CORE_BYTES_H

#include <stdbool.h>
#include <stddef.h>

/* Cleans a variable up when it leaves its scope: scoped(buffer) struct buffer b = { 0 };
 * calls buffer_cleanup(&b).  Each type that needs it defines NAME_cleanup beside itself. */
#define scoped(name) __attribute__((cleanup(name##_cleanup)))

/* A view of bytes that belong to somebody else: names are bytes, not text.  NULL data with
 * size 0 is "none". */
struct bytes {
	const char *data;
	size_t size;
};

struct bytes bytes_of(const char *text); /* NULL gives none */
bool bytes_equal(struct bytes a, struct bytes b);
/* Order by unsigned bytes, a prefix before what it begins. */
int bytes_compare(struct bytes a, struct bytes b);
bool bytes_start_with(struct bytes whole, struct bytes start);

/* Bytes that grow.  Zero it to begin.  `data` is NULL while empty, else has a NUL behind
 * `size`.  When memory runs out `failed` stays set and later appends do nothing, so that a
 * caller may append freely and ask once. */
struct buffer {
	char *data;
	size_t size, capacity;
	bool failed;
};

void buffer_append(struct buffer *buffer, const void *data, size_t size);
void buffer_add(struct buffer *buffer, const char *text);
void buffer_add_char(struct buffer *buffer, char c);
void buffer_printf(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void buffer_clear(struct buffer *buffer);	      /* empty, memory kept */
void buffer_release(struct buffer *buffer);	      /* empty, memory freed */
void buffer_cleanup(struct buffer *buffer);	      /* for scoped() */
const char *buffer_text(const struct buffer *buffer); /* never NULL */
struct bytes buffer_bytes(const struct buffer *buffer);
/* 0, or -ENOMEM when an append had failed. */
int buffer_status(const struct buffer *buffer);
/* Hands the memory out (NULL when empty or failed) and leaves the buffer empty. */
char *buffer_steal(struct buffer *buffer);

void text_cleanup(char **text); /* scoped(text) char *s */

#endif
