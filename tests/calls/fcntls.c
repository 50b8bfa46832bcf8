#include "expect.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

/* What fcntl(2) makes of a descriptor.  Each file is renamed once it is open, so that the new name
 * stands only for that. */
static int moved(const char *name, int flags)
{
	char to[64];
	int fd = open("made", flags | O_CREAT, 0600);

	snprintf(to, sizeof to, "%s", name);
	must(fd >= 0 && rename("made", to) == 0, name);
	return fd;
}

/* Who may append must not write elsewhere, until the flag is gone: the program asks for that, so
 * that it is no mere going on with what it had. */
static void appends(void)
{
	int fd = moved("freed", O_WRONLY | O_APPEND);

	expect_error(0, fcntl(fd, F_SETFL, O_NONBLOCK), "as DIR/freed file write DIR/freed");
	fd = moved("freed-both", O_RDWR | O_APPEND);
	expect_error(0, fcntl(fd, F_SETFL, 0), "as DIR/freed-both file write DIR/freed-both");
	fd = dup(moved("freed-copy", O_WRONLY | O_APPEND));
	expect_error(0, fcntl(fd, F_SETFL, 0), "as DIR/freed-copy file write DIR/freed-copy");
	fd = moved("kept", O_WRONLY | O_APPEND);
	must(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0, "kept");
	must(fcntl(moved("never", O_WRONLY), F_SETFL, O_NONBLOCK) == 0, "never");
	must(fcntl(moved("added", O_WRONLY), F_SETFL, O_APPEND) == 0, "added");
	must(fcntl(moved("read", O_RDONLY | O_APPEND), F_SETFL, 0) == 0, "read");
	must(fcntl(-1, F_SETFL, 0) < 0, "no descriptor");
	puts("not file write DIR/kept ok\nnot file write DIR/never ok");
	puts("not file write DIR/added ok\nnot file write DIR/read ok");
}

/* The file itself can insist. */
static void insists(void)
{
	int fd = moved("append-only", O_WRONLY | O_APPEND), flags = 0;
	int set = ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0;

	flags |= FS_APPEND_FL;
	set = set && ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0;
	expect(fcntl(fd, F_SETFL, 0), "file write DIR/append-only");
	flags &= ~FS_APPEND_FL;
	must(!set || ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0, "an ordinary file again");
}

static void watches(void)
{
	int fd = (mkdir("made", 0700), open("made", O_RDONLY));

	must(rename("made", "watched") == 0, "rename");
	expect(fcntl(fd, F_NOTIFY, DN_CREATE), "file list DIR/watched");
	expect_error(ENOTDIR, fcntl(moved("file", O_RDONLY), F_NOTIFY, DN_CREATE),
		     "file list DIR/file");
}

static void leases(void)
{
	expect(fcntl(moved("leased", O_RDONLY), F_SETLEASE, F_RDLCK), "file attr DIR/leased");
	expect_error(EAGAIN, fcntl(moved("busy", O_RDWR), F_SETLEASE, F_RDLCK),
		     "file attr DIR/busy");
	must(fcntl(moved("asked", O_RDONLY), F_GETLEASE) == F_UNLCK, "F_GETLEASE");
	puts("not file attr DIR/asked ok");
}

int main(void)
{
	appends();
	insists();
	watches();
	leases();
	return 0;
}
