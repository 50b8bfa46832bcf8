#include "reports/html/parts.h"

#include "core/clock.h"
#include "core/text.h"
#include "reports/html/chart.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Appends text in which `...` is something to type. */
static void add_marked(struct element *element, const char *text)
{
	const char *open, *close;

	while ((open = strchr(text, '`')) && (close = strchr(open + 1, '`'))) {
		scoped(buffer) struct buffer part = { 0 };

		buffer_append(&part, text, (size_t)(open - text));
		page_text(element, buffer_text(&part));
		buffer_clear(&part);
		buffer_append(&part, open + 1, (size_t)(close - open - 1));
		part_code(element, buffer_text(&part));
		text = close + 1;
	}
	page_text(element, text);
}

static struct element *sentence(struct element *parent, const char *name, const char *class,
				const char *format, va_list args)
{
	struct element *element = page_element(parent, name);
	char *text;

	if (class)
		page_attribute(element, "class", class);
	if (vasprintf(&text, format, args) < 0)
		return page_text(element, "(out of memory)");
	add_marked(element, text);
	free(text);
	return element;
}

struct element *part_answer(struct element *parent, const char *format, ...)
{
	struct element *element;
	va_list args;

	va_start(args, format);
	element = sentence(parent, "p", "answer", format, args);
	va_end(args);
	return element;
}

struct element *part_paragraph(struct element *parent, const char *format, ...)
{
	struct element *element;
	va_list args;

	va_start(args, format);
	element = sentence(parent, "p", NULL, format, args);
	va_end(args);
	return element;
}

struct element *part_note(struct element *parent, const char *format, ...)
{
	struct element *element;
	va_list args;

	va_start(args, format);
	element = sentence(parent, "p", "note", format, args);
	va_end(args);
	return element;
}

struct element *part_heading(struct element *parent, const char *text)
{
	return page_text(page_element(parent, "h3"), text);
}

void part_code(struct element *parent, const char *text)
{
	page_text(page_element(parent, "code"), text);
}

void part_tag(struct element *parent, enum tone tone, const char *text)
{
	static const char *const class[] = { "tag", "tag good", "tag warn", "tag bad" };

	page_text(page_attribute(page_element(parent, "span"), "class", class[tone]), text);
}

struct element *part_groups(struct element *parent, const char *id, const char *caption,
			    const struct column *column)
{
	static const char *const class[] = { NULL, "number", NULL };
	struct element *frame = page_attribute(page_element(parent, "div"), "class", "frame");
	struct element *table, *row;

	page_attribute(frame, "tabindex", "0");
	page_attribute(frame, "role", "region");
	page_attribute(frame, "aria-labelledby", id);
	table = page_element(frame, "table");
	add_marked(page_attribute(page_element(table, "caption"), "id", id), caption);
	row = page_element(page_element(table, "thead"), "tr");
	for (; column->heading; column++) {
		struct element *cell = page_element(row, "th");

		page_attribute(cell, "scope", "col");
		if (class[column->kind])
			page_attribute(cell, "class", class[column->kind]);
		page_text(cell, column->heading);
	}
	return table;
}

struct element *part_table(struct element *parent, const char *id, const char *caption,
			   const struct column *column)
{
	return page_element(part_groups(parent, id, caption, column), "tbody");
}

struct element *part_row(struct element *body)
{
	return page_element(body, "tr");
}

struct element *part_cell(struct element *row, const char *text)
{
	return page_text(page_element(row, "td"), text);
}

struct element *part_number(struct element *row, int64_t value)
{
	struct element *cell = page_attribute(page_element(row, "td"), "class", "number");
	char room[WORDS_SIZE];

	return page_text(cell, number_text(value, room));
}

struct element *part_time(struct element *row, int64_t time_ns)
{
	struct element *cell = page_attribute(page_element(row, "td"), "class", "time");
	char room[CLOCK_TEXT_SIZE];

	return page_text(cell, time_ns ? clock_format_short(time_ns, room) : "\xe2\x80\x93");
}

struct element *part_span(struct element *row, int64_t first_ns, int64_t last_ns)
{
	struct element *cell = page_attribute(page_element(row, "td"), "class", "time");
	char first[CLOCK_TEXT_SIZE], last[CLOCK_TEXT_SIZE], text[2 * CLOCK_TEXT_SIZE];

	/* "2026-11-21 07:00:31": the day is 10 bytes, day and minute are 16. */
	clock_format_short(first_ns, first);
	clock_format_short(last_ns, last);
	if (!strncmp(first, last, 16))
		snprintf(text, sizeof text, "%.16s", first);
	else if (!strncmp(first, last, 10))
		snprintf(text, sizeof text, "%.16s\xe2\x80\x93%.5s", first, last + 11);
	else
		snprintf(text, sizeof text, "%.10s \xe2\x80\x93 %.10s", first, last);
	return page_text(cell, text);
}

struct element *part_name(struct element *row, const char *escaped, unsigned flags)
{
	struct element *cell = page_attribute(page_element(row, "th"), "scope", "row");

	page_escaped(page_attribute(cell, "class", "named"), escaped, flags);
	return cell;
}

struct element *part_named(struct element *row)
{
	return page_attribute(page_element(row, "td"), "class", "named");
}

void part_command(struct element *parent, const char *escaped, unsigned flags)
{
	scoped(buffer) struct buffer cut = { 0 };

	buffer_add(&cut, escaped);
	page_escaped(parent, text_cut(&cut, COMMAND_COLUMNS), flags);
}

void part_more(struct element *parent, size_t shown, size_t total, const char *where)
{
	char room[WORDS_SIZE];

	if (total > shown)
		part_note(parent, "\xe2\x80\xa6 and %s more%s%s.",
			  number_text((int64_t)(total - shown), room), *where ? "; " : "", where);
}

struct element *part_fold(struct element *parent, size_t rows, size_t most)
{
	char text[WORDS_SIZE + 16], room[WORDS_SIZE];
	struct element *fold;

	if (rows <= most)
		return parent;
	fold = page_element(parent, "details");
	snprintf(text, sizeof text, "Show %s", counted((int64_t)rows, "row", "rows", room));
	page_text(page_element(fold, "summary"), text);
	return fold;
}

struct element *part_figure(struct element *parent)
{
	return page_element(parent, "figure");
}

void part_caption(struct element *figure, struct chart *chart, const char *title, const char *text)
{
	struct element *frame = page_attribute(page_element(figure, "div"), "class", "drawing");
	struct element *caption;

	/* It scrolls where the window is narrow: also with a keyboard. */
	page_attribute(page_attribute(frame, "tabindex", "0"), "role", "group");
	page_attribute(frame, "aria-label", title);
	if (!chart || chart_close(chart, frame))
		part_note(frame, "The drawing could not be made; the table has its numbers.");
	caption = page_element(figure, "figcaption");
	page_text(page_element(caption, "b"), title);
	page_text(caption, " ");
	page_text(caption, text);
}

struct element *part_verdict(struct element *header, enum tone tone, const char *headline)
{
	static const char *const class[] = { "verdict", "verdict good", "verdict warn",
					     "verdict bad" };
	struct element *box = page_element(header, "div");

	page_attribute(page_attribute(box, "class", class[tone]), "role", "note");
	page_attribute(box, "aria-label", "Verdict");
	page_text(page_attribute(page_element(box, "p"), "class", "headline"), headline);
	return page_element(box, "ul");
}

void part_reason(struct element *list, const char *target, const char *label, const char *text)
{
	struct element *item = page_element(list, "li");

	page_text(item, text);
	page_text(item, " ");
	page_text(page_attribute(page_element(item, "a"), "href", target), label);
}

struct element *part_counters(struct element *header)
{
	struct element *list = page_element(header, "ul");

	page_attribute(list, "class", "counters");
	return page_attribute(list, "aria-label", "In numbers");
}

struct element *part_counter(struct element *list, const char *target, int64_t value,
			     const char *one, const char *many, bool is_warning)
{
	struct element *item = page_element(list, "li"), *link = page_element(item, "a"), *number;
	char room[WORDS_SIZE];

	if (is_warning && value)
		page_attribute(item, "class", "warn");
	page_attribute(link, "href", target);
	number = page_text(page_element(link, "b"), number_text(value, room));
	page_text(link, " ");
	page_text(page_element(link, "span"), value == 1 ? one : many);
	return number;
}

struct element *part_pair(struct element *list, const char *term)
{
	page_text(page_element(list, "dt"), term);
	return page_element(list, "dd");
}
