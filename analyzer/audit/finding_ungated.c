#include "analyzer/audit/findings.h"

#include "analyzer/risk.h"

#include <errno.h>
#include <inttypes.h>

/* Whether a person should confirm what the grant admits: risk.def says so of the act, or somebody
 * says that the risk is high.  To hold a secret is no act. */
static bool wants_gate(const struct rule *rule)
{
	struct rating rating = risk_rate(rule->resource, rule->action, rule->own);

	return rule->gate == GATE_NONE && rule->action != ACTION_HOLD &&
	       (rating.gate != GATE_NONE || rule->risk >= RISK_HIGH);
}

/* What it does, in words: of what risk.def gates they stand there. */
static const char *why(const struct rule *rule)
{
	struct rating rating = risk_rate(rule->resource, rule->action, rule->own);

	return rating.gate != GATE_NONE ? rating.reason : "is said to be of high risk";
}

int finding_ungated(struct auditing *auditing, const struct finding_row *row)
{
	const struct audit *audit = auditing->audit;
	int r = 0;

	for (size_t i = 0; i < audit->grant_count && !r; i++) {
		const struct audit_grant *grant = &audit->grant[i];
		const struct grant_notes *note = &auditing->note[i];
		scoped(buffer) struct buffer text = { 0 };
		struct audit_finding *finding;

		if (!wants_gate(grant->rule) || !note->foreign_uses)
			continue;
		grant_write(grant, &text);
		finding = finding_add(auditing, row, SEVERITY_HIGH, (ptrdiff_t)i, grant->id,
				      "%s: it %s, %" PRId64
				      " times within the window, and nobody was asked",
				      buffer_text(&text), why(grant->rule), note->foreign_uses);
		if (!finding)
			return -ENOMEM;
		r = finding_witness(finding, &note->foreign);
		r = r ? r
		      : finding_remedy(finding,
				       "let a person confirm it, or grant it for what the run "
				       "itself has created");
	}
	return r;
}
