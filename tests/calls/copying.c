#include "expect.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <unistd.h>

static int made(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT, 0600);

	must(fd >= 0 && write(fd, "content", 7) == 7 && lseek(fd, 0, SEEK_SET) == 0, name);
	return fd;
}

/* Each file is renamed once it is open: only what is done by descriptor has the new name. */
static int moved(const char *name, const char *to)
{
	int fd = made(name);

	must(rename(name, to) == 0, "rename");
	return fd;
}

static int ok(ssize_t result)
{
	return result > 0 ? 0 : -1;
}

int main(void)
{
	int pipes[2], others[2];

	must(pipe(pipes) == 0 && pipe(others) == 0, "pipe");
	expect(ok(copy_file_range(moved("a", "range-from"), NULL, moved("b", "range-to"), NULL, 7,
				  0)),
	       "file read DIR/range-from ok\nfile write DIR/range-to");
	expect(ok(sendfile(moved("c", "send-to"), moved("d", "send-from"), NULL, 7)),
	       "file read DIR/send-from ok\nfile write DIR/send-to");
	expect(ok(splice(moved("e", "splice-from"), NULL, pipes[1], NULL, 7, 0)),
	       "file read DIR/splice-from");
	must(tee(pipes[0], others[1], 7, 0) == 7, "tee");
	expect(ok(splice(pipes[0], NULL, moved("f", "splice-to"), NULL, 7, 0)),
	       "file write DIR/splice-to");
	expect(copy_file_range(moved("g", "bad-from"), NULL, open("range-to", O_RDONLY), NULL, 1,
			       0),
	       "file read DIR/bad-from");
	return 0;
}
