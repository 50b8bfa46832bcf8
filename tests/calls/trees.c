#include "expect.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Mounts by descriptor: open_tree(2), move_mount(2), fsopen(2) and their kin.  Each is made where
 * nobody else sees it; who may not is refused, and has tried all the same. */

#define UNMOUNT_NOFOLLOW 8 /* UMOUNT_NOFOLLOW of <sys/mount.h>, which the other does not bear */

static void make_folders(void)
{
	static const char *const folder[] = {
		"t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9"
	};
	char link[8];

	for (size_t i = 0; i < sizeof folder / sizeof *folder; i++) {
		must(mkdir(folder[i], 0700) == 0, folder[i]);
		snprintf(link, sizeof link, "to-%s", folder[i]);
		must(symlink(folder[i], link) == 0, link);
	}
}

/* A link at the end is followed or not, as each call's own flag has it. */
static void links(void)
{
	struct mount_attr attribute = { 0 };
	int fd;

	fd = (int)syscall(SYS_open_tree, AT_FDCWD, "to-t1", AT_SYMLINK_NOFOLLOW);
	expect(fd, "file stat DIR/to-t1");
	puts("not file stat DIR/t1 ok");
	expect(syscall(SYS_open_tree, AT_FDCWD, "to-t2", 0), "file stat DIR/t2");
	expect(syscall(SYS_mount_setattr, AT_FDCWD, "to-t3", AT_SYMLINK_NOFOLLOW, &attribute,
		       sizeof attribute),
	       "file stat DIR/to-t3");
	expect(syscall(SYS_umount2, "to-t4", UNMOUNT_NOFOLLOW), "file stat DIR/to-t4");
	expect(syscall(SYS_umount2, "to-t5", 0), "file stat DIR/t5");
	expect(syscall(SYS_fspick, AT_FDCWD, "to-t6", FSPICK_SYMLINK_NOFOLLOW),
	       "file stat DIR/to-t6");
	expect(syscall(SYS_move_mount, AT_FDCWD, "to-t7", AT_FDCWD, "to-t8", MOVE_MOUNT_F_SYMLINKS),
	       "file stat DIR/t7");
	expect(syscall(SYS_move_mount, AT_FDCWD, "to-t7", AT_FDCWD, "to-t8", MOVE_MOUNT_F_SYMLINKS),
	       "file stat DIR/to-t8");
	puts("kernel use mount failed");
	puts("not file stat DIR/t3 ok\nnot file stat DIR/t3 failed\nnot file stat DIR/t8 failed");
	puts("not file stat DIR/t4 failed\nnot file stat DIR/t6 ok\nnot file stat DIR/t6 failed");
}

/* What a file system is made of. */
static void sources(void)
{
	int fd = (int)syscall(SYS_fsopen, "tmpfs", 0);

	expect(fd, "kernel use mount");
	if (fd < 0)
		return;
	expect(syscall(SYS_fsconfig, fd, FSCONFIG_SET_STRING, "source", "/dev/no-disk", 0),
	       "file stat /dev/no-disk");
	must(syscall(SYS_fsconfig, fd, FSCONFIG_SET_STRING, "source", "none", 0) < 0 || 1, "");
	expect(syscall(SYS_fsconfig, fd, FSCONFIG_SET_PATH, "lowerdir", "t1", AT_FDCWD),
	       "file stat DIR/t1");
	expect(syscall(SYS_fsconfig, fd, FSCONFIG_SET_PATH, "lowerdir", "below",
		       open("t2", O_PATH)),
	       "file stat DIR/t2/below");
	expect(syscall(SYS_fsconfig, fd, FSCONFIG_SET_FLAG, "ro", NULL, 0), "kernel use mount");
	puts("not file stat DIR/none failed\nnot file stat DIR/none absent");
}

/* A tree that stands nowhere has no names that mean anything to others. */
static void nowhere(void)
{
	int tree, fs, mount;

	must(creat("t9/leaf", 0600) >= 0, "leaf");
	tree = (int)syscall(SYS_open_tree, AT_FDCWD, "t9", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (tree >= 0)
		must(openat(tree, "leaf", O_RDONLY) >= 0 &&
			     openat(tree, "new", O_WRONLY | O_CREAT, 0600) >= 0,
		     "in the tree");
	fs = (int)syscall(SYS_fsopen, "tmpfs", 0);
	if (fs < 0)
		return;
	must(syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0, "create");
	mount = (int)syscall(SYS_fsmount, fs, 0, 0);
	must(mount >= 0 && openat(mount, "inside", O_WRONLY | O_CREAT, 0600) >= 0, "inside");
	must(openat(mount, "not-inside", O_RDONLY) < 0, "not-inside");
	puts("not file create /inside ok\nnot file write /inside ok\nnot file read /leaf ok");
	puts("not file create /new ok\nnot file read /not-inside absent");
	puts("gap truncated");
	must(syscall(SYS_move_mount, mount, "", AT_FDCWD, "t4", MOVE_MOUNT_F_EMPTY_PATH) == 0, "");
	expect_error(0, openat(mount, "inside", O_RDONLY), "file read DIR/t4/inside");
	expect_error(0, open("t4/inside", O_RDWR), "file write DIR/t4/inside");
}

static void apart_from_all(void)
{
	if (unshare(CLONE_NEWNS) < 0) {
		puts("skip mounts by descriptor: they are not allowed");
		return;
	}
	puts("kernel use namespace ok");
	must(syscall(SYS_mount, "none", "/", NULL, 0x84000ul /* MS_REC | MS_PRIVATE */, NULL) == 0,
	     "private");
	nowhere();
}

int main(void)
{
	make_folders();
	links();
	sources();
	apart(apart_from_all);
	return 0;
}
