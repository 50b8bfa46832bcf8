#include "analyzer/audit/findings.h"

#include "analyzer/protect.h"
#include "analyzer/risk.h"
#include "core/digest.h"
#include "core/error.h"
#include "core/language.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const struct finding_row finding_rows[] = {
#define FINDING(name, title, llm06, asi, nist, soc2, iso)                                          \
	{ #name, title, finding_##name, { llm06, asi, nist, soc2, iso } },
#include "analyzer/audit/findings.def"
};

static int identify(struct audit_finding *finding, const char *where)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest *digest;

	if (digest_open(&digest) < 0)
		return -ENOMEM;
	digest_bytes(digest, bytes_of(finding->kind));
	digest_bytes(digest, bytes_of(where));
	digest_close(digest, hex);
	snprintf(finding->id, sizeof finding->id, "F-%.8s", hex);
	return 0;
}

struct audit_finding *finding_add(struct auditing *auditing, const struct finding_row *row,
				  enum severity severity, ptrdiff_t grant, const char *where,
				  const char *text, ...)
{
	struct audit *audit = auditing->audit;
	struct audit_finding *grown =
		reallocarray(audit->finding, audit->finding_count + 1, sizeof *audit->finding);
	struct audit_finding *finding;
	va_list arguments;
	int r;

	if (!grown)
		return NULL;
	audit->finding = grown;
	finding = &grown[audit->finding_count];
	*finding = (struct audit_finding){ .kind = row->name,
					   .title = row->title,
					   .severity = severity,
					   .grant = grant,
					   .framework = row->framework };
	va_start(arguments, text);
	r = vasprintf(&finding->text, text, arguments);
	va_end(arguments);
	if (r < 0)
		return NULL;
	audit->finding_count++;
	return identify(finding, where) < 0 ? NULL : finding;
}

struct audit_finding *finding_add_grant(struct auditing *auditing, const struct finding_row *row,
					enum severity severity, size_t grant, const char *text, ...)
{
	const struct audit_grant *about = &auditing->audit->grant[grant];
	scoped(buffer) struct buffer name = { 0 };
	scoped(text) char *said = NULL;
	struct audit_finding *finding;
	va_list arguments;
	int r;

	va_start(arguments, text);
	r = vasprintf(&said, text, arguments);
	va_end(arguments);
	if (r < 0) {
		said = NULL;
		return NULL;
	}
	grant_write(about, &name);
	finding = finding_add(auditing, row, severity, (ptrdiff_t)grant, about->id, "%s: %s",
			      buffer_text(&name), said);
	return finding && finding_witness(finding, &about->use.last) == 0 ? finding : NULL;
}

int finding_witness(struct audit_finding *finding, const struct witness *witness)
{
	struct witness *grown;

	if (!*witness->run)
		return 0;
	grown = reallocarray(finding->witness, finding->witness_count + 1, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	finding->witness = grown;
	grown[finding->witness_count++] = *witness;
	return 0;
}

int finding_remedy(struct audit_finding *finding, const char *text, ...)
{
	va_list arguments;
	int r;

	free(finding->remedy);
	va_start(arguments, text);
	r = vasprintf(&finding->remedy, text, arguments);
	va_end(arguments);
	if (r < 0)
		finding->remedy = NULL;
	return r < 0 ? -ENOMEM : 0;
}

void grant_write(const struct audit_grant *grant, struct buffer *out)
{
	buffer_printf(out, "%s %s %s", resource_text(grant->rule->resource),
		      action_text(grant->rule->action), grant->rule->pattern);
}

enum severity grant_severity(const struct auditing *auditing, size_t grant)
{
	const struct rule *rule = auditing->audit->grant[grant].rule;
	struct rating rating = risk_rate(rule->resource, rule->action, rule->own);
	enum risk risk = rule->risk > rating.risk ? rule->risk : rating.risk;

	if (risk >= RISK_HIGH || auditing->note[grant].is_sensitive)
		return SEVERITY_HIGH;
	return risk == RISK_MEDIUM ? SEVERITY_MEDIUM : SEVERITY_LOW;
}

/* To look at the name of a secret is no harm. */
static bool is_harmless(enum action action)
{
	return action == ACTION_STAT || action == ACTION_LIST;
}

static int mark_sensitive(struct auditing *auditing)
{
	const struct audit *audit = auditing->audit;
	struct protection *protection;
	int r = protection_open(&protection, NULL, auditing->err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < audit->grant_count; i++) {
		const struct rule *rule = audit->grant[i].rule;
		scoped(language) struct language language = { 0 };

		if (is_harmless(rule->action))
			continue;
		pattern_language(&rule->match, NULL, &language);
		auditing->note[i].is_sensitive =
			protect_meets(protection, rule->resource, rule->action, &language);
	}
	protection_close(protection);
	return 0;
}

/* The worst first, then by id. */
static int compare(const void *a, const void *b)
{
	const struct audit_finding *one = a, *other = b;

	if (one->severity != other->severity)
		return one->severity > other->severity ? -1 : 1;
	return strcmp(one->id, other->id);
}

int audit_findings(struct auditing *auditing)
{
	struct audit *audit = auditing->audit;
	int r = mark_sensitive(auditing);

	if (r)
		return r;
	for (size_t i = 0; i < sizeof finding_rows / sizeof *finding_rows && !r; i++)
		r = finding_rows[i].find(auditing, &finding_rows[i]);
	if (r)
		return error_set(auditing->err, -r, "look for findings");
	if (audit->finding_count)
		qsort(audit->finding, audit->finding_count, sizeof *audit->finding, compare);
	return 0;
}
