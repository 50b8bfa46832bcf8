#ifndef REPORTS_RUN_TEXT_H
#define REPORTS_RUN_TEXT_H

#include "core/store.h"
#include "reports/terminal.h"

/* What is said about a run in more than one place. */

/* The first 12 digits of its id. */
void run_add_id(const struct terminal *terminal, const struct run *run, struct buffer *out);
const char *run_state_text(enum run_state state); /* "recording", "complete", "incomplete" */
/* "exit 0", "exit 137 (SIGKILL)", "no exit seen" */
void run_add_status(const struct run *run, struct buffer *out);
/* How far the evidence can be trusted to be all: whole, with gaps, torn. */
enum style run_evidence_style(const struct run *run);
/* From the start to the end; 0 where it is not known. */
int64_t run_duration_ns(const struct run *run);
/* The run's own columns as members of a JSON object. */
void run_add_json(const struct run *run, struct buffer *out);

#endif
