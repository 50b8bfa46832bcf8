#include "analyzer/audit/findings.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

int finding_blind(struct auditing *auditing, const struct finding_row *row)
{
	const struct audit *audit = auditing->audit;
	int64_t hidden = audit->runs - audit->whole_runs;
	struct audit_finding *finding;
	int r = 0;

	if (!hidden)
		return 0;
	finding = finding_add(
		auditing, row, hidden * 100 > audit->runs ? SEVERITY_MEDIUM : SEVERITY_LOW, -1, "",
		"%" PRId64 " of %" PRId64 " runs have gaps that may hide what they did", hidden,
		audit->runs);
	if (!finding)
		return -ENOMEM;
	for (size_t i = 0; i < auditing->run_count && !r && finding->witness_count < 10; i++) {
		struct witness witness = { .seq = 0 };

		if (!auditing->run[i].hidden)
			continue;
		memcpy(witness.run, auditing->run[i].id, sizeof witness.run);
		r = finding_witness(finding, &witness);
	}
	return r ? r : finding_remedy(finding, "`pare show RUN` says what each gap is");
}
