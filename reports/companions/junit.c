#include "reports/companions/companions.h"

#include "reports/audit_text.h"
#include "reports/companions/xml.h"

#include <errno.h>

/* JUnit's XML as CI systems read it (there is no standard; https://github.com/testmoapp/junitxml
 * lists what is common): a suite with a case for each permission, a suite with one for each finding
 * that is about no permission. */

struct junit {
	const struct audit *audit;
	struct xml *xml;
};

/* Findings of that severity or above fail, as does what can go. */
#define FAILS_FROM SEVERITY_MEDIUM

static bool is_judged(enum grant_state state)
{
	return state != GRANT_TOO_NEW && state != GRANT_UNOBSERVABLE && state != GRANT_INSUFFICIENT;
}

static bool grant_fails(const struct audit *audit, size_t grant)
{
	const struct audit_finding *worst = audit_worst(audit, grant);

	return grant_state_is_removal(audit->grant[grant].state) ||
	       (worst && worst->severity >= FAILS_FROM);
}

static bool grant_is_skipped(const struct audit *audit, size_t grant)
{
	return !grant_fails(audit, grant) && !is_judged(audit->grant[grant].state);
}

static void start_case(struct junit *junit, const char *class, const char *name, const char *id)
{
	scoped(buffer) struct buffer title = { 0 };

	buffer_printf(&title, "%s [%s]", name, id);
	xml_start(junit->xml, "testcase");
	xml_attribute(junit->xml, "classname", class);
	xml_attribute(junit->xml, "name", buffer_text(&title));
	xml_attribute(junit->xml, "time", "0");
}

static void add_failure(struct junit *junit, const char *type, const char *message,
			const char *text)
{
	xml_start(junit->xml, "failure");
	xml_attribute(junit->xml, "type", type);
	xml_attribute(junit->xml, "message", message);
	xml_text(junit->xml, text);
	xml_end(junit->xml);
}

static void add_grant(struct junit *junit, size_t number)
{
	const struct audit_grant *grant = &junit->audit->grant[number];
	const struct audit_finding *worst = audit_worst(junit->audit, number);
	scoped(buffer) struct buffer name = { 0 };

	audit_add_permission(grant->rule, &name);
	start_case(junit, junit->audit->source[grant->source].format, buffer_text(&name),
		   grant->id);
	if (grant_fails(junit->audit, number)) {
		add_failure(junit, worst ? worst->kind : grant_state_text(grant->state),
			    worst ? worst->text : grant->reason,
			    worst && worst->remedy ? worst->remedy : "");
	} else if (!is_judged(grant->state)) {
		xml_start(junit->xml, "skipped");
		xml_attribute(junit->xml, "message", grant->reason);
		xml_end(junit->xml);
	}
	xml_end(junit->xml);
}

static void add_finding(struct junit *junit, const struct audit_finding *finding)
{
	start_case(junit, finding->kind, finding->title, finding->id);
	if (finding->severity >= FAILS_FROM)
		add_failure(junit, finding->kind, finding->text,
			    finding->remedy ? finding->remedy : "");
	else
		xml_element(junit->xml, "system-out", finding->text);
	xml_end(junit->xml);
}

static void start_suite(struct junit *junit, const char *name, size_t tests, size_t failures,
			size_t skipped)
{
	xml_start(junit->xml, "testsuite");
	xml_attribute(junit->xml, "name", name);
	xml_attribute_number(junit->xml, "tests", (int64_t)tests);
	xml_attribute_number(junit->xml, "failures", (int64_t)failures);
	xml_attribute_number(junit->xml, "skipped", (int64_t)skipped);
	xml_attribute_number(junit->xml, "errors", 0);
	xml_attribute(junit->xml, "time", "0");
}

static void add_grants(struct junit *junit)
{
	size_t failures = 0, skipped = 0;

	for (size_t i = 0; i < junit->audit->grant_count; i++) {
		failures += grant_fails(junit->audit, i);
		skipped += grant_is_skipped(junit->audit, i);
	}
	start_suite(junit, "permissions", junit->audit->grant_count, failures, skipped);
	for (size_t i = 0; i < junit->audit->grant_count; i++)
		add_grant(junit, i);
	xml_end(junit->xml);
}

static void add_findings(struct junit *junit)
{
	size_t tests = 0, failures = 0;

	for (size_t i = 0; i < junit->audit->finding_count; i++) {
		const struct audit_finding *finding = &junit->audit->finding[i];

		tests += finding->grant < 0;
		failures += finding->grant < 0 && finding->severity >= FAILS_FROM;
	}
	start_suite(junit, "findings", tests, failures, 0);
	for (size_t i = 0; i < junit->audit->finding_count; i++)
		if (junit->audit->finding[i].grant < 0)
			add_finding(junit, &junit->audit->finding[i]);
	xml_end(junit->xml);
}

int companion_junit(struct edition *edition, FILE *out, struct error *err)
{
	struct junit junit = { 0 };
	int r = edition_audit(edition, &junit.audit, err);

	r = r ? r : xml_open(&junit.xml, out, err);
	if (r)
		return r;
	xml_start(junit.xml, "testsuites");
	xml_attribute(junit.xml, "name", junit.audit->agent);
	add_grants(&junit);
	add_findings(&junit);
	xml_end(junit.xml);
	return xml_close(junit.xml, err);
}
