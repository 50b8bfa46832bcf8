#ifndef CORE_STORE_FINGERPRINT_H
#define CORE_STORE_FINGERPRINT_H

#include "core/bytes.h"
#include "core/vocab.h"

#include <stdint.h>

struct error;
struct store;

/* What a run was made with: a value of each kind that is known. */

/* In the caller's transaction, before the run is ended; of each kind once.  0 or -errno. */
int store_add_fingerprint(struct store *store, int64_t run, enum fingerprint_kind kind,
			  struct bytes value, struct error *err);
/* In the order of kinds.  What is visited is borrowed until the visit returns; a non-zero visit()
 * stops and is returned. */
typedef int fingerprint_visit(void *context, enum fingerprint_kind kind, struct bytes value);
int store_each_fingerprint(struct store *store, int64_t run, fingerprint_visit *visit,
			   void *context, struct error *err);
/* Appends the value that the last run which has one has; nothing where none has.  0 or -errno. */
int store_last_fingerprint(struct store *store, enum fingerprint_kind kind, struct buffer *out,
			   struct error *err);

#endif
