#include "reports/companions/several.h"

#include "reports/audit_more.h"
#include "reports/companions/companions.h"
#include "reports/json.h"

static void add_row(const struct overview_row *row, struct buffer *out)
{
	json_open('{', out);
	audit_json_text("agent", row->agent, out);
	audit_json_text("folder", row->folder, out);
	audit_json_text("no_report", row->reason, out);
	audit_json_time("as_of", row->as_of_ns, out);
	audit_json_number("runs", row->runs, out);
	audit_json_number("permissions", row->permissions, out);
	audit_json_number("removals", row->removals, out);
	json_key("findings", out);
	json_open('{', out);
	for (int i = SEVERITY_CRITICAL; i >= SEVERITY_INFO; i--)
		audit_json_number(severity_text((enum severity)i), row->findings[i], out);
	json_close('}', out);
	json_close('}', out);
}

/* As overview.schema.json says. */
int overview_json(const struct overview *overview, FILE *out, struct error *err)
{
	scoped(buffer) struct buffer text = { 0 };

	json_open('{', &text);
	audit_json_text("format", "urn:pare:overview:1", &text);
	audit_json_text("made_by", "pare " PARE_VERSION, &text);
	audit_json_text("quarter", *overview->quarter ? overview->quarter : NULL, &text);
	json_key("redacted", &text);
	json_bool(overview->is_redacted, &text);
	json_key("agents", &text);
	json_open('[', &text);
	for (size_t i = 0; i < overview->count; i++)
		add_row(&overview->row[i], &text);
	json_close(']', &text);
	json_close('}', &text);
	buffer_add_char(&text, '\n');
	return companion_put(&text, out, err);
}
