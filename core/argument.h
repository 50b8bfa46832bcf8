#ifndef CORE_ARGUMENT_H
#define CORE_ARGUMENT_H

#include "core/match.h"

#include <stdint.h>

struct digest;
struct error;
struct json_t;

/* With which arguments a tool may be called.  Arguments are one JSON object (RFC 8259), read so
 * that no two parsers can differ over it: no member twice, no NUL, no number that does not fit.
 *
 * Values are written as JSON text: members sorted, no spaces, ASCII.  In strings
 *     $WS/src/a.c    a canonical path below a symbolic root; another spelling of the path is
 *                    another string
 *     $$x            a string that itself begins with "$"
 *     $sha256:HEX    one of more than ARGUMENT_STRING_MAX bytes
 *
 * Where they stand is a JSON pointer (RFC 6901) in which "*" is every item of an array, and a
 * member that is called "*" is ~2; in the escapes of TEXT_SAFE (core/text.h). */

#define ARGUMENT_STRING_MAX 256
#define ARGUMENT_DEPTH_MAX  64

enum argument_type {
	TYPE_NONE,
#define TYPE(name, text) TYPE_##name,
#include "core/argument.def"
};

/* What a string is; each keeps out what is not the like of it:
 *     digits, hex    bytes of these, in one case
 *     url            of one of the scopes; printable, no user
 *     path           below one of the scopes
 *     sql            a statement whose shape (core/sql.h) is one of the scopes
 *     word           letters, digits and _ . - +, a letter or digit first, no ".."
 *     line, text     no controls (text: but line breaks and tabs); nothing that could be taken for
 *                    an option, an absolute path or a URL
 * In none of url, path, line and text does what stands between slashes begin with ".". */
enum argument_format {
	FORMAT_NONE,
#define FORMAT(name, text, chance, scope) FORMAT_##name,
#include "core/argument.def"
	FORMAT_COUNT
};

const char *argument_type_text(enum argument_type type);
const char *argument_format_text(enum argument_format format);
enum argument_type argument_type_parse(const char *text);     /* TYPE_NONE: there is none */
enum argument_format argument_format_parse(const char *text); /* FORMAT_NONE: the same */
bool argument_format_is_chance(enum argument_format format);
const char *argument_format_scope(enum argument_format format); /* NULL: it has none */

/* What may stand at a path, of one type.  Admitted is each of the values, and what has the format,
 * or, of other types, is within the limits. */
struct argument {
	char *path;
	enum argument_type type;
	bool needed; /* it must be in each object that has the place; the same for each type */
	enum argument_format format;
	/* JSON numbers, from and to: a number itself, the bytes of a string, the items of an
	 * array.  Both or none. */
	char *least, *most;
	char **value; /* JSON texts, sorted */
	size_t value_count;
	char **scope; /* sorted */
	size_t scope_count;
	int line;
};

/* Of one rule: whole objects that are admitted, or what each path may have; with neither the
 * arguments may be anything.  What no path leads to is never admitted. */
struct arguments {
	char **exact; /* JSON texts, sorted */
	size_t exact_count;
	struct argument *argument; /* sorted by path and type; the first is the object itself, "" */
	size_t count;
};

bool arguments_are_free(const struct arguments *arguments);
/* Whether more is admitted than what is written out. */
bool arguments_are_open(const struct arguments *arguments);
/* Takes `argument`, or `exact`, over (also on failure).  0 or -ENOMEM. */
int arguments_add(struct arguments *arguments, struct argument *argument);
int texts_add(char ***list, size_t *count, char *text);
/* Sorts, and returns what is wrong with it, or NULL. */
const char *arguments_finish(struct arguments *arguments);
void argument_release(struct argument *argument);
void arguments_release(struct arguments *arguments);
void arguments_digest(const struct arguments *arguments, struct digest *digest);
/* An order that is 0 only where both have the same text. */
int argument_compare(const struct argument *a, const struct argument *b);

/* Appends one line for people: `/limit integer 2..127 or 500`, "?" behind the path of one that
 * is not needed.  At most `values` of the values and scopes (0: all), those next to `near`
 * (may be NULL) first. */
void argument_describe(const struct argument *argument, size_t values, const char *near,
		       struct buffer *out);

/* ---- of a call ---- */

/* What a tool was called with, in the form that values are written in. */
struct called {
	struct json_t *value; /* NULL: nobody knows what it says */
	const char *fault;    /* why */
};

/* Reads what was sent.  0, also where it says nothing, or -ENOMEM. */
int called_read(struct called *ret, struct bytes text, const struct roots *roots);
void called_release(struct called *called);
void called_cleanup(struct called *called); /* for scoped(called) */
/* Appends its text.  0 or -ENOMEM. */
int value_write(const struct json_t *value, struct buffer *out);

/* What does not fit: as text that is safe on a terminal. */
struct misfit {
	struct buffer path, value, allowed;
};

void misfit_release(struct misfit *misfit);

/* Whether the call is admitted; `ret` (may be NULL; cleared first) says what is not. */
bool arguments_admit(const struct arguments *arguments, const struct called *called,
		     struct misfit *ret);

/* Whether all that the inner ones admit the outer ones do, too; false also where that is not
 * certain, as of ranges that several paths share. */
bool arguments_include(const struct arguments *outer, const struct arguments *inner);
/* Whether a value that is no array or object may stand there. */
bool argument_admits(const struct argument *argument, const struct json_t *value);

/* The bytes that a string in a value stands for: one "$" less where it begins with two. */
struct bytes argument_string(struct bytes text, bool *ret_symbolic);
/* Whether the string, as in a value, has the format; `scope` gets which of them it is. */
bool format_fits(enum argument_format format, struct bytes text, struct buffer *scope);
/* Appends a component of a path. */
void pointer_add(struct buffer *path, const char *member); /* NULL: every item */

#endif
