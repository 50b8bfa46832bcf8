#include "reports/companions/companions.h"

#include "core/command.h"
#include "core/policy.h"

#include <errno.h>

/* What `pare propose` says on that day of all runs, with its usual preset. */
int companion_policy(struct edition *edition, FILE *out, struct error *err)
{
	scoped(policy) struct policy policy = { 0 };
	scoped(buffer) struct buffer text = { 0 };
	struct propose_options options = { .agent = edition->agent,
					   .since_ns = INT64_MIN,
					   .until_ns = edition->as_of_ns,
					   .preset = "balanced",
					   .created_ns = edition->as_of_ns };
	int r;

	if (!edition->house->propose)
		return error_say(err, ENOSYS, "this program was built without its analyzer");
	r = edition->house->propose(edition->store, &options, &policy, err);
	r = r ? r : policy_write(&policy, &text, err);
	return r ? r : companion_put(&text, out, err);
}
