#include "expect.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static void ids(void)
{
	gid_t group = 65534;

	expect(setgroups(1, &group), "kernel use identity");
	must(setfsuid(65534) >= 0 && setfsgid(65534) >= 0, "setfsuid");
	expect(setresgid(65534, 65534, 65534), "kernel use identity");
	expect(setresuid(65534, 65534, 65534), "kernel use identity");
	expect(setuid(0), "kernel use identity");
	expect(setgid(0), "kernel use identity");
	expect(setreuid(0, 0), "kernel use identity");
	expect(setregid(0, 0), "kernel use identity");
	expect(seteuid(0), "kernel use identity");
	/* And what follows from it. */
	if (getuid() == 65534) {
		expect_error(EACCES, open("secret", O_RDONLY), "file read DIR/secret");
		expect_error(EACCES, open("sealed/inside", O_RDONLY),
			     "file read DIR/sealed/inside");
		expect_error(EPERM, chmod("secret", 0666), "file attr DIR/secret");
		expect_error(EACCES, unlink("sealed/inside"), "file delete DIR/sealed/inside");
		expect_error(EACCES, rename("sealed/inside", "out"),
			     "file rename DIR/sealed/inside");
		expect_error(EPERM, kill(getppid(), SIGTERM), "process signal SELF");
		expect_error(EACCES, execv("secret", (char *[]){ "secret", NULL }),
			     "program exec DIR/secret");
	}
}

static void capabilities(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { 0 };

	must(syscall(SYS_capget, &header, data) == 0, "capget");
	expect_error(0, syscall(SYS_capset, &header, data), "kernel use capabilities");
}

int main(void)
{
	must(creat("secret", 0600) >= 0, "secret");
	must(syscall(SYS_mkdirat, AT_FDCWD, "sealed", 0700) == 0, "sealed");
	must(creat("sealed/inside", 0600) >= 0, "sealed/inside");
	apart(ids);
	apart(capabilities);
	return 0;
}
