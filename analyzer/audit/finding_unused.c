#include "analyzer/audit/findings.h"

#include <errno.h>

/* One finding for each grant in that state. */
static int find_in(struct auditing *auditing, const struct finding_row *row, enum grant_state state)
{
	const struct audit *audit = auditing->audit;
	int r = 0;

	for (size_t i = 0; i < audit->grant_count && !r; i++) {
		const struct audit_grant *grant = &audit->grant[i];
		scoped(buffer) struct buffer text = { 0 };
		struct audit_finding *finding;

		if (grant->state != state)
			continue;
		grant_write(grant, &text);
		finding = finding_add(auditing, row, grant_severity(auditing, i), (ptrdiff_t)i,
				      grant->id, "%s: %s", buffer_text(&text), grant->reason);
		if (!finding)
			return -ENOMEM;
		r = finding_witness(finding, &grant->use.last);
		r = r ? r : finding_remedy(finding, "take it away, or pin it with a reason");
	}
	return r;
}

int finding_never(struct auditing *auditing, const struct finding_row *row)
{
	return find_in(auditing, row, GRANT_NEVER);
}

int finding_stale(struct auditing *auditing, const struct finding_row *row)
{
	return find_in(auditing, row, GRANT_STALE);
}
