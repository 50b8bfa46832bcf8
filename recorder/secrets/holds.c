#include "recorder/secrets/holds.h"

#include "recorder/calls/served.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_BYTES_MAX 1024

static struct hold *grow(struct holds *holds)
{
	size_t capacity = holds->capacity ? holds->capacity * 2 : 8;
	struct hold *grown;

	if (holds->count < holds->capacity)
		return &holds->hold[holds->count];
	grown = reallocarray(holds->hold, capacity, sizeof *grown);
	if (!grown)
		return NULL;
	holds->hold = grown;
	holds->capacity = capacity;
	return &grown[holds->count];
}

void holds_add(struct holds *holds, const char *prefix, struct bytes name, const char *peer,
	       struct bytes value)
{
	scoped(buffer) struct buffer text = { 0 };
	struct hold *hold = grow(holds);

	buffer_add(&text, prefix);
	buffer_append(&text, name.data, name.size < NAME_BYTES_MAX ? name.size : NAME_BYTES_MAX);
	if (!hold || buffer_status(&text)) {
		holds->failed = true;
		return;
	}
	hold->name_size = text.size;
	hold->name = buffer_steal(&text);
	snprintf(hold->peer, sizeof hold->peer, "%s", peer);
	hold->value = value;
	holds->count++;
}

void holds_release(struct holds *holds)
{
	for (size_t i = 0; i < holds->count; i++)
		free(holds->hold[i].name);
	free(holds->hold);
	*holds = (struct holds){ 0 };
}

void holds_cleanup(struct holds *holds)
{
	holds_release(holds);
}

bool secret_is_path(const struct secret_view *view, struct bytes value, bool relative)
{
	char path[PATH_MAX];
	struct stat status;
	bool absolute = value.size && value.data[0] == '/';
	int length;

	if (value.size < 2 || value.size > PATH_MAX - 64 ||
	    !(absolute || (relative && memchr(value.data, '/', value.size))))
		return false;
	length = snprintf(path, sizeof path, "/proc/%d/%s/%.*s", view->tid ? view->tid : getpid(),
			  absolute ? "root" : "cwd", (int)value.size, value.data);
	return length < (int)sizeof path && served_stat(path, false, &status) == 0;
}
