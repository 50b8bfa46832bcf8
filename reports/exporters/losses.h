#ifndef REPORTS_EXPORTERS_LOSSES_H
#define REPORTS_EXPORTERS_LOSSES_H

#include "core/bytes.h"

#include <stdbool.h>
#include <stddef.h>

struct rule;

/* How an enforcer's format differs from a rule.  A rule without a loss is exact. */
enum loss_kind {
	LOSS_NARROWED,	   /* it denies more */
	LOSS_WIDENED,	   /* it allows more: a matter of security */
	LOSS_DROPPED,	   /* it knows nothing of the rule */
	LOSS_NEEDS_HELPER, /* exact with the help of another program */
};

const char *loss_text(enum loss_kind kind);

struct loss {
	const struct rule *rule; /* NULL: the whole policy */
	enum loss_kind kind;
	char *sentence; /* owned; one line, safe for terminals */
};

/* Zero it to begin.  When memory runs out `failed` stays set: losses_status(). */
struct losses {
	struct loss *loss;
	size_t count, capacity;
	bool failed;
};

/* The sentence begins with the rule's action and pattern; outside data in `format` must be safe
 * text already. */
void losses_add(struct losses *losses, const struct rule *rule, enum loss_kind kind,
		const char *format, ...) __attribute__((format(printf, 4, 5)));
int losses_status(const struct losses *losses); /* 0 or -ENOMEM */
size_t losses_count(const struct losses *losses, enum loss_kind kind);
void losses_cleanup(struct losses *losses); /* for scoped(losses) */

/* "PREFIXwidened       r-000000000001  create $HOME/x: ...", one a line; "-" for the whole
 * policy. */
void losses_write(const struct losses *losses, const char *prefix, struct buffer *out);
/* An array of { "rule", "kind", "sentence" }.  0 or -ENOMEM. */
int losses_write_json(const struct losses *losses, struct buffer *out);

#endif
