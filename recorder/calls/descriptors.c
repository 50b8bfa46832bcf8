#include "recorder/calls/descriptors.h"

#include "recorder/calls/hearing.h"
#include "recorder/calls/served.h"
#include "recorder/calls/sockets.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int descriptor_info(pid_t tid, int descriptor, const char *key, int base, long *ret)
{
	char path[64], line[256];
	size_t size = strlen(key);
	int r = -ENOENT;
	FILE *info;

	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", tid, descriptor);
	info = fopen(path, "re");
	if (!info)
		return -errno;
	while (r < 0 && fgets(line, sizeof line, info)) {
		if (strncmp(line, key, size) || line[size] != ':')
			continue;
		*ret = strtol(line + size + 1, NULL, base);
		r = 0;
	}
	fclose(info);
	return r;
}

bool descriptor_only_appends(const struct call *call, int descriptor)
{
	long flags;

	return descriptor_info(call->tid, descriptor, "flags", 8, &flags) == 0 &&
	       (flags & O_APPEND) && (flags & O_ACCMODE) != O_RDONLY;
}

static bool creates(uint64_t flags, bool existed)
{
	return ((flags & O_CREAT) && !existed) || (flags & O_TMPFILE) == O_TMPFILE;
}

static bool writes(uint64_t flags)
{
	return (flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC);
}

static bool reads(uint64_t flags)
{
	uint64_t mode = flags & O_ACCMODE;

	return mode == O_RDWR || (mode == O_RDONLY && !(flags & O_TRUNC));
}

static bool only_appends(uint64_t flags)
{
	return (flags & (O_APPEND | O_TRUNC)) == O_APPEND;
}

void call_report_open(struct call *call, const struct object *object, uint64_t flags, bool existed)
{
	if (flags & O_PATH) {
		call_report_as(call, RESOURCE_FILE, ACTION_STAT, object);
		return;
	}
	if (creates(flags, existed))
		call_report_as(call, RESOURCE_FILE, ACTION_CREATE, object);
	if (writes(flags))
		call_report_as(call, RESOURCE_FILE,
			       only_appends(flags) ? ACTION_APPEND : ACTION_WRITE, object);
	if (reads(flags))
		call_report_as(call, RESOURCE_FILE,
			       S_ISDIR(object->mode) ? ACTION_LIST : ACTION_READ, object);
}

/* The name of a message queue looks like a path, but its root is no folder: mq_overview(7). */
static bool is_queue(pid_t tid, int descriptor)
{
	char path[64];
	struct statfs fs;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", tid, descriptor);
	return served_statfs(path, &fs) == 0 && fs.f_type == MQUEUE_MAGIC;
}

/* Reports what has a path, by the flags of open(2). */
static void report_file(struct call *call, int descriptor, const struct object *object)
{
	long flags;

	if (descriptor_info(call->tid, descriptor, "flags", 8, &flags) < 0)
		return;
	if (is_queue(call->tid, descriptor)) {
		struct access access = { .resource = RESOURCE_KERNEL,
					 .action = ACTION_USE,
					 .name = bytes_of("mqueue"),
					 .requested = buffer_bytes(&object->requested) };

		call_report_access(call, &access);
		return;
	}
	call_report_open(call, object, (uint64_t)flags & (O_ACCMODE | O_APPEND | O_PATH), true);
}

static void report_socket(struct call *call, int descriptor, const struct object *object)
{
	int socket = socket_borrow(call, descriptor);

	if (socket < 0)
		return;
	socket_report_open(call, socket, buffer_bytes(&object->requested));
	hearing_received(call, socket, descriptor);
	close(socket);
}

void descriptor_report(struct call *call, int descriptor, const char *how)
{
	struct object *object = &call->object[1];

	if (call_take_descriptor(call, 1, descriptor) < 0)
		return;
	served_by_name(buffer_bytes(&object->name));
	buffer_clear(&object->requested);
	buffer_printf(&object->requested, "%s:%d", how, descriptor);
	if (S_ISSOCK(object->mode))
		report_socket(call, descriptor, object);
	else if (bytes_equal(buffer_bytes(&object->name), bytes_of("anon_inode:[io_uring]")))
		call_report_gap(call, GAP_IO_URING, buffer_text(&object->requested));
	else if (object->name.size && object->name.data[0] == '/')
		report_file(call, descriptor, object);
}

void descriptor_report_all(struct call *call)
{
	const struct dirent *entry;
	char path[64];
	DIR *folder;

	snprintf(path, sizeof path, "/proc/%d/fd", call->tid);
	folder = opendir(path);
	if (!folder) {
		call_report_gap(call, GAP_UNREADABLE, "inherited descriptors");
		return;
	}
	while ((entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			descriptor_report(call, (int)strtol(entry->d_name, NULL, 10), "inherited");
	closedir(folder);
}
