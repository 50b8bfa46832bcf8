#include "reports/fold.h"

#include <string.h>

size_t fold_component(struct bytes name, size_t prefix)
{
	const char *slash;

	if (prefix < name.size && name.data[prefix] == '/')
		prefix++; /* the slash at the very start belongs to the first component */
	if (prefix >= name.size)
		return name.size;
	slash = memchr(name.data + prefix, '/', name.size - prefix);
	return slash ? (size_t)(slash + 1 - name.data) : name.size;
}

size_t fold_next(const struct tally_part *part, size_t begin, size_t end, size_t prefix)
{
	struct bytes name = part->row[begin]->name;
	struct bytes head = { name.data, fold_component(name, prefix) };

	begin++;
	if (head.size == name.size)
		return begin;
	while (begin < end && bytes_start_with(part->row[begin]->name, head))
		begin++;
	return begin;
}

/* The rows are sorted, so what the first and the last share, all share. */
static size_t shared_folder(const struct tally_part *part, size_t begin, size_t end)
{
	struct bytes first = part->row[begin]->name, last = part->row[end - 1]->name;
	size_t prefix = 0;

	for (size_t i = 0; i < first.size && i < last.size && first.data[i] == last.data[i]; i++)
		if (first.data[i] == '/' && i > 0)
			prefix = i + 1;
	return prefix;
}

static size_t child_count(const struct tally_part *part, const struct fold_line *line)
{
	size_t count = 0;

	for (size_t i = line->begin; i < line->end; count++)
		i = fold_next(part, i, line->end, line->prefix);
	return count;
}

/* Replaces line `at` by its children; there is room. */
static size_t open_line(const struct tally_part *part, struct fold_line *line, size_t count,
			size_t at, size_t children)
{
	struct fold_line opened = line[at];
	size_t begin = opened.begin;

	memmove(line + at + children, line + at + 1, (count - at - 1) * sizeof *line);
	for (size_t i = at; i < at + children; i++) {
		size_t end = fold_next(part, begin, opened.end, opened.prefix);

		line[i] = (struct fold_line){ begin, end, shared_folder(part, begin, end), false };
		begin = end;
	}
	return count + children - 1;
}

/* One line for each place. */
static size_t split_places(const struct tally_part *part, bool open_system, struct fold_line *line)
{
	size_t count = 0, begin = 0;

	for (int place = 0; place < PLACE_COUNT; place++) {
		size_t end = begin + part->place[place];

		if (begin == end)
			continue;
		line[count++] = (struct fold_line){ begin, end, shared_folder(part, begin, end),
						    place >= PLACE_SETTINGS && !open_system };
		begin = end;
	}
	return count;
}

/* Opens every folder that fits once; its children wait for the next round, so that each place
 * is opened before any is opened deeply. */
static size_t open_round(const struct tally_part *part, struct fold_line *line, size_t count,
			 size_t limit)
{
	for (size_t at = 0; at < count;) {
		size_t children = line[at].whole ? 1 : child_count(part, &line[at]);

		if (children > 1 && count + children - 1 <= limit) {
			count = open_line(part, line, count, at, children);
			at += children;
		} else {
			at++;
		}
	}
	return count;
}

size_t fold(const struct tally_part *part, bool open_system, size_t limit,
	    struct fold_line ret[static FOLD_LINES])
{
	size_t count = split_places(part, open_system, ret), before;

	do {
		before = count;
		count = open_round(part, ret, count, limit);
	} while (count > before);
	return count;
}
