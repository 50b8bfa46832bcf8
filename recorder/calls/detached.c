/* Files of a mount that stands nowhere: fsmount(2), open_tree(2), umount2(2) with MNT_DETACH.  What
 * the kernel calls them begins at the mount, and looks as if it began at the root; only getcwd(2)
 * says "(unreachable)". */
#include "recorder/calls/descriptors.h"
#include "recorder/calls/resolve.h"
#include "recorder/calls/served.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

static bool is_at(const char *path, const struct stat *wanted)
{
	struct stat st;

	return served_stat(path, false, &st) == 0 && st.st_dev == wanted->st_dev &&
	       st.st_ino == wanted->st_ino;
}

/* Whether the name leads to the file, for us, below the process's root, or where the run began. */
static bool leads_there(const struct process *process, pid_t tid, int fd, const struct buffer *name)
{
	scoped(buffer) struct buffer below = { 0 };
	struct stat st;

	if (served_fstat(fd, &st) < 0)
		return true; /* there is nothing to tell by */
	buffer_printf(&below, "/proc/%d/root", tid);
	buffer_append(&below, name->data, name->size);
	if (is_at(name->data, &st) || is_at(buffer_text(&below), &st))
		return true;
	buffer_clear(&below);
	buffer_printf(&below, "%s%s", process->run_root ? process->run_root : "", name->data);
	return process->run_root && is_at(buffer_text(&below), &st);
}

/* The numbers of the mounts that a process can see begin the lines: proc(5). */
static bool has_mount(const char *path, long wanted)
{
	FILE *mounts = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	bool has = false;

	while (mounts && !has && getline(&line, &size, mounts) > 0)
		has = strtol(line, NULL, 10) == wanted;
	free(line);
	if (mounts)
		fclose(mounts);
	return has;
}

/* Message queues have a mount of the kernel's own, and names that are theirs: mq_overview(7). */
static bool is_queue(int fd)
{
	struct statfs fs;
	char path[64];

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return served_statfs(path, &fs) == 0 && fs.f_type == MQUEUE_MAGIC;
}

bool resolve_is_detached(const struct process *process, pid_t tid, int fd,
			 const struct buffer *name)
{
	char path[64];
	long mount;

	/* Only calls that change what paths mean lead there. */
	if (!process->own_view || !name->size || name->data[0] != '/' ||
	    leads_there(process, tid, fd, name) || is_queue(fd) ||
	    descriptor_info(getpid(), fd, "mnt_id", 10, &mount) < 0)
		return false;
	snprintf(path, sizeof path, "/proc/%d/mountinfo", tid);
	return !has_mount(path, mount) && !has_mount("/proc/self/mountinfo", mount);
}

bool resolve_link_is_detached(const struct process *process, pid_t tid, const char *path,
			      const struct buffer *name)
{
	bool is_detached;
	int fd;

	if (!process->own_view)
		return false;
	fd = served_open(AT_FDCWD, path, true, 0);
	if (fd < 0)
		return false;
	is_detached = resolve_is_detached(process, tid, fd, name);
	close(fd);
	return is_detached;
}
