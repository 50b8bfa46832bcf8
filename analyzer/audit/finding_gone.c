#include "analyzer/audit/beyond.h"
#include "analyzer/audit/findings.h"

#include <errno.h>
#include <inttypes.h>

/* With fewer runs since then nothing is known to be gone. */
#define NOW_RUNS 3

static int add(struct auditing *auditing, const struct finding_row *row,
	       const struct beyond_group *group)
{
	const struct audit_drift *drift = &auditing->audit->drift;
	scoped(buffer) struct buffer where = { 0 }, examples = { 0 };
	struct audit_finding *finding;
	int r = 0;

	buffer_printf(&where, "%s %s", resource_text(group->resource), action_text(group->action));
	beyond_write_examples(group, &examples);
	finding = finding_add(
		auditing, row, SEVERITY_INFO, -1, buffer_text(&where),
		"%s: %" PRId64 " that runs used again and again before, none of %" PRId64
		" did since: %s",
		buffer_text(&where), group->objects, drift->runs_now, buffer_text(&examples));
	if (!finding)
		return -ENOMEM;
	for (size_t i = 0; i < group->example_count && !r; i++)
		r = finding_witness(finding, &group->witness[i]);
	return r;
}

int finding_gone(struct auditing *auditing, const struct finding_row *row)
{
	int r = 0;

	if (auditing->audit->drift.runs_now < NOW_RUNS)
		return 0;
	for (size_t i = 0; i < auditing->beyond.gone_count && !r; i++)
		r = add(auditing, row, &auditing->beyond.gone[i]);
	return r;
}
