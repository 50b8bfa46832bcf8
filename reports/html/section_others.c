#include "core/error.h"
#include "reports/html/parts.h"
#include "reports/html/rows.h"

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

int section_others(const struct report_model *model, struct element *into)
{
	char room[2][WORDS_SIZE];
	int status;

	part_answer(into, "%s, and %s.",
		    counted(count(model, is_secret), "secret or protected object",
			    "secrets or protected objects", room[0]),
		    counted(count(model, is_other), "other object", "other objects", room[1]));
	if (model->policy_reason->code)
		part_note(into, "Protected files could not be told apart, because no policy could "
				"be proposed.");
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
