#include "expect.h"

#include <fcntl.h>
#include <linux/falloc.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

/* What a descriptor that only appends can do to the rest of its file all the same.  Each file is
 * renamed once it is open, so that the new name stands only for that; "as DIR/x" tells it from what
 * is covered by the opening, which is "as descriptor:". */

#define NO_APPEND 0x20 /* RWF_NOAPPEND */

static int moved(const char *name, int flags)
{
	int fd = open("made", O_CREAT | O_RDWR, 0600);

	must(fd >= 0 && write(fd, "content", 7) == 7 && close(fd) == 0, "made");
	fd = open("made", flags);
	must(fd >= 0 && rename("made", name) == 0, name);
	return fd;
}

static void sizes(void)
{
	expect_error(0, ftruncate(moved("cut", O_WRONLY | O_APPEND), 3),
		     "as DIR/cut file write DIR/cut");
	expect_error(0, ftruncate(moved("cut-both", O_RDWR | O_APPEND), 3),
		     "as DIR/cut-both file write DIR/cut-both");
	expect_error(0, ftruncate(moved("cut-covered", O_WRONLY), 3),
		     "as descriptor: file write DIR/cut-covered");
	expect(fallocate(moved("punched", O_WRONLY | O_APPEND),
			 FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 3),
	       "as DIR/punched file write DIR/punched");
	expect(fallocate(moved("punched-covered", O_RDWR),
			 FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 3),
	       "as descriptor: file write DIR/punched-covered");
	expect_error(EINVAL, ftruncate(moved("cut-never", O_RDONLY | O_APPEND), 3),
		     "as descriptor: file write DIR/cut-never");
	puts("not as DIR/cut-covered file write DIR/cut-covered ok");
}

/* struct space_resv, which the headers keep to themselves. */
struct range {
	int16_t type, whence;
	int64_t start, size;
	int32_t number;
	uint32_t process, pad[4];
};

#define ZERO_RANGE _IOW('X', 57, struct range) /* FS_IOC_ZERO_RANGE */

static void requests(void)
{
	struct range range = { .size = 3 };

	expect(ioctl(moved("zeroed", O_WRONLY | O_APPEND), ZERO_RANGE, &range),
	       "as DIR/zeroed file write DIR/zeroed");
	expect(ioctl(moved("zeroed-covered", O_WRONLY), ZERO_RANGE, &range),
	       "as descriptor: file write DIR/zeroed-covered");
}

/* The offset is the low half and the high one, which 64 bits leave empty. */
static long write_at(int fd, long offset, int flags)
{
	struct iovec data = { (char[]){ 'x' }, 1 };

	return syscall(SYS_pwritev2, fd, &data, 1, offset, 0L, flags);
}

static void anywhere(void)
{
	int fd = moved("over", O_RDWR | O_APPEND), here;
	char first = 0;

	if (write_at(fd, 0, NO_APPEND) < 0 && errno == EOPNOTSUPP)
		puts("skip RWF_NOAPPEND: this kernel lacks it");
	else
		puts("as DIR/over file write DIR/over ok");
	must(pread(fd, &first, 1, 0) == 1, "pread");
	here = moved("over-covered", O_RDWR);
	write_at(here, 0, NO_APPEND);
	must(write_at(moved("at-end", O_WRONLY | O_APPEND), 0, 0) == 1, "pwritev2");
	must(write_at(moved("at-32", O_WRONLY | O_APPEND), 32, 0) == 1, "pwritev2");
	puts("not file write DIR/over-covered ok\nnot file write DIR/at-end ok");
	puts("not file write DIR/at-32 ok");
}

static char *shared(int fd, int protection, int flags)
{
	return mmap(NULL, 7, protection, flags, fd, 0);
}

static void memory(void)
{
	const int both = O_RDWR | O_APPEND, write_it = PROT_READ | PROT_WRITE;
	char *start = shared(moved("shared", both), write_it, MAP_SHARED);

	must(start != MAP_FAILED, "mmap");
	*start = 'X';
	puts("as DIR/shared file write DIR/shared ok\nnot file map DIR/shared ok");
	must(shared(moved("checked", both), write_it, MAP_SHARED_VALIDATE) != MAP_FAILED, "mmap");
	puts("as DIR/checked file write DIR/checked ok");
	/* Which mprotect(2) makes writable. */
	must(shared(moved("later", both), PROT_READ, MAP_SHARED) != MAP_FAILED, "mmap");
	puts("as DIR/later file write DIR/later ok");
	must(shared(moved("code", both), write_it | PROT_EXEC, MAP_SHARED) != MAP_FAILED, "mmap");
	puts("as DIR/code file write DIR/code ok\nas descriptor: file map DIR/code ok");
	must(shared(moved("own", both), write_it, MAP_PRIVATE) != MAP_FAILED, "mmap");
	must(shared(moved("plain", O_RDWR), write_it, MAP_SHARED) != MAP_FAILED, "mmap");
	must(shared(moved("read", O_RDONLY | O_APPEND), PROT_READ, MAP_SHARED) != MAP_FAILED, "");
	must(shared(-1, write_it, MAP_SHARED | MAP_ANONYMOUS) != MAP_FAILED, "mmap");
	puts("not file write DIR/own ok\nnot file write DIR/plain ok\nnot file write DIR/read ok");
	expect(shared(moved("refused", O_WRONLY | O_APPEND), write_it, MAP_SHARED) == MAP_FAILED
		       ? -1
		       : 0,
	       "file write DIR/refused");
	must(shared(9999, write_it, MAP_SHARED) == MAP_FAILED, "no descriptor");
}

int main(void)
{
	sizes();
	requests();
	anywhere();
	memory();
	return 0;
}
