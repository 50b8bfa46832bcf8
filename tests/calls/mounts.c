#include "expect.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <mqueue.h>
#include <sched.h>
#include <sys/acct.h>
#include <sys/fanotify.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/quota.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/time.h>

/* Two accesses of one call, which end alike. */
static void expect_both(long result, const char *one, const char *other)
{
	int code = errno;

	expect(result, "%s", one);
	errno = code;
	expect(result, "%s", other);
}

static void keys(void)
{
	expect(syscall(SYS_add_key, "user", "pare-test", "x", 1, -3), "kernel use keyring");
	expect(syscall(SYS_keyctl, 0, -3, 0), "kernel use keyring");
	expect(syscall(SYS_request_key, "user", "pare-none", NULL, 0), "kernel use keyring");
}

static void devices(void)
{
	expect_both(swapon("swap", 0), "kernel use swap", "file stat DIR/swap");
	expect(acct("missing-accounting"), "kernel use accounting");
	expect(quotactl(QCMD(Q_SYNC, USRQUOTA), "missing-device", 0, NULL), "kernel use quota");
	expect(syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0), "kernel use perf");
	expect(syscall(SYS_bpf, BPF_MAP_CREATE, NULL, 0), "kernel use bpf");
	expect(syscall(SYS_userfaultfd, O_CLOEXEC), "kernel use userfaultfd");
	expect(syscall(SYS_finit_module, -1, "", 0), "kernel use module");
	expect(syscall(SYS_delete_module, "pare-no-such-module", 0), "kernel use module");
	expect(syscall(SYS_kexec_load, 0, 0, NULL, 1ul << 31), "kernel use kexec");
	expect(klogctl(10, NULL, 0), "kernel use kernel-log");
	expect(syscall(SYS_reboot, 0, 0, 0, NULL), "kernel use reboot");
	expect(syscall(SYS_clock_settime, 9999, &(struct timespec){ 0 }), "kernel use clock");
	expect(syscall(SYS_iopl, 9), "kernel use io-port");
}

static void marks(void)
{
	int fd = fanotify_init(FAN_CLASS_NOTIF, O_RDONLY);

	expect(fd, "kernel use fanotify");
	if (fd < 0)
		return;
	expect_error(0, fanotify_mark(fd, FAN_MARK_ADD, FAN_MODIFY, AT_FDCWD, "marked"),
		     "file stat DIR/marked");
	must(fanotify_mark(fd, FAN_MARK_ADD, FAN_MODIFY, open("swap", O_RDONLY), NULL) == 0,
	     "swap");
	expect_error(
		0,
		fanotify_mark(fd, FAN_MARK_ADD | FAN_MARK_DONT_FOLLOW, FAN_OPEN, AT_FDCWD, "link"),
		"file stat DIR/link");
}

static void mounts(void)
{
	int fd;

	expect(syscall(SYS_fsopen, "tmpfs", 0), "kernel use mount");
	fd = (int)syscall(SYS_open_tree, AT_FDCWD, "tree", 0);
	expect(fd, "file stat DIR/tree");
	expect_both(syscall(SYS_move_mount, AT_FDCWD, "from", AT_FDCWD, "to", 0),
		    "file stat DIR/to", "file stat DIR/from");
	expect(syscall(SYS_fspick, AT_FDCWD, "pick", 0), "file stat DIR/pick");
	expect(umount2("no-mount", MNT_DETACH), "file stat DIR/no-mount");
	expect(mount("from", "mount-target", NULL, MS_REMOUNT | MS_RDONLY, NULL),
	       "file stat DIR/mount-target");
	expect(syscall(SYS_mount_setattr, AT_FDCWD, "set", 0, NULL, 0), "file stat DIR/set");
	expect_both(syscall(SYS_pivot_root, "new-root", "put-old"), "file stat DIR/new-root",
		    "file stat DIR/put-old");
}

static void spaces(void)
{
	expect(setns(-1, CLONE_NEWNET), "kernel use namespace");
	if (unshare(CLONE_NEWUTS) < 0)
		return;
	puts("kernel use namespace ok");
	expect_error(0, sethostname("here", 4), "kernel use hostname");
	expect_error(0, setdomainname("here", 4), "kernel use hostname");
}

int main(void)
{
	static const char *const folder[] = { "tree", "from",	      "to",	 "pick",
					      "set",  "mount-target", "new-root" };

	for (size_t i = 0; i < sizeof folder / sizeof *folder; i++)
		must(mkdir(folder[i], 0700) == 0, folder[i]);
	must(creat("swap", 0600) >= 0 && creat("marked", 0600) >= 0 && creat("target", 0600) >= 0,
	     "swap");
	must(symlink("target", "link") == 0, "link");
	keys();
	devices();
	marks();
	mounts();
	apart(spaces);
	return 0;
}
