#include "analyzer/grants/places.h"
#include "analyzer/grants/sources.h"

#include <limits.h>
#include <string.h>

void place_cleanup(struct place *place)
{
	buffer_release(&place->path);
}

static bool refuse(const struct statement *from, const char *why)
{
	granted_note(from, NOTE_UNREAD, "%s", why);
	return false;
}

/* Takes what says where it begins off the text. */
static enum root_kind take_root(struct bytes *text, enum place_style style)
{
	bool is_absolute = bytes_start_with(*text, bytes_of("/"));

	if (bytes_start_with(*text, bytes_of("~/")) || bytes_equal(*text, bytes_of("~"))) {
		text->data++;
		text->size--;
		return ROOT_HOME;
	}
	if (is_absolute && (style == PLACE_PLAIN || bytes_start_with(*text, bytes_of("//"))))
		return ROOT_NONE;
	return ROOT_WORKSPACE;
}

/* Appends one component, or takes the last one back; false: there is none. */
static bool add_component(struct buffer *path, struct bytes component)
{
	const char *slash;

	if (!component.size || bytes_equal(component, bytes_of(".")))
		return true;
	if (!bytes_equal(component, bytes_of(".."))) {
		buffer_add_char(path, '/');
		buffer_append(path, component.data, component.size);
		return true;
	}
	slash = path->size ? memrchr(path->data, '/', path->size) : NULL;
	if (!slash)
		return false;
	path->size = (size_t)(slash - path->data);
	path->data[path->size] = '\0';
	return true;
}

static bool add_components(struct buffer *path, struct bytes text)
{
	bool fits = true;

	while (text.size && fits) {
		const char *slash = memchr(text.data, '/', text.size);
		size_t size = slash ? (size_t)(slash - text.data) : text.size;

		fits = add_component(path, (struct bytes){ text.data, size });
		size += slash != NULL;
		text.data += size;
		text.size -= size;
	}
	return fits;
}

static bool is_text(const struct statement *from, struct bytes text)
{
	if (!text.size)
		return refuse(from, "it is empty");
	if (memchr(text.data, '\0', text.size))
		return refuse(from, "it has a NUL in it");
	return text.size < PATH_MAX || refuse(from, "it is longer than any path");
}

/* What leads out of its root is read behind the folder that the root stands for. */
static bool read_above(const struct statement *from, struct bytes rest, struct place *ret)
{
	struct bytes folder = root_folder(&from->source->roots, ret->root);

	buffer_clear(&ret->path);
	if (ret->root != ROOT_NONE && !folder.size)
		return refuse(from,
			      "nobody said what the folder before it is: --workspace, --home");
	ret->root = ROOT_NONE;
	return (folder.size && add_components(&ret->path, folder) &&
		add_components(&ret->path, rest)) ||
	       refuse(from, "it leads above /");
}

bool place_read(const struct statement *from, struct bytes text, enum place_style style,
		struct place *ret)
{
	struct bytes rest = text;
	bool is_read;

	if (!is_text(from, text))
		return false;
	ret->root = take_root(&rest, style);
	if (*text.data == '~' && ret->root != ROOT_HOME)
		return refuse(from, "it is the home of somebody else");
	is_read = add_components(&ret->path, rest) || read_above(from, rest, ret);
	from->grants->failed = from->grants->failed || ret->path.failed;
	return is_read && !ret->path.failed;
}

bool place_is_everything(const struct place *place)
{
	return place->root == ROOT_NONE && !place->path.size;
}

bool place_is_glob(const struct place *place)
{
	return strpbrk(buffer_text(&place->path), "*?[") != NULL;
}

/* The whole name, where its root is known; false: it is not. */
static bool expand(const struct place *place, const struct roots *roots, struct buffer *ret)
{
	struct bytes folder = root_folder(roots, place->root);

	if (place->root != ROOT_NONE && !folder.size)
		return false;
	buffer_append(ret, folder.data, folder.size);
	buffer_append(ret, place->path.data, place->path.size);
	return true;
}

static enum holding compare(const struct buffer *outer, const struct buffer *inner)
{
	struct bytes ignored;

	if (!outer->size || name_is_below(buffer_bytes(inner), buffer_bytes(outer), &ignored))
		return HOLDS;
	return HOLDS_NOT;
}

enum holding place_holds(const struct place *outer, const struct place *inner,
			 const struct roots *roots)
{
	scoped(buffer) struct buffer a = { 0 }, b = { 0 };

	if (outer->root == inner->root)
		return compare(&outer->path, &inner->path);
	if (expand(outer, roots, &a) && expand(inner, roots, &b))
		return compare(&a, &b);
	return outer->root != ROOT_NONE && outer->path.size ? HOLDS_HARDLY : HOLDS;
}

/* ---- patterns ---- */

static void write_literal(struct bytes path, struct buffer *out)
{
	struct bytes component;

	while (path.size && path_next(&path, &component)) {
		buffer_add_char(out, '/');
		pattern_write_literal(component, out);
	}
}

static void add_behind(const struct statement *from, enum resource resource, unsigned actions,
		       const struct place *place, const char *behind)
{
	scoped(buffer) struct buffer name = { 0 }, pattern = { 0 };
	bool is_root = !*behind && place_is_everything(place);

	if (expand(place, &from->source->roots, &name)) {
		if (name.size)
			pattern_of_name(&from->source->roots, resource, buffer_bytes(&name),
					&pattern);
	} else {
		buffer_add(&pattern, root_text(place->root));
		write_literal(buffer_bytes(&place->path), &pattern);
	}
	buffer_add(&pattern, is_root ? "/" : behind);
	if (buffer_status(&pattern) < 0)
		from->grants->failed = true;
	else
		granted_add(from, resource, actions, buffer_text(&pattern));
}

void place_add_parts(const struct statement *from, enum resource resource, unsigned actions,
		     unsigned inside, const struct place *place)
{
	/* Programs and sockets are no folders, and never "/". */
	if (resource == RESOURCE_FILE || !place_is_everything(place))
		add_behind(from, resource, actions, place, "");
	add_behind(from, resource, inside, place, "/**");
}

void place_add_tree(const struct statement *from, enum resource resource, unsigned actions,
		    const struct place *place)
{
	place_add_parts(from, resource, actions, actions, place);
}
