#ifndef ANALYZER_GRANTS_SANDBOX_H
#define ANALYZER_GRANTS_SANDBOX_H

#include "analyzer/grants/agents.h"

/* What the sandbox-runtime of Claude Code keeps commands in: the settings of `srt`, and what
 * Claude Code has as "sandbox" (README of @anthropic-ai/sandbox-runtime 0.0.78, on Linux). */

struct sandbox {
	const struct source *source;
	struct granted *grants;
	const char *prefix; /* "sandbox.", or "" */
	/* Of srt all that can be read can be executed; of Claude Code commands are granted by
	 * rules. */
	bool runs_anything;
};

/* Each takes the member of that name; NULL: it is not there. */
void sandbox_add_files(const struct sandbox *sandbox, json_t *filesystem);
void sandbox_add_network(const struct sandbox *sandbox, json_t *network);
void sandbox_add_credentials(const struct sandbox *sandbox, json_t *credentials);

#endif
