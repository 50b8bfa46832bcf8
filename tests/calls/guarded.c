#include "expect.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Pages that another thread fills when somebody touches them: userfaultfd(2).  Before it does, it
 * makes calls of its own; a recorder that read a path there would wait for ever. */

static size_t page_bytes;
static char *guarded; /* several pages */

static const char *const path[] = { "one", "two", "three", "four", "five" };

#define PAGES (sizeof path / sizeof *path)

/* The one is logged, the other stops in either way. */
static void work_before_answer(void)
{
	int fd = open("handled", O_RDONLY);

	must(fd >= 0 && close(fd) == 0, "handled");
	fd = open("/proc/self/comm", O_RDONLY);
	must(fd >= 0 && close(fd) == 0, "comm");
}

static void fill(int fd, uint64_t address)
{
	size_t index = (size_t)(address - (uintptr_t)guarded) / page_bytes;
	char *content = calloc(1, page_bytes);
	struct uffdio_copy copy = { .dst = address / page_bytes * page_bytes,
				    .src = (uintptr_t)content,
				    .len = page_bytes };

	must(content && index < PAGES, "page");
	memcpy(content, path[index], strlen(path[index]) + 1);
	must(ioctl(fd, UFFDIO_COPY, &copy) == 0 || errno == EEXIST, "fill");
	free(content);
}

static void *handle(void *context)
{
	int fd = *(int *)context;
	struct uffd_msg message;

	while (read(fd, &message, sizeof message) == sizeof message) {
		if (message.event != UFFD_EVENT_PAGEFAULT)
			continue;
		work_before_answer();
		fill(fd, message.arg.pagefault.address);
	}
	return NULL;
}

/* False where it is not allowed, or where the kernel's own touches would fail. */
static int guard(int *fd)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register wanted = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	pthread_t thread;

	*fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	if (*fd < 0)
		return 0;
	page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	guarded = mmap(NULL, PAGES * page_bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must(guarded != MAP_FAILED && ioctl(*fd, UFFDIO_API, &api) == 0, "api");
	wanted.range.start = (uintptr_t)guarded;
	wanted.range.len = PAGES * page_bytes;
	must(ioctl(*fd, UFFDIO_REGISTER, &wanted) == 0, "register");
	must(pthread_create(&thread, NULL, handle, fd) == 0, "thread");
	return 1;
}

static char *guarded_path(size_t index)
{
	return guarded + index * page_bytes;
}

int main(void)
{
	struct stat st;
	int fd;

	expect_error(0, close(creat("handled", 0644)), "file create DIR/handled");
	must(close(creat("one", 0644)) == 0 && close(creat("two", 0644)) == 0 &&
		     close(creat("five", 0644)) == 0 && mkdir("three", 0755) == 0,
	     "files");
	if (!guard(&fd)) {
		printf("skip guarded memory: userfaultfd: %s\n", strerror(errno));
		return 0;
	}
	expect_error(0, open(guarded_path(0), O_RDONLY), "as one file read DIR/one");
	/* Its path is there by now. */
	expect_error(0, stat(guarded_path(0), &st), "as one file stat DIR/one");
	/* Afterwards nothing says any more what that was, unless the program's own library did. */
	must(rename(guarded_path(1), "moved") == 0, "rename");
	puts("not file delete DIR/moved ok");
	must(chdir(guarded_path(2)) == 0 && chdir("..") == 0, "chdir");
	puts("not file stat DIR/three/three ok");
	must(inotify_add_watch(inotify_init(), guarded_path(4), IN_MODIFY) > 0, "watch");
	expect_error(0, mkdir("after", 0755), "file create DIR/after");
	expect_error(0, symlink("target", guarded_path(3)), "as four file create DIR/four");
	puts("file read DIR/handled ok\nfile read /proc/self/comm ok\nkernel use userfaultfd ok");
	puts("gap served\ngap unreadable");
	return 0;
}
