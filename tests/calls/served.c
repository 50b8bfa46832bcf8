#include "expect.h"

#include "fuse.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* A file system that a process of the agent serves: fuse(4).  Before each answer the server makes
 * calls of its own; a recorder that waited for the answer in one of its looks would wait for ever.
 */

/* The one is logged, the other stops in either way. */
static void work_before_answer(void)
{
	int fd = open("answered", O_RDONLY);

	must(fd >= 0 && close(fd) == 0, "answered");
	fd = open("/proc/self/comm", O_RDONLY);
	must(fd >= 0 && close(fd) == 0, "comm");
}

/* To the end of the mount. */
static void serve(const struct server *server)
{
	static _Alignas(struct fuse_in_header) char request[REQUEST_BYTES];

	for (;;) {
		ssize_t got = read(server->fd, request, sizeof request);

		if (got < 0 && errno == ENODEV)
			_exit(0);
		if (got < 0 && (errno == EINTR || errno == ENOENT))
			continue;
		must(got >= (ssize_t)sizeof(struct fuse_in_header), "request");
		work_before_answer();
		answer(server, (void *)request, request + sizeof(struct fuse_in_header));
	}
}

static int mount_old(int fd)
{
	char options[96];

	snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=%d,group_id=%d", fd,
		 (int)geteuid(), (int)getegid());
	return mount("pare-test", "mnt", "fuse", MS_NOSUID | MS_NODEV, options);
}

static int set(int context, const char *key, const char *format, unsigned value)
{
	char text[16];

	snprintf(text, sizeof text, format, value);
	return (int)syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, key, text, 0);
}

/* Linux 5.2. */
static int mount_new(int fd)
{
	int context = (int)syscall(SYS_fsopen, "fuse", 0), made, r;

	if (context < 0 || set(context, "fd", "%u", (unsigned)fd) < 0 ||
	    set(context, "rootmode", "%o", S_IFDIR) < 0 ||
	    set(context, "user_id", "%u", geteuid()) < 0 ||
	    set(context, "group_id", "%u", getegid()) < 0 ||
	    syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	made = (int)syscall(SYS_fsmount, context, 0, 0);
	close(context);
	if (made < 0)
		return -1;
	r = (int)syscall(SYS_move_mount, made, "", AT_FDCWD, "mnt", MOVE_MOUNT_F_EMPTY_PATH);
	close(made); /* or it would be there to the end */
	return r;
}

typedef int mount_it(int fd);

/* Below the current folder; returns /dev/fuse, or -1 where it is not allowed. */
static int mount_fuse(mount_it *mount_it)
{
	int code, fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	if (fd < 0 || mount_it(fd) == 0)
		return fd;
	code = errno;
	close(fd);
	errno = code;
	return -1;
}

/* Returns the server, 0 where it is not allowed. */
static pid_t mount_served(mount_it *mount_it, unsigned valid_seconds)
{
	struct server server = { mount_fuse(mount_it), valid_seconds };
	pid_t pid;

	if (server.fd < 0)
		return 0;
	fflush(stdout);
	pid = fork();
	must(pid >= 0, "fork");
	if (pid == 0)
		serve(&server);
	close(server.fd);
	return pid;
}

static void open_it(int folder, const char *path)
{
	char there[16];
	int fd = openat(folder, path, O_RDONLY);

	must(fd >= 0 && read(fd, there, sizeof there) == 7 && !memcmp(there, "served\n", 7), path);
	close(fd);
}

static void run_it(void)
{
	execl("mnt/program", "program", (char *)NULL);
	must(0, "exec");
}

static void open_inside(void)
{
	must(chdir("mnt/folder") == 0, "chdir");
	open_it(AT_FDCWD, "deep");
	open_it(AT_FDCWD, "../other");
}

/* What the path says is the name, remembered or not. */
static void use_plainly(void)
{
	struct stat st;
	int folder;

	open_it(AT_FDCWD, "mnt/file");
	puts("as mnt/file file read DIR/mnt/file ok");
	expect_error(0, stat("mnt/other", &st), "as mnt/other file stat DIR/mnt/other");
	expect_error(ENOENT, stat("mnt/folder/none", &st), "file stat DIR/mnt/folder/none");
	expect_error(0, unlink("mnt/victim"), "file delete DIR/mnt/victim");
	open_it(AT_FDCWD, "into");
	puts("as into file read DIR/mnt/file ok");
	folder = open("mnt/folder", O_PATH | O_DIRECTORY);
	must(folder >= 0, "folder");
	open_it(folder, "deep");
	puts("as deep file read DIR/mnt/folder/deep ok");
	close(folder);
	apart(open_inside);
	puts("as ../other file read DIR/mnt/other ok\nfile stat DIR/mnt/folder ok");
	apart(run_it);
	puts("program exec DIR/mnt/program ok\nfile read DIR/mnt/program ok");
}

/* Links within it, and paths of the process's own. */
static void use_awkwardly(void)
{
	char text[16], path[64];
	struct stat st;

	must(readlink("mnt/link", text, sizeof text) == 4, "readlink");
	puts("file stat DIR/mnt/link ok");
	open_it(AT_FDCWD, "mnt/link");
	must(stat("mnt/link", &st) == 0 && stat("into", &st) == 0, "links");
	open_it(AT_FDCWD, "/proc/self/cwd/mnt/file");
	puts("as /proc/self/cwd/mnt/file file read DIR/mnt/file ok");
	snprintf(path, sizeof path, "/proc/%d/cwd/mnt/link", (int)getpid());
	open_it(AT_FDCWD, path);
}

static void use(mount_it *mount_it, unsigned valid_seconds)
{
	pid_t server = mount_served(mount_it, valid_seconds);

	if (!server) {
		printf("skip a served file system: fuse cannot be mounted: %s\n", strerror(errno));
		return;
	}
	use_plainly();
	use_awkwardly();
	must(umount2("mnt", MNT_DETACH) == 0, "umount");
	must(wait_for(server) == 0, "server");
	puts("file read DIR/answered ok\nfile read /proc/self/comm ok\ngap served");
	puts("kernel use mount ok\nfile stat DIR/mnt ok");
}

static void stat_absolute(void)
{
	char path[4096];
	struct stat st;

	must(getcwd(path, sizeof path - 16) != NULL, "getcwd");
	strcat(path, "/mnt/never");
	stat(path, &st);
}

/* One who asks is killed, and nobody ever answers. */
static void use_in_vain(void)
{
	int fd = mount_fuse(mount_old);
	pid_t pid;

	if (fd < 0)
		return;
	fflush(stdout);
	pid = fork();
	must(pid >= 0, "fork");
	if (pid == 0) {
		stat_absolute();
		_exit(0);
	}
	usleep(100000);
	must(kill(pid, SIGKILL) == 0 && wait_for(pid) == SIGKILL, "kill");
	puts("file stat DIR/mnt/never unknown");
	expect_error(0, close(creat("meanwhile", 0644)), "file create DIR/meanwhile");
	must(umount2("mnt", MNT_DETACH) == 0 && close(fd) == 0, "umount");
}

static void write_map(const char *path, const char *format, unsigned id)
{
	int fd = open(path, O_WRONLY);

	must(fd >= 0 && dprintf(fd, format, id) > 0 && close(fd) == 0, path);
}

/* In a user namespace, where nobody needs to be root. */
static void use_apart(void)
{
	unsigned uid = geteuid(), gid = getegid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0) {
		printf("skip a namespace of its own: %s\n", strerror(errno));
		return;
	}
	write_map("/proc/self/uid_map", "0 %u 1\n", uid);
	write_map("/proc/self/setgroups", "deny", 0);
	write_map("/proc/self/gid_map", "0 %u 1\n", gid);
	use(mount_old, 0);
}

/* For tests/served.t: a server that never answers, and is no part of the agent. */
static int hold(void)
{
	int fd = mount_fuse(mount_old);

	if (fd < 0) {
		perror("mnt");
		return 1;
	}
	puts("mounted");
	fflush(stdout);
	pause();
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "hold"))
		return hold();
	must(mkdir("mnt", 0755) == 0 && symlink("mnt/file", "into") == 0, "into");
	expect_error(0, close(creat("answered", 0644)), "file create DIR/answered");
	if (geteuid() == 0) {
		use(mount_old, 0);
		use(mount_new, 60);
		use_in_vain();
	} else {
		puts("skip a mount for all: needs root");
	}
	apart(use_apart);
	return 0;
}
