#include "analyzer/said.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_FIRST 1024

struct said {
	const char *pattern; /* NULL: not said yet */
	size_t root;
};

const char *said_find(const struct said_list *list, int64_t key, size_t root)
{
	const struct said *said;

	if (key < 0 || (size_t)key >= list->count)
		return NULL;
	said = &list->said[key];
	return said->root == root ? said->pattern : NULL;
}

static int grow(struct said_list *list, size_t key)
{
	size_t count = list->count ? list->count : COUNT_FIRST;
	struct said *grown;

	while (count <= key)
		count *= 2;
	grown = reallocarray(list->said, count, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	memset(grown + list->count, 0, (count - list->count) * sizeof *grown);
	list->said = grown;
	list->count = count;
	return 0;
}

int said_keep(struct said_list *list, int64_t key, const char *pattern, size_t root)
{
	if (key < 0)
		return 0;
	if ((size_t)key >= list->count && grow(list, (size_t)key) < 0)
		return -ENOMEM;
	list->said[key] = (struct said){ pattern, root };
	return 0;
}

void said_release(struct said_list *list)
{
	free(list->said);
	*list = (struct said_list){ 0 };
}
