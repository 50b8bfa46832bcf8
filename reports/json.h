#ifndef REPORTS_JSON_H
#define REPORTS_JSON_H

#include "core/bytes.h"

#include <stdbool.h>
#include <stdint.h>

/* JSON (RFC 8259) appended to a buffer, compact.  No name here may be one of jansson, which other
 * parts of the program use.  A comma is put where one is due: before a key,
 * and before a value that follows another in an array. */

void json_open(char bracket, struct buffer *out); /* '{' or '[' */
void json_close(char bracket, struct buffer *out);
void json_key(const char *key, struct buffer *out); /* plain ASCII */
/* Bytes as text_escape(TEXT_EXACT) writes them: always valid, and reversible. */
void json_bytes(struct bytes value, struct buffer *out);
/* Text that was escaped once already (a pattern, a sentence with names in it): its backslashes stay
 * as they are, and whatever else could mislead is escaped now. */
void json_escaped(const char *value, struct buffer *out);
void json_text(const char *value, struct buffer *out); /* NULL: "" */
void json_number(int64_t value, struct buffer *out);
void json_bool(bool value, struct buffer *out);
void json_none(struct buffer *out);
/* An argument vector, each argument ended by a NUL, as an array. */
void json_arguments(struct bytes argv, struct buffer *out);
/* Nanoseconds since the epoch as ISO 8601; 0: null. */
void json_time(int64_t time_ns, struct buffer *out);

#endif
