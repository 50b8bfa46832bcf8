#include "reports/html/parts.h"
#include "reports/html/sections.h"

#include <string.h>

#define SHOWN_GAPS 100

static void add_answer(const struct report_model *model, struct element *into)
{
	char room[3][WORDS_SIZE];

	counted((int64_t)model->run_count, "run", "runs", room[0]);
	counted(model->accesses, "access", "accesses", room[1]);
	counted((int64_t)model->program_count, "program", "programs", room[2]);
	if (report_is_complete(model))
		part_answer(into,
			    "%s with %s by %s were recorded, and nothing is known to be "
			    "missing.",
			    room[0], room[1], room[2]);
	else if (!model->gaps && !model->incomplete)
		part_answer(into, "%s with %s by %s are in it as it is now.", room[0], room[1],
			    room[2]);
	else
		part_answer(into,
			    "%s with %s by %s were recorded, but not everything could be "
			    "seen: what follows is a lower bound.",
			    room[0], room[1], room[2]);
}

static void add_gap(struct element *body, const struct report_gap *gap)
{
	struct element *row = part_row(body), *cell = page_element(row, "th");

	page_attribute(cell, "scope", "row");
	part_tag(cell, TONE_WARN, gap_text(gap->kind));
	part_cell(row, gap_meaning(gap->kind));
	cell = part_named(row);
	if (*gap->detail)
		page_escaped(cell, gap->detail, gap->flags);
	part_number(row, gap->runs);
	part_number(row, gap->count);
}

static void add_gaps(const struct report_model *model, struct element *into)
{
	static const struct column column[] = {
		{ "Gap", COLUMN_TEXT },	   { "Meaning", COLUMN_TEXT }, { "What", COLUMN_NAME },
		{ "Runs", COLUMN_NUMBER }, { "Times", COLUMN_NUMBER }, { NULL, COLUMN_TEXT }
	};
	struct element *body;
	size_t i;

	if (!model->gap_count)
		return;
	body = part_table(
		into, "gaps-caption",
		"Gaps: what pare knows that it could not see, or did to the agent so that "
		"it could",
		column);
	for (i = 0; i < model->gap_count && i < SHOWN_GAPS; i++)
		add_gap(body, &model->gap[i]);
	part_more(into, i, model->gap_count, "`pare show RUN` lists those of a run");
}

static void add_limits(const struct report_model *model, struct element *into)
{
	static const char *const limit[] = {
		"Files count when they are opened, looked up or changed, not by each read or write "
		"of an open file; what stood in them was not kept.",
		"Values of variables and contents of files never enter the evidence. Arguments of "
		"programs do: what looks like a secret in them is replaced by a fingerprint that "
		"only this database's key can check, as it is for variables. A secret that looks "
		"like any other word, or that is part of a file's name, is not recognised.",
		"What other machines, or services of this machine, did on the agent's behalf is "
		"seen as a connection and no further.",
		NULL
	};
	struct element *list;
	char room[WORDS_SIZE];

	part_heading(into, "Not covered by this kind of recording");
	list = page_element(into, "ul");
	for (size_t i = 0; limit[i]; i++)
		page_text(page_element(list, "li"), limit[i]);
	if (!model->unknown)
		return;
	part_note(into, "The end of %s was not seen; they count as use, so that no need is missed.",
		  counted(model->unknown, "access", "accesses", room));
}

static void add_trouble(const struct report_model *model, struct element *into)
{
	struct element *list;
	char room[WORDS_SIZE];

	if (report_is_intact(model))
		return;
	part_answer(into, "The database is not as it was sealed: %s.",
		    counted(model->trouble_count, "fault", "faults", room));
	list = page_element(into, "ul");
	for (const char *line = model->trouble; line && *line;) {
		scoped(buffer) struct buffer one = { 0 };
		size_t size = strcspn(line, "\n");

		buffer_append(&one, line, size);
		page_text(page_element(list, "li"), buffer_text(&one));
		line += size + (line[size] == '\n');
	}
	part_note(into, "`pare fsck` says the same.");
}

int section_scope(const struct report_model *model, struct element *into)
{
	char room[2][WORDS_SIZE];

	add_trouble(model, into);
	add_answer(model, into);
	if (model->gaps || model->incomplete)
		part_paragraph(into,
			       "%s cut short (the recorder died: all but the last tenth of a "
			       "second is there) and %s recorded. Such evidence cannot "
			       "support \xe2\x80\x9c"
			       "complete\xe2\x80\x9d or \xe2\x80\x9cunused\xe2\x80\x9d.",
			       counted((int64_t)model->incomplete, "run was", "runs were", room[0]),
			       counted(model->gaps, "gap was", "gaps were", room[1]));
	add_gaps(model, into);
	add_limits(model, into);
	return 0;
}
