#ifndef ANALYZER_AUDIT_SIGHTING_H
#define ANALYZER_AUDIT_SIGHTING_H

#include "analyzer/audit/findings.h"
#include "analyzer/audit/session.h"

/* What was seen in one run or in many, alike: one finding of it. */

#define SIGHTING_WITNESSES 12
#define SIGHTING_PROGRAMS  4
/* Of a kind so many are told apart; what comes then is one. */
#define SIGHTINGS_APART 50

enum severity_case {
#define SECRET_READ(...)
#define CASE(id, severity) CASE_##id,
#include "analyzer/audit/severity.def"
};

enum severity severity_of(enum severity_case which);
enum severity severity_of_secret(const char *id);

struct sighting {
	UT_hash_handle hh;
	const char *kind; /* row of findings.def */
	enum severity severity;
	char *what;	   /* the beginning of the finding's text */
	char *remedy;	   /* NULL: the row's own */
	bool is_of_others; /* what came when there were SIGHTINGS_APART of the kind */
	int64_t times, runs, last_run;
	int64_t sent_bytes;	 /* 0: none known */
	struct witness *witness; /* the first, in the order of time */
	size_t witness_count;
	size_t root; /* of the first run: the number of its roots */
	char *program[SIGHTING_PROGRAMS];
	size_t program_count;
	bool has_more_programs;
	char key[];
};

/* Finds or makes it: `what` tells it from others of its kind, of which there may be too many.  A
 * run counts once.  NULL: memory ran out. */
struct sighting *sighting_add(struct sessions *sessions, const char *kind, enum severity severity,
			      const struct buffer *what);
/* 0, -ENOMEM. */
int sighting_witness(const struct sessions *sessions, struct sighting *sighting, int64_t seq,
		     const char *shows);
int sighting_witness_of(struct sighting *sighting, const char *run, int64_t seq, const char *shows);
int sighting_program(struct sighting *sighting, const char *program);
void sightings_release(struct sessions *sessions);

/* Makes findings of those of a kind; `remedy` for those that have none of their own. */
int sightings_find(struct auditing *auditing, const struct finding_row *row, const char *remedy);

/* Appends the object of a touch as a pattern: "$HOME/.ssh/id_rsa". */
void touch_write(const struct session *session, const struct touch *touch, struct buffer *out);

#endif
