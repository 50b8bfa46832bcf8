/* Calls that come to nothing whatever the policy says: they are answered as the kernel would, and
 * are no denials, because nothing in a recording tells that they were ever wanted. */
#include "recorder/confine/confine_private.h"

#include "recorder/calls/calls.h"
#include "recorder/calls/interpreter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

/* The object of the call that has this name; NULL: none. */
static const struct object *object_of(const struct call *call, const struct access *access)
{
	bool is_file = access->resource == RESOURCE_FILE || access->resource == RESOURCE_PROGRAM;

	for (unsigned i = 0; is_file && i < 2; i++)
		if (call->object[i].name.data == access->name.data)
			return &call->object[i];
	return NULL;
}

/* Whether there is nothing of that name: then the call fails by itself, and a probe is no need. */
static bool is_absent(const struct call *call, const struct access *access)
{
	const struct object *object = object_of(call, access);
	struct stat st;

	if (object)
		return !object->exists && !object->by_descriptor;
	return access->resource == RESOURCE_SOCKET && access->action == ACTION_CONNECT &&
	       access->name.data[0] == '/' && !call->process->own_view &&
	       served_stat(access->name.data, true, &st) < 0 && errno == ENOENT;
}

static bool makes(const struct call *call)
{
	return call->row->leave == leave_path && call->row->action == ACTION_CREATE;
}

static bool opens(const struct call *call)
{
	return call->row->leave == leave_open || call->row->leave == leave_openat2;
}

static bool creates_by_opening(const struct call *call)
{
	return opens(call) && call->flags & O_CREAT;
}

/* Whether the process has a terminal; /dev/tty is there all the same: tty(4). */
static bool has_terminal(pid_t tid)
{
	char path[32], state;
	int terminal = 0;
	FILE *stat;

	snprintf(path, sizeof path, "/proc/%d/stat", tid);
	stat = fopen(path, "re");
	if (!stat)
		return true;
	/* The name of the program ends with the last parenthesis: proc(5). */
	while (fscanf(stat, "%*[^)])") == 0 &&
	       fscanf(stat, " %c %*d %*d %*d %d", &state, &terminal) != 2)
		;
	fclose(stat);
	return terminal != 0;
}

/* A shell reads such a file itself, or has another one do so. */
static bool is_no_program(const struct call *call, const struct access *access)
{
	const struct object *object = object_of(call, access);

	return access->action == ACTION_EXEC && object && object->exists && S_ISREG(object->mode) &&
	       object->mode & 0111 && interpreter_is_no_program(call, access->name);
}

int64_t settled_by_itself(const struct call *call, const struct access *access)
{
	bool is_absent_now = is_absent(call, access);

	if (access->action == ACTION_CREATE || creates_by_opening(call))
		return makes(call) && !is_absent_now ? -EEXIST : 0;
	if (opens(call) && bytes_equal(access->name, bytes_of("/dev/tty")) &&
	    !has_terminal(call->tid))
		return -ENXIO;
	if (is_no_program(call, access))
		return -ENOEXEC;
	return is_absent_now ? -ENOENT : 0;
}
