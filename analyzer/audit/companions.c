#include "analyzer/audit/states.h"

#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is granted of all below the folder, by the same source: enforcers grant both at once. */
static const struct audit_grant *find_tree(const struct audit *audit,
					   const struct audit_grant *folder)
{
	size_t size = strlen(folder->rule->pattern);

	for (size_t i = 0; i < audit->grant_count; i++) {
		const struct audit_grant *tree = &audit->grant[i];
		const char *pattern = tree->rule->pattern;

		if (tree->source == folder->source &&
		    tree->rule->resource == folder->rule->resource &&
		    tree->rule->action == folder->rule->action &&
		    !strncmp(pattern, folder->rule->pattern, size) &&
		    !strcmp(pattern + size, "/**"))
			return tree;
	}
	return NULL;
}

int audit_companions(struct audit *audit)
{
	for (size_t i = 0; i < audit->grant_count; i++) {
		struct audit_grant *folder = &audit->grant[i];
		const struct audit_grant *tree;
		char *reason;

		if (!grant_state_is_removal(folder->state))
			continue;
		tree = find_tree(audit, folder);
		if (!tree || !tree->use.uses || grant_state_is_removal(tree->state))
			continue;
		if (asprintf(&reason, "it goes with all below it (%s), which is used", tree->id) <
		    0)
			return -ENOMEM;
		free(folder->reason);
		folder->reason = reason;
		folder->state = GRANT_USED;
	}
	return 0;
}
