#ifndef REPORTS_HTML_PARTS_H
#define REPORTS_HTML_PARTS_H

#include "reports/html/page.h"

#include <stdbool.h>
#include <stdint.h>

/* What sections are put together from. */

/* ---- words ---- */

#define WORDS_SIZE 80
/* "48,211" */
const char *number_text(int64_t value, char room[static WORDS_SIZE]);
/* "1 run", "48,211 runs" */
const char *counted(int64_t count, const char *one, const char *many, char room[static WORDS_SIZE]);
/* "0.03 %"; the decimal point is LC_NUMERIC's, which pare leaves at "C". */
const char *percent_text(double ratio, char room[static WORDS_SIZE]);
/* "14 of 48,211 (0.03 %)": never a bare percentage. */
const char *share_text(int64_t part, int64_t whole, char room[static WORDS_SIZE]);

/* ---- text ---- */

/* In a sentence and in the caption of a table `...` is shown as something to type.
 *
 * The one sentence that answers the section's question. */
struct element *part_answer(struct element *parent, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
struct element *part_paragraph(struct element *parent, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A sentence in small print. */
struct element *part_note(struct element *parent, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
struct element *part_heading(struct element *parent, const char *text); /* h3 */
void part_code(struct element *parent, const char *text);

enum tone { TONE_NEUTRAL, TONE_GOOD, TONE_WARN, TONE_BAD };
void part_tag(struct element *parent, enum tone tone, const char *text);

/* ---- tables ---- */

enum column_kind { COLUMN_TEXT, COLUMN_NUMBER, COLUMN_NAME };

/* Ends with a NULL heading. */
struct column {
	const char *heading;
	enum column_kind kind;
};

/* A table in a frame that scrolls where the window is narrow; returns its body.  `id` is unique
 * in the page. */
struct element *part_table(struct element *parent, const char *id, const char *caption,
			   const struct column *column);
/* The same; returns the table, for a body of each group of rows. */
struct element *part_groups(struct element *parent, const char *id, const char *caption,
			    const struct column *column);
struct element *part_row(struct element *body);
/* Each appends a cell and returns it. */
struct element *part_cell(struct element *row, const char *text);
struct element *part_number(struct element *row, int64_t value);
struct element *part_time(struct element *row, int64_t time_ns);
/* "2026-11-21 07:00-07:31", or two dates; `pare dump` has them to the nanosecond. */
struct element *part_span(struct element *row, int64_t first_ns, int64_t last_ns);
struct element *part_name(struct element *row, const char *escaped, unsigned flags); /* heads it */
struct element *part_named(struct element *row); /* for a name that does not head the row */
/* A command line, cut in the middle where it is very long. */
#define COMMAND_COLUMNS 160
void part_command(struct element *parent, const char *escaped, unsigned flags);
/* "and 4,960 more ..." where `total` is beyond `shown`; `where` says where they are. */
void part_more(struct element *parent, size_t shown, size_t total, const char *where);

/* Where a table of so many rows goes: where there are more than `most`, something that is closed
 * until a reader opens it. */
struct element *part_fold(struct element *parent, size_t rows, size_t most);

/* ---- figures ---- */

struct chart;
/* Returns the figure, for chart_close(). */
struct element *part_figure(struct element *parent);
/* Ends it: the drawing, or a sentence in its place; then what it shows. */
void part_caption(struct element *figure, struct chart *chart, const char *title, const char *text);

/* ---- the head of a report ---- */

/* The verdict, in a box; returns the list of what it rests on. */
struct element *part_verdict(struct element *header, enum tone tone, const char *headline);
/* A line of that; `label` leads to `target`. */
void part_reason(struct element *list, const char *target, const char *label, const char *text);
/* A list of numbers. */
struct element *part_counters(struct element *header);
/* One of them, that leads to `target`; of a warning more than none is marked.  Returns the number.
 */
struct element *part_counter(struct element *list, const char *target, int64_t value,
			     const char *one, const char *many, bool is_warning);

/* ---- pairs ---- */

/* Appends dt and dd to a dl; returns the dd. */
struct element *part_pair(struct element *list, const char *term);

#endif
