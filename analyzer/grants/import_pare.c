#include "analyzer/grants/grants.h"
#include "core/error.h"

#include <stdlib.h>
#include <string.h>

/* A policy of pare's own has a say in everything, and is taken as it stands. */
int import_pare(const struct source *source, struct granted *ret, struct error *err)
{
	int r = policy_read_memory(&ret->allowed, source->text, source->name, err);

	for (const struct word *word = resource_word; word->code && r == 0; word++)
		ret->governs |= 1u << word->code;
	return r;
}
