#include "expect.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/kvm.h>
#include <linux/loop.h>
#include <linux/route.h>
#include <linux/rtc.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>

/* What ioctl(2) does that other calls would be recorded for, by the number of the request. */

static int made(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT, 0600);

	must(fd >= 0 && write(fd, "content", 7) == 7, name);
	return fd;
}

/* Each file is renamed once it is open: only what is done by descriptor has the new name. */
static int moved(const char *name, const char *to)
{
	int fd = made(name);

	must(rename(name, to) == 0, "rename");
	return fd;
}

static void clones(void)
{
	struct file_clone_range range = { .src_fd = moved("c", "range-from") };
	int to = moved("b", "clone-to");

	expect(ioctl(to, FICLONE, moved("a", "clone-from")), "file read DIR/clone-from");
	expect(ioctl(to, FICLONE, open("clone-from", O_RDONLY)), "file write DIR/clone-to");
	must(ioctl(to, FICLONE, -1) < 0, "no source");
	expect(ioctl(moved("d", "range-to"), FICLONERANGE, &range), "file write DIR/range-to");
	expect(ioctl(moved("e", "range-to2"), FICLONERANGE, &range), "file read DIR/range-from");
	must(ioctl(to, FICLONERANGE, 1) < 0, "no memory");
	puts("not file write DIR/clone-from ok\nnot file read DIR/clone-to ok");
}

/* What is refused is refused to each target by itself. */
static void duplicates(void)
{
	struct {
		struct file_dedupe_range range;
		struct file_dedupe_range_info info[3];
	} both = { .range = { .src_length = 7, .dest_count = 3 } };
	int from = moved("f", "same-from");
	long result;

	both.info[0].dest_fd = moved("g", "same-to");
	both.info[1].dest_fd = moved("h", "same-to2");
	both.info[2].dest_fd = -1;
	result = ioctl(from, FIDEDUPERANGE, &both);
	expect(result, "file read DIR/same-from");
	for (int i = 0; i < 2; i++) {
		if (result == 0 && both.info[i].status < 0)
			errno = -both.info[i].status;
		expect(result < 0 ? result : both.info[i].status,
		       i ? "file write DIR/same-to2" : "file write DIR/same-to");
	}
	both.range.dest_count = UINT16_MAX;
	must(ioctl(from, FIDEDUPERANGE, &both) < 0, "too many targets");
	puts("not file write /dev/null failed"); /* by what lies behind the targets */
}

static void attributes(void)
{
	struct fsxattr attribute = { 0 };
	int flags = 0, fd = moved("i", "flags");

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0)
		flags = 0;
	flags |= FS_NODUMP_FL;
	expect(ioctl(fd, FS_IOC_SETFLAGS, &flags), "file attr DIR/flags");
	ioctl(moved("j", "only-asked"), FS_IOC_GETFLAGS, &flags);
	puts("not file attr DIR/only-asked ok\nnot file attr DIR/only-asked failed");
	fd = moved("k", "extended");
	ioctl(fd, FS_IOC_FSGETXATTR, &attribute);
	expect(ioctl(fd, FS_IOC_FSSETXATTR, &attribute), "file attr DIR/extended");
	expect(ioctl(moved("l", "version"), FS_IOC_SETVERSION, &flags), "file attr DIR/version");
	expect(ioctl(open("/", O_RDONLY), FS_IOC_SETFLAGS, NULL), "file attr /");
}

/* On a descriptor that cannot do it: that it was asked for is what counts. */
static void facilities(void)
{
	struct seccomp_notif_resp answer = { 0 };
	struct seccomp_notif_addfd added = { 0 };
	int file = made("m");

	/* A file system of its own, which nobody is in the way of. */
	expect(ioctl(open("/proc/self", O_RDONLY), FIFREEZE, 0), "kernel use freeze");
	expect(ioctl(open("/proc/self", O_RDONLY), FITHAW, 0), "kernel use freeze");
	expect_error(ENOTTY, ioctl(file, LOOP_SET_FD, file), "kernel use loop-device");
	expect_error(ENOTTY, ioctl(file, LOOP_CONFIGURE, NULL), "kernel use loop-device");
	expect_error(ENOTTY, ioctl(file, TUNSETIFF, NULL), "kernel use tun");
	expect_error(ENOTTY, ioctl(file, KVM_CREATE_VM, 0), "kernel use kvm");
	expect_error(ENOTTY, ioctl(file, SECCOMP_IOCTL_NOTIF_SEND, &answer), "kernel use seccomp");
	expect_error(ENOTTY, ioctl(file, SECCOMP_IOCTL_NOTIF_ADDFD, &added), "kernel use seccomp");
	expect_error(ENOTTY, ioctl(file, RTC_SET_TIME, NULL), "kernel use clock");
}

static void network(void)
{
	struct ifreq interface = { .ifr_name = "pare-none" };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	expect(ioctl(fd, SIOCSIFFLAGS, &interface), "kernel use network-configuration");
	expect(ioctl(fd, SIOCADDRT, NULL), "kernel use network-configuration");
	expect(ioctl(fd, SIOCBRADDBR, NULL), "kernel use network-configuration");
}

/* The other end of a terminal is opened without saying its name: openpty(3). */
static void terminals(void)
{
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY), unlocked = 0, slave;
	unsigned number;
	struct termios how;
	char shift = 6; /* TIOCL_GETSHIFTSTATE */

	must(master >= 0 && ioctl(master, TIOCGPTN, &number) == 0 &&
		     ioctl(master, TIOCSPTLCK, &unlocked) == 0,
	     "a terminal");
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
	expect(slave, "file read /dev/pts/%u", number);
	expect(slave, "file write /dev/pts/%u", number);
	must(tcgetattr(slave, &how) == 0 && tcsetattr(slave, TCSANOW, &how) == 0, "terminal");
	expect(ioctl(slave, TIOCSTI, "x"), "kernel use terminal-input");
	expect(ioctl(slave, TIOCLINUX, &shift), "kernel use terminal-input");
	must(ioctl(made("n"), TIOCGPTPEER, O_RDWR) < 0, "no terminal");
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	clones();
	duplicates();
	attributes();
	facilities();
	network();
	terminals();
	return 0;
}
