#include "reports/redact/redact.h"

#include "core/audit.h"

#include <errno.h>
#include <stdlib.h>

/* Text that the audit owns, in its place; 0 or -ENOMEM. */
static int hide(const struct redactor *redactor, char **text)
{
	scoped(buffer) struct buffer out = { 0 };
	char *hidden;

	if (!*text)
		return 0;
	redact(redactor, bytes_of(*text), &out);
	buffer_append(&out, "", 1); /* an empty one is text, too */
	if (buffer_status(&out) < 0)
		return -ENOMEM;
	hidden = buffer_steal(&out);
	free(*text);
	*text = hidden;
	return 0;
}

static int hide_rule(const struct redactor *redactor, struct rule *rule)
{
	int r = hide(redactor, &rule->pattern);

	for (size_t i = 0; i < rule->argv_count && !r; i++)
		r = hide(redactor, &rule->argv[i]);
	r = r ? r : hide(redactor, &rule->phase);
	r = r ? r : hide(redactor, &rule->justification);
	free(rule->id); /* the sum of what is hidden, without a source in it */
	rule->id = NULL;
	return r;
}

static int hide_policy(const struct redactor *redactor, struct policy *policy)
{
	int r = 0;

	for (size_t i = 0; i < policy->count && !r; i++)
		r = hide_rule(redactor, &policy->rule[i]);
	return r;
}

static int hide_sources(const struct redactor *redactor, struct audit *audit)
{
	int r = 0;

	for (size_t i = 0; i < audit->source_count && !r; i++) {
		struct audit_source *source = &audit->source[i];

		r = hide(redactor, &source->name);
		r = r ? r : hide(redactor, &source->grantor);
		r = r ? r : hide_policy(redactor, &source->allowed);
		r = r ? r : hide_policy(redactor, &source->denied);
	}
	return r;
}

static int hide_grant(const struct redactor *redactor, struct audit_grant *grant)
{
	int r = hide(redactor, &grant->reason);

	r = r ? r : hide(redactor, &grant->narrower);
	r = r ? r : hide(redactor, &grant->narrower_argv);
	r = r ? r : hide(redactor, &grant->owner);
	return r ? r : hide(redactor, &grant->why);
}

static int hide_drift(const struct redactor *redactor, struct audit_drift *drift)
{
	int r = 0;

	for (size_t i = 0; i < drift->change_count && !r; i++) {
		r = hide(redactor, &drift->change[i].was);
		r = r ? r : hide(redactor, &drift->change[i].is);
	}
	for (size_t i = 0; i < sizeof drift->made_with / sizeof *drift->made_with && !r; i++)
		r = hide(redactor, &drift->made_with[i]);
	return r;
}

int redact_audit(const struct redactor *redactor, struct audit *audit)
{
	int r = hide_sources(redactor, audit);

	r = r ? r : hide(redactor, &audit->agent);
	audit->options.agent = audit->agent;
	for (size_t i = 0; i < audit->grant_count && !r; i++)
		r = hide_grant(redactor, &audit->grant[i]);
	for (size_t i = 0; i < audit->finding_count && !r; i++) {
		r = hide(redactor, &audit->finding[i].text);
		r = r ? r : hide(redactor, &audit->finding[i].remedy);
	}
	r = r ? r : hide_drift(redactor, &audit->drift);
	for (size_t i = 0; i < audit->blast.example_count && !r; i++)
		r = hide(redactor, &audit->blast.example[i]);
	return r;
}
