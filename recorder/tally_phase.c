#include "recorder/tally_phase.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int phases_begin(struct phases *phases, struct bytes name)
{
	char *copy;

	if (name.size > PHASE_SIZE_MAX)
		name.size = PHASE_SIZE_MAX;
	if (phases->count == PHASES_MAX || bytes_equal(phases_now(phases), name))
		return 0;
	copy = malloc(name.size + 1);
	if (!copy)
		return -ENOMEM;
	if (name.size)
		memcpy(copy, name.data, name.size);
	phases->store[phases->count] = copy;
	phases->name[phases->count++] = (struct bytes){ copy, name.size };
	return 0;
}

struct bytes phases_now(const struct phases *phases)
{
	return phases->count ? phases->name[phases->count - 1] : bytes_of("");
}

void phases_release(struct phases *phases)
{
	while (phases->count)
		free(phases->store[--phases->count]);
}

/* The argument at the front, which is taken off. */
static struct bytes next_argument(struct bytes *rest)
{
	const char *end = rest->size ? memchr(rest->data, '\0', rest->size) : NULL;
	struct bytes argument = { rest->data, end ? (size_t)(end - rest->data) : 0 };

	if (end) {
		rest->data = end + 1;
		rest->size -= argument.size + 1;
	}
	return argument;
}

/* Whatever else is called pare is not: the recorder's own file. */
static bool is_pare(struct bytes program)
{
	char path[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", path, sizeof path);

	return size > 0 && bytes_equal(program, (struct bytes){ path, (size_t)size });
}

bool phase_of_image(struct bytes program, struct bytes argv, struct bytes *ret)
{
	next_argument(&argv);
	if (!bytes_equal(next_argument(&argv), bytes_of("phase")) || !is_pare(program))
		return false;
	*ret = next_argument(&argv);
	return ret->size && !argv.size;
}
