#include "expect.h"

#include <fcntl.h>
#include <linux/fuse.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>

/* A file system that a process of the agent serves: fuse(4).  Before each answer the server makes
 * calls of its own; a recorder that waited for the answer in one of its looks would wait for ever.
 * No library: the protocol is that of linux/fuse.h. */

#define REQUEST_BYTES (FUSE_MIN_READ_BUFFER * 4)

static const struct node {
	uint64_t parent;
	const char *name;
	mode_t mode;
	const char *content; /* or where the link leads */
} node[] = {
	{ 0, "", S_IFDIR | 0755, "" },
	{ FUSE_ROOT_ID, "file", S_IFREG | 0644, "served\n" },
	{ FUSE_ROOT_ID, "other", S_IFREG | 0644, "served\n" },
	{ FUSE_ROOT_ID, "link", S_IFLNK | 0777, "file" },
	{ FUSE_ROOT_ID, "program", S_IFREG | 0755, "#!/bin/sh\nexit 0\n" },
	{ FUSE_ROOT_ID, "victim", S_IFREG | 0644, "" },
	{ FUSE_ROOT_ID, "folder", S_IFDIR | 0755, "" },
	{ 7, "deep", S_IFREG | 0644, "served\n" },
};

#define NODES (sizeof node / sizeof *node)

struct server {
	int fd;
	unsigned valid_seconds; /* that the kernel may remember an answer */
};

static void reply(const struct server *server, const struct fuse_in_header *in, int error,
		  const void *body, size_t size)
{
	struct fuse_out_header out = { sizeof out + (uint32_t)size, -error, in->unique };
	struct iovec part[] = { { &out, sizeof out }, { (void *)(uintptr_t)body, size } };

	/* ENOENT: who asked no longer waits. */
	must(writev(server->fd, part, 2) >= 0 || errno == ENOENT, "reply");
}

static struct fuse_attr attributes_of(uint64_t id)
{
	const struct node *of = &node[id - 1];

	return (struct fuse_attr){
		.ino = id,
		.mode = of->mode,
		.nlink = 1,
		.size = strlen(of->content),
		.blksize = 4096,
	};
}

static void reply_lookup(const struct server *server, const struct fuse_in_header *in,
			 const char *name)
{
	struct fuse_entry_out entry = { .entry_valid = server->valid_seconds,
					.attr_valid = server->valid_seconds };

	for (uint64_t id = 1; id <= NODES; id++) {
		if (node[id - 1].parent != in->nodeid || strcmp(node[id - 1].name, name))
			continue;
		entry.nodeid = id;
		entry.attr = attributes_of(id);
		reply(server, in, 0, &entry, sizeof entry);
		return;
	}
	reply(server, in, ENOENT, NULL, 0);
}

static void reply_attributes(const struct server *server, const struct fuse_in_header *in)
{
	struct fuse_attr_out out = { .attr_valid = server->valid_seconds,
				     .attr = attributes_of(in->nodeid) };

	reply(server, in, 0, &out, sizeof out);
}

static void reply_init(const struct server *server, const struct fuse_in_header *in)
{
	struct fuse_init_out out = { .major = FUSE_KERNEL_VERSION,
				     .minor = 31,
				     .max_write = 4096,
				     .max_background = 1,
				     .congestion_threshold = 1 };

	reply(server, in, 0, &out, sizeof out);
}

static void reply_content(const struct server *server, const struct fuse_in_header *in,
			  uint64_t offset)
{
	const char *content = node[in->nodeid - 1].content;
	size_t size = strlen(content);

	reply(server, in, 0, content + (offset < size ? offset : size),
	      offset < size ? size - offset : 0);
}

static void answer(const struct server *server, const struct fuse_in_header *in, const void *body)
{
	const struct fuse_open_out opened = { 0 };

	switch (in->opcode) {
	case FUSE_INIT:
		reply_init(server, in);
		break;
	case FUSE_LOOKUP:
		reply_lookup(server, in, body);
		break;
	case FUSE_GETATTR:
		reply_attributes(server, in);
		break;
	case FUSE_READLINK:
		reply_content(server, in, 0);
		break;
	case FUSE_READ:
		reply_content(server, in, ((const struct fuse_read_in *)body)->offset);
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		reply(server, in, 0, &opened, sizeof opened);
		break;
	case FUSE_READDIR:
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
	case FUSE_UNLINK:
		reply(server, in, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		reply(server, in, ENOSYS, NULL, 0);
	}
}

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

/* Below the current folder; returns the server, 0 where it is not allowed. */
static pid_t mount_served(unsigned valid_seconds)
{
	struct server server = { open("/dev/fuse", O_RDWR | O_CLOEXEC), valid_seconds };
	char options[96];
	pid_t pid;

	if (server.fd < 0)
		return 0;
	snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=%d,group_id=%d", server.fd,
		 (int)geteuid(), (int)getegid());
	if (mount("pare-test", "mnt", "fuse", MS_NOSUID | MS_NODEV, options) < 0) {
		close(server.fd);
		return 0;
	}
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

static void use(unsigned valid_seconds)
{
	pid_t server = mount_served(valid_seconds);

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
	use(0);
}

int main(void)
{
	must(mkdir("mnt", 0755) == 0 && symlink("mnt/file", "into") == 0, "into");
	expect_error(0, close(creat("answered", 0644)), "file create DIR/answered");
	if (geteuid() == 0) {
		use(0);
		use(60);
	} else {
		puts("skip a mount for all: needs root");
	}
	apart(use_apart);
	return 0;
}
