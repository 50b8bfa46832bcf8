#include "reports/redact/redact.h"

#include "core/audit.h"
#include "reports/redact/hide.h"
#include "reports/redact/private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int hide_text(const struct redactor *redactor, char **text)
{
	scoped(buffer) struct buffer out = { 0 };

	if (!*text)
		return 0;
	redact(redactor, bytes_of(*text), &out);
	buffer_append(&out, "", 1); /* an empty one is text, too */
	if (buffer_status(&out) < 0)
		return -ENOMEM;
	free(*text);
	*text = buffer_steal(&out);
	return 0;
}

int hide_const(const struct redactor *redactor, const char **text)
{
	char *owned = (char *)*text;
	int r = hide_text(redactor, &owned);

	*text = owned;
	return r;
}

int hide_array(const struct redactor *redactor, char *text, size_t size)
{
	scoped(buffer) struct buffer out = { 0 };

	redact(redactor, bytes_of(text), &out);
	snprintf(text, size, "%s", buffer_text(&out));
	return buffer_status(&out);
}

/* One that is as unique, and that nobody can confirm. */
static int hide_id(const struct redactor *redactor, char **id)
{
	char token[TOKEN_SIZE + 1];
	char *hidden;

	redactor_token(redactor, bytes_of(*id), token);
	hidden = strdup(token);
	if (!hidden)
		return -ENOMEM;
	free(*id);
	*id = hidden;
	return 0;
}

static int hide_rule(const struct redactor *redactor, struct rule *rule)
{
	int r = hide_text(redactor, &rule->pattern);

	for (size_t i = 0; i < rule->argv_count && !r; i++)
		r = hide_text(redactor, &rule->argv[i]);
	r = r ? r : hide_text(redactor, &rule->phase);
	r = r ? r : hide_text(redactor, &rule->justification);
	if (!r && rule->id) /* a sum of what is hidden, without a source in it */
		r = hide_id(redactor, &rule->id);
	return r;
}

int hide_policy(const struct redactor *redactor, struct policy *policy)
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

		r = hide_text(redactor, &source->name);
		r = r ? r : hide_text(redactor, &source->grantor);
		r = r ? r : hide_policy(redactor, &source->allowed);
		r = r ? r : hide_policy(redactor, &source->denied);
	}
	return r;
}

static int hide_grant(const struct redactor *redactor, struct audit_grant *grant)
{
	int r = hide_text(redactor, &grant->reason);

	r = r ? r : hide_text(redactor, &grant->narrower);
	r = r ? r : hide_text(redactor, &grant->narrower_argv);
	r = r ? r : hide_text(redactor, &grant->owner);
	return r ? r : hide_text(redactor, &grant->why);
}

static int hide_drift(const struct redactor *redactor, struct audit_drift *drift)
{
	int r = 0;

	for (size_t i = 0; i < drift->change_count && !r; i++) {
		r = hide_text(redactor, &drift->change[i].was);
		r = r ? r : hide_text(redactor, &drift->change[i].is);
	}
	for (size_t i = 0; i < sizeof drift->made_with / sizeof *drift->made_with && !r; i++)
		r = hide_text(redactor, &drift->made_with[i]);
	return r;
}

int redact_audit(const struct redactor *redactor, struct audit *audit)
{
	int r = hide_sources(redactor, audit);

	r = r ? r : hide_text(redactor, &audit->agent);
	audit->options.agent = audit->agent;
	for (size_t i = 0; i < audit->grant_count && !r; i++)
		r = hide_grant(redactor, &audit->grant[i]);
	for (size_t i = 0; i < audit->finding_count && !r; i++) {
		r = hide_text(redactor, &audit->finding[i].text);
		r = r ? r : hide_text(redactor, &audit->finding[i].remedy);
	}
	r = r ? r : hide_drift(redactor, &audit->drift);
	for (size_t i = 0; i < audit->blast.example_count && !r; i++)
		r = hide_text(redactor, &audit->blast.example[i]);
	return r;
}
