#include "core/error.h"
#include "reports/html/audited.h"
#include "reports/html/rows.h"

#include <string.h>

#define SHOWN 300

static bool happened(const struct object *object)
{
	return object->tally[OUTCOME_OK].runs > 0;
}

static bool is_critical(const struct object *object)
{
	return happened(object) && object->rule && object->rule->risk == RISK_CRITICAL;
}

static bool is_secret(const struct object *object)
{
	return is_critical(object) || (happened(object) && object->resource == RESOURCE_VARIABLE);
}

static bool is_other(const struct object *object)
{
	return happened(object) && !is_critical(object) &&
	       (object->resource == RESOURCE_SOCKET || object->resource == RESOURCE_PROCESS ||
		object->resource == RESOURCE_KERNEL || object->resource == RESOURCE_TOOL);
}

static int64_t count(const struct report_model *model, pick_object *want)
{
	int64_t sum = 0;

	for (size_t i = 0; i < model->object_count; i++)
		sum += want(&model->object[i]);
	return sum;
}

/* What an audit found out about secrets. */
static bool is_about_secrets(const struct audit_finding *finding)
{
	return !strncmp(finding->kind, "secret_", strlen("secret_"));
}

static int64_t count_findings(const struct audit *audit)
{
	int64_t count = 0;

	for (size_t i = 0; i < audit->finding_count; i++)
		count += is_about_secrets(&audit->finding[i]);
	return count;
}

static void add_findings(const struct audit *audit, struct element *into)
{
	static const struct column column[] = {
		{ "Finding", COLUMN_TEXT },  { "Severity", COLUMN_TEXT }, { "Secret", COLUMN_NAME },
		{ "Evidence", COLUMN_TEXT }, { NULL, COLUMN_TEXT },
	};
	struct element *body = NULL;

	for (size_t i = 0; i < audit->finding_count; i++) {
		const struct audit_finding *finding = &audit->finding[i];
		struct element *row, *cell;

		if (!is_about_secrets(finding))
			continue;
		if (!body)
			body = part_table(
				into, "touched-caption",
				"Secrets that runs read, held or may have sent; values are "
				"never kept",
				column);
		row = part_row(body);
		audited_finding(row, finding);
		cell = page_attribute(page_element(row, "td"), "class", "said");
		page_text(cell, finding->title);
		page_text(cell, ": ");
		page_text(cell, finding->text);
		audited_witnesses(page_element(row, "td"), finding->witness, finding->witness_count,
				  6);
	}
}

static void add_answer(const struct report_model *model, struct element *into)
{
	char room[3][WORDS_SIZE];

	counted(count(model, is_secret), "variable or argument that looks like a secret",
		"variables and arguments that look like secrets", room[0]);
	counted(count(model, is_other), "other object", "other objects", room[1]);
	if (model->audit) {
		counted(count_findings(model->audit), "finding is about a secret",
			"findings are about secrets", room[2]);
		part_answer(into, "%s; it held %s, and reached %s.", room[2], room[0], room[1]);
		add_findings(model->audit, into);
		return;
	}
	part_answer(into, "%s, and %s.",
		    counted(count(model, is_secret), "secret or protected object",
			    "secrets or protected objects", room[0]),
		    room[1]);
	if (model->policy_reason->code)
		part_note(into, "Protected files could not be told apart, because no policy could "
				"be proposed.");
}

int section_others(const struct report_model *model, struct element *into)
{
	int status;

	add_answer(model, into);
	status = rows_objects(model, into,
			      &(struct object_table){
				      .id = "secrets-caption",
				      .caption =
					      "Variables and arguments that look like secrets, and "
					      "protected objects that were used; a value is kept "
					      "as a keyed fingerprint at most",
				      .want = is_secret,
				      .limit = SHOWN,
				      .has_resource = true,
			      });
	if (status)
		return status;
	return rows_objects(model, into,
			    &(struct object_table){
				    .id = "others-caption",
				    .caption =
					    "Sockets of this machine, other processes, facilities "
					    "of the kernel, and tools",
				    .want = is_other,
				    .limit = SHOWN,
				    .has_resource = true,
			    });
}
