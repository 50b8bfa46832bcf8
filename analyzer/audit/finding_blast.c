#include "analyzer/audit/findings.h"

#include <errno.h>
#include <inttypes.h>

static bool can_send(const struct audit_blast *blast)
{
	return blast->now.hosts.any || blast->now.hosts.exact;
}

int finding_blast_radius(struct auditing *auditing, const struct finding_row *row)
{
	const struct audit_blast *blast = &auditing->audit->blast;
	scoped(buffer) struct buffer examples = { 0 };
	struct audit_finding *finding;

	if (!blast->new_secrets)
		return 0;
	for (size_t i = 0; i < blast->example_count; i++)
		buffer_printf(&examples, "%s%s", i ? ", " : "", blast->example[i]);
	if (blast->new_secrets > (int64_t)blast->example_count)
		buffer_printf(&examples, " and %" PRId64 " more",
			      blast->new_secrets - (int64_t)blast->example_count);
	finding = finding_add(auditing, row, can_send(blast) ? SEVERITY_HIGH : SEVERITY_MEDIUM, -1,
			      "machine",
			      "%" PRId64 " secrets of this machine can be read, and no run read "
			      "them: %s%s",
			      blast->new_secrets, buffer_text(&examples),
			      can_send(blast) ? "; hosts that they could be sent to are granted, "
						"too"
					      : "");
	return finding ? finding_remedy(finding, "deny what is protected, or grant less than the "
						 "folders that hold it")
		       : -ENOMEM;
}
