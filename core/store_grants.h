#ifndef CORE_STORE_GRANTS_H
#define CORE_STORE_GRANTS_H

#include "core/bytes.h"
#include "core/vocab.h"

#include <stdint.h>

struct error;
struct store;

/* What enforcers grant (`pare import`), in the store. */

/* All that one source grants an agent from a time on, until the next of the same format and
 * source. */
struct stored_grants {
	int64_t key; /* set by the store */
	const char *agent, *format;
	struct bytes source; /* the file's resolved name */
	const char *grantor; /* who imported it: login name */
	int64_t granted_ns, imported_ns;
	unsigned governs;   /* bits, 1 << resource: what the enforcer has a say in */
	const char *digest; /* of both documents */
	struct bytes allowed, denied;
};

/* One permission of them, for readers of SQL. */
struct stored_grant {
	bool is_denied;
	const char *rule; /* its id */
	enum resource resource;
	enum action action;
	const char *pattern;
	int64_t expires_ns; /* 0: never */
};

struct stored_note {
	const char *kind; /* unread, wider, narrower */
	int line;
	struct bytes text;
	const char *reason;
};

/* Each in the caller's transaction.  `seq` counts from 1.  0 or -errno. */
int store_add_grants(struct store *store, struct stored_grants *grants, struct error *err);
int store_add_grant(struct store *store, int64_t grants, int64_t seq,
		    const struct stored_grant *grant, struct error *err);
int store_add_grant_note(struct store *store, int64_t grants, int64_t seq,
			 const struct stored_note *note, struct error *err);

/* In the order of time, then of import.  What is visited is borrowed until the visit returns; a
 * non-zero visit() stops and is returned. */
typedef int grants_visit(void *context, const struct stored_grants *grants);
int store_each_grants(struct store *store, const char *agent, grants_visit *visit, void *context,
		      struct error *err);
typedef int grant_note_visit(void *context, const struct stored_note *note);
int store_each_grant_note(struct store *store, int64_t grants, grant_note_visit *visit,
			  void *context, struct error *err);

#endif
