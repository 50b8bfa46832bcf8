#ifndef ANALYZER_SAID_H
#define ANALYZER_SAID_H

#include <stddef.h>
#include <stdint.h>

/* How patterns say the resources of a store, by their keys there: found out once, not for each
 * access. */
struct said;

struct said_list {
	struct said *said;
	size_t count;
};

/* The pattern of the resource under these roots (an index), or NULL. */
const char *said_find(const struct said_list *list, int64_t key, size_t root);
/* `pattern` must outlive the list.  0, -ENOMEM. */
int said_keep(struct said_list *list, int64_t key, const char *pattern, size_t root);
void said_release(struct said_list *list);

#endif
