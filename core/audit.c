#include "core/audit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *text, *meaning;
	bool is_removal;
} state_row[] = {
#define STATE(id, text, removal, meaning) { text, meaning, removal },
#include "core/audit.def"
};

const char *grant_state_text(enum grant_state state)
{
	return state_row[state].text;
}

const char *grant_state_meaning(enum grant_state state)
{
	return state_row[state].meaning;
}

bool grant_state_is_removal(enum grant_state state)
{
	return state_row[state].is_removal;
}

static const char *const severity_row[] = { "info", "low", "medium", "high", "critical" };

const char *severity_text(enum severity severity)
{
	return severity_row[severity];
}

int severity_parse(const char *text, enum severity *ret)
{
	for (size_t i = 0; i < sizeof severity_row / sizeof *severity_row; i++) {
		if (strcmp(severity_row[i], text))
			continue;
		*ret = (enum severity)i;
		return 0;
	}
	return -EINVAL;
}

static void source_release(struct audit_source *source)
{
	free(source->format);
	free(source->name);
	free(source->grantor);
	policy_release(&source->allowed);
	policy_release(&source->denied);
}

static void grant_release(struct audit_grant *grant)
{
	free(grant->day_runs);
	free(grant->reason);
	free(grant->narrower);
	free(grant->narrower_argv);
	free(grant->owner);
	free(grant->why);
}

static void finding_release(struct audit_finding *finding)
{
	free(finding->text);
	free(finding->remedy);
	free(finding->witness);
}

static const char *const effect_row[] = {
#define EFFECT(id, text) text,
#include "core/blast.def"
};

const char *effect_text(enum effect effect)
{
	return effect_row[effect];
}

static const struct {
	const char *text, *meaning;
} sensitivity_row[] = {
#define SENSITIVITY(id, text, meaning) { text, meaning },
#include "core/blast.def"
};

const char *sensitivity_text(enum sensitivity sensitivity)
{
	return sensitivity_row[sensitivity].text;
}

const char *sensitivity_meaning(enum sensitivity sensitivity)
{
	return sensitivity_row[sensitivity].meaning;
}

static const char *const pace_row[] = { "unknown", "same", "more", "less" };

const char *pace_text(enum pace pace)
{
	return pace_row[pace];
}

static void drift_release(struct audit_drift *drift)
{
	for (size_t i = 0; i < drift->change_count; i++) {
		free(drift->change[i].was);
		free(drift->change[i].is);
	}
	for (size_t i = 0; i < sizeof drift->made_with / sizeof *drift->made_with; i++)
		free(drift->made_with[i]);
	free(drift->change);
	free(drift->row);
}

void audit_release(struct audit *audit)
{
	drift_release(&audit->drift);
	for (size_t i = 0; i < audit->blast.example_count; i++)
		free(audit->blast.example[i]);
	for (size_t i = 0; i < audit->source_count; i++)
		source_release(&audit->source[i]);
	for (size_t i = 0; i < audit->grant_count; i++)
		grant_release(&audit->grant[i]);
	for (size_t i = 0; i < audit->finding_count; i++)
		finding_release(&audit->finding[i]);
	free(audit->source);
	free(audit->grant);
	free(audit->finding);
	for (size_t i = 0; i < audit->cause_count; i++)
		free(audit->cause[i].kinds);
	free(audit->cause);
	free(audit->agent);
	*audit = (struct audit){ 0 };
}

void audit_cleanup(struct audit *audit)
{
	audit_release(audit);
}
