#include "reports/html/audited.h"

#include <string.h>

static bool is_told(const struct audit *audit, size_t source)
{
	for (size_t i = 0; i < source; i++)
		if (!strcmp(audit->source[i].grantor, audit->source[source].grantor))
			return true;
	return false;
}

static void add_grantors(const struct audit *audit, struct element *into)
{
	struct element *text =
		part_answer(into, "The reviewer must be somebody else than who granted "
				  "this: ");
	bool any = false;

	for (size_t i = 0; i < audit->source_count; i++) {
		if (is_told(audit, i))
			continue;
		if (any)
			page_text(text, ", ");
		page_name(text, bytes_of(audit->source[i].grantor));
		any = true;
	}
	page_text(text, ".");
}

int section_signoff(const struct report_model *model, struct element *into)
{
	static const char *const role[] = { "Prepared by", "Reviewed by", "Approved by" };
	static const struct column column[] = {
		{ "Role", COLUMN_TEXT },      { "Name", COLUMN_TEXT },
		{ "Decision", COLUMN_TEXT },  { "Date (UTC)", COLUMN_TEXT },
		{ "Signature", COLUMN_TEXT }, { NULL, COLUMN_TEXT },
	};
	struct element *body;

	add_grantors(model->audit, into);
	body = part_table(into, "signoff-caption",
			  "To fill in on paper; `pare sign` makes signatures that can be verified",
			  column);
	page_attribute(body, "class", "sign");
	for (size_t i = 0; i < sizeof role / sizeof *role; i++) {
		struct element *row = part_row(body);

		page_text(page_attribute(page_element(row, "th"), "scope", "row"), role[i]);
		for (int k = 0; k < 4; k++)
			part_cell(row, "");
	}
	return 0;
}
