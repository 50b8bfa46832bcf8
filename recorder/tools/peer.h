#ifndef RECORDER_TOOLS_PEER_H
#define RECORDER_TOOLS_PEER_H

#include "core/store.h"

struct masker;
struct sink;

/* A process that is not recorded otherwise, as far as proc(5) shows it.  Zero it to begin. */
struct peer {
	struct buffer program, argv, cwd; /* argv: without secrets */
};

void peer_read(struct peer *peer, const struct masker *masker, pid_t pid);
void peer_release(struct peer *peer);
void peer_cleanup(struct peer *peer); /* for scoped(peer) */

/* Says it as an image, just now. */
void peer_say(struct sink *sink, const struct masker *masker, pid_t pid, int64_t image,
	      int64_t parent);

#endif
