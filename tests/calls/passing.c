#include "expect.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

/* The sender is this program, too: what is received is told apart by how it came. */

static void send_rights(int socket, const int *fd, size_t count)
{
	char control[CMSG_SPACE(4 * sizeof *fd)] = { 0 };
	struct iovec data = { (char[]){ 'x' }, 1 };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = CMSG_SPACE(count * sizeof *fd) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(count * sizeof *fd);
	memcpy(CMSG_DATA(header), fd, count * sizeof *fd);
	must(sendmsg(socket, &message, 0) == 1, "sendmsg");
}

static struct mmsghdr receiver(char *control, size_t size)
{
	static char byte;
	static struct iovec data = { &byte, 1 };

	return (struct mmsghdr){ .msg_hdr = { .msg_iov = &data,
					      .msg_iovlen = 1,
					      .msg_control = control,
					      .msg_controllen = size } };
}

static void say(const char *action, const char *name, int fd)
{
	printf("as received:%d file %s DIR/%s ok\n", fd, action, name);
}

/* The rights among the control messages. */
static const void *rights(struct msghdr *message)
{
	struct cmsghdr *at = CMSG_FIRSTHDR(message);

	while (at && at->cmsg_type != SCM_RIGHTS)
		at = CMSG_NXTHDR(message, at);
	must(at != NULL, "SCM_RIGHTS");
	return CMSG_DATA(at);
}

static void take(int socket, int *fd, size_t count)
{
	char control[512];
	struct mmsghdr message = receiver(control, sizeof control);

	must(recvmsg(socket, &message.msg_hdr, MSG_CMSG_CLOEXEC) == 1, "recvmsg");
	memcpy(fd, rights(&message.msg_hdr), count * sizeof *fd);
}

static void by_message(int from, int to)
{
	int given[4] = { open("read", O_RDONLY), open("write", O_WRONLY),
			 open("append", O_WRONLY | O_APPEND), open(".", O_RDONLY) };
	struct mmsghdr nothing;
	int got[4];

	send_rights(from, given, 4);
	take(to, got, 4);
	say("read", "read", got[0]);
	say("write", "write", got[1]);
	say("append", "append", got[2]);
	printf("as received:%d file list DIR ok\n", got[3]);
	/* Without room for it, nothing comes: the call must not be held up either. */
	send_rights(from, given, 1);
	nothing = receiver(NULL, 0);
	must(recvmsg(to, &nothing.msg_hdr, 0) == 1, "no control part");
	printf("not as received:%d file read DIR/read ok\n", got[3] + 1);
}

static void by_many(int from, int to)
{
	_Alignas(struct cmsghdr) char control[3][256];
	struct mmsghdr many[3] = { receiver(control[0], 256), receiver(control[1], 256),
				   receiver(control[2], 256) };
	int both = open("both", O_RDWR), path = open("path", O_PATH), got[2];
	struct cmsghdr left_over = { CMSG_LEN(sizeof both), SOL_SOCKET, SCM_RIGHTS };

	send_rights(from, &both, 1);
	send_rights(from, &path, 1);
	/* The third does not come: what stands there is old. */
	memcpy(control[2], &left_over, sizeof left_over);
	memcpy(CMSG_DATA((struct cmsghdr *)control[2]), &both, sizeof both);
	must(recvmmsg(to, many, 3, MSG_DONTWAIT, NULL) == 2, "recvmmsg");
	printf("not as received:%d file write DIR/both ok\n", both);
	for (int i = 0; i < 2; i++)
		memcpy(&got[i], rights(&many[i].msg_hdr), sizeof got[i]);
	say("read", "both", got[0]);
	say("write", "both", got[0]);
	say("stat", "path", got[1]);
	expect(ftruncate(got[0], 3), "file write DIR/both");
	expect(fchmod(got[0], 0600), "file attr DIR/both");
	expect(fallocate(got[0], 0, 0, 10), "file write DIR/both");
	expect(fsetxattr(got[0], "user.a", "b", 1, 0), "file attr DIR/both");
}

/* Credentials stand before the descriptor, in a message of their own. */
static void among_others(int from, int to)
{
	int fd = open("third", O_RDONLY), got, on = 1;

	must(setsockopt(to, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0, "SO_PASSCRED");
	send_rights(from, &fd, 1);
	take(to, &got, 1);
	say("read", "third", got);
}

/* A listening socket, and a connection whose other end is known. */
static void sockets(int from, int to)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof address;
	int given[2] = { socket(AF_INET, SOCK_STREAM, 0), socket(AF_INET, SOCK_STREAM, 0) };
	int got[2], port;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(bind(given[0], (void *)&address, size) == 0 && listen(given[0], 1) == 0 &&
		     getsockname(given[0], (void *)&address, &size) == 0 &&
		     connect(given[1], (void *)&address, size) == 0,
	     "a connection");
	port = ntohs(address.sin_port);
	printf("host accept tcp/127.0.0.1:%d ok\n", port);
	send_rights(from, given, 2);
	take(to, got, 2);
	printf("as received:%d host accept tcp/127.0.0.1:%d ok\n", got[0], port);
	printf("as received:%d host connect tcp/127.0.0.1:%d ok\n", got[1], port);
}

static void no_objects(int from, int to)
{
	int pipes[2], memory = memfd_create("m", 0), got[3];

	must(pipe(pipes) == 0, "pipe");
	send_rights(from, (int[]){ pipes[0], pipes[1], memory }, 3);
	take(to, got, 3);
	printf("not as received:%d file read /memfd:m ok\n", got[2]);
}

static void by_pidfd(void)
{
	int fd = open("pidfd", O_WRONLY), pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	int got = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);

	must(got >= 0, "pidfd_getfd");
	say("write", "pidfd", got);
}

/* A path that looks like our own word is kept apart from it. */
static void alike(void)
{
	expect(open("inherited:3", O_RDONLY), "as ./inherited:3 file read DIR/inherited:3");
	expect(open("received:x", O_RDONLY), "as ./received:x file read DIR/received:x");
}

int main(void)
{
	static const char *const name[] = { "read",  "write",	    "append", "both",	"path",
					    "third", "inherited:3", "pidfd",  "control" };
	int pair[2];

	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		must(close(open(name[i], O_RDWR | O_CREAT, 0600)) == 0, name[i]);
	must(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0, "socketpair");
	by_message(pair[0], pair[1]);
	by_many(pair[0], pair[1]);
	among_others(pair[0], pair[1]);
	sockets(pair[0], pair[1]);
	no_objects(pair[0], pair[1]);
	by_pidfd();
	alike();
	return 0;
}
