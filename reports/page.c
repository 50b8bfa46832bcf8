#include "reports/page.h"

#include "reports/fold.h"

#include <stdio.h>
#include <string.h>

#define NUMBER_COLUMNS 8 /* and two spaces before the name */
#define NAME_COLUMN    10

static const char *const place_text[] = {
	[PLACE_WORKSPACE] = "in $WS",	 [PLACE_HOME] = "in $HOME",
	[PLACE_ELSEWHERE] = "elsewhere", [PLACE_TMP] = "in $TMP",
	[PLACE_SETTINGS] = "in /etc",	 [PLACE_SYSTEM] = "of the system",
};

void page_say(struct page *page, enum style style, const char *text)
{
	terminal_add(page->terminal, style, text, &page->out);
}

void page_count(struct page *page, enum style style, int64_t count, const char *one,
		const char *many)
{
	scoped(buffer) struct buffer text = { 0 };

	terminal_add_count(count, one, many, &text);
	page_say(page, style, buffer_text(&text));
}

static void add_number(struct page *page, int64_t number)
{
	scoped(buffer) struct buffer text = { 0 };

	terminal_add_number(number, &text);
	terminal_pad((unsigned)text.size, NUMBER_COLUMNS, &page->out);
	page_say(page, STYLE_FAINT, buffer_text(&text));
	terminal_pad(NUMBER_COLUMNS, NAME_COLUMN, &page->out);
}

static enum style style_of(const struct section *row)
{
	switch (row->outcome) {
	case OUTCOME_DENIED:
		return STYLE_BAD;
	case OUTCOME_SUPPRESSED:
	case OUTCOME_FAILED:
		return STYLE_CAUTION;
	default:
		return STYLE_STRONG;
	}
}

/* ": 9 in $WS, 202 of the system", where the numbers are all that is shown. */
static void add_places(struct page *page, const struct tally_part *part)
{
	const char *before = ": ";

	for (int place = 0; place < PLACE_COUNT; place++) {
		if (!part->place[place] || part->place[PLACE_ELSEWHERE] == part->count)
			continue;
		buffer_add(&page->out, before);
		terminal_add_number((int64_t)part->place[place], &page->out);
		buffer_printf(&page->out, " %s", place_text[place]);
		before = ", ";
	}
}

/* How often, where it was more than once each; else what was the run's own. */
static void add_uses(struct page *page, const struct tally_part *part)
{
	const struct section *row = part->section;
	bool files = row->shown == SHOWN_FILES || row->shown == SHOWN_CHANGES;

	if (files && part->own && row->action != ACTION_CREATE) {
		buffer_add(&page->out, part->own < part->count ? ", " : ", all");
		if (part->own < part->count)
			terminal_add_number((int64_t)part->own, &page->out);
		buffer_add(&page->out, " made in this run");
	} else if (!files && part->uses > (int64_t)part->count) {
		buffer_add(&page->out, ", ");
		page_count(page, STYLE_PLAIN, part->uses, "time", "times");
	}
}

static void add_heading(struct page *page, const struct tally_part *part)
{
	const struct section *row = part->section;

	page_say(page, style_of(row), row->title);
	buffer_add_char(&page->out, ' ');
	page_count(page, style_of(row), (int64_t)part->count, row->one, row->many);
	if (row->shown == SHOWN_COUNT)
		add_places(page, part);
	else
		add_uses(page, part);
}

/* ---- by folder ---- */

/* The children of a folder one after the other, as far as the line goes. */
static void add_children(struct page *page, const struct tally_part *part,
			 const struct fold_line *line, unsigned columns)
{
	scoped(buffer) struct buffer child = { 0 };
	size_t begin = line->begin, end;

	for (; begin < line->end; begin = end) {
		struct bytes name = part->row[begin]->name;
		unsigned wide;

		end = fold_next(part, begin, line->end, line->prefix);
		if (end - begin > 1)
			name.size = fold_component(name, line->prefix);
		name.size -= line->prefix;
		name.data += line->prefix;
		buffer_clear(&child);
		wide = 1 + terminal_add_name(page->terminal, name, 30, &child);
		if (wide + 3 > columns)
			break;
		columns -= wide;
		page_say(page, STYLE_FAINT, buffer_text(&child));
		if (end < line->end)
			buffer_add_char(&page->out, ' ');
	}
	if (begin < line->end)
		page_say(page, STYLE_FAINT, "...");
}

static void add_fold_line(struct page *page, const struct tally_part *part,
			  const struct fold_line *line)
{
	struct bytes name = part->row[line->begin]->name;
	unsigned columns = page->terminal->columns - NAME_COLUMN, used = 0;
	size_t count = line->end - line->begin;

	add_number(page, (int64_t)count);
	if (count > 1)
		name.size = line->prefix;
	if (name.size)
		used = terminal_add_name(page->terminal, name, columns, &page->out);
	if (used && count > 1) {
		buffer_add(&page->out, "  ");
		used += 2;
	}
	if (count > 1 && used + 8 < columns)
		add_children(page, part, line, columns - used);
	buffer_add_char(&page->out, '\n');
}

static void add_folders(struct page *page, const struct tally_part *part)
{
	struct fold_line line[FOLD_LINES];
	size_t count =
		fold(part, part->section->shown == SHOWN_CHANGES, part->section->lines, line);

	for (size_t i = 0; i < count; i++)
		add_fold_line(page, part, &line[i]);
}

/* ---- by name ---- */

/* Without a line end. */
static void add_name(struct page *page, const struct tally_row *row, unsigned columns)
{
	const char *action = row->action ? action_text(row->action) : "";
	const char *error = row->error ? strerrorname_np(row->error) : NULL;
	unsigned around = (unsigned)(strlen(action) + 1 + (error ? strlen(error) + 2 : 0));

	if (*row->peer)
		around += sizeof row->peer;
	if (*action)
		buffer_printf(&page->out, "%s ", action);
	terminal_add_name(page->terminal, row->name, columns - around, &page->out);
	buffer_add(&page->out, error || *row->peer ? "  " : "");
	page_say(page, STYLE_FAINT, error ? error : "");
	terminal_add_name(page->terminal, bytes_of(row->peer), sizeof row->peer, &page->out);
}

void page_more(struct page *page, size_t count)
{
	if (!count)
		return;
	terminal_pad(0, NAME_COLUMN, &page->out);
	buffer_add(&page->out, "and ");
	terminal_add_number((int64_t)count, &page->out);
	buffer_add(&page->out, " more\n");
}

static void add_names(struct page *page, const struct tally_part *part)
{
	size_t shown = part->section->lines;

	if (part->count <= shown + 2) /* "and 2 more" says less than the two */
		shown = part->count;
	for (size_t i = 0; i < shown; i++) {
		add_number(page, part->row[i]->count);
		add_name(page, part->row[i], page->terminal->columns - NAME_COLUMN);
		buffer_add_char(&page->out, '\n');
	}
	page_more(page, part->count - shown);
}

/* ---- by action and error ---- */

/* How many rows from `begin` are of its kind. */
static size_t kind_size(const struct tally_part *part, size_t begin)
{
	const struct tally_row *first = part->row[begin];
	size_t end = begin + 1;

	while (end < part->count && part->row[end]->action == first->action &&
	       part->row[end]->error == first->error)
		end++;
	return end - begin;
}

static void add_kind(struct page *page, const struct tally_part *part, size_t begin, size_t count)
{
	const struct tally_row *first = part->row[begin];
	const char *action = action_text(first->action);
	const char *error = first->error ? strerrorname_np(first->error) : NULL;
	unsigned used = (unsigned)(strlen(action) + (error ? strlen(error) + 1 : 0));

	add_number(page, (int64_t)count);
	buffer_add(&page->out, action);
	if (error)
		buffer_printf(&page->out, " %s", error);
	buffer_add(&page->out, "  ");
	terminal_add_name(page->terminal, first->name,
			  page->terminal->columns - NAME_COLUMN - used - 6, &page->out);
	buffer_add(&page->out, count > 1 ? " ...\n" : "\n");
}

static void add_kinds(struct page *page, const struct tally_part *part)
{
	size_t begin = 0, size;

	for (unsigned line = 0; begin < part->count && line < part->section->lines; line++) {
		size = kind_size(part, begin);
		add_kind(page, part, begin, size);
		begin += size;
	}
	page_more(page, part->count - begin);
}

static void add_lines(struct page *page, const struct tally_part *part)
{
	switch (part->section->shown) {
	case SHOWN_FILES:
	case SHOWN_CHANGES:
		add_folders(page, part);
		break;
	case SHOWN_TOP:
	case SHOWN_DETAIL:
		add_names(page, part);
		break;
	case SHOWN_KINDS:
		add_kinds(page, part);
		break;
	case SHOWN_COUNT:
		break;
	}
}

/* What follows the heading: nothing where the numbers say it all, or nothing is left to know. */
static void add_body(struct page *page, const struct tally_part *part)
{
	const struct section *row = part->section;
	bool gone = part->own == part->count && row->action != ACTION_CREATE;

	if (row->shown == SHOWN_COUNT || (row->shown == SHOWN_CHANGES && gone)) {
		buffer_add_char(&page->out, '\n');
	} else if (part->count == 1) {
		buffer_add(&page->out, ": ");
		add_name(page, part->row[0], page->terminal->columns);
		buffer_add_char(&page->out, '\n');
	} else {
		buffer_add_char(&page->out, '\n');
		add_lines(page, part);
	}
}

void page_section(struct page *page, size_t at)
{
	struct tally_part part = tally_part(page->tally, at);

	if (!part.count)
		return;
	add_heading(page, &part);
	add_body(page, &part);
}
