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

int audit_make(struct store *store, const struct audit_options *options, struct audit *ret,
	       struct error *err)
{
	struct auditing auditing = { .audit = ret, .store = store, .err = err };
	int r;

	ret->options = *options;
	ret->agent = strdup(options->agent);
	if (!ret->agent)
		return error_set(err, ENOMEM, "audit an agent");
	ret->options.agent = ret->agent;
	r = audit_holding(&auditing);
	r = r ? r : audit_pins(&auditing);
	if (!r)
		auditing.sessions = sessions_open(&auditing);
	r = r || auditing.sessions ? r : -ENOMEM;
	r = r ? r : drift_begin(&auditing);
	r = r ? r : blast_begin(&auditing);
	r = r ? r : audit_usage(&auditing);
	r = r ? r : audit_states(&auditing);
	r = r ? r : blast_make(&auditing);
	r = r ? r : audit_findings(&auditing);
	r = r ? r : audit_causes(&auditing);
	auditing_release(&auditing);
	return r;
}
