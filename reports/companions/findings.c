#include "reports/companions/companions.h"

#include "reports/companions/csv.h"

/* "E-RUN-SEQ E-RUN-SEQ", as in events.jsonl. */
static void add_evidence(const struct audit_finding *finding, struct buffer *out)
{
	scoped(buffer) struct buffer list = { 0 };

	for (size_t i = 0; i < finding->witness_count; i++) {
		buffer_add(&list, i ? " " : "");
		companion_evidence(finding->witness[i].run, finding->witness[i].seq, &list);
	}
	csv_text(buffer_text(&list), out);
	out->failed |= list.failed;
}

static void add_row(const struct audit *audit, const struct audit_finding *finding,
		    struct buffer *out)
{
	csv_text(finding->id, out);
	csv_text(severity_text(finding->severity), out);
	csv_text(finding->kind, out);
	csv_text(finding->title, out);
	csv_text(finding->text, out);
	csv_text(finding->remedy, out);
	csv_text(finding->grant < 0 ? NULL : audit->grant[finding->grant].id, out);
	csv_text(finding->framework.llm06, out);
	csv_text(finding->framework.asi, out);
	csv_text(finding->framework.nist, out);
	csv_text(finding->framework.soc2, out);
	csv_text(finding->framework.iso, out);
	add_evidence(finding, out);
	csv_text(NULL, out); /* for who deals with it */
	csv_text(NULL, out);
	csv_text(NULL, out);
	csv_end(out);
}

int companion_findings(struct edition *edition, FILE *out, struct error *err)
{
	scoped(buffer) struct buffer text = { 0 };
	const struct audit *audit;
	int r = edition_audit(edition, &audit, err);

	if (r)
		return r;
	csv_head("id,severity,kind,title,text,remedy,permission,owasp_llm06,owasp_agentic,"
		 "nist_800_53,soc2,iso_27001,evidence,status,owner,due",
		 &text);
	for (size_t i = 0; i < audit->finding_count; i++)
		add_row(audit, &audit->finding[i], &text);
	return companion_put(&text, out, err);
}
