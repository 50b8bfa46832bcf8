#include "analyzer/audit/findings.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* One finding for each grant in that state. */
static int find_in(struct auditing *auditing, const struct finding_row *row, enum grant_state state)
{
	const struct audit *audit = auditing->audit;
	int r = 0;

	for (size_t i = 0; i < audit->grant_count && !r; i++) {
		const struct audit_grant *grant = &audit->grant[i];
		struct audit_finding *finding;

		if (grant->state != state)
			continue;
		finding = finding_add_grant(auditing, row, grant_severity(auditing, i), i, "%s",
					    grant->reason);
		if (!finding)
			return -ENOMEM;
		r = finding_remedy(finding, "take it away, or pin it with a reason");
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

/* "a, b": the lines. */
static void add_lines(const char *lines, struct buffer *out)
{
	while (*lines) {
		size_t size = strcspn(lines, "\n");

		buffer_append(out, lines, size);
		lines += size + (lines[size] == '\n');
		buffer_add(out, *lines ? ", " : "");
	}
}

int finding_too_wide(struct auditing *auditing, const struct finding_row *row)
{
	const struct audit *audit = auditing->audit;
	int r = 0;

	for (size_t i = 0; i < audit->grant_count && !r; i++) {
		const struct audit_grant *grant = &audit->grant[i];
		enum severity severity =
			auditing->note[i].is_sensitive ? SEVERITY_MEDIUM : SEVERITY_LOW;
		scoped(buffer) struct buffer narrower = { 0 };
		struct audit_finding *finding;

		if (grant->state != GRANT_NARROWABLE)
			continue;
		add_lines(grant->narrower ? grant->narrower : grant->narrower_argv, &narrower);
		finding =
			finding_add_grant(auditing, row, severity, i,
					  "only %" PRId64 " distinct were used, %" PRId64 " times",
					  grant->use.objects, grant->use.uses);
		if (!finding)
			return -ENOMEM;
		r = finding_remedy(finding, "%s would do: %s",
				   grant->narrower ? "this" : "these arguments",
				   buffer_text(&narrower));
	}
	return r;
}
