#ifndef REPORTS_REDACT_REDACT_H
#define REPORTS_REDACT_REDACT_H

#include "core/bytes.h"
#include "core/vocab.h"

#include <stdint.h>

struct audit;
struct error;
struct roots;
struct store;

/* The edition of a report that may be shown to others (`--redact`).  What stands below the home,
 * the workspace and the folder for temporary files, labels of hosts, names of variables, machines
 * and people become tokens: "x" and 14 hexadecimal digits.  One name has one token in all files of
 * one report, and another in the next: the salt is drawn at random and kept nowhere.
 *
 * There is one call, redact(), for names and for sentences with names in them, raw or escaped as
 * core/text.h and core/match.h do; redact() of what was redacted changes nothing.  It is called
 * before anything is written: for all text of the audit (redact_audit()) and of the page's model
 * (redact_model()), and by companions for what they read from the store (edition_name()).  So no
 * format has to know of it; who adds text to the audit or the model adds it there, and
 * tests/report_redact.t looks for what is left.
 *
 * What is left: names of agents and tasks, and arguments of commands, as far as no name from above
 * is in them, paths of the system, the last label of a host, all numbers and times, and the ids P-,
 * F-: sums of what they stand for, so who guesses a name can confirm it. */
struct redactor;

/* Learns the names from all runs of the agent that began before, and from the audit (may be NULL).
 * 0 or -errno. */
int redactor_open(struct redactor **ret, struct store *store, const char *agent, int64_t until_ns,
		  const struct audit *audit, struct error *err);
/* Learns those of one more audit, too, before it is redacted.  0 or -ENOMEM. */
int redactor_learn(struct redactor *redactor, const struct audit *audit);
void redactor_close(struct redactor *redactor); /* NULL is fine */

/* Appends the text without these names; `redactor` NULL: as it is. */
void redact(const struct redactor *redactor, struct bytes text, struct buffer *out);

/* All text of an audit.  What its patterns admit can no longer be asked for.  0 or -ENOMEM. */
int redact_audit(const struct redactor *redactor, struct audit *audit);

#endif
