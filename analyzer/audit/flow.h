#ifndef ANALYZER_AUDIT_FLOW_H
#define ANALYZER_AUDIT_FLOW_H

#include "analyzer/audit/session.h"

/* Where in a run something may have gone that was learnt at some time: along the ancestry of
 * processes, through a file that one wrote and another read, through calls of tools. */

enum way {
	WAY_SAME,     /* the same process image */
	WAY_ANCESTRY, /* one descends from the other */
	WAY_PIPE, /* both started by one process within a second, and at work at the same time */
	WAY_CALL, /* by who called the tool */
	WAY_FILE, /* one wrote what the other read */
};

const char *way_text(enum way way);

/* When an image could know it first, and from which touch that came. */
struct carrier {
	int64_t since_ns; /* INT64_MAX: never */
	const struct touch *origin;
	enum way way;
	bool is_confined; /* it knows, and nobody from it */
};

struct flow {
	struct carrier *carrier; /* by number of the image */
	size_t count;
	int64_t *known; /* images that know */
	size_t known_count;
};

/* Nobody knows anything.  session_kin() must have been called.  0, -ENOMEM. */
int flow_begin(struct flow *flow, const struct session *session);
/* Since when the image knows by itself, or by what it read; INT64_MAX: never. */
int64_t flow_known_since(const struct flow *flow, int64_t image);
/* A secret that a process merely holds, as others do: it alone may tell. */
void flow_seed_held(struct flow *flow, const struct touch *touch, int64_t since_ns);
/* Who made the touch knows since that time; `origin` is what to say of those that learn it. */
void flow_seed(struct flow *flow, const struct session *session, const struct touch *touch,
	       int64_t since_ns, const struct touch *origin);
/* Through files, as far as it goes. */
void flow_spread(struct flow *flow, const struct session *session);
/* The earliest that the touch was made by who could know: 0, and what is known of it; -ENOENT: at
 * no time. */
int flow_reaches(const struct flow *flow, const struct session *session, const struct touch *touch,
		 struct carrier *ret);
void flow_release(struct flow *flow);
void flow_cleanup(struct flow *flow); /* for scoped(flow) */

/* The earliest time at or after `since_ns` that the touch is known to have happened; INT64_MAX:
 * none. */
int64_t touch_after(const struct touch *touch, int64_t since_ns);

#endif
