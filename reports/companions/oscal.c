#include "reports/companions/companions.h"

#include "core/clock.h"
#include "core/uuid.h"
#include "reports/companions/controls.h"
#include "reports/companions/oscal_check.h"
#include "reports/audit_text.h"
#include "reports/companions/xml.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

/* OSCAL assessment results (https://pages.nist.gov/OSCAL, release 1.0.6): what an assessor found in
 * a system, on the evidence of observations, with the risks that follow. */

#define OSCAL_NAMESPACE "http://csrc.nist.gov/ns/oscal/1.0"
#define OSCAL_VERSION	"1.0.6"
#define PROP_NAMESPACE	"urn:pare:oscal"

struct oscal {
	const struct edition *edition;
	const struct audit *audit;
	struct xml *xml;
	bool failed;
};

/* ---- parts ---- */

/* The same for the same thing in the same report. */
static void name_uuid(struct oscal *oscal, const char *kind, const char *id,
		      char uuid[static UUID_TEXT_SIZE])
{
	scoped(buffer) struct buffer name = { 0 };

	*uuid = '\0';
	buffer_printf(&name, "urn:pare:%s:%s:%" PRId64 ":%s", kind, oscal->audit->agent,
		      oscal->edition->as_of_ns, id);
	if (buffer_status(&name) < 0 || uuid_of(buffer_bytes(&name), uuid) < 0)
		oscal->failed = true;
}

static void add_uuid(struct oscal *oscal, const char *attribute, const char *kind, const char *id)
{
	char uuid[UUID_TEXT_SIZE];

	name_uuid(oscal, kind, id, uuid);
	if (attribute)
		xml_attribute(oscal->xml, attribute, uuid);
	else
		xml_text(oscal->xml, uuid);
}

static void start(struct oscal *oscal, const char *element, const char *kind, const char *id)
{
	xml_start(oscal->xml, element);
	add_uuid(oscal, "uuid", kind, id);
}

static void add_paragraph(struct oscal *oscal, const char *element, const char *text)
{
	xml_start(oscal->xml, element);
	xml_element(oscal->xml, "p", text);
	xml_end(oscal->xml);
}

/* A value must not be empty. */
static void add_prop(struct oscal *oscal, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	xml_start(oscal->xml, "prop");
	xml_attribute(oscal->xml, "name", name);
	xml_attribute(oscal->xml, "ns", PROP_NAMESPACE);
	xml_attribute(oscal->xml, "value", value);
	xml_end(oscal->xml);
}

static void add_number(struct oscal *oscal, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, value);
	add_prop(oscal, name, text);
}

static void add_time(struct oscal *oscal, const char *element, int64_t time_ns)
{
	char text[CLOCK_TEXT_SIZE];

	xml_element(oscal->xml, element, clock_format(time_ns, text));
}

static void add_evidence(struct oscal *oscal, const struct witness *witness)
{
	scoped(buffer) struct buffer href = { 0 };

	if (!*witness->run)
		return;
	buffer_add(&href, "events.jsonl#");
	companion_evidence(witness->run, witness->seq, &href);
	xml_start(oscal->xml, "relevant-evidence");
	xml_attribute(oscal->xml, "href", buffer_text(&href));
	add_paragraph(oscal, "description",
		      witness->shows ? witness->shows : "an access that was recorded");
	xml_end(oscal->xml);
	oscal->failed |= href.failed;
}

/* ---- metadata ---- */

static void add_role(struct oscal *oscal, const char *id, const char *title)
{
	xml_start(oscal->xml, "role");
	xml_attribute(oscal->xml, "id", id);
	xml_element(oscal->xml, "title", title);
	xml_end(oscal->xml);
}

static void add_metadata(struct oscal *oscal)
{
	scoped(buffer) struct buffer title = { 0 };
	const char *quarter = oscal->edition->quarter.name;

	buffer_printf(&title, "Audit of what agent %s is permitted%s%s", oscal->audit->agent,
		      *quarter ? ", " : "", quarter);
	xml_start(oscal->xml, "metadata");
	xml_element(oscal->xml, "title", buffer_text(&title));
	add_time(oscal, "last-modified", oscal->edition->as_of_ns);
	xml_element(oscal->xml, "version", "1");
	xml_element(oscal->xml, "oscal-version", OSCAL_VERSION);
	add_role(oscal, "assessor", "Who holds grants against use");
	start(oscal, "party", "party", "pare");
	xml_attribute(oscal->xml, "type", "organization");
	xml_element(oscal->xml, "name", "pare " PARE_VERSION);
	xml_end(oscal->xml);
	xml_start(oscal->xml, "responsible-party");
	xml_attribute(oscal->xml, "role-id", "assessor");
	xml_start(oscal->xml, "party-uuid");
	add_uuid(oscal, NULL, "party", "pare");
	xml_end(oscal->xml);
	xml_end(oscal->xml);
	xml_end(oscal->xml);
	oscal->failed |= title.failed;
}

static void add_plan(struct oscal *oscal)
{
	scoped(buffer) struct buffer href = { 0 };
	char uuid[UUID_TEXT_SIZE];

	name_uuid(oscal, "plan", "", uuid);
	buffer_printf(&href, "#%s", uuid);
	xml_start(oscal->xml, "import-ap");
	xml_attribute(oscal->xml, "href", buffer_text(&href));
	xml_end(oscal->xml);
	oscal->failed |= href.failed;
}

static void add_back_matter(struct oscal *oscal)
{
	xml_start(oscal->xml, "back-matter");
	start(oscal, "resource", "plan", "");
	xml_element(oscal->xml, "title", "Plan");
	add_paragraph(oscal, "description",
		      "Every permission that an enforcer grants the agent is held against every "
		      "recorded run of it; nobody chose a sample.");
	xml_end(oscal->xml);
	xml_end(oscal->xml);
}

/* ---- observations ---- */

static void end_observation(struct oscal *oscal, const struct witness *witness, size_t count)
{
	xml_element(oscal->xml, "method", "EXAMINE");
	xml_element(oscal->xml, "type", "finding");
	for (size_t i = 0; i < count; i++)
		add_evidence(oscal, &witness[i]);
	add_time(oscal, "collected", oscal->edition->as_of_ns);
	xml_end(oscal->xml);
}

static void observe_grant(struct oscal *oscal, const struct audit_grant *grant)
{
	scoped(buffer) struct buffer title = { 0 };

	audit_add_permission(grant->rule, &title);
	start(oscal, "observation", "observation", grant->id);
	xml_element(oscal->xml, "title", buffer_text(&title));
	add_paragraph(oscal, "description", grant->reason ? grant->reason : "");
	add_prop(oscal, "permission-id", grant->id);
	add_prop(oscal, "state", grant_state_text(grant->state));
	add_number(oscal, "uses", grant->use.uses);
	add_number(oscal, "runs", grant->use.runs);
	add_number(oscal, "attempts", grant->use.attempts);
	end_observation(oscal, &grant->use.last, 1);
	oscal->failed |= title.failed;
}

static void observe_finding(struct oscal *oscal, const struct audit_finding *finding)
{
	start(oscal, "observation", "observation", finding->id);
	xml_element(oscal->xml, "title", finding->title);
	add_paragraph(oscal, "description", finding->text);
	add_prop(oscal, "finding-id", finding->id);
	end_observation(oscal, finding->witness, finding->witness_count);
}

/* ---- risks and findings ---- */

static void add_risk(struct oscal *oscal, const struct audit_finding *finding)
{
	start(oscal, "risk", "risk", finding->id);
	xml_element(oscal->xml, "title", finding->title);
	add_paragraph(oscal, "description", finding->text);
	add_paragraph(oscal, "statement",
		      "Who speaks with the agent's permissions can do what it is not needed for "
		      "(OWASP LLM06:2025, excessive agency).");
	add_prop(oscal, "severity", severity_text(finding->severity));
	xml_element(oscal->xml, "status", "open");
	if (finding->remedy) {
		start(oscal, "response", "response", finding->id);
		xml_attribute(oscal->xml, "lifecycle", "recommendation");
		xml_element(oscal->xml, "title", "What to do");
		add_paragraph(oscal, "description", finding->remedy);
		xml_end(oscal->xml);
	}
	xml_end(oscal->xml);
}

static void refer(struct oscal *oscal, const char *element, const char *attribute, const char *kind,
		  const char *id)
{
	xml_start(oscal->xml, element);
	add_uuid(oscal, attribute, kind, id);
	xml_end(oscal->xml);
}

static void add_target(struct oscal *oscal, const char *control, const char *state)
{
	scoped(buffer) struct buffer objective = { 0 };

	buffer_printf(&objective, "%s_obj", control);
	xml_start(oscal->xml, "target");
	xml_attribute(oscal->xml, "type", "objective-id");
	xml_attribute(oscal->xml, "target-id", buffer_text(&objective));
	xml_start(oscal->xml, "status");
	xml_attribute(oscal->xml, "state", state);
	xml_end(oscal->xml);
	xml_end(oscal->xml);
	oscal->failed |= objective.failed;
}

static void add_finding(struct oscal *oscal, const struct audit_finding *finding)
{
	char control[CONTROL_SIZE];

	control_first(finding->framework.nist, control);
	start(oscal, "finding", "finding", finding->id);
	xml_element(oscal->xml, "title", finding->title);
	add_paragraph(oscal, "description", finding->text);
	add_prop(oscal, "finding-id", finding->id);
	add_target(oscal, control, "not-satisfied");
	refer(oscal, "related-observation", "observation-uuid", "observation", finding->id);
	if (finding->grant >= 0)
		refer(oscal, "related-observation", "observation-uuid", "observation",
		      oscal->audit->grant[finding->grant].id);
	refer(oscal, "associated-risk", "risk-uuid", "risk", finding->id);
	xml_end(oscal->xml);
}

/* AC-6(7): that privileges are reviewed, whatever came of it. */
static void add_review(struct oscal *oscal)
{
	scoped(buffer) struct buffer text = { 0 };
	int64_t removals = audit_removals(oscal->audit);

	buffer_printf(&text,
		      "%zu permissions were held against %" PRId64 " runs; %" PRId64
		      " are not validated as needed.",
		      oscal->audit->grant_count, oscal->audit->runs, removals);
	start(oscal, "finding", "finding", "review");
	xml_element(oscal->xml, "title", "Review of privileges");
	add_paragraph(oscal, "description", buffer_text(&text));
	add_target(oscal, "ac-6.7", removals ? "not-satisfied" : "satisfied");
	for (size_t i = 0; i < oscal->audit->grant_count; i++)
		refer(oscal, "related-observation", "observation-uuid", "observation",
		      oscal->audit->grant[i].id);
	xml_end(oscal->xml);
	oscal->failed |= text.failed;
}

/* ---- the result ---- */

static int add_controls(struct oscal *oscal)
{
	scoped(controls) struct controls controls = { 0 };
	int r = controls_collect(&controls, oscal->audit);

	xml_start(oscal->xml, "reviewed-controls");
	xml_start(oscal->xml, "control-selection");
	for (size_t i = 0; i < controls.count; i++) {
		xml_start(oscal->xml, "include-control");
		xml_attribute(oscal->xml, "control-id", controls.id[i]);
		xml_end(oscal->xml);
	}
	xml_end(oscal->xml);
	xml_end(oscal->xml);
	return r;
}

static int add_result(struct oscal *oscal)
{
	const struct audit *audit = oscal->audit;
	int r;

	start(oscal, "result", "result", "");
	xml_element(oscal->xml, "title", "Permissions granted against permissions used");
	add_paragraph(oscal, "description",
		      "Each permission with what was recorded of its use, and what was found.");
	add_time(oscal, "start", edition_window_ns(oscal->edition));
	add_time(oscal, "end", oscal->edition->as_of_ns);
	add_number(oscal, "runs", audit->runs);
	add_number(oscal, "runs-without-gaps", audit->whole_runs);
	add_number(oscal, "permissions", (int64_t)audit->grant_count);
	r = add_controls(oscal);
	for (size_t i = 0; i < audit->grant_count; i++)
		observe_grant(oscal, &audit->grant[i]);
	for (size_t i = 0; i < audit->finding_count; i++)
		observe_finding(oscal, &audit->finding[i]);
	for (size_t i = 0; i < audit->finding_count; i++)
		add_risk(oscal, &audit->finding[i]);
	for (size_t i = 0; i < audit->finding_count; i++)
		add_finding(oscal, &audit->finding[i]);
	add_review(oscal);
	xml_end(oscal->xml);
	return r;
}

static int write_document(struct oscal *oscal, FILE *out, struct error *err)
{
	int r = xml_open(&oscal->xml, out, err), closed;

	if (r)
		return r;
	xml_start(oscal->xml, "assessment-results");
	xml_attribute(oscal->xml, "xmlns", OSCAL_NAMESPACE);
	add_uuid(oscal, "uuid", "assessment-results", "");
	add_metadata(oscal);
	add_plan(oscal);
	r = add_result(oscal);
	add_back_matter(oscal);
	xml_end(oscal->xml);
	closed = xml_close(oscal->xml, err);
	if (r || closed || oscal->failed)
		return error_set(err, ENOMEM, "write OSCAL");
	return 0;
}

/* It is written to memory first: what does not hold is never seen by anybody. */
int companion_oscal(struct edition *edition, FILE *out, struct error *err)
{
	struct oscal oscal = { .edition = edition };
	scoped(text) char *text = NULL;
	struct buffer whole = { 0 };
	FILE *memory;
	size_t size;
	int r = edition_audit(edition, &oscal.audit, err);

	if (r)
		return r;
	memory = open_memstream(&text, &size);
	if (!memory)
		return error_set(err, ENOMEM, "write OSCAL");
	r = write_document(&oscal, memory, err);
	if (fclose(memory) == EOF && !r)
		r = error_set(err, ENOMEM, "write OSCAL");
	whole = (struct buffer){ .data = text, .size = size };
	r = r ? r : oscal_check(buffer_bytes(&whole), err);
	if (!r && edition->oscal_schema)
		r = xml_check(buffer_bytes(&whole), edition->oscal_schema, err);
	return r ? r : companion_put(&whole, out, err);
}
