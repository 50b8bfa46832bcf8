#ifndef REPORTS_CALLED_TOOLS_H
#define REPORTS_CALLED_TOOLS_H

#include "core/store.h"

struct page;

/* Statuses that are known, and 0 for one that is not. */
#define STATUS_ROOM 8

/* The calls of one tool in a run. */
struct called_tool {
	char *name;
	size_t size;
	int64_t calls, by_status[STATUS_ROOM];
};

/* Zero it to begin. */
struct called_tools {
	struct called_tool *tool; /* sorted by name */
	size_t count, capacity;
};

/* 0 or -errno. */
int called_tools_read(struct called_tools *tools, struct store *store, int64_t run,
		      struct error *err);
void called_tools_cleanup(struct called_tools *tools); /* for scoped(called_tools) */

/* What became of the calls, a line for each tool; nothing where there are none. */
void page_called_tools(struct page *page, const struct called_tools *tools);
/* An array of { "tool", "calls", and of each status that it had how often }. */
void called_tools_add_json(const struct called_tools *tools, struct buffer *out);

#endif
