#ifndef RECORDER_TOOLS_LISTINGS_H
#define RECORDER_TOOLS_LISTINGS_H

#include "core/bytes.h"

#include <stdbool.h>
#include <stdint.h>

struct json_t;
struct masker;
struct sink;

#define LISTINGS_MAX 10000 /* a server has no more tools; what is beyond is not kept */

/* What a server has said of its tools (tools/list), so that what it says anew is seen.  Zero it to
 * begin. */
struct listings {
	struct listed *listed;
	int64_t said;  /* to the sink */
	int64_t round; /* which reading of the whole list is going on */
};

/* Where it is said. */
struct listing_place {
	struct sink *sink;
	const struct masker *masker;
	struct bytes server;
	int64_t time_ns;
};

/* Takes `result.tools` of one page; `first` and `last` are of the pages of one list.  Tools that
 * the whole list no longer has are gone.  0 or -ENOMEM. */
int listings_page(struct listings *listings, const struct json_t *tools, bool first, bool last,
		  const struct listing_place *place);
void listings_release(struct listings *listings);

/* Appends the JSON pointers of what is other in `now`, each ended by "\n"; a name in them is in the
 * escapes of TEXT_SAFE (core/text.h), and no more than `most` are told. */
void definition_differs(const struct json_t *before, const struct json_t *now, size_t most,
			struct buffer *out);

#endif
