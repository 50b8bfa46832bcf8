#ifndef RECORDER_TOOLS_HOOK_H
#define RECORDER_TOOLS_HOOK_H

#include "core/bytes.h"
#include "core/vocab.h"

#include <stdint.h>

struct error;
struct masker;
struct run;
struct store;

enum hook_when {
	HOOK_OTHER, /* nothing that is recorded */
	HOOK_BEGAN,
	HOOK_ENDED,
	HOOK_FAILED,
	HOOK_OVER, /* the session */
};

/* What an agent has told its hook.  Zero it to begin. */
struct hook {
	enum hook_when when;
	struct buffer session;
	struct buffer tool;	 /* "server/tool"; the agent's own tools are of the server AGENT */
	struct buffer caller;	 /* the agent's id of the call; empty: it has none */
	struct buffer arguments; /* JSON */
	enum call_status status; /* of one that ended */
	int64_t received;	 /* bytes of the answer */
	int64_t took_ns;	 /* as the agent says; 0: it does not */
};

/* Reads the JSON.  0, -EINVAL or -ENOMEM. */
int hook_read(struct hook *ret, struct bytes text, const char *agent, struct error *err);
void hook_release(struct hook *hook);

/* Puts it into the run, within the caller's transaction; `now_ns` is its time.  0 or -errno. */
int hook_store(const struct hook *hook, const struct masker *masker, struct store *store,
	       int64_t run, int64_t now_ns, struct error *err);

#endif
