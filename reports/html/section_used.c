#include "reports/html/drawings.h"
#include "reports/html/kinds.h"
#include "reports/html/parts.h"

static void add_kind(struct element *body, const struct kind *kind)
{
	struct element *row = part_row(body);
	char text[KIND_TEXT_SIZE];

	page_text(page_attribute(page_element(row, "th"), "scope", "row"), kind_text(kind, text));
	part_number(row, kind->objects);
	part_number(row, kind->always);
	part_number(row, kind->once);
	part_number(row, kind->count);
	part_span(row, kind->first_ns, kind->last_ns);
}

int section_used(const struct report_model *model, struct element *into)
{
	static const struct column column[] = {
		{ "Permission", COLUMN_TEXT },
		{ "Distinct objects", COLUMN_NUMBER },
		{ "In every run", COLUMN_NUMBER },
		{ "In one run only", COLUMN_NUMBER },
		{ "Accesses", COLUMN_NUMBER },
		{ "When (UTC)", COLUMN_TEXT },
		{ NULL, COLUMN_TEXT },
	};
	struct kind kind[KIND_LIMIT];
	size_t count = kinds_count(model, kind);
	struct element *body;
	char room[2][WORDS_SIZE];
	int status;

	if (!count) {
		part_answer(into, "None: no access of these runs succeeded.");
		return 0;
	}
	part_answer(into, "%s of %s.",
		    counted((int64_t)report_used(model), "distinct permission",
			    "distinct permissions", room[0]),
		    counted((int64_t)count, "kind", "kinds", room[1]));
	status = figure_kinds(model, into);
	if (status)
		return status;
	body = part_table(into, "used-caption", "What happened, by kind of permission", column);
	for (size_t i = 0; i < count; i++)
		add_kind(body, &kind[i]);
	return 0;
}
