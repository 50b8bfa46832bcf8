#include "recorder/tally.h"

#include "recorder/calls/served.h"

#include <limits.h>
#include <stdio.h>

static bool is_written(const struct access *access)
{
	return access->resource == RESOURCE_FILE && access->outcome == OUTCOME_OK &&
	       (access->action == ACTION_WRITE || access->action == ACTION_APPEND ||
		access->action == ACTION_CREATE);
}

static void look_at(void *context, const struct access *access)
{
	struct bytes name = access->name;
	int64_t *largest = context;
	char path[PATH_MAX];
	struct stat st;

	if (!is_written(access) || access_is_covered(access) || name.size >= sizeof path ||
	    *name.data != '/')
		return;
	snprintf(path, sizeof path, "%.*s", (int)name.size, name.data);
	if (served_stat(path, false, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > *largest)
		*largest = st.st_size;
}

int64_t tally_largest_file(struct tally *tally)
{
	int64_t largest = 0;

	tally_each(tally, look_at, &largest);
	return largest;
}
