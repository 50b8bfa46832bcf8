#include "analyzer/audit/beyond.h"
#include "analyzer/audit/findings.h"

#include "analyzer/diff.h"
#include "analyzer/risk.h"
#include "core/clock.h"
#include "core/error.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static enum severity severity_of(const struct beyond_group *group)
{
	enum risk risk = risk_rate(group->resource, group->action, false).risk;

	return risk >= RISK_HIGH     ? SEVERITY_HIGH
	       : risk == RISK_MEDIUM ? SEVERITY_MEDIUM
				     : SEVERITY_LOW;
}

void beyond_write_examples(const struct beyond_group *group, struct buffer *out)
{
	for (size_t i = 0; i < group->example_count; i++)
		buffer_printf(out, "%s%s", i ? ", " : "", group->example[i]);
	if (group->objects > (int64_t)group->example_count)
		buffer_printf(out, " and %" PRId64 " more",
			      group->objects - (int64_t)group->example_count);
}

static int add_witnesses(struct audit_finding *finding, const struct beyond_group *group)
{
	int r = 0;

	for (size_t i = 0; i < group->example_count && !r; i++)
		r = finding_witness(finding, &group->witness[i]);
	return r;
}

static int add_beyond(struct auditing *auditing, const struct finding_row *row,
		      const struct beyond_group *group)
{
	const struct audit_source *source = &auditing->audit->source[group->source];
	scoped(buffer) struct buffer where = { 0 }, examples = { 0 };
	struct audit_finding *finding;
	int r;

	buffer_printf(&where, "%s %s %s %s", source->format, source->name,
		      resource_text(group->resource), action_text(group->action));
	beyond_write_examples(group, &examples);
	finding = finding_add(auditing, row, severity_of(group), -1, buffer_text(&where),
			      "%s %s: %" PRId64 " that %s does not grant were used, %" PRId64
			      " times: %s",
			      resource_text(group->resource), action_text(group->action),
			      group->objects, source->format, group->uses, buffer_text(&examples));
	if (!finding)
		return -ENOMEM;
	r = add_witnesses(finding, group);
	return r ? r
		 : finding_remedy(
			   finding,
			   "either it is not enforced, or something else grants it: grant what "
			   "is needed, and see why the rest was not denied");
}

int finding_beyond(struct auditing *auditing, const struct finding_row *row)
{
	int r = 0;

	for (size_t i = 0; i < auditing->beyond.count && !r; i++)
		r = add_beyond(auditing, row, &auditing->beyond.group[i]);
	return r;
}

int finding_new_use(struct auditing *auditing, const struct finding_row *row)
{
	int r = 0;

	for (size_t i = 0; i < auditing->beyond.fresh_count && !r; i++) {
		const struct beyond_group *group = &auditing->beyond.fresh[i];
		scoped(buffer) struct buffer where = { 0 }, examples = { 0 };
		struct audit_finding *finding;

		buffer_printf(&where, "%s %s", resource_text(group->resource),
			      action_text(group->action));
		beyond_write_examples(group, &examples);
		finding = finding_add(auditing, row, SEVERITY_INFO, -1, buffer_text(&where),
				      "%s: %" PRId64 " were first used within the window: %s",
				      buffer_text(&where), group->objects, buffer_text(&examples));
		if (!finding)
			return -ENOMEM;
		r = add_witnesses(finding, group);
	}
	return r;
}

/* "granted 2026-11-21", "more arguments allowed since 2026-11-21"; false: neither is since then. */
static bool write_since(const struct audit_grant *grant, int64_t since_ns, struct buffer *out)
{
	char when[CLOCK_TEXT_SIZE];
	const char *separator = "";

	if (grant->first_granted_ns >= since_ns) {
		buffer_printf(out, "granted %.10s", clock_format(grant->first_granted_ns, when));
		return true;
	}
	if (grant->widened_ns < since_ns)
		return false;
	for (const struct condition_row *row = condition_row; row->name; row++) {
		if (!(grant->widened & row->condition))
			continue;
		buffer_printf(out, "%s%s", separator, row->gone);
		separator = ", ";
	}
	buffer_printf(out, " since %.10s", clock_format(grant->widened_ns, when));
	return true;
}

static int add_new_grant(struct auditing *auditing, const struct finding_row *row, size_t number,
			 int64_t since_ns)
{
	const struct audit *audit = auditing->audit;
	const struct audit_grant *grant = &audit->grant[number];
	const char *grantor = audit->source[grant->source].grantor;
	scoped(buffer) struct buffer text = { 0 }, since = { 0 };
	struct audit_finding *finding;
	enum severity severity =
		grant_severity(auditing, number) >= SEVERITY_HIGH ? SEVERITY_MEDIUM : SEVERITY_INFO;

	if (!write_since(grant, since_ns, &since))
		return 0;
	grant_write(grant, &text);
	finding = finding_add(auditing, row, severity, (ptrdiff_t)number, grant->id, "%s: %s by %s",
			      buffer_text(&text), buffer_text(&since),
			      *grantor ? grantor : "nobody knows whom");
	return finding ? finding_remedy(finding,
					"confirm that it was meant: `pare review` keeps who "
					"decided and why")
		       : -ENOMEM;
}

int finding_new_grant(struct auditing *auditing, const struct finding_row *row)
{
	const struct audit *audit = auditing->audit;
	int64_t since_ns = audit->options.as_of_ns - audit->options.window_ns;
	int r = 0;

	for (size_t i = 0; i < audit->grant_count && !r; i++)
		if (audit->source[audit->grant[i].source].first_ns < since_ns)
			r = add_new_grant(auditing, row, i, since_ns);
	return r;
}
