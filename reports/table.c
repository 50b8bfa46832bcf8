#include "reports/table.h"

#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 16
#define GAP	    2
#define LAST_MIN    16

struct table_cell {
	enum style style;
	char *text;
};

/* How wide each column is; 0 where it is left out. */
struct layout {
	unsigned wide[COLUMNS_MAX];
};

int table_add(struct table *table, enum style style, const char *text)
{
	struct table_cell *grown;
	size_t capacity = table->capacity ? 2 * table->capacity : 64;

	if (table->cell_count == table->capacity) {
		grown = reallocarray(table->cell, capacity, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		table->cell = grown;
		table->capacity = capacity;
	}
	table->cell[table->cell_count] = (struct table_cell){ style, strdup(text) };
	if (!table->cell[table->cell_count].text)
		return -ENOMEM;
	table->cell_count++;
	return 0;
}

void table_release(struct table *table)
{
	for (size_t i = 0; i < table->cell_count; i++)
		free(table->cell[i].text);
	free(table->cell);
	table->cell = NULL;
	table->cell_count = table->capacity = 0;
}

static void measure(const struct table *table, struct layout *layout)
{
	for (size_t i = 0; i < table->cell_count; i++) {
		unsigned *wide = &layout->wide[i % table->column_count];
		unsigned cell = text_columns(table->cell[i].text);

		*wide = cell > *wide ? cell : *wide;
	}
	for (size_t i = 0; i < table->column_count; i++) {
		unsigned title = text_columns(table->column[i].title);

		if (layout->wide[i] && layout->wide[i] < title)
			layout->wide[i] = title;
	}
}

/* What all columns but the last take, with the gaps behind them. */
static unsigned used(const struct table *table, const struct layout *layout)
{
	unsigned total = 0;

	for (size_t i = 0; i + 1 < table->column_count; i++)
		total += layout->wide[i] ? layout->wide[i] + GAP : 0;
	return total;
}

static unsigned smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static void fit(const struct table *table, struct layout *layout, unsigned columns)
{
	unsigned *last = &layout->wide[table->column_count - 1];
	unsigned least = smaller(*last, table->last_min ? table->last_min : LAST_MIN), left;

	for (unsigned turn = 1; turn <= table->column_count; turn++)
		for (size_t i = 0; i < table->column_count; i++)
			if (table->column[i].give_up == turn &&
			    used(table, layout) + least > columns)
				layout->wide[i] = 0;
	left = columns > used(table, layout) ? columns - used(table, layout) : 0;
	least = smaller(least, LAST_MIN); /* nothing is left to go */
	*last = smaller(*last, left < least ? least : left);
}

static void write_cell(const struct table *table, const struct terminal *terminal, size_t column,
		       const struct layout *layout, const struct table_cell *cell,
		       struct buffer *out)
{
	scoped(buffer) struct buffer text = { 0 };
	bool is_last = column + 1 == table->column_count;
	unsigned wide = layout->wide[column], have;

	if (!wide)
		return;
	buffer_add(&text, cell->text);
	have = text_columns(text_cut(&text, wide));
	if (table->column[column].right)
		terminal_pad(have, wide, out);
	terminal_add(terminal, cell->style, buffer_text(&text), out);
	if (is_last)
		return;
	terminal_pad(table->column[column].right ? wide : have, wide + GAP, out);
}

void table_write(const struct table *table, const struct terminal *terminal, struct buffer *out)
{
	struct layout layout = { { 0 } };

	measure(table, &layout);
	fit(table, &layout, terminal->columns);
	for (size_t i = 0; i < table->column_count; i++) {
		struct table_cell title = { STYLE_STRONG, (char *)table->column[i].title };

		write_cell(table, terminal, i, &layout, &title, out);
	}
	buffer_add_char(out, '\n');
	for (size_t i = 0; i < table->cell_count; i++) {
		write_cell(table, terminal, i % table->column_count, &layout, &table->cell[i], out);
		if (i % table->column_count + 1 == table->column_count)
			buffer_add_char(out, '\n');
	}
}
