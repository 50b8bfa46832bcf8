#ifndef ANALYZER_AUDIT_TWO_H
#define ANALYZER_AUDIT_TWO_H

#include "analyzer/audit/flow.h"
#include "analyzer/audit/sighting.h"

/* How near a run comes to all three of the Rule of Two: [A] input from outside, [B] what is
 * sensitive, [C] an effect outside. */
enum level {
	LEVEL_NONE,	/* not all three */
	LEVEL_TOGETHER, /* all three, in another order */
	LEVEL_ORDERED,	/* A before B before C, by processes that have nothing to do with each other
			 * but  to descend from one */
	LEVEL_LINEAGE,	/* and what A brought may have led to B, and what B had may be in C */
};

/* Of the run at hand. */
struct chain {
	enum level level;
	const struct touch *part[3]; /* A, B, C; NULL each where there is none */
	enum way to_sensitive, to_effect;
};

/* Whether a touch is to be looked past; NULL: none is. */
typedef bool touch_block(void *context, const struct touch *touch);

/* The highest level, and who shows it.  0, -errno, said. */
int two_classify(struct sessions *sessions, touch_block *is_blocked, void *context,
		 struct chain *ret);

/* What to take away so that a run has no more such a chain: of all ways to do that by taking grants
 * away the one that loses the least that is used (two_cut.c).  Appends what to do. */
struct cut_request {
	enum level level;
	struct buffer *out;
};
int two_cut(struct sessions *sessions, void *request);
/* What it costs to lose a grant. */
int64_t grant_loss(const struct audit *audit, size_t grant);
/* "take away P-... (file read ...), P-...". */
void grants_write_cut(const struct audit *audit, const uint32_t *grant, size_t count,
		      struct buffer *out);

#endif
