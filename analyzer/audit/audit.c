#include "analyzer/audit/audit.h"

#include "analyzer/audit/ahead.h"
#include "analyzer/audit/auditing.h"
#include "analyzer/audit/beyond.h"
#include "analyzer/audit/blast.h"
#include "analyzer/audit/drift.h"
#include "analyzer/audit/session.h"
#include "core/error.h"
#include "core/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void auditing_release(struct auditing *auditing)
{
	for (size_t i = 0; auditing->note && i < auditing->audit->grant_count; i++) {
		free(auditing->note[i].used.day);
		free(auditing->note[i].day_run);
		free(auditing->note[i].rate.value);
		free(auditing->note[i].names);
		free(auditing->note[i].commands);
	}
	beyond_release(&auditing->beyond);
	free(auditing->note);
	free(auditing->run);
	drift_release(auditing->drift);
	blast_release(auditing->blast);
	free(auditing->active.day);
	free(auditing->recent.day);
	sessions_close(auditing->sessions);
	ahead_close(auditing->ahead);
	*auditing = (struct auditing){ 0 };
}

static int begin_sessions(struct auditing *auditing)
{
	auditing->sessions = sessions_open(auditing);
	return auditing->sessions ? 0 : error_set(auditing->err, ENOMEM, "audit an agent");
}

/* One after the other: each builds on those before it. */
static int (*const audit_step[])(struct auditing *auditing) = {
	audit_calendar, audit_holding, audit_pins,   begin_sessions, drift_begin,    blast_begin,
	audit_usage,	audit_daily,   audit_states, blast_make,     audit_findings, audit_causes,
};

int audit_make(struct store *store, const struct audit_options *options, struct audit *ret,
	       struct error *err)
{
	struct auditing auditing = { .audit = ret, .store = store, .err = err };
	int r = 0;

	ret->options = *options;
	ret->agent = strdup(options->agent);
	if (!ret->agent)
		return error_set(err, ENOMEM, "audit an agent");
	ret->options.agent = ret->agent;
	for (size_t i = 0; i < sizeof audit_step / sizeof *audit_step && !r; i++)
		r = audit_step[i](&auditing);
	auditing_release(&auditing);
	return r;
}
