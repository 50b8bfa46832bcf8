#ifndef REPORTS_TABLE_H
#define REPORTS_TABLE_H

#include "reports/terminal.h"

#include <stddef.h>

/* A table for people.  Columns without content are left out; where the terminal is too narrow
 * the least needed go first, and the last column is cut to what is left. */
struct table_column {
	const char *title;
	bool right;
	unsigned give_up; /* 1 goes first; 0 never */
};

struct table {
	const struct table_column *column;
	size_t column_count;
	unsigned last_min;	 /* columns that the last one is worth, before others go; 0: 16 */
	struct table_cell *cell; /* row by row */
	size_t cell_count, capacity;
};

/* Adds the next cell, row by row: text that is safe already (terminal_add_name and the like).
 * 0 or -ENOMEM. */
int table_add(struct table *table, enum style style, const char *text);
/* Appends the heading and all rows. */
void table_write(const struct table *table, const struct terminal *terminal, struct buffer *out);
void table_release(struct table *table);

#endif
