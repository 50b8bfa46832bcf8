#include "analyzer/explain.h"

#include "analyzer/excess.h"
#include "core/policy.h"
#include "core/text.h"

#include <inttypes.h>

static size_t count_open(const struct policy *policy)
{
	size_t open = 0;

	for (size_t i = 0; i < policy->count; i++)
		open += pattern_is_open(&policy->rule[i].match);
	return open;
}

void explain_excess(FILE *out, const struct policy *policy, const struct excess *excess)
{
	int64_t all = excess->sensitive + excess->settings + excess->workspace + excess->temporary +
		      excess->system;
	size_t open = count_open(policy);

	if (!open)
		return;
	fprintf(out, "excess: %zu permission%s open; on this machine %s", open,
		open == 1 ? " is" : "s are", open == 1 ? "it admits " : "they admit ");
	if (!all) {
		fputs("nothing that no run used\n", out);
		return;
	}
	fprintf(out,
		"%s%" PRId64 " name%s that no run used: %" PRId64 " sensitive, %" PRId64
		" in the workspace, %" PRId64 " temporary, %" PRId64 " of the system, %" PRId64
		" other, like %s\n",
		excess->is_capped ? "at least " : "", all, all == 1 ? "" : "s", excess->sensitive,
		excess->workspace, excess->temporary, excess->system, excess->settings,
		excess->example);
}

void explain_presets(FILE *out, const struct compared *compared, size_t count)
{
	const char *separator = "presets: ";

	for (size_t i = 0; i < count; i++) {
		fprintf(out, "%s%s %zu permission%s", separator, compared[i].preset,
			compared[i].permissions, compared[i].permissions == 1 ? "" : "s");
		if (compared[i].runs_tried)
			fprintf(out, ", %" PRId64 " of %" PRId64 " held-out runs denied",
				compared[i].runs_denied, compared[i].runs_tried);
		separator = "; ";
	}
	if (count)
		fputc('\n', out);
}
