#ifndef RECORDER_TOOLS_ARGUMENTS_H
#define RECORDER_TOOLS_ARGUMENTS_H

#include "recorder/secrets/holds.h"

#include <stdbool.h>

struct json_t;

#define ARGUMENTS_KEPT ((size_t)1024 * 1024) /* of longer ones there is only the head */
#define ARGUMENTS_HEAD ((size_t)4096)

/* What says which values are secrets: their look, the names that they have, and what this process
 * has in its environment (`known`, may be NULL), as its children have. */
struct masker {
	struct secret_view view;
	const struct holds *known;
};

/* Appends JSON as it was sent, where there is no secret in it; else with "[secret:3f9a2c71]" in the
 * place of each.  Where it is too long, or no JSON that all parsers read alike, its head is masked
 * as text, and `ret_whole` is false.  0 or -ENOMEM. */
int arguments_mask(const struct masker *masker, struct bytes json, struct buffer *out,
		   bool *ret_whole);

/* Masks what looks like a secret in a value, whose names say nothing: what a schema calls
 * "password" is none.  0 or -ENOMEM. */
int definition_mask(const struct masker *masker, struct json_t *value);

#endif
