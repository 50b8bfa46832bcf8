/* /dev and /proc of a dry run: devices that change nothing, and the agent's own processes. */
#include "recorder/dryrun/build.h"

#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const device[] = { "null", "zero", "full", "random", "urandom", "tty" };

static const struct {
	const char *name, *target;
} link_row[] = {
	{ "fd", "/proc/self/fd" },	 { "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" }, { "stderr", "/proc/self/fd/2" },
	{ "ptmx", "pts/ptmx" },
};

/* Files of the kernel's that whoever has number 0 may write, in any namespace: proc(5). */
static const char *const settings[] = { "/proc/sys",  "/proc/sysrq-trigger",
					"/proc/irq",  "/proc/bus",
					"/proc/fs",   "/proc/acpi",
					"/proc/scsi", "/proc/mtrr" };

static int add_device(const struct build *build, const char *name)
{
	char from[64], path[PATH_MAX];
	int fd;

	snprintf(from, sizeof from, "/dev/%s", name);
	if (access(from, F_OK) < 0)
		return 0;
	build_path(build, from, path);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	close(fd);
	return mount(from, path, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}

static int add_folder(const struct build *build, const char *path)
{
	char to[PATH_MAX];

	build_path(build, path, to);
	return mkdir(to, 0755) < 0 ? -errno : 0;
}

static int add_terminals(const struct build *build)
{
	char to[PATH_MAX];
	int r = add_folder(build, "/dev/pts");

	build_path(build, "/dev/pts", to);
	if (r == 0 && mount("pare", to, "devpts", MS_NOSUID | MS_NOEXEC,
			    "newinstance,ptmxmode=0666,mode=0620") < 0)
		r = -errno;
	return r;
}

static int add_links(const struct build *build)
{
	for (size_t i = 0; i < sizeof link_row / sizeof *link_row; i++) {
		char name[64], to[PATH_MAX];

		snprintf(name, sizeof name, "/dev/%s", link_row[i].name);
		build_path(build, name, to);
		if (symlink(link_row[i].target, to) < 0)
			return -errno;
	}
	return 0;
}

static int add_region(struct build *build)
{
	char path[PATH_MAX];

	build_path(build, BUILD_REGION, path);
	build->region = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return build->region < 0 ? -errno : 0;
}

static int fill(struct build *build)
{
	int r = add_region(build);

	for (size_t i = 0; r == 0 && i < sizeof device / sizeof *device; i++)
		r = add_device(build, device[i]);
	if (r == 0)
		r = add_terminals(build);
	if (r == 0)
		r = add_links(build);
	if (r == 0 && mounts_at(&build->mounts, "/dev/shm"))
		r = add_folder(build, "/dev/shm");
	return r;
}

int build_devices(struct build *build, struct error *err)
{
	char to[PATH_MAX];
	int r = 0;

	build_path(build, "/dev", to);
	if (mount("pare", to, "tmpfs", MS_NOSUID, "mode=755") < 0)
		return error_set(err, errno, "make /dev for the agent");
	r = fill(build);
	if (r == 0 && build->by_user && chmod(to, 0555) < 0)
		r = -errno;
	return r < 0 ? error_set(err, -r, "make devices for the agent") : 0;
}

/* A mount over a part of /proc keeps others from mounting it: mount_too_revealing() of the kernel.
 * So where nobody could write there anyway, nothing is mounted. */
static int close_settings(const struct build *build)
{
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		struct mount_attr attributes = { .attr_set = MOUNT_ATTR_RDONLY };
		char path[PATH_MAX];

		build_path(build, settings[i], path);
		if (access(path, F_OK) < 0)
			continue;
		if (mount(path, path, NULL, MS_BIND | MS_REC, NULL) < 0 ||
		    mount_setattr(AT_FDCWD, path, AT_RECURSIVE, &attributes, sizeof attributes) < 0)
			return -errno;
	}
	return 0;
}

int build_processes(struct build *build, struct error *err)
{
	char to[PATH_MAX];
	int r;

	build_path(build, "/proc", to);
	if (mount("proc", to, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return error_set(err, errno, "mount /proc for the agent");
	r = build->uid == 0 ? close_settings(build) : 0;
	return r < 0 ? error_set(err, -r, "make /proc/sys read-only for the agent") : 0;
}
