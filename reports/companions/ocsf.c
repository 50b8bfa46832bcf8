#include "reports/companions/companions.h"

#include "core/clock.h"
#include "reports/audit_more.h"
#include "reports/json.h"

/* OCSF 1.6.0, class IAM Analysis Finding: one event for each finding (https://schema.ocsf.io,
 * events iam_analysis_finding, finding and base_event, objects finding_info and
 * permission_analysis_result). Numbers below are its identifiers. */

#define OCSF_VERSION	       "1.6.0"
#define CATEGORY_FINDINGS      2
#define CLASS_IAM_ANALYSIS     2008
#define ACTIVITY_CREATE	       1
#define STATUS_NEW	       1
#define STATUS_SUPPRESSED      3
#define USER_TYPE_SERVICE      4
#define PROFILE_OF_PERMISSIONS "permission_analysis_results"

static int severity_id(enum severity severity)
{
	static const int id[] = { 1, 2, 3, 4, 5 };

	return id[severity];
}

static const char *severity_name(enum severity severity)
{
	static const char *const name[] = { "Informational", "Low", "Medium", "High", "Critical" };

	return name[severity];
}

static void add_escaped(const char *key, const char *value, struct buffer *out)
{
	json_key(key, out);
	json_escaped(value, out);
}

/* timestamp_t: milliseconds since the epoch. */
static void add_time(const char *key, int64_t time_ns, struct buffer *out)
{
	audit_json_number(key, time_ns / 1000000, out);
}

static void add_metadata(struct buffer *out)
{
	json_key("metadata", out);
	json_open('{', out);
	audit_json_text("version", OCSF_VERSION, out);
	json_key("product", out);
	json_open('{', out);
	audit_json_text("name", "pare", out);
	audit_json_text("vendor_name", "pare", out);
	audit_json_text("version", PARE_VERSION, out);
	json_close('}', out);
	json_close('}', out);
}

static void add_types(const struct framework *framework, struct buffer *out)
{
	json_key("types", out);
	json_open('[', out);
	json_text(framework->llm06, out);
	json_text(framework->asi, out);
	json_text(framework->nist, out);
	json_close(']', out);
}

static void add_info(const struct edition *edition, const struct audit_finding *finding,
		     struct buffer *out)
{
	json_key("finding_info", out);
	json_open('{', out);
	audit_json_text("uid", finding->id, out);
	audit_json_text("title", finding->title, out);
	add_escaped("desc", finding->text, out);
	add_time("created_time", edition->as_of_ns, out);
	add_types(&finding->framework, out);
	audit_json_number("related_events_count", (int64_t)finding->witness_count, out);
	json_close('}', out);
}

static void add_user(const struct audit *audit, struct buffer *out)
{
	json_key("user", out);
	json_open('{', out);
	json_key("name", out);
	json_bytes(bytes_of(audit->agent), out);
	audit_json_number("type_id", USER_TYPE_SERVICE, out);
	audit_json_text("type", "Service", out);
	json_close('}', out);
}

/* What one source grants, and how much of it can go. */
static void add_source(const struct audit *audit, size_t source, ptrdiff_t about,
		       struct buffer *out)
{
	int64_t unused = 0;

	for (size_t i = 0; i < audit->grant_count; i++)
		unused += audit->grant[i].source == source &&
			  grant_state_is_removal(audit->grant[i].state);
	json_open('{', out);
	json_key("policy", out);
	json_open('{', out);
	json_key("name", out);
	json_bytes(bytes_of(audit->source[source].name), out);
	audit_json_text("uid", audit->source[source].format, out);
	json_close('}', out);
	json_key("granted_privileges", out);
	json_open('[', out);
	if (about >= 0) {
		const struct rule *rule = audit->grant[about].rule;
		scoped(buffer) struct buffer text = { 0 };

		buffer_printf(&text, "%s:%s:%s", resource_text(rule->resource),
			      action_text(rule->action), rule->pattern);
		json_escaped(buffer_text(&text), out);
		out->failed |= text.failed;
	}
	json_close(']', out);
	audit_json_number("unused_privileges_count", unused, out);
	json_close('}', out);
}

static void add_sources(const struct audit *audit, const struct audit_finding *finding,
			struct buffer *out)
{
	json_key(PROFILE_OF_PERMISSIONS, out);
	json_open('[', out);
	if (finding->grant >= 0)
		add_source(audit, audit->grant[finding->grant].source, finding->grant, out);
	for (size_t i = 0; i < audit->source_count && finding->grant < 0; i++)
		add_source(audit, i, -1, out);
	json_close(']', out);
}

static void add_remedy(const struct audit_finding *finding, struct buffer *out)
{
	if (!finding->remedy)
		return;
	json_key("remediation", out);
	json_open('{', out);
	add_escaped("desc", finding->remedy, out);
	json_close('}', out);
}

/* What OCSF has no word for. */
static void add_unmapped(const struct audit *audit, const struct audit_finding *finding,
			 struct buffer *out)
{
	json_key("unmapped", out);
	json_open('{', out);
	audit_json_text("kind", finding->kind, out);
	audit_json_text("permission", finding->grant < 0 ? NULL : audit->grant[finding->grant].id,
			out);
	companion_json_evidence(finding, out);
	json_close('}', out);
}

static void add_event(const struct edition *edition, const struct audit *audit,
		      const struct audit_finding *finding, struct buffer *out)
{
	bool is_pinned = finding->grant >= 0 && audit->grant[finding->grant].owner;

	json_open('{', out);
	audit_json_number("category_uid", CATEGORY_FINDINGS, out);
	audit_json_number("class_uid", CLASS_IAM_ANALYSIS, out);
	audit_json_number("activity_id", ACTIVITY_CREATE, out);
	audit_json_number("type_uid", CLASS_IAM_ANALYSIS * 100 + ACTIVITY_CREATE, out);
	add_time("time", edition->as_of_ns, out);
	audit_json_number("severity_id", severity_id(finding->severity), out);
	audit_json_text("severity", severity_name(finding->severity), out);
	audit_json_number("status_id", is_pinned ? STATUS_SUPPRESSED : STATUS_NEW, out);
	add_escaped("message", finding->text, out);
	add_metadata(out);
	add_info(edition, finding, out);
	add_user(audit, out);
	add_sources(audit, finding, out);
	add_remedy(finding, out);
	add_unmapped(audit, finding, out);
	json_close('}', out);
	buffer_add_char(out, '\n');
}

int companion_ocsf(struct edition *edition, FILE *out, struct error *err)
{
	scoped(buffer) struct buffer text = { 0 };
	const struct audit *audit;
	int r = edition_audit(edition, &audit, err);

	if (r)
		return r;
	for (size_t i = 0; i < audit->finding_count; i++)
		add_event(edition, audit, &audit->finding[i], &text);
	return companion_put(&text, out, err);
}
