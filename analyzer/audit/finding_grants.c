#include "analyzer/audit/findings.h"

#include "core/varying.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Whether it admits everything of its kind, or everything that a root of the file system holds: its
 * first component is open. */
static bool is_open_ended(const struct rule *rule)
{
	const struct pattern *pattern = &rule->match;
	const struct token *token = &pattern->token[0];

	if (!pattern->count)
		return false;
	if (pattern->is_path)
		return pattern->root == ROOT_NONE && token->kind != TOKEN_LITERAL;
	/* Of other names: no literal of two bytes or more in it. */
	if (token->kind != TOKEN_VARYING)
		return token->kind != TOKEN_LITERAL;
	for (size_t i = 0; i < token->varying->count; i++)
		if (token->varying->part[i].literal.size > 4)
			return false;
	return true;
}

int finding_open_ended(struct auditing *auditing, const struct finding_row *row)
{
	const struct audit *audit = auditing->audit;
	int r = 0;

	for (size_t i = 0; i < audit->grant_count && !r; i++) {
		const struct audit_grant *grant = &audit->grant[i];
		struct audit_finding *finding;

		if (!is_open_ended(grant->rule))
			continue;
		finding = finding_add_grant(auditing, row, grant_severity(auditing, i), i,
					    "it admits everything of its kind; %" PRId64
					    " distinct were used",
					    grant->use.objects);
		if (!finding)
			return -ENOMEM;
		r = finding_remedy(finding,
				   "grant what was used instead: `pare propose --agent` has it");
	}
	return r;
}

int finding_shadowed(struct auditing *auditing, const struct finding_row *row)
{
	const struct audit *audit = auditing->audit;
	int r = 0;

	for (size_t i = 0; i < audit->grant_count && !r; i++) {
		const struct audit_grant *grant = &audit->grant[i];
		scoped(buffer) struct buffer text = { 0 };
		struct audit_finding *finding;

		if (!grant->is_shadowed)
			continue;
		grant_write(grant, &text);
		finding = finding_add(auditing, row, SEVERITY_LOW, (ptrdiff_t)i, grant->id,
				      "%s: a denial of the same source takes all of it away",
				      buffer_text(&text));
		if (!finding)
			return -ENOMEM;
		r = finding_remedy(finding, "take the line away: it says what does not hold");
	}
	return r;
}

int finding_unread(struct auditing *auditing, const struct finding_row *row)
{
	const struct audit *audit = auditing->audit;

	for (size_t i = 0; i < audit->source_count; i++) {
		const struct audit_source *source = &audit->source[i];
		struct audit_finding *finding;

		if (!source->unread)
			continue;
		finding = finding_add(auditing, row, SEVERITY_MEDIUM, -1, source->name,
				      "%s: %" PRId64
				      " parts were not read, so the agent may hold more",
				      source->name, source->unread);
		if (!finding ||
		    finding_remedy(finding, "read them by hand: `pare import --from %s` lists them",
				   source->format) < 0)
			return -ENOMEM;
	}
	return 0;
}
