/* pare record --io-uring=allow */
#include "expect.h"
#include "ring.h"

#include <linux/openat2.h>
#include <linux/stat.h>

/* What is submitted to io_uring is recorded as the system call that does the same: files. */

static struct ring ring;

static void opens(void)
{
	struct open_how how = { .flags = O_RDWR | O_CREAT, .mode = 0600 };
	struct io_uring_sqe *entry;
	int folder;

	expect(by_path(&ring, IORING_OP_OPENAT, "given/1", O_RDONLY), "file read DIR/given/1");
	expect(by_path(&ring, IORING_OP_OPENAT, "made", O_WRONLY | O_CREAT),
	       "file create DIR/made");
	puts("file write DIR/made ok");
	expect(by_path(&ring, IORING_OP_OPENAT, "missing", O_RDONLY), "file read DIR/missing");
	folder = by_path(&ring, IORING_OP_OPENAT, "given", O_RDONLY | O_DIRECTORY);
	expect(folder, "file list DIR/given");
	entry = next(&ring, IORING_OP_OPENAT2, folder);
	entry->addr = at("../second");
	entry->addr2 = at(&how);
	entry->len = sizeof how;
	expect(finish(&ring), "file create DIR/second");
	puts("file read DIR/second ok\nfile write DIR/second ok");
}

static void paths(void)
{
	struct statx st;
	struct io_uring_sqe *entry = next(&ring, IORING_OP_STATX, AT_FDCWD);

	entry->addr = at("given/2");
	entry->len = STATX_BASIC_STATS;
	entry->addr2 = at(&st);
	expect(finish(&ring), "file stat DIR/given/2");
	expect(by_path(&ring, IORING_OP_MKDIRAT, "folder", 0), "file create DIR/folder");
	expect(by_path(&ring, IORING_OP_MKDIRAT, "given", 0), "file create DIR/given");
	expect(by_paths(&ring, IORING_OP_SYMLINKAT, "given/2", "link", 0), "file create DIR/link");
	expect(by_path(&ring, IORING_OP_OPENAT, "link", O_RDONLY), "as link file read DIR/given/2");
	puts("file stat DIR/link ok");
	expect(by_paths(&ring, IORING_OP_LINKAT, "given/3", "hard", 0), "file link DIR/given/3");
	puts("file create DIR/hard ok");
	expect(by_paths(&ring, IORING_OP_RENAMEAT, "given/4", "given/5", 0),
	       "file rename DIR/given/4");
	puts("file delete DIR/given/5 ok\nfile create DIR/given/5 ok");
	expect(by_path(&ring, IORING_OP_UNLINKAT, "folder", AT_REMOVEDIR),
	       "file delete DIR/folder");
	expect(by_path(&ring, IORING_OP_UNLINKAT, "gone", 0), "file delete DIR/gone");
}

static void attributes(int fd)
{
	char value[8];
	struct io_uring_sqe *entry = next(&ring, IORING_OP_FSETXATTR, fd);

	entry->addr = at("user.a");
	entry->addr2 = at("b");
	entry->len = 1;
	expect(finish(&ring), "as descriptor: file attr DIR/given/6");
	entry = next(&ring, IORING_OP_SETXATTR, 0);
	entry->addr = at("user.a");
	entry->addr2 = at("c");
	entry->len = 1;
	entry->addr3 = at("given/7");
	expect(finish(&ring), "as given/7 file attr DIR/given/7");
	entry = next(&ring, IORING_OP_GETXATTR, 0);
	entry->addr = at("user.a");
	entry->addr2 = at(value);
	entry->len = sizeof value;
	entry->addr3 = at("given/7");
	expect(finish(&ring), "as given/7 file stat DIR/given/7");
}

/* By a descriptor, and by its place among the registered ones. */
static void held(void)
{
	int fd = open("given/6", O_RDWR), other = open("registered", O_RDWR | O_CREAT, 0600);
	struct io_uring_sqe *entry = next(&ring, IORING_OP_FALLOCATE, fd);

	entry->addr = 10;
	expect(finish(&ring), "as descriptor: file write DIR/given/6");
	attributes(fd);
	must(syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, (int[]){ fd, other },
		     2) == 0 &&
		     close(other) == 0,
	     "IORING_REGISTER_FILES");
	entry = next(&ring, IORING_OP_FALLOCATE, 1);
	entry->flags = IOSQE_FIXED_FILE;
	entry->addr = 10;
	expect(finish(&ring), "as descriptor: file write DIR/registered");
	if (knows(&ring, FTRUNCATE)) {
		next(&ring, FTRUNCATE, 1)->flags = IOSQE_FIXED_FILE;
		expect(finish(&ring), "as descriptor: file write DIR/registered");
	}
	/* Nothing that a call would have shown. */
	next(&ring, IORING_OP_FSYNC, fd);
	must(finish(&ring) == 0, "IORING_OP_FSYNC");
	puts("not file write /given/6 ok");
}

/* The result is a place among the registered files, not descriptor 0. */
static void direct(void)
{
	struct io_uring_sqe *entry = next(&ring, IORING_OP_OPENAT, AT_FDCWD);

	entry->addr = at("given/3");
	entry->file_index = 1;
	expect(finish(&ring), "as given/3 file read DIR/given/3");
}

/* A ring that a child has from its parent. */
static void inherited(void)
{
	expect(by_path(&ring, IORING_OP_OPENAT, "given/7", O_RDONLY), "file read DIR/given/7");
}

/* Other forms of the queues. */
static void forms(void)
{
	static const struct {
		unsigned flags;
		const char *name;
	} form[] = { { IORING_SETUP_SQE128, "sqe128" },
		     { NO_SQARRAY, "no-sqarray" },
		     { NO_MMAP, "no-mmap" } };

	for (size_t i = 0; i < sizeof form / sizeof *form; i++) {
		struct ring other = begin(form[i].flags);

		if (other.fd < 0) {
			printf("skip %s: %s\n", form[i].name, strerror(errno));
			continue;
		}
		expect(by_path(&other, IORING_OP_MKDIRAT, form[i].name, 0), "file create DIR/%s",
		       form[i].name);
		expect(by_path(&other, IORING_OP_MKDIRAT, form[i].name, 0), "file create DIR/%s",
		       form[i].name);
		close(other.fd);
	}
}

/* What pare cannot see it refuses, as older kernels do, or says so. */
static void unseen(void)
{
	struct io_uring_rsrc_update update = { .offset = -1U, .data = (unsigned)ring.fd };

	begin(IORING_SETUP_SQPOLL);
	syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_RING_FDS, &update, 1);
	puts("as sqpoll kernel use io_uring suppressed");
	puts("as register-rings kernel use io_uring suppressed");
	next(&ring, 250, 0);
	must(finish(&ring) == -1 && errno == EINVAL, "operation 250");
	puts("gap io-uring");
}

int main(void)
{
	ring = begin_first();
	opens();
	paths();
	held();
	direct();
	apart(inherited);
	forms();
	unseen();
	must(syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_PERSONALITY, NULL, 0) > 0,
	     "IORING_REGISTER_PERSONALITY");
	puts("as io_uring kernel use identity ok");
	return 0;
}
