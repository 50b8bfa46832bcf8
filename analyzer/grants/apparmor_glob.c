#include "analyzer/grants/apparmor.h"
#include "analyzer/grants/merge.h"
#include "analyzer/grants/sources.h"

#include <string.h>

/* Globs of apparmor.d(5), where "**" may stand anywhere and a slash at the end means a folder. */

/* So many globs without braces may one stand for, and so many folders a "**" in the middle:
 * patterns have it at the end only. */
#define WAYS_MAX  1024
#define DEPTH_ONE 6
#define DEPTH_TWO 2

struct walk {
	const struct statement *from;
	enum resource resource;
	struct aa_globs *globs;
	struct statement probe; /* collects notes, so that each is told once */
	struct granted told;
	unsigned ways;
	bool is_shallow;
};

static bool refuse(struct walk *walk, const char *reason)
{
	granted_note(&walk->probe, NOTE_UNREAD, "%s", reason);
	return false;
}

/* The bytes of a piece: an escaped byte, a set, or one byte. */
static size_t piece_size(struct bytes text)
{
	size_t at = 1;

	if (*text.data == '\\')
		return text.size > 1 ? 2 : 1;
	if (*text.data != '[')
		return 1;
	at += at < text.size && strchr("^!", text.data[at]);
	at += at < text.size && text.data[at] == ']';
	while (at < text.size && text.data[at] != ']')
		at += text.data[at] == '\\' ? 2 : 1;
	return at < text.size ? at + 1 : 1;
}

/* The first of these bytes that stands for no byte of a name, or the end. */
static size_t find_any(struct bytes text, size_t at, const char *which)
{
	while (at < text.size && !strchr(which, text.data[at]))
		at += piece_size((struct bytes){ text.data + at, text.size - at });
	return at < text.size ? at : text.size;
}

/* The patterns of a glob without braces, and with "**" at the end only. */
static bool add_plain(struct walk *walk, struct bytes glob)
{
	bool is_folder = glob.size && glob.data[glob.size - 1] == '/';
	bool is_tree = glob.size > 2 && !memcmp(glob.data + glob.size - 3, "/**", 3);
	struct buffer *into = is_folder ? &walk->globs->folders
			      : is_tree ? &walk->globs->both
					: &walk->globs->files;

	if (++walk->ways > WAYS_MAX)
		return refuse(walk, "it stands for too many paths");
	return glob_patterns(&walk->probe, walk->resource, glob, into);
}

/* The first "**" that is not the whole end, or the end. */
static size_t find_stars(struct bytes glob)
{
	size_t at = 0;

	while ((at = find_any(glob, at, "*")) < glob.size) {
		bool is_double = at + 1 < glob.size && glob.data[at + 1] == '*';
		bool is_component = at && glob.data[at - 1] == '/' && at + 2 == glob.size;

		if (is_double && !is_component)
			return at;
		at += is_double ? 2 : 1;
	}
	return glob.size;
}

static bool add_stars(struct walk *walk, struct bytes glob);

/* `begin`, a way to write the stars, and `end`. */
static bool add_way(struct walk *walk, struct bytes begin, const char *way, unsigned folders,
		    struct bytes end)
{
	scoped(buffer) struct buffer glob = { 0 };

	buffer_append(&glob, begin.data, begin.size);
	buffer_add(&glob, way);
	while (folders--)
		buffer_add(&glob, "*/");
	if (!strcmp(way, "*/"))
		buffer_add_char(&glob, '*');
	buffer_append(&glob, end.data, end.size);
	if (buffer_status(&glob) < 0) {
		walk->from->grants->failed = true;
		return false;
	}
	return add_stars(walk, buffer_bytes(&glob));
}

/* "**" in the middle: within a component, or across so many folders. */
static bool add_depths(struct walk *walk, struct bytes begin, struct bytes end)
{
	unsigned most = find_stars(end) < end.size ? DEPTH_TWO : DEPTH_ONE;
	bool is_good = add_way(walk, begin, "*", 0, end);

	walk->is_shallow = true;
	for (unsigned i = 0; i < most && is_good; i++)
		is_good = add_way(walk, begin, "*/", i, end);
	return is_good;
}

/* All below a folder; only folders where a slash follows. */
static bool add_folders(struct walk *walk, struct bytes begin, struct bytes end)
{
	scoped(buffer) struct buffer tree = { 0 };

	buffer_append(&tree, begin.data, begin.size);
	buffer_add(&tree, "**");
	return glob_patterns(&walk->probe, walk->resource, buffer_bytes(&tree),
			     end.size ? &walk->globs->folders : &walk->globs->both);
}

static bool add_stars(struct walk *walk, struct bytes glob)
{
	size_t at = find_stars(glob), behind = at;
	struct bytes begin = { glob.data, at }, end;

	while (behind < glob.size && glob.data[behind] == '*')
		behind++;
	end = (struct bytes){ glob.data + behind, glob.size - behind };
	if (at == glob.size)
		return add_plain(walk, glob);
	if (end.size && !bytes_equal(end, bytes_of("/")))
		return add_depths(walk, begin, end);
	if (begin.size && begin.data[begin.size - 1] == '/')
		return add_folders(walk, begin, end);
	return add_way(walk, begin, "*", 0, end) && add_way(walk, begin, "*/**", 0, end);
}

/* ---- braces ---- */

/* Where the way that begins at `at` ends: its comma or its brace. */
static size_t find_end(struct bytes glob, size_t at)
{
	unsigned depth = 0;

	while ((at = find_any(glob, at, "{},")) < glob.size) {
		if (!depth && glob.data[at] != '{')
			return at;
		depth += glob.data[at] == '{';
		depth -= glob.data[at] == '}';
		at++;
	}
	return glob.size;
}

static bool add_braces(struct walk *walk, struct bytes glob, unsigned depth)
{
	size_t open = find_any(glob, 0, "{"), close = open, at = open + 1, end;

	if (open == glob.size)
		return add_stars(walk, glob);
	do
		close = find_end(glob, close + 1);
	while (close < glob.size && glob.data[close] == ',');
	if (close == glob.size || depth > 64)
		return refuse(walk,
			      depth > 64 ? "its braces are too many" : "a brace does not end");
	for (; at <= close; at = end + 1) {
		scoped(buffer) struct buffer way = { 0 };

		end = find_end(glob, at);
		buffer_append(&way, glob.data, open);
		buffer_append(&way, glob.data + at, end - at);
		buffer_append(&way, glob.data + close + 1, glob.size - close - 1);
		if (buffer_status(&way) < 0 || !add_braces(walk, buffer_bytes(&way), depth + 1))
			return false;
	}
	return true;
}

/* Each note once. */
static void tell(struct walk *walk)
{
	const char *last = "";

	if (walk->is_shallow)
		granted_note(walk->from, NOTE_NARROWER, "** in the middle only over %d folders",
			     DEPTH_ONE);
	for (size_t i = 0; i < walk->told.note_count; i++) {
		const struct note *note = &walk->told.note[i];

		if (strcmp(note->reason, last) != 0)
			granted_note(walk->from, note->kind, "%s", note->reason);
		last = note->reason;
	}
	walk->from->grants->failed = walk->from->grants->failed || walk->told.failed;
}

bool aa_globs(const struct aa_variables *variables, const struct statement *from,
	      enum resource resource, const char *glob, struct aa_globs *ret)
{
	scoped(buffer) struct buffer expanded = { 0 };
	struct walk walk = { .from = from, .resource = resource, .globs = ret, .probe = *from };
	bool is_good;

	if (!aa_expand(variables, from, glob, &expanded))
		return false;
	walk.probe.grants = &walk.told;
	is_good = add_braces(&walk, buffer_bytes(&expanded), 0);
	tell(&walk);
	granted_release(&walk.told);
	patterns_merge(&ret->files);
	patterns_merge(&ret->folders);
	patterns_merge(&ret->both);
	return is_good;
}

void aa_globs_cleanup(struct aa_globs *globs)
{
	buffer_release(&globs->files);
	buffer_release(&globs->folders);
	buffer_release(&globs->both);
}
