#ifndef ANALYZER_FEASIBLE_H
#define ANALYZER_FEASIBLE_H

#include "analyzer/evidence.h"
#include "core/language.h"

/* What no policy may have, whatever it would save: an open pattern that reaches something
 * protected, a change of what is executed, a deletion of what the run did not create. */
struct feasible {
	const struct evidence *evidence; /* what its roots stood for, and what it executed */
	struct language *code;
	size_t count, capacity;
	struct verdict *verdict; /* what was found before */
};

/* 0 or -ENOMEM.  The evidence must outlive it. */
int feasible_init(struct feasible *feasible, const struct evidence *evidence);
void feasible_release(struct feasible *feasible);
void feasible_cleanup(struct feasible *feasible); /* for scoped(feasible) */

/* Whether the pattern reaches what is protected, wherever its root has been in a run. */
bool feasible_protected(const struct evidence *evidence, const struct pattern *pattern,
			enum action action);

/* Whether files of an open pattern may be open to the action; `own`: those alone that the run has
 * created.  -ENOMEM, 0 or 1. */
int feasible_open(struct feasible *feasible, const char *pattern, enum action action, bool own);

/* Whether a file may have an action that no run did to it. */
int feasible_exact(struct feasible *feasible, const char *pattern, enum action action);

#endif
