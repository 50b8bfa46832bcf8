#include "reports/html/audited.h"

static void add_row(struct element *body, const struct audit_grant *grant)
{
	struct element *row = part_row(body);

	audited_id(row, grant);
	audited_head(row, grant);
	page_name(part_named(row), bytes_of(grant->owner));
	page_name(part_named(row), bytes_of(grant->why ? grant->why : ""));
	audited_date(row, grant->until_ns, "grants", grant->id, "pin/until");
	audited_date(row, grant->use.last_ns, "grants", grant->id, "last_used");
	part_cell(row, "");
}

int section_exemptions(const struct report_model *model, struct element *into)
{
	static const struct column column[] = {
		{ "Id", COLUMN_TEXT },		{ "Permission", COLUMN_NAME },
		{ "Owner", COLUMN_NAME },	{ "Reason", COLUMN_NAME },
		{ "Until", COLUMN_TEXT },	{ "Last used", COLUMN_TEXT },
		{ "Still valid", COLUMN_TEXT }, { NULL, COLUMN_TEXT },
	};
	const struct audit *audit = model->audit;
	struct element *body = NULL;
	int64_t count = 0;
	char room[WORDS_SIZE];

	for (size_t i = 0; i < audit->grant_count; i++)
		count += audit->grant[i].owner != NULL;
	if (!count) {
		part_answer(
			into,
			"None: nobody has pinned a permission. `pare review pin` keeps one that "
			"is needed rarely, with an owner, a reason and an end.");
		return 0;
	}
	part_answer(into, "%s by decision.",
		    counted(count, "permission is kept", "permissions are kept", room));
	for (size_t i = 0; i < audit->grant_count; i++) {
		const struct audit_grant *grant = &audit->grant[i];

		if (!grant->owner)
			continue;
		if (!body)
			body = part_table(into, "exemptions-caption",
					  "What is kept whatever its use, and by whom", column);
		add_row(body, grant);
	}
	return 0;
}
