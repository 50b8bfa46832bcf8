#include "reports/companions/companions.h"

#include "reports/audit_more.h"
#include "reports/audit_text.h"
#include "reports/companions/source.h"
#include "reports/guard.h"
#include "reports/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* SARIF 2.1.0 (OASIS, errata 01): sections in comments are those of its text. */

#define SCHEMA                                                                                     \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"                      \
	"sarif-schema-2.1.0.json"

struct sarif {
	const struct edition *edition;
	const struct audit *audit, *before; /* before: NULL where there was nothing */
	struct source_text *source;	    /* by source of the audit */
	struct buffer out;
};

static void sarif_cleanup(struct sarif *sarif)
{
	for (size_t i = 0; sarif->source && i < sarif->audit->source_count; i++)
		source_release(&sarif->source[i]);
	free(sarif->source);
	buffer_release(&sarif->out);
}

static void add_message(const char *key, const char *text, struct buffer *out)
{
	json_key(key, out);
	json_open('{', out);
	json_key("text", out);
	json_escaped(text, out);
	json_close('}', out);
}

static const char *level(enum severity severity)
{
	return severity >= SEVERITY_HIGH     ? "error"
	       : severity == SEVERITY_MEDIUM ? "warning"
					     : "note";
}

/* ---- 3.19.23: rules, the kinds of what was found ---- */

/* CVSS bands, as code scanning of GitHub reads them. */
static const char *security_severity(enum severity severity)
{
	static const char *const score[] = { "1.0", "3.0", "5.0", "7.5", "9.5" };

	return score[severity];
}

static void add_tags(const struct framework *framework, struct buffer *out)
{
	json_key("tags", out);
	json_open('[', out);
	json_text("security", out);
	json_text(framework->llm06, out);
	json_text(framework->asi, out);
	json_text(framework->nist, out);
	json_close(']', out);
}

static void add_rule(const char *id, const char *title, enum severity worst,
		     const struct framework *framework, struct buffer *out)
{
	json_open('{', out);
	audit_json_text("id", id, out);
	add_message("shortDescription", title, out);
	json_key("properties", out);
	json_open('{', out);
	if (framework)
		add_tags(framework, out);
	audit_json_text("security-severity", security_severity(worst), out);
	json_close('}', out);
	json_close('}', out);
}

static void add_rules(struct sarif *sarif)
{
	const struct audit *audit = sarif->audit, *before = sarif->before;
	struct buffer *out = &sarif->out;

	json_key("rules", out);
	json_open('[', out);
	for (size_t i = 0; i < audit->finding_count; i++)
		if (!audit_is_told(audit, i))
			add_rule(audit->finding[i].kind, audit->finding[i].title,
				 audit->finding[i].severity, &audit->finding[i].framework, out);
	for (size_t i = 0; before && i < before->finding_count; i++) {
		bool is_known = audit_is_told(before, i);

		for (size_t k = 0; k < audit->finding_count && !is_known; k++)
			is_known = !strcmp(audit->finding[k].kind, before->finding[i].kind);
		if (!is_known)
			add_rule(before->finding[i].kind, before->finding[i].title,
				 before->finding[i].severity, &before->finding[i].framework, out);
	}
	add_rule("pinned", "Kept by decision of an owner", SEVERITY_INFO, NULL, out);
	json_close(']', out);
}

/* ---- 3.27.12: locations ---- */

/* The permission in its file; of what is about none, the first file. */
static void add_locations(struct sarif *sarif, const struct audit *audit,
			  const struct audit_grant *grant)
{
	const struct audit_source *source = &audit->source[grant ? grant->source : 0];
	scoped(buffer) struct buffer uri = { 0 };
	struct buffer *out = &sarif->out;
	bool is_below =
		source_add_uri(bytes_of(source->name), bytes_of(sarif->edition->workspace), &uri);
	int line = grant && audit == sarif->audit
			   ? source_line(&sarif->source[grant->source], source->format, grant->rule)
			   : 0;

	json_key("locations", out);
	json_open('[', out);
	json_open('{', out);
	json_key("physicalLocation", out);
	json_open('{', out);
	json_key("artifactLocation", out);
	json_open('{', out);
	audit_json_text("uri", buffer_text(&uri), out);
	if (is_below)
		audit_json_text("uriBaseId", "SRCROOT", out);
	json_close('}', out);
	if (line) {
		json_key("region", out);
		json_open('{', out);
		audit_json_number("startLine", line, out);
		json_close('}', out);
	}
	json_close('}', out);
	json_close('}', out);
	json_close(']', out);
	out->failed |= uri.failed;
}

/* ---- 3.27: results ---- */

static const struct audit_finding *find(const struct audit *audit, const char *id)
{
	for (size_t i = 0; audit && i < audit->finding_count; i++)
		if (!strcmp(audit->finding[i].id, id))
			return &audit->finding[i];
	return NULL;
}

/* 3.27.24 */
static const char *baseline(const struct sarif *sarif, const struct audit_finding *finding)
{
	const struct audit_finding *before = find(sarif->before, finding->id);

	if (!before)
		return "new";
	return before->severity == finding->severity && !strcmp(before->text, finding->text)
		       ? "unchanged"
		       : "updated";
}

/* 3.35 */
static void add_suppression(const struct audit_grant *grant, struct buffer *out)
{
	json_key("suppressions", out);
	json_open('[', out);
	if (grant && grant->owner) {
		json_open('{', out);
		audit_json_text("kind", "external", out);
		audit_json_text("status", "accepted", out);
		json_key("justification", out);
		json_escaped(grant->why ? grant->why : "", out);
		json_key("properties", out);
		json_open('{', out);
		audit_json_text("owner", grant->owner, out);
		audit_json_time("until", grant->until_ns, out);
		json_close('}', out);
		json_close('}', out);
	}
	json_close(']', out);
}

static void add_properties(const struct audit_finding *finding, const struct audit_grant *grant,
			   struct buffer *out)
{
	json_key("properties", out);
	json_open('{', out);
	audit_json_text("finding", finding->id, out);
	audit_json_text("severity", severity_text(finding->severity), out);
	audit_json_text("permission", grant ? grant->id : NULL, out);
	audit_json_text("owaspLlm06", finding->framework.llm06, out);
	companion_json_evidence(finding, out);
	json_close('}', out);
}

static void add_result(struct sarif *sarif, const struct audit *audit,
		       const struct audit_finding *finding, const char *state)
{
	const struct audit_grant *grant = finding->grant < 0 ? NULL : &audit->grant[finding->grant];
	scoped(buffer) struct buffer text = { 0 };
	struct buffer *out = &sarif->out;

	buffer_add(&text, finding->text);
	if (finding->remedy)
		buffer_printf(&text, ". What to do: %s", finding->remedy);
	json_open('{', out);
	audit_json_text("ruleId", finding->kind, out);
	audit_json_text("kind", "fail", out);
	audit_json_text("level", level(finding->severity), out);
	add_message("message", buffer_text(&text), out);
	add_locations(sarif, audit, grant);
	json_key("partialFingerprints", out);
	json_open('{', out);
	audit_json_text("pareFinding/v1", finding->id, out);
	json_close('}', out);
	audit_json_text("baselineState", state, out);
	add_suppression(grant, out);
	add_properties(finding, grant, out);
	json_close('}', out);
	out->failed |= text.failed;
}

/* A pin keeps what would otherwise be found unused. */
static void add_pin(struct sarif *sarif, const struct audit_grant *grant)
{
	scoped(buffer) struct buffer text = { 0 };
	struct buffer *out = &sarif->out;

	audit_add_permission(grant->rule, &text);
	buffer_add(&text, " is kept by decision of its owner");
	json_open('{', out);
	audit_json_text("ruleId", "pinned", out);
	audit_json_text("kind", "fail", out);
	audit_json_text("level", "note", out);
	add_message("message", buffer_text(&text), out);
	add_locations(sarif, sarif->audit, grant);
	json_key("partialFingerprints", out);
	json_open('{', out);
	audit_json_text("pareFinding/v1", grant->id, out);
	json_close('}', out);
	add_suppression(grant, out);
	json_close('}', out);
	out->failed |= text.failed;
}

static void add_results(struct sarif *sarif)
{
	const struct audit *audit = sarif->audit, *before = sarif->before;

	json_key("results", &sarif->out);
	json_open('[', &sarif->out);
	for (size_t i = 0; i < audit->finding_count; i++)
		add_result(sarif, audit, &audit->finding[i], baseline(sarif, &audit->finding[i]));
	for (size_t i = 0; before && i < before->finding_count; i++)
		if (!find(audit, before->finding[i].id))
			add_result(sarif, before, &before->finding[i], "absent");
	for (size_t i = 0; i < audit->grant_count; i++)
		if (audit->grant[i].state == GRANT_PINNED)
			add_pin(sarif, &audit->grant[i]);
	json_close(']', &sarif->out);
}

/* ---- 3.14: the run ---- */

static void add_tool(struct sarif *sarif)
{
	struct buffer *out = &sarif->out;

	json_key("tool", out);
	json_open('{', out);
	json_key("driver", out);
	json_open('{', out);
	audit_json_text("name", "pare", out);
	audit_json_text("version", PARE_VERSION, out);
	add_rules(sarif);
	json_close('}', out);
	json_close('}', out);
}

static void add_run(struct sarif *sarif)
{
	scoped(buffer) struct buffer id = { 0 };
	struct buffer *out = &sarif->out;

	buffer_add(&id, "pare/");
	guard_text(sarif->audit->agent, &id);
	buffer_printf(&id, "/%s", sarif->edition->quarter.name);
	json_open('{', out);
	add_tool(sarif);
	json_key("automationDetails", out);
	json_open('{', out);
	json_key("id", out);
	json_escaped(buffer_text(&id), out);
	json_close('}', out);
	json_key("invocations", out);
	json_open('[', out);
	json_open('{', out);
	json_key("executionSuccessful", out);
	json_bool(true, out);
	audit_json_time("endTimeUtc", sarif->edition->as_of_ns, out);
	json_close('}', out);
	json_close(']', out);
	json_key("originalUriBaseIds", out);
	json_open('{', out);
	json_key("SRCROOT", out);
	json_open('{', out);
	add_message("description", "the workspace of the agent's last run", out);
	json_close('}', out);
	json_close('}', out);
	audit_json_text("columnKind", "utf16CodeUnits", out);
	add_results(sarif);
	json_close('}', out);
	out->failed |= id.failed;
}

static int read_sources(struct sarif *sarif)
{
	sarif->source = calloc(sarif->audit->source_count + 1, sizeof *sarif->source);
	if (!sarif->source)
		return -ENOMEM;
	for (size_t i = 0; i < sarif->audit->source_count; i++)
		source_read(&sarif->audit->source[i], &sarif->source[i]);
	return 0;
}

int companion_sarif(struct edition *edition, FILE *out, struct error *err)
{
	scoped(sarif) struct sarif sarif = { .edition = edition };
	int r = edition_audit(edition, &sarif.audit, err);

	r = r ? r : edition_before(edition, &sarif.before, err);
	r = r ? r : read_sources(&sarif);
	if (r)
		return error_set(err, -r, "write SARIF");
	json_open('{', &sarif.out);
	audit_json_text("$schema", SCHEMA, &sarif.out);
	audit_json_text("version", "2.1.0", &sarif.out);
	json_key("runs", &sarif.out);
	json_open('[', &sarif.out);
	add_run(&sarif);
	json_close(']', &sarif.out);
	json_close('}', &sarif.out);
	buffer_add_char(&sarif.out, '\n');
	return companion_put(&sarif.out, out, err);
}
