#include "analyzer/evidence.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool same_roots(const struct roots *a, const struct roots *b)
{
	return bytes_equal(a->workspace, b->workspace) && bytes_equal(a->home, b->home) &&
	       bytes_equal(a->tmp, b->tmp);
}

static struct bytes put(char **at, struct bytes bytes)
{
	char *start = *at;

	if (bytes.size)
		memcpy(start, bytes.data, bytes.size);
	*at += bytes.size;
	return (struct bytes){ start, bytes.size };
}

int evidence_add_roots(struct evidence *evidence, const struct roots *roots, size_t *ret)
{
	struct evidence_root *grown, *root;
	char *at;

	for (size_t i = 0; i < evidence->root_count; i++)
		if (same_roots(&evidence->root[i].roots, roots)) {
			*ret = i;
			return 0;
		}
	grown = reallocarray(evidence->root, evidence->root_count + 1, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	evidence->root = grown;
	root = &grown[evidence->root_count];
	root->text = at = malloc(roots->workspace.size + roots->home.size + roots->tmp.size + 1);
	if (!at)
		return -ENOMEM;
	*ret = evidence->root_count++;
	root->roots.workspace = put(&at, roots->workspace);
	root->roots.home = put(&at, roots->home);
	root->roots.tmp = put(&at, roots->tmp);
	return 0;
}
