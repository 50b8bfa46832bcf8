#ifndef REPORTS_COMPANIONS_EDITION_H
#define REPORTS_COMPANIONS_EDITION_H

#include "core/audit.h"
#include "core/error.h"
#include "reports/terminal.h"

struct house;
struct redactor;
struct store;

/* A calendar quarter, UTC. */
struct quarter {
	char name[8];		  /* "2026Q4" */
	int64_t begin_ns, end_ns; /* [begin, end) */
};

/* Reads "2026Q4"; 0 or -EINVAL. */
int quarter_parse(const char *text, struct quarter *ret);

/* What a report is asked for. */
struct edition_request {
	const char *agent;	       /* NULL: the only one there is */
	int64_t as_of_ns;	       /* INT64_MAX: the time of the newest evidence */
	const struct quarter *quarter; /* NULL: none; else it says the day and the window */
	/* The day of the audit that findings are compared with; INT64_MIN: the first of the window.
	 */
	int64_t baseline_ns;
	int64_t machine_entries; /* struct audit_options */
	bool is_redacted;
	const char *oscal_schema; /* that OSCAL is checked against (XSD), or NULL */
};

/* What all files of a report are made from.  All is read in one transaction, so that all numbers
 * agree. */
struct edition {
	struct store *store; /* a transaction is open */
	const struct house *house;
	char *agent;
	/* The day of the report: as asked for, the end of the quarter or, where that is still to
	 * come, now; the first whole second after the newest evidence where nobody asked. */
	int64_t as_of_ns;
	struct quarter quarter; /* name "": none */
	bool is_unfinished;	/* the quarter has not ended */
	struct audit audit;
	/* Why there is none (nothing is granted, or nothing is recorded); code 0: there is. */
	struct error audit_reason;
	/* The same of the day that findings are compared with, where somebody asked for it. */
	struct audit before;
	struct error before_reason;
	int64_t baseline_ns;
	int64_t machine_entries;  /* struct audit_options; of the day of the report alone */
	const char *oscal_schema; /* or NULL */
	char *workspace;	  /* of the last run: as it is; "" in what others may see */
	/* Of all runs of the agent that began before that day. */
	int64_t runs, incomplete, accesses, events;
	/* For what others may see (reports/redact/redact.h), or NULL.  The audit is redacted; what
	 * is read from the store is not: edition_name(). */
	struct redactor *redactor;
	struct terminal terminal; /* for text: as a file has it, but for where it goes */
};

/* `ret` is zeroed and, also after a failure, given to edition_close().  -ENOENT: no such agent, or
 * no run of it by then. */
int edition_open(struct edition *ret, const char *db, const struct house *house,
		 const struct edition_request *request, struct error *err);
void edition_close(struct edition *edition);
void edition_cleanup(struct edition *edition); /* for scoped(edition) */

/* What is written of a name from the store, in a buffer that is cleared first. */
struct bytes edition_name(const struct edition *edition, struct bytes name, struct buffer *room);

/* Where the window of the audit begins, also where there is no audit. */
int64_t edition_window_ns(const struct edition *edition);

/* The audit, or -ENOENT with the reason why there is none. */
int edition_audit(const struct edition *edition, const struct audit **ret, struct error *err);

/* To be asked for once: the one before it; NULL where there is none, because nothing was granted or
 * recorded yet. */
int edition_before(struct edition *edition, const struct audit **ret, struct error *err);

#endif
