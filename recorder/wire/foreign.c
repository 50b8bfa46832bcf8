#include "recorder/wire/foreign.h"

#include <errno.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child sends: a socket, or what it failed with. */
struct parcel {
	int code; /* errno; 0: there is a socket */
	struct iovec vector;
	struct msghdr message;
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
};

static void wrap(struct parcel *parcel)
{
	parcel->vector = (struct iovec){ &parcel->code, sizeof parcel->code };
	parcel->message = (struct msghdr){ .msg_iov = &parcel->vector, .msg_iovlen = 1 };
	parcel->message.msg_control = parcel->control;
	parcel->message.msg_controllen = sizeof parcel->control;
}

static int open_there(int userns, int netns)
{
	int opened = -1;

	if (setns(userns, CLONE_NEWUSER) == 0 && setns(netns, CLONE_NEWNET) == 0)
		opened = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return opened < 0 ? -errno : opened;
}

/* In the child of a process with threads: nothing but system calls, and none that waits. */
__attribute__((noreturn)) static void go_there(int userns, int netns, int home)
{
	struct parcel parcel = { 0 };
	int opened = open_there(userns, netns);
	struct cmsghdr *head;

	wrap(&parcel);
	if (opened < 0) {
		parcel.code = -opened;
		parcel.message.msg_controllen = 0;
	} else {
		head = CMSG_FIRSTHDR(&parcel.message);
		*head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof opened),
					  .cmsg_level = SOL_SOCKET,
					  .cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(head), &opened, sizeof opened);
	}
	sendmsg(home, &parcel.message, MSG_NOSIGNAL);
	_exit(0);
}

static int receive(int from)
{
	struct parcel parcel = { 0 };
	const struct cmsghdr *head;
	ssize_t size;
	int opened;

	wrap(&parcel);
	do
		size = recvmsg(from, &parcel.message, MSG_CMSG_CLOEXEC);
	while (size < 0 && errno == EINTR);
	if (size != sizeof parcel.code)
		return size < 0 ? -errno : -EIO;
	head = CMSG_FIRSTHDR(&parcel.message);
	if (parcel.code || !head)
		return parcel.code ? -parcel.code : -EMFILE;
	memcpy(&opened, CMSG_DATA(head), sizeof opened);
	return opened;
}

static int send_child(int userns, int netns)
{
	int ends[2], r;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	child = fork();
	if (child == 0)
		go_there(userns, netns, ends[1]);
	r = -errno;
	close(ends[1]);
	if (child > 0) {
		r = receive(ends[0]);
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			;
	}
	close(ends[0]);
	return r;
}

int foreign_socket(int netns)
{
	int userns = ioctl(netns, NS_GET_USERNS), r;

	if (userns < 0)
		return -errno;
	r = send_child(userns, netns);
	close(userns);
	return r;
}
