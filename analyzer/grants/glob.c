#include "analyzer/grants/sources.h"
#include "core/language.h"
#include "core/text.h"
#include "core/varying.h"

#include <stdlib.h>
#include <string.h>

/* So many alternatives may the braces of one glob stand for. */
#define WAYS_MAX 1024

/* A glob without braces on its way to a pattern. */
struct glob {
	const struct statement *from;
	enum resource resource;
	struct bytes text;
	struct buffer literal; /* the components that it begins with, raw: "/usr/lib" */
	struct buffer rest;    /* what stands behind them, as a pattern */
	bool is_open;	       /* the literal ones are over */
	bool is_wider;
};

static void glob_cleanup(struct glob *glob)
{
	buffer_release(&glob->literal);
	buffer_release(&glob->rest);
}

/* ---- one component ---- */

/* What stands at the beginning of a component: a byte, one of some bytes, or any number of bytes.
 */
struct piece {
	size_t size; /* of text */
	bool is_star, is_set;
	char byte;
	bool set[256];
};

/* "a" or "a-z" of a set; how much of the text it is. */
static size_t read_range(struct bytes text, bool *set)
{
	bool is_range = text.size > 2 && text.data[1] == '-' && text.data[2] != ']';
	unsigned char low = (unsigned char)text.data[0];
	unsigned char high = is_range ? (unsigned char)text.data[2] : low;

	for (unsigned byte = low; byte <= high; byte++)
		set[byte] = true;
	return is_range ? 3 : 1;
}

static void negate(bool *set)
{
	for (unsigned byte = 1; byte < 256; byte++)
		set[byte] = byte != '/' && !set[byte];
}

/* "[a-z]", "[^/0-9]": the bytes between the brackets.  0: it does not end. */
static size_t read_set(struct bytes text, bool *set)
{
	bool negated = text.size > 1 && strchr("^!", text.data[1]);
	size_t first = 1 + negated, at = first;

	while (at < text.size && (text.data[at] != ']' || at == first))
		at += read_range((struct bytes){ text.data + at, text.size - at }, set);
	if (negated)
		negate(set);
	return at < text.size ? at + 1 : 0;
}

static void read_piece(struct bytes text, struct piece *ret)
{
	*ret = (struct piece){ .size = 1, .byte = *text.data };
	if (*text.data == '\\' && text.size > 1) {
		*ret = (struct piece){ .size = 2, .byte = text.data[1] };
	} else if (*text.data == '*') {
		ret->is_star = true;
	} else if (*text.data == '?') {
		ret->is_set = true;
		memset(ret->set + 1, true, 255);
		ret->set['/'] = false;
	} else if (*text.data == '[') {
		size_t size = read_set(text, ret->set);

		ret->is_set = size;
		ret->size = size ? size : 1;
	}
}

/* The class that has these bytes and the fewest others. */
static enum class class_of(const bool *set, bool *ret_exact) {
	enum class best = CLASS_ANY;

	for (unsigned i = 0; i < CLASSES;
	     i++){ enum class class = (enum class)i;
		   bool fits = !class_is_shape(class) && class_width(class) < class_width(best);

		   for (unsigned byte = 1; byte < 256; byte++)
			   fits = fits && (!set[byte] || class_has(class, (char)byte));
		   best = fits ? class : best; }
for (unsigned byte = 1; byte < 256; byte++) *ret_exact =
	*ret_exact && set[byte] == class_has(best, (char)byte);
return best;
}

/* False: it is one name. */
static bool varies(struct bytes component)
{
	bool found = false;
	struct piece piece;

	for (size_t at = 0; at < component.size; at += piece.size) {
		read_piece((struct bytes){ component.data + at, component.size - at }, &piece);
		found = found || piece.is_star || piece.is_set;
	}
	return found;
}

static int add_piece(struct glob *glob, struct varying *varying, const struct piece *piece)
{
	bool exact = true;
	enum class class;

	if (piece->is_star)
		return varying_add_class(varying, CLASS_ANY, 0, VARYING_MAX);
	if (!piece->is_set)
		return varying_add_literal(varying, (struct bytes){ &piece->byte, 1 });
	class = class_of(piece->set, &exact);
	glob->is_wider = glob->is_wider || !exact;
	return varying_add_class(varying, class, 1, 1);
}

static void add_varying(struct glob *glob, struct bytes component)
{
	scoped(varying) struct varying varying = { 0 };
	struct piece piece;
	int r = 0;

	for (size_t at = 0; at < component.size && r == 0; at += piece.size) {
		read_piece((struct bytes){ component.data + at, component.size - at }, &piece);
		r = add_piece(glob, &varying, &piece);
	}
	r = r < 0 ? r : varying_finish(&varying);
	if (r == 0)
		varying_write(&varying, &glob->rest);
	else
		glob->rest.failed = true;
}

static void unescape(struct bytes component, struct buffer *out)
{
	struct piece piece;

	for (size_t at = 0; at < component.size; at += piece.size) {
		read_piece((struct bytes){ component.data + at, component.size - at }, &piece);
		buffer_add_char(out, piece.byte);
	}
}

/* Any name at all: "*", "?*". */
static bool is_any(struct bytes component)
{
	unsigned stars = 0, others = 0;

	for (size_t i = 0; i < component.size; i++) {
		if (component.data[i] != '*' && component.data[i] != '?')
			return false;
		stars += component.data[i] == '*';
		others += component.data[i] == '?';
	}
	return stars && others < 2;
}

static void add_component(struct glob *glob, struct bytes component)
{
	bool is_glob = varies(component);
	scoped(buffer) struct buffer raw = { 0 };

	if (!is_glob && !glob->is_open) {
		buffer_add_char(&glob->literal, '/');
		unescape(component, &glob->literal);
		return;
	}
	glob->is_open = true;
	buffer_add_char(&glob->rest, '/');
	if (is_any(component)) {
		buffer_add(&glob->rest, "*");
	} else if (is_glob) {
		add_varying(glob, component);
	} else {
		unescape(component, &raw);
		pattern_write_literal(buffer_bytes(&raw), &glob->rest);
	}
	glob->rest.failed = glob->rest.failed || raw.failed;
}

/* ---- the whole ---- */

/* Whether it has a "**" that is not escaped. */
static bool has_subtree(struct bytes component)
{
	bool was_star = false;
	struct piece piece;

	for (size_t at = 0; at < component.size; at += piece.size) {
		read_piece((struct bytes){ component.data + at, component.size - at }, &piece);
		if (piece.is_star && was_star)
			return true;
		was_star = piece.is_star;
	}
	return false;
}

/* Component by component; what follows a "**" that is not the end is left out. */
static void walk(struct glob *glob)
{
	struct bytes rest = glob->text, component;

	while (rest.size && path_next(&rest, &component)) {
		if (!component.size)
			continue;
		if (!has_subtree(component)) {
			add_component(glob, component);
			continue;
		}
		glob->is_open = true;
		buffer_add(&glob->rest, "/**");
		glob->is_wider = glob->is_wider || component.size > 2 ||
				 (rest.size && !bytes_equal(rest, bytes_of("/")));
		return;
	}
}

static void note_difference(const struct glob *glob)
{
	if (glob->is_wider)
		granted_note(glob->from, NOTE_WIDER, "no pattern says this exactly");
}

static bool write_glob(struct glob *glob, struct buffer *ret)
{
	struct bytes name;

	if (!glob->text.size || *glob->text.data != '/') {
		granted_note(glob->from, NOTE_UNREAD, "it is no absolute path");
		return false;
	}
	walk(glob);
	if (!glob->literal.size && !glob->is_open)
		buffer_add_char(&glob->literal, '/');
	name = buffer_bytes(&glob->literal);
	if (name.size && !name_is_canonical(name)) {
		granted_note(glob->from, NOTE_UNREAD, "it has a . or .. component");
		return false;
	}
	if (name.size)
		pattern_of_name(&glob->from->source->roots, glob->resource, name, ret);
	buffer_append(ret, glob->rest.data, glob->rest.size);
	buffer_append(ret, "", 1);
	ret->failed = ret->failed || glob->rest.failed || glob->literal.failed;
	note_difference(glob);
	return !ret->failed;
}

/* ---- braces ---- */

/* The first brace that is not escaped, or the end. */
static size_t find_brace(struct bytes text, size_t from, const char *which)
{
	size_t at = from;

	while (at < text.size && !strchr(which, text.data[at]))
		at += text.data[at] == '\\' ? 2 : 1;
	return at < text.size ? at : text.size;
}

/* The end of the alternative that begins at `from`: its comma or its brace. */
static size_t find_end(struct bytes text, size_t from)
{
	unsigned depth = 0;
	size_t at = find_brace(text, from, "{},");

	for (; at < text.size; at = find_brace(text, at + 1, "{},")) {
		if (text.data[at] == '{')
			depth++;
		else if (!depth)
			break;
		else if (text.data[at] == '}')
			depth--;
	}
	return at;
}

static bool expand(const struct statement *from, enum resource resource, struct bytes glob,
		   size_t *ways, struct buffer *ret);

static bool expand_one(const struct statement *from, enum resource resource, struct bytes glob,
		       struct buffer *ret)
{
	scoped(glob) struct glob one = { .from = from, .resource = resource, .text = glob };

	return write_glob(&one, ret);
}

/* Each alternative of the braces at `open` in its place. */
static bool expand_braces(const struct statement *from, enum resource resource, struct bytes glob,
			  size_t open, size_t *ways, struct buffer *ret)
{
	size_t close = open, at = open + 1;

	while ((close = find_end(glob, close == open ? at : close + 1)) < glob.size &&
	       glob.data[close] == ',')
		;
	if (close == glob.size) {
		granted_note(from, NOTE_UNREAD, "a brace does not end");
		return false;
	}
	while (at <= close) {
		size_t end = find_end(glob, at);
		scoped(buffer) struct buffer way = { 0 };

		buffer_append(&way, glob.data, open);
		buffer_append(&way, glob.data + at, end - at);
		buffer_append(&way, glob.data + close + 1, glob.size - close - 1);
		if (buffer_status(&way) < 0 ||
		    !expand(from, resource, buffer_bytes(&way), ways, ret))
			return false;
		at = end + 1;
	}
	return true;
}

static bool expand(const struct statement *from, enum resource resource, struct bytes glob,
		   size_t *ways, struct buffer *ret)
{
	size_t open = find_brace(glob, 0, "{");

	if (open < glob.size)
		return expand_braces(from, resource, glob, open, ways, ret);
	if (++*ways > WAYS_MAX) {
		granted_note(from, NOTE_UNREAD, "its braces stand for more than %d paths",
			     WAYS_MAX);
		return false;
	}
	return expand_one(from, resource, glob, ret);
}

bool glob_patterns(const struct statement *from, enum resource resource, struct bytes glob,
		   struct buffer *ret)
{
	size_t ways = 0;

	return expand(from, resource, glob, &ways, ret);
}

void granted_add_glob(const struct statement *from, enum resource resource, unsigned actions,
		      struct bytes glob)
{
	scoped(buffer) struct buffer patterns = { 0 };
	const char *at;

	from->grants->governs |= 1u << resource;
	if (!glob_patterns(from, resource, glob, &patterns)) {
		from->grants->failed = from->grants->failed || patterns.failed;
		return;
	}
	at = patterns.data;
	for (const char *end = at + patterns.size; at < end; at += strlen(at) + 1)
		granted_add(from, resource, actions, at);
}
