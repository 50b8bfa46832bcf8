#include "reports/companions/several.h"

#include "core/text.h"
#include "reports/companions/companions.h"
#include "reports/html/page.h"
#include "reports/html/parts.h"

#include <string.h>

static const struct column columns[] = {
	{ "Agent", COLUMN_NAME },    { "As of", COLUMN_TEXT },
	{ "Runs", COLUMN_NUMBER },   { "Permissions", COLUMN_NUMBER },
	{ "Can go", COLUMN_NUMBER }, { "Critical", COLUMN_NUMBER },
	{ "High", COLUMN_NUMBER },   { "Medium", COLUMN_NUMBER },
	{ "Low", COLUMN_NUMBER },    { "Report", COLUMN_TEXT },
	{ NULL, COLUMN_TEXT },
};

/* A link to the agent's page; where there is none, to its folder; or why there is no report. */
static void add_link(const struct overview *overview, const struct overview_row *row,
		     struct element *cell)
{
	scoped(buffer) struct buffer target = { 0 };
	struct element *link;

	if (!row->folder) {
		page_text(cell, row->reason);
		return;
	}
	buffer_printf(&target, "%s/%s", row->folder,
		      overview->has_pages ? "report.html" : "MANIFEST.sha256");
	link = page_element(cell, "a");
	page_attribute(link, "href", buffer_text(&target));
	page_text(link, overview->has_pages ? "report" : "files");
}

static void add_row(const struct overview *overview, const struct overview_row *agent,
		    struct element *body)
{
	struct element *row = part_row(body);
	scoped(buffer) struct buffer name = { 0 };
	unsigned flags = text_escape(bytes_of(agent->agent), TEXT_SAFE, &name);

	part_name(row, buffer_text(&name), flags);
	if (agent->as_of_ns)
		part_time(row, agent->as_of_ns);
	else
		part_cell(row, "");
	part_number(row, agent->runs);
	part_number(row, agent->permissions);
	part_number(row, agent->removals);
	for (int i = SEVERITY_CRITICAL; i > SEVERITY_INFO; i--)
		part_number(row, agent->findings[i]);
	add_link(overview, agent, part_cell(row, ""));
}

static void add_answer(const struct overview *overview, struct element *into)
{
	int64_t removals = 0, permissions = 0, high = 0;
	char text[4][WORDS_SIZE];

	for (size_t i = 0; i < overview->count; i++) {
		const struct overview_row *row = &overview->row[i];

		removals += row->removals;
		permissions += row->permissions;
		high += row->findings[SEVERITY_HIGH] + row->findings[SEVERITY_CRITICAL];
	}
	part_answer(into, "%s: %s of %s can go; %s high or worse.",
		    counted((int64_t)overview->count, "agent", "agents", text[0]),
		    number_text(removals, text[1]),
		    counted(permissions, "permission", "permissions", text[2]),
		    counted(high, "finding is", "findings are", text[3]));
}

static void fill(const struct overview *overview, struct element *body)
{
	struct element *skip = page_element(body, "a"), *main, *header, *rows;

	page_attribute(page_attribute(skip, "class", "skip"), "href", "#main");
	page_text(skip, "Skip to the table");
	header = page_element(body, "header");
	page_text(page_element(header, "h1"), "What agents are permitted, and what they use");
	if (*overview->quarter)
		part_paragraph(header, "Quarter %s", overview->quarter);
	main = page_attribute(page_element(body, "main"), "id", "main");
	page_text(page_attribute(page_element(main, "p"), "class", "question"),
		  "Which agent needs attention first?");
	add_answer(overview, main);
	rows = part_table(main, "agents", "A line for each agent", columns);
	for (size_t i = 0; i < overview->count; i++)
		add_row(overview, &overview->row[i], rows);
	page_text(page_element(page_element(body, "footer"), "p"),
		  "Written by pare " PARE_VERSION ".  MANIFEST.sha256 has the sums of all files.");
}

int overview_html(const struct overview *overview, FILE *out, struct error *err)
{
	scoped(page) struct page *page = NULL;
	int r = page_open(&page, "Permission reports: an overview", err);

	if (r)
		return r;
	fill(overview, page_body(page));
	return page_write(page, out);
}
