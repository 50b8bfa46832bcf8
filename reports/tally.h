#ifndef REPORTS_TALLY_H
#define REPORTS_TALLY_H

#include "core/bytes.h"
#include "core/hash.h"
#include "core/vocab.h"

#include <stdint.h>

struct error;
struct run;
struct store;

/* What a run did, counted by the rows of summary.def: the numbers behind its summary. */

enum shown { SHOWN_FILES, SHOWN_CHANGES, SHOWN_TOP, SHOWN_DETAIL, SHOWN_KINDS, SHOWN_COUNT };

struct section {
	const char *id, *title, *one, *many;
	int outcome, resource, action, or_action; /* 0: any */
	enum shown shown;
	unsigned lines; /* at most so many names are shown */
};

extern const struct section summary_section[];
extern const size_t summary_section_count;

/* Where a name lies, the most telling first. */
enum place {
	PLACE_WORKSPACE,
	PLACE_HOME,
	PLACE_ELSEWHERE, /* also every name that is no path */
	PLACE_TMP,
	PLACE_SETTINGS, /* /etc */
	PLACE_SYSTEM,	/* /usr, /lib, /proc and the like */
	PLACE_COUNT
};

/* One distinct name of a section; with DETAIL and KINDS one distinct action, name and error. */
struct tally_row {
	size_t section;
	enum action action; /* DETAIL and KINDS, else 0 */
	int error;	    /* DETAIL and KINDS, else 0 */
	enum place place;
	struct bytes name; /* raw, the run's root made symbolic: "$WS/a" */
	int64_t count;
	bool own;      /* every use was of something made in this run */
	char peer[24]; /* of a variable: which value it had, by its fingerprint; else "" */
	UT_hash_handle hh;
};

struct tally_gap {
	enum gap_kind kind;
	char *detail; /* raw; of the first of its kind */
	int64_t rows, count;
};

struct tally {
	struct tally_row *index; /* by key, while counting */
	struct tally_row **row;	 /* by section, then as they are best shown */
	size_t row_count;
	struct tally_gap *gap; /* one of each kind, in the order of their first */
	size_t gap_count;
	int64_t accesses, uses; /* distinct ones, and how often in all */
	int64_t unstopped;	/* uses that were seen without stopping the agent */
};

/* Zero `ret` before; release it always.  0 or -errno. */
int tally_run(struct tally *ret, struct store *store, const struct run *run, struct error *err);
void tally_release(struct tally *tally);
void tally_cleanup(struct tally *tally); /* for scoped(tally) */

/* One section's rows and their sums. */
struct tally_part {
	const struct section *section;
	struct tally_row *const *row;
	size_t count, own;
	int64_t uses;
	size_t place[PLACE_COUNT]; /* rows that lie there */
};
struct tally_part tally_part(const struct tally *tally, size_t section);

#endif
