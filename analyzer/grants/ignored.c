#include "analyzer/grants/places.h"
#include "analyzer/grants/sources.h"

#include <stdlib.h>
#include <string.h>

/* Patterns of gitignore(5), which match at any depth: "**" between slashes, or before them.  Ours
 * have that at their end alone, so each depth is a pattern of its own. */

/* So many folders may a "**" stand for, less one, and so many patterns be made of one. */
#define DEPTHS	 8
#define WAYS_MAX 64

struct ignored {
	const struct statement *from;
	enum resource resource;
	unsigned actions;
	enum root_kind root;
	struct bytes *component;
	size_t count;
	bool is_cut;  /* it goes deeper */
	bool is_leaf; /* it is taken for no folder */
	size_t ways;
};

static bool is_rest(struct bytes component)
{
	return bytes_equal(component, bytes_of("**"));
}

/* The root before a glob: its folder where it is known, which no byte of is one of a glob. */
static void write_folder(struct bytes folder, struct buffer *out)
{
	for (size_t i = 0; i < folder.size; i++) {
		if (strchr("*?[]{}\\", folder.data[i]))
			buffer_add_char(out, '\\');
		buffer_add_char(out, folder.data[i]);
	}
}

/* Braces are bytes like all others there. */
static void write_component(struct bytes component, struct buffer *out)
{
	buffer_add_char(out, '/');
	for (size_t i = 0; i < component.size; i++) {
		char byte = component.data[i];
		bool is_escaped = i && component.data[i - 1] == '\\';

		/* Two stars within a name are one. */
		if (i && byte == '*' && component.data[i - 1] == '*' && component.size > 2)
			continue;
		if (strchr("{}", byte) && !is_escaped)
			buffer_add_char(out, '\\');
		buffer_add_char(out, byte);
	}
}

/* What the glob stands for, behind a root that nobody said where it is. */
static void add_symbolic(struct ignored *ignored, struct bytes glob)
{
	struct source nowhere = *ignored->from->source;
	struct statement from = *ignored->from;
	scoped(buffer) struct buffer patterns = { 0 };

	nowhere.roots = (struct roots){ 0 };
	from.source = &nowhere;
	if (!glob_patterns(&from, ignored->resource, glob, &patterns))
		return;
	for (const char *at = patterns.data; at < patterns.data + patterns.size;
	     at += strlen(at) + 1) {
		scoped(buffer) struct buffer whole = { 0 };

		buffer_add(&whole, root_text(ignored->root));
		buffer_add(&whole, strcmp(at, "/") ? at : "");
		granted_add(ignored->from, ignored->resource, ignored->actions,
			    buffer_text(&whole));
	}
}

static void add_glob(struct ignored *ignored, const struct buffer *glob)
{
	struct bytes folder = root_folder(&ignored->from->source->roots, ignored->root);
	scoped(buffer) struct buffer whole = { 0 };

	if (ignored->root != ROOT_NONE && !folder.size) {
		add_symbolic(ignored, buffer_bytes(glob));
		return;
	}
	write_folder(folder, &whole);
	buffer_append(&whole, glob->data, glob->size);
	granted_add_glob(ignored->from, ignored->resource, ignored->actions, buffer_bytes(&whole));
}

/* What it matches, and, of what may well be a folder, all below. */
static void add_both(struct ignored *ignored, struct buffer *glob)
{
	struct bytes last = ignored->component[ignored->count - 1];

	add_glob(ignored, glob);
	if (is_rest(last))
		return;
	ignored->is_leaf = memchr(last.data, '*', last.size);
	if (ignored->is_leaf)
		return;
	buffer_add(glob, "/**");
	add_glob(ignored, glob);
}

static void walk(struct ignored *ignored, size_t at, const struct buffer *before)
{
	scoped(buffer) struct buffer glob = { 0 };

	buffer_append(&glob, before->data, before->size);
	for (; at < ignored->count; at++) {
		if (is_rest(ignored->component[at]) && at + 1 < ignored->count)
			break;
		write_component(ignored->component[at], &glob);
	}
	if (at == ignored->count) {
		if (ignored->ways++ < WAYS_MAX)
			add_both(ignored, &glob);
		return;
	}
	ignored->is_cut = true;
	for (unsigned depth = 0; depth < DEPTHS && ignored->ways < WAYS_MAX; depth++) {
		walk(ignored, at + 1, &glob);
		buffer_add(&glob, "/*");
	}
}

/* "/a/b" as components; a last "*" is all there is, and "**" twice is once. */
static void split(struct ignored *ignored, struct bytes path, bool floats)
{
	struct bytes component;

	if (floats)
		ignored->component[ignored->count++] = bytes_of("**");
	while (path.size && path_next(&path, &component)) {
		if (!path.size && bytes_equal(component, bytes_of("*")))
			component = bytes_of("**");
		if (is_rest(component) && ignored->count &&
		    is_rest(ignored->component[ignored->count - 1]))
			continue;
		ignored->component[ignored->count++] = component;
	}
}

void place_add_ignored(const struct statement *from, enum resource resource, unsigned actions,
		       const struct place *place, bool floats)
{
	struct ignored ignored = { from, resource, actions, place->root, NULL, 0, false, false, 0 };
	struct bytes path = buffer_bytes(&place->path);

	from->grants->governs |= 1u << resource;
	if (!path.size) {
		place_add_tree(from, resource, actions, place);
		return;
	}
	ignored.component = calloc(path_depth(path) + 2, sizeof *ignored.component);
	if (!ignored.component) {
		from->grants->failed = true;
		return;
	}
	split(&ignored, path, floats);
	walk(&ignored, 0, &(struct buffer){ 0 });
	if (ignored.is_cut)
		granted_note(from, NOTE_NARROWER, "not where ** stands for more than %d folders",
			     DEPTHS - 1);
	if (ignored.is_leaf)
		granted_note(from, NOTE_NARROWER, "not below a folder that has such a name");
	free(ignored.component);
}
