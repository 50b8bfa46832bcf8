#include "analyzer/evidence.h"

#include "analyzer/limits.h"
#include "core/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct evidence_run *add_run(struct evidence *evidence)
{
	size_t capacity = evidence->run_capacity ? evidence->run_capacity * 2 : 16;
	struct evidence_run *grown;

	if (evidence->run_count == evidence->run_capacity) {
		grown = reallocarray(evidence->run, capacity, sizeof *grown);
		if (!grown)
			return NULL;
		evidence->run = grown;
		evidence->run_capacity = capacity;
	}
	return &evidence->run[evidence->run_count++];
}

int evidence_begin_run(struct evidence *evidence, const struct run *run, const struct roots *roots)
{
	bool is_first = !evidence->run_count;
	struct evidence_run *added = add_run(evidence);

	if (!added)
		return -ENOMEM;
	*added = (struct evidence_run){
		.task = strdup(run->task),
		.started_ns = run->started_ns,
		.is_incomplete = run->state == RUN_INCOMPLETE,
		.gaps = run->gaps,
	};
	memcpy(added->id, run->id, sizeof run->id);
	if (is_first || run->started_ns < evidence->first_ns)
		evidence->first_ns = run->started_ns;
	if (is_first || run->started_ns > evidence->last_ns)
		evidence->last_ns = run->started_ns;
	evidence->incomplete += run->state == RUN_INCOMPLETE;
	evidence->gaps = add_saturated(evidence->gaps, run->gaps);
	limits_measure(&evidence->most, run);
	return added->task ? evidence_add_roots(evidence, roots, &added->root) : -ENOMEM;
}
