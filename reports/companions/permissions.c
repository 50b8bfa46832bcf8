#include "reports/companions/companions.h"

#include "core/clock.h"
#include "reports/companions/csv.h"

static void add_row(const struct audit *audit, const struct audit_grant *grant, struct buffer *out)
{
	const struct audit_source *source = &audit->source[grant->source];
	const struct grant_use *use = &grant->use;

	csv_text(grant->id, out);
	csv_text(grant_state_text(grant->state), out);
	csv_text(grant_state_is_removal(grant->state) ? "yes" : "no", out);
	csv_text(resource_text(grant->rule->resource), out);
	csv_text(action_text(grant->rule->action), out);
	csv_text(grant->rule->pattern, out);
	csv_text(source->format, out);
	csv_name(bytes_of(source->name), out);
	csv_name(bytes_of(source->grantor), out);
	csv_time(grant->granted_ns, out);
	csv_time(grant->rule->expires_ns, out);
	csv_number(use->uses, out);
	csv_number(use->runs, out);
	csv_number(use->days, out);
	csv_number(use->objects, out);
	csv_number(use->attempts, out);
	csv_time(use->first_ns, out);
	csv_time(use->last_ns, out);
	csv_text(grant->reason, out);
	csv_text(grant->owner, out);
	csv_text(grant->why, out);
	csv_time(grant->until_ns, out);
	csv_text(NULL, out); /* for who reviews it */
	csv_text(NULL, out);
	csv_text(NULL, out);
	csv_end(out);
}

int companion_permissions(struct edition *edition, FILE *out, struct error *err)
{
	scoped(buffer) struct buffer text = { 0 };
	const struct audit *audit;
	int r = edition_audit(edition, &audit, err);

	if (r)
		return r;
	csv_head("id,state,can_go,resource,action,pattern,format,source,grantor,granted,expires,"
		 "uses,runs,days,objects,attempts,first_used,last_used,reason,pinned_by,pin_reason,"
		 "pinned_until,decision,decided_by,decided_on",
		 &text);
	for (size_t i = 0; i < audit->grant_count; i++)
		add_row(audit, &audit->grant[i], &text);
	return companion_put(&text, out, err);
}
