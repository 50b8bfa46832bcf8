#ifndef REPORTS_HTML_WITNESSES_H
#define REPORTS_HTML_WITNESSES_H

#include "reports/html/sections.h"

/* Accesses that an audit names as evidence, each once, by run and number. */
struct report_witness {
	struct witness witness;
	bool is_there; /* in the store */
	enum resource resource;
	enum action action;
	enum outcome outcome;
	char *name, *program; /* safe text */
	unsigned flags, program_flags;
	int64_t count, first_ns, last_ns;
};

/* Fills model->witness.  0 or -errno. */
int witnesses_load(struct report_model *model, struct store *store, struct error *err);
void witnesses_release(struct report_model *model);

#endif
