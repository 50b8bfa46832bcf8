#ifndef REPORTS_PAGE_H
#define REPORTS_PAGE_H

#include "reports/tally.h"
#include "reports/terminal.h"

#include <stddef.h>

/* A summary on its way to a terminal. */
struct page {
	const struct terminal *terminal;
	const struct run *run;
	const struct tally *tally;
	struct buffer out;
};

void page_say(struct page *page, enum style style, const char *text);
void page_count(struct page *page, enum style style, int64_t count, const char *one,
		const char *many);
/* "and 7 more"; nothing for 0. */
void page_more(struct page *page, size_t count);
/* One row of summary.def: its heading and its names; nothing where it has none. */
void page_section(struct page *page, size_t section);

#endif
