#include "reports/redact/model.h"

#include "core/error.h"
#include "reports/html/sections.h"
#include "reports/redact/hide.h"

#include <errno.h>
#include <stdlib.h>

/* The text of a run that a page shows; owned by it. */
static int hide_run(const struct redactor *redactor, struct report_run *row)
{
	int r = hide_const(redactor, &row->run.agent);

	r = r ? r : hide_const(redactor, &row->run.task);
	r = r ? r : hide_const(redactor, &row->run.host);
	return r ? r : hide_text(redactor, &row->command);
}

static int hide_runs(const struct redactor *redactor, struct report_model *model)
{
	int r = 0;

	for (size_t i = 0; i < model->run_count && !r; i++)
		r = hide_run(redactor, &model->run[i]);
	for (size_t i = 0; i < model->gap_count && !r; i++)
		r = hide_text(redactor, &model->gap[i].detail);
	return r;
}

static int hide_names(const struct redactor *redactor, struct report_model *model)
{
	int r = 0;

	for (size_t i = 0; i < model->object_count && !r; i++)
		r = hide_text(redactor, &model->object[i].name);
	for (size_t i = 0; i < model->program_count && !r; i++) {
		r = hide_text(redactor, &model->program[i].name);
		r = r ? r : hide_text(redactor, &model->program[i].example);
	}
	return r;
}

int redact_model(const struct redactor *redactor, struct report_model *model)
{
	int r = hide_text(redactor, &model->agent);

	r = r ? r : hide_text(redactor, &model->database);
	r = r ? r : hide_text(redactor, &model->trouble);
	r = r ? r : hide_runs(redactor, model);
	r = r ? r : hide_names(redactor, model);
	r = r ? r : hide_policy(redactor, &model->policy);
	if (r || !model->policy_reason)
		return r;
	return hide_array(redactor, model->policy_reason->text, sizeof model->policy_reason->text);
}
