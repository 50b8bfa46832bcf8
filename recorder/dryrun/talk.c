#include "recorder/dryrun/private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DESCRIPTORS_MAX 2

union control {
	char bytes[CMSG_SPACE(sizeof(int) * DESCRIPTORS_MAX) + CMSG_SPACE(sizeof(struct ucred))];
	struct cmsghdr align;
};

int talk_say(int socket, const struct message *message, const int *fd, size_t count)
{
	union control control = { 0 };
	struct iovec part = { (void *)(uintptr_t)message, sizeof *message };
	struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };

	if (count) {
		struct cmsghdr *rights = &control.align;

		header.msg_control = control.bytes;
		header.msg_controllen = CMSG_SPACE(sizeof(int) * count);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof(int) * count);
		memcpy(CMSG_DATA(rights), fd, sizeof(int) * count);
	}
	return sendmsg(socket, &header, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static void take(struct msghdr *header, int *ret_fd, size_t count, pid_t *ret_pid)
{
	struct ucred sender;

	for (struct cmsghdr *at = CMSG_FIRSTHDR(header); at; at = CMSG_NXTHDR(header, at)) {
		if (at->cmsg_level != SOL_SOCKET)
			continue;
		if (at->cmsg_type == SCM_RIGHTS && count &&
		    at->cmsg_len == CMSG_LEN(sizeof(int) * count)) {
			memcpy(ret_fd, CMSG_DATA(at), sizeof(int) * count);
		} else if (at->cmsg_type == SCM_CREDENTIALS && ret_pid) {
			memcpy(&sender, CMSG_DATA(at), sizeof sender);
			*ret_pid = sender.pid;
		}
	}
}

int talk_hear(int socket, struct message *ret, int *ret_fd, size_t count, pid_t *ret_pid)
{
	union control control;
	struct iovec part = { ret, sizeof *ret };
	struct msghdr header = { .msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof control };
	ssize_t got;

	for (size_t i = 0; i < count; i++)
		ret_fd[i] = -1;
	do
		got = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	if (got != (ssize_t)sizeof *ret)
		return -EPIPE;
	take(&header, ret_fd, count, ret_pid);
	ret->text[sizeof ret->text - 1] = '\0';
	return 0;
}
