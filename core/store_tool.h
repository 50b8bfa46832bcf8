#ifndef CORE_STORE_TOOL_H
#define CORE_STORE_TOOL_H

#include "core/bytes.h"
#include "core/vocab.h"

#include <stdint.h>

struct error;
struct store;

/* What a server says of a tool, when it says something new: when the tool is listed first, when its
 * definition is another one, when it is no longer there.  What holds of a call is the last of its
 * tool that was seen before the call was started. */
struct tool_listing {
	int64_t seq;	   /* in the order they were seen, from 1 */
	struct bytes tool; /* "server/tool", as in struct tool_call */
	enum tool_change change;
	/* SHA-256 of the definition as it was sent, members sorted, no spaces; none: it is gone */
	struct bytes digest;
	struct bytes annotations; /* JSON: hints, which nobody needs to believe; none: no such */
	struct bytes definition;  /* JSON, secrets masked; none where it is gone */
	struct bytes differs; /* of a changed one: JSON pointers (RFC 6901), each ended by "\n" */
	int64_t seen_ns;
};

/* In the caller's transaction; (run, seq) is new.  0 or -errno. */
int store_add_tool(struct store *store, int64_t run, const struct tool_listing *listing,
		   struct error *err);
/* In the order of seq.  What is visited is borrowed until the visit returns; a non-zero visit()
 * stops and is returned. */
typedef int tool_visit(void *context, const struct tool_listing *listing);
int store_each_tool(struct store *store, int64_t run, tool_visit *visit, void *context,
		    struct error *err);

#endif
