#ifndef RECORDER_TOOLS_SESSION_H
#define RECORDER_TOOLS_SESSION_H

#include "core/bytes.h"

struct error;
struct hook;
struct masker;
struct store;

/* A session of an agent, whose hooks tell of its calls one by one, each in a process of its own:
 * one run, which is found again by the agent and the session.  It is recorded as long as the
 * agent's process lives, and sealed at the end of the session; where no hook tells of that, once
 * the agent has another session. */

/* 0 or -errno. */
int session_add(struct store *store, const char *agent, const struct hook *hook,
		const struct masker *masker, struct error *err);
/* Fine where nothing was recorded of it. */
int session_end(struct store *store, const char *agent, struct bytes session, struct error *err);

#endif
