#ifndef REPORTS_CONNECTIONS_H
#define REPORTS_CONNECTIONS_H

#include "core/hash.h"
#include "core/store.h"

/* The connections of a run, in memory. */
struct connection_row {
	struct connection connection; /* its bytes are the row's own, as is the program */
	struct bytes program;
	struct connection_row *alike; /* the next of that image, name and peer */
	UT_hash_handle hh;
	size_t key_size;
	char *key; /* image, name, peer; NULL where a row before is alike */
	char bytes[];
};

struct connections {
	struct connection_row *index; /* by key */
	struct connection_row **row;  /* by seq */
	size_t count, capacity;
};

/* Zero `ret` before; release it always.  0 or -errno. */
int connections_read(struct connections *ret, struct store *store, int64_t run, struct error *err);
/* The connections behind an access to a host, added up; of the first are name, source, question and
 * relay.  False: there are none, as of one that failed. */
bool connections_of(const struct connections *connections, const struct access *access,
		    struct connection *ret);
void connections_release(struct connections *connections);
void connections_cleanup(struct connections *connections); /* for scoped(connections) */

#endif
