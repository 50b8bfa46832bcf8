/* The agent's first process, before it is the agent. */
#include "recorder/dryrun/private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int agent_leave(const struct dryrun *dryrun)
{
	/* Its mounts are a copy, and locked. */
	int flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS;

	if (!dryrun->options.host_network)
		flags |= CLONE_NEWNET;
	return unshare(flags) < 0 ? -errno : 0;
}

static int start_loopback(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	int r = 0, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		r = -errno;
	request.ifr_flags |= IFF_UP | IFF_RUNNING;
	if (r == 0 && ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		r = -errno;
	close(fd);
	return r;
}

/* Who has number 0 there is as mighty there as it is outside; others have nothing from being in
 * namespaces of their own, or sandboxes of theirs would wonder. */
static int drop_capabilities(bool all)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { 0 };

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 && errno != EINVAL)
		return -errno;
	if (!all && syscall(SYS_capget, &header, data) < 0)
		return -errno;
	data[0].inheritable = data[1].inheritable = 0;
	return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

int agent_settle(const struct dryrun *dryrun)
{
	int r = dryrun->options.host_network ? 0 : start_loopback();

	umask(dryrun->mask);
	if (r == 0)
		r = drop_capabilities(dryrun->build.uid != 0);
	/* Where the folder cannot be entered, the agent is as lost as it would be without us. */
	if (r == 0 && dryrun->cwd && chdir(dryrun->cwd) < 0 && chdir("/") < 0)
		r = -errno;
	/* Keys that the user has are of another keyring. */
	syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL, 0, 0, 0);
	/* What pare was given beside standard input, output and error leads outside. */
	if (r == 0 && close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		r = -errno;
	return r;
}
