#include "reports/companions/companions.h"

#include "reports/audit_more.h"
#include "reports/audit_text.h"
#include "reports/json.h"

static void add_quarter(const struct edition *edition, struct buffer *out)
{
	json_key("quarter", out);
	if (!edition->quarter.name[0]) {
		json_none(out);
		return;
	}
	json_open('{', out);
	audit_json_text("name", edition->quarter.name, out);
	audit_json_time("begin", edition->quarter.begin_ns, out);
	audit_json_time("end", edition->quarter.end_ns, out);
	json_key("ended", out);
	json_bool(!edition->is_unfinished, out);
	json_close('}', out);
}

static void add_severities(const struct audit *audit, struct buffer *out)
{
	json_key("findings", out);
	json_open('{', out);
	for (int i = SEVERITY_CRITICAL; i >= SEVERITY_INFO; i--) {
		enum severity severity = (enum severity)i;
		int64_t count = audit_count_findings(audit, severity);

		if (severity < SEVERITY_CRITICAL)
			count -= audit_count_findings(audit, (enum severity)(i + 1));
		audit_json_number(severity_text(severity), count, out);
	}
	json_close('}', out);
}

static void add_totals(const struct edition *edition, const struct audit *audit, struct buffer *out)
{
	json_key("totals", out);
	json_open('{', out);
	audit_json_number("runs", edition->runs, out);
	audit_json_number("incomplete_runs", edition->incomplete, out);
	audit_json_number("window_runs", audit->runs, out);
	audit_json_number("accesses", edition->accesses, out);
	audit_json_number("events", edition->events, out);
	audit_json_number("permissions", (int64_t)audit->grant_count, out);
	audit_json_number("removals", audit_removals(audit), out);
	add_severities(audit, out);
	json_close('}', out);
}

/* As report.schema.json says. */
int companion_json(struct edition *edition, FILE *out, struct error *err)
{
	scoped(buffer) struct buffer text = { 0 }, agent = { 0 };
	const struct audit *audit;
	int r = edition_audit(edition, &audit, err);

	if (r)
		return r;
	json_open('{', &text);
	audit_json_text("format", "urn:pare:report:1", &text);
	audit_json_text("made_by", "pare " PARE_VERSION, &text);
	json_key("agent", &text);
	json_bytes(edition_name(edition, bytes_of(edition->agent), &agent), &text);
	text.failed |= agent.failed;
	json_key("redacted", &text);
	json_bool(edition->redactor, &text);
	audit_json_time("as_of", edition->as_of_ns, &text);
	add_quarter(edition, &text);
	add_totals(edition, audit, &text);
	json_key("audit", &text);
	audit_add_object(audit, &text);
	json_close('}', &text);
	buffer_add_char(&text, '\n');
	return companion_put(&text, out, err);
}
