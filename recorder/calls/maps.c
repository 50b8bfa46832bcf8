#include "recorder/calls/maps.h"

#include "recorder/calls/resolve.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* /proc/PID/maps writes a newline in a name as \012: proc(5). */
static void add_map_name(struct buffer *out, const char *name)
{
	const char *newline;

	while ((newline = strstr(name, "\\012"))) {
		buffer_append(out, name, (size_t)(newline - name));
		buffer_add_char(out, '\n');
		name = newline + 4;
	}
	buffer_add(out, name);
}

/* Shared memory is shown as a deleted file, which nobody ever saw: shmem_zero_setup(), shmget(2),
 * memfd_create(2). */
static bool is_memory(const struct buffer *name)
{
	return !strcmp(name->data, "/dev/zero") || !strncmp(name->data, "/SYSV", 5) ||
	       !strncmp(name->data, "/memfd:", 7);
}

/* False where the text names no file. */
static bool name_file(struct buffer *ret, const char *text)
{
	if (text[0] != '/')
		return false;
	add_map_name(ret, text);
	return !resolve_cut_deleted(ret) || !is_memory(ret);
}

/* One line of /proc/PID/maps. */
struct line {
	uint64_t from, to;
	char permissions[8];
	int name; /* where it begins */
};

static bool read_line(const char *text, struct line *ret)
{
	return sscanf(text, "%" SCNx64 "-%" SCNx64 " %7s %*s %*s %*s %n", &ret->from, &ret->to,
		      ret->permissions, &ret->name) == 3;
}

int maps_visit(pid_t tid, uint64_t from, uint64_t to, map_visit *visit, void *context)
{
	struct line line = { 0 };
	char path[64], *text = NULL;
	size_t size = 0;
	ssize_t got;
	FILE *maps;

	snprintf(path, sizeof path, "/proc/%d/maps", tid);
	maps = fopen(path, "re");
	if (!maps)
		return -errno;
	/* They are in order. */
	while (line.to < to && (got = getline(&text, &size, maps)) > 0) {
		scoped(buffer) struct buffer name = { 0 };

		text[got - 1] = '\0';
		if (read_line(text, &line) && line.from < to && line.to > from &&
		    name_file(&name, text + line.name))
			visit(context, buffer_bytes(&name), strchr(line.permissions, 'x'));
	}
	free(text);
	fclose(maps);
	return 0;
}
