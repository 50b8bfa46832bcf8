#include "expect.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <stdbool.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Processes whose paths do not mean what they mean outside. */

static void make(const char *path)
{
	must(mknod(path, S_IFREG | 0600, 0) == 0, path);
}

static void in_chroot(void)
{
	struct stat st;

	char path[4096];

	must(getcwd(path, sizeof path - 8) != NULL, "getcwd");
	expect_error(0, chroot(strcat(path, "/jail")), "file stat DIR/jail");
	expect_error(0, open("/etc/inside", O_RDONLY), "file read DIR/jail/etc/inside");
	must(chdir("/") == 0, "/");
	expect_error(0, open("etc/../etc/inside2", O_WRONLY), "file write DIR/jail/etc/inside2");
	expect_error(0, stat("/../../etc/inside3", &st), "file stat DIR/jail/etc/inside3");
	expect_error(0, stat("/etc/link", &st), "file stat DIR/jail/etc/target");
	puts("file stat DIR/jail/etc/link ok\nnot file stat /etc/link ok");
	must(chdir("/etc") == 0, "/etc");
	expect_error(0, stat("link2", &st), "file stat DIR/jail/etc/target2");
	puts("file stat DIR/jail/etc/link2 ok");
	expect_error(ENOENT, stat("/proc/self/comm", &st), "file stat DIR/jail/proc/self/comm");
	expect_error(ENOENT, open("/etc/passwd", O_RDONLY), "file read DIR/jail/etc/passwd");
	expect_error(0, mkdir("/made", 0700), "file create DIR/jail/made");
	expect_error(0, unlink("/etc/inside4"), "file delete DIR/jail/etc/inside4");
	expect_error(0, rename("/etc/inside5", "/moved"), "file rename DIR/jail/etc/inside5");
	puts("file create DIR/jail/moved ok\nkernel use chroot ok");
	puts("not file read /etc/inside ok\nnot file read /etc/passwd absent");
}

static void bind_mount(void)
{
	struct stat st;

	expect_error(0, mount("source", "target", NULL, MS_BIND, NULL), "file stat DIR/target");
	puts("kernel use mount ok\nfile stat DIR/source ok");
	expect_error(0, open("target/bound", O_RDONLY), "file read DIR/target/bound");
	expect_error(0, open("target/bound-new", O_WRONLY | O_CREAT, 0600),
		     "file create DIR/target/bound-new");
	expect_error(0, umount2("target", MNT_DETACH), "file stat DIR/target");
	expect_error(ENOENT, stat("target/bound", &st), "file stat DIR/target/bound");
	expect_error(EINVAL, umount("source"), "file stat DIR/source");
	expect_error(ENOENT, mount("none", "no-target", "tmpfs", 0, NULL),
		     "file stat DIR/no-target");
}

static void in_mounts(void)
{
	must(unshare(CLONE_NEWNS) == 0, "CLONE_NEWNS");
	must(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "private");
	bind_mount();
	must(mount("none", "space", "tmpfs", 0, NULL) == 0, "tmpfs");
	expect_error(0, open("space/only-here", O_WRONLY | O_CREAT, 0600),
		     "file create DIR/space/only-here");
	expect_error(0, open("space/only-here", O_RDONLY), "file read DIR/space/only-here");
	expect_error(0, rename("space/only-here", "space/moved"),
		     "file rename DIR/space/only-here");
	puts("file create DIR/space/moved ok");
	expect_error(0, unlink("space/moved"), "file delete DIR/space/moved");
	expect_error(ENOENT, open("space/outside", O_RDONLY), "file read DIR/space/outside");
	puts("kernel use namespace ok");
}

/* Its folder stays outside of its root: relative paths do, too. */
static void out_of_chroot(void)
{
	struct stat st;

	must(chroot("jail") == 0, "chroot");
	expect_error(0, stat("source/../source/bound", &st), "file stat DIR/source/bound");
	must(chdir("source/..") == 0, "..");
	expect_error(0, truncate("./source/../space/outside", 1), "file write DIR/space/outside");
}

/* A process may look at itself by any /proc: ours in another place or root, or one of its own. */
static void look_at_itself(const char *proc, const char *file)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof path, "%s/self/comm", proc);
	expect_error(0, stat(path, &st), "file stat /proc/self/comm");
	snprintf(path, sizeof path, "%s/self/fd/%d", proc, open(file, O_RDONLY));
	expect_error(0, truncate(path, 1), "file write DIR/%s", file);
	unlink("/to-itself");
	must(symlink(path, "/to-itself") == 0, "/to-itself");
	expect_error(0, chmod("/to-itself", 0640), "file attr DIR/%s", file);
	must(unlink("/to-itself") == 0, "/to-itself");
	snprintf(path, sizeof path, "%s/self/fd/%d", proc, dup2(open(file, O_RDONLY), 600));
	expect_error(0, access(path, R_OK), "file stat DIR/%s", file);
	snprintf(path, sizeof path, "%s/self/fd/999", proc);
	expect_error(ENOENT, stat(path, &st), "file stat /proc/self/fd/999");
}

static void by_bound_proc(void)
{
	must(unshare(CLONE_NEWNS) == 0, "CLONE_NEWNS");
	must(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "private");
	must(mount("/proc", "target", NULL, MS_BIND | MS_REC, NULL) == 0, "/proc");
	must(chroot(".") == 0, "chroot");
	look_at_itself("/target", "itself");
	must(mount("/target", "/proc", NULL, MS_MOVE, NULL) == 0, "move");
	look_at_itself("/proc", "itself2");
}

static void by_own_proc(void)
{
	pid_t pid;

	must(unshare(CLONE_NEWNS | CLONE_NEWPID) == 0, "CLONE_NEWPID");
	pid = fork();
	if (pid == 0) {
		must(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "private");
		if (mount("proc", "proc", "proc", 0, NULL) < 0) {
			puts("skip a /proc of its own: it cannot be mounted here");
			fflush(stdout);
			_exit(0);
		}
		must(chroot(".") == 0, "chroot");
		look_at_itself("/proc", "itself3");
		fflush(stdout);
		_exit(0);
	}
	must(wait_for(pid) == 0, "in the namespace");
}

static void pivoted(void)
{
	must(unshare(CLONE_NEWNS) == 0, "CLONE_NEWNS");
	must(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "private");
	must(mount("jail", "jail", NULL, MS_BIND, NULL) == 0 && chdir("jail") == 0, "jail");
	expect_error(0, syscall(SYS_pivot_root, ".", "old"), "file stat DIR/jail");
	puts("file stat DIR/jail/old ok");
	must(chdir("/") == 0, "/");
	expect_error(0, open("/old/etc/passwd", O_RDONLY), "file read /old/etc/passwd");
	expect_error(0, open("/etc/pivot", O_RDONLY), "file read /etc/pivot");
}

static int from_clone(void *unused)
{
	(void)unused;
	must(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "private");
	must(mount("none", "space", "tmpfs", 0, NULL) == 0, "tmpfs");
	expect_error(0, open("space/by-clone", O_WRONLY | O_CREAT, 0600),
		     "file create DIR/space/by-clone");
	expect_error(0, truncate("space/by-clone", 1), "file write DIR/space/by-clone");
	fflush(stdout);
	return 0;
}

static void cloned(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	struct clone_args arguments = { .flags = CLONE_NEWNS, .exit_signal = SIGCHLD };
	pid_t pid = clone(from_clone, stack + sizeof stack, CLONE_NEWNS | SIGCHLD, NULL);

	must(pid > 0 && wait_for(pid) == 0, "clone");
	pid = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
	must(pid >= 0, "clone3");
	if (pid == 0)
		_exit(from_clone(NULL));
	must(wait_for(pid) == 0, "clone3");
	puts("kernel use namespace ok");
}

/* Afterwards it says so to the parent, who enters the child's namespace. */
static void entered(void)
{
	int told[2], go[2], fd;
	char path[32], byte;
	pid_t pid;

	must(pipe(told) == 0 && pipe(go) == 0, "pipe");
	pid = fork();
	if (pid == 0) {
		must(unshare(CLONE_NEWNS) == 0, "CLONE_NEWNS");
		must(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "private");
		must(mount("none", "space", "tmpfs", 0, NULL) == 0, "tmpfs");
		must(write(told[1], "x", 1) == 1 && read(go[0], &byte, 1) == 1, "tell");
		_exit(0);
	}
	must(read(told[0], &byte, 1) == 1, "told");
	snprintf(path, sizeof path, "/proc/%d/ns/mnt", pid);
	must(getcwd((char[4096]){ 0 }, 4096) != NULL, "getcwd");
	fd = open(path, O_RDONLY);
	must(setns(fd, CLONE_NEWNS) == 0, "setns");
	must(chdir(getenv("PWD")) == 0, "PWD");
	expect_error(0, open("space/by-setns", O_WRONLY | O_CREAT, 0600),
		     "file create DIR/space/by-setns");
	expect_error(0, chmod("space/by-setns", 0640), "file attr DIR/space/by-setns");
	must(write(go[1], "x", 1) == 1 && wait_for(pid) == 0, "end");
}

/* The parent works in the root that its child has chosen, and the other way about: CLONE_FS. */
static void say_shared(const char *who)
{
	char path[32];

	snprintf(path, sizeof path, "/etc/by-%s", who);
	expect_error(0, mknod(path, S_IFREG | 0600, 0), "file create DIR/jail/etc/by-%s", who);
	expect_error(0, truncate(path, 1), "file write DIR/jail/etc/by-%s", who);
	printf("not file create /etc/by-%s failed\nnot file create /etc/by-%s ok\n", who, who);
}

static int chroots(void *unused)
{
	(void)unused;
	return chroot("jail") < 0 || chdir("/") < 0;
}

static int works_in_it(void *go)
{
	char byte;

	must(read(*(int *)go, &byte, 1) == 1, "go");
	say_shared("child");
	fflush(stdout);
	return 0;
}

static char stack[65536] __attribute__((aligned(16)));

static void shared_by_child(void)
{
	pid_t pid = clone(chroots, stack + sizeof stack, CLONE_FS | SIGCHLD, NULL);

	must(pid > 0 && wait_for(pid) == 0, "CLONE_FS");
	say_shared("parent");
}

static void shared_by_parent(void)
{
	int go[2];
	pid_t pid;

	must(pipe(go) == 0, "pipe");
	pid = clone(works_in_it, stack + sizeof stack, CLONE_FS | CLONE_VM | SIGCHLD, go);
	must(pid > 0 && chroots(NULL) == 0, "CLONE_FS");
	must(write(go[1], "x", 1) == 1 && wait_for(pid) == 0, "shares");
}

/* A grandchild by clone3(2), so that three are in it. */
static void shared_by_three(void)
{
	struct clone_args arguments = { .flags = CLONE_FS, .exit_signal = SIGCHLD };
	pid_t pid = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);

	must(pid >= 0, "clone3");
	if (pid == 0) {
		pid = clone(chroots, stack + sizeof stack, CLONE_FS | SIGCHLD, NULL);
		_exit(pid < 0 || wait_for(pid) != 0);
	}
	must(wait_for(pid) == 0, "CLONE_FS");
	say_shared("grandparent");
}

static bool write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	close(fd);
	return done;
}

/* Without a mapping a file system refuses to create files for an unknown user (EOVERFLOW). */
static bool become_namespace_root(void)
{
	char users[32], groups[32];

	snprintf(users, sizeof users, "0 %u 1", geteuid());
	snprintf(groups, sizeof groups, "0 %u 1", getegid());
	return unshare(CLONE_NEWUSER) == 0 && write_to("/proc/self/setgroups", "deny") &&
	       write_to("/proc/self/uid_map", users) && write_to("/proc/self/gid_map", groups);
}

int main(void)
{
	static const char *const made[] = {
		"jail/etc/inside",  "jail/etc/inside2", "jail/etc/inside3", "jail/etc/inside4",
		"jail/etc/inside5", "jail/etc/target",	"jail/etc/shared",  "jail/etc/pivot",
		"source/bound",	    "space/outside",	"jail/etc/target2", "itself",
		"itself2",	    "itself3"
	};
	static const char *const folder[] = { "jail",	"jail/etc", "jail/old", "source",
					      "target", "space",    "proc" };

	for (size_t i = 0; i < sizeof folder / sizeof *folder; i++)
		must(mkdir(folder[i], 0755) == 0, folder[i]);
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		make(made[i]);
	must(symlink("/etc/target", "jail/etc/link") == 0, "link");
	must(symlink("/etc/target2", "jail/etc/link2") == 0, "link2");
	if (geteuid() != 0 && !become_namespace_root()) {
		puts("skip roots and mounts: no privilege and no user namespaces");
		return 0;
	}
	apart(in_chroot), apart(out_of_chroot), apart(in_mounts), apart(pivoted);
	apart(cloned), apart(entered);
	apart(by_bound_proc), apart(by_own_proc);
	apart(shared_by_child), apart(shared_by_parent), apart(shared_by_three);
	return 0;
}
