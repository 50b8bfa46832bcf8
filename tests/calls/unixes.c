#include "expect.h"

#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static struct sockaddr_un address;

/* Sets `address` to these bytes, and says how long it is. */
static socklen_t name(const void *bytes, size_t size)
{
	address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(address.sun_path, bytes, size);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
}

static socklen_t path(const char *text)
{
	return name(text, strlen(text) + 1);
}

static int unix_socket(int type)
{
	return socket(AF_UNIX, type, 0);
}

static int do_bind(int fd, socklen_t size)
{
	return bind(fd, (void *)&address, size);
}

static int do_connect(int type, socklen_t size)
{
	return connect(unix_socket(type), (void *)&address, size);
}

static void paths(void)
{
	int listener = unix_socket(SOCK_STREAM);

	must(mkdir("folder", 0700) == 0 && symlink("folder", "way") == 0, "way");
	expect_error(0, do_bind(listener, path("a.sock")), "socket bind DIR/a.sock");
	puts("file create DIR/a.sock ok");
	must(listen(listener, 5) == 0, "listen");
	expect_error(0, do_connect(SOCK_STREAM, path("./folder/../a.sock")),
		     "socket connect DIR/a.sock");
	expect_error(0, accept(listener, NULL, NULL), "socket accept DIR/a.sock");
	expect_error(ECONNREFUSED, do_connect(SOCK_STREAM, path("plain")),
		     "socket connect DIR/plain");
	expect_error(ENOENT, do_connect(SOCK_STREAM, path("missing")),
		     "socket connect DIR/missing");
	expect_error(EADDRINUSE, do_bind(unix_socket(SOCK_STREAM), path("plain")),
		     "socket bind DIR/plain");
	expect_error(EPROTOTYPE, do_connect(SOCK_DGRAM, path("a.sock")),
		     "socket connect DIR/a.sock");
	listener = unix_socket(SOCK_SEQPACKET);
	expect_error(0, do_bind(listener, path("way/b.sock")), "socket bind DIR/folder/b.sock");
	puts("file stat DIR/way ok\nfile create DIR/folder/b.sock ok");
	must(listen(listener, 5) == 0, "listen");
	expect_error(0, do_connect(SOCK_SEQPACKET, path("way/b.sock")),
		     "socket connect DIR/folder/b.sock");
	/* Not ended by a NUL: the size says where it ends. */
	expect_error(0, do_bind(unix_socket(SOCK_DGRAM), name("c.sock-and-more", 6)),
		     "socket bind DIR/c.sock");
	expect_error(ENOENT, do_bind(unix_socket(SOCK_DGRAM), path("no/folder")),
		     "socket bind DIR/no/folder");
}

static void abstract(void)
{
	char unique[32];
	int listener = unix_socket(SOCK_STREAM);
	int size = snprintf(unique, sizeof unique, "%cpare-%d", 0, getppid());
	socklen_t whole = name(unique, (size_t)size);

	expect_error(0, do_bind(listener, whole), "socket bind @pare-%d", getppid());
	must(listen(listener, 5) == 0, "listen");
	expect_error(0, do_connect(SOCK_STREAM, whole), "socket connect @pare-%d", getppid());
	expect_error(0, accept(listener, NULL, NULL), "socket accept @pare-%d", getppid());
	expect_error(ECONNREFUSED, do_connect(SOCK_STREAM, name("\0nobody", 7)),
		     "socket connect @nobody");
	expect_error(0, do_bind(unix_socket(SOCK_DGRAM), name("\0with\0nul\0", 10)),
		     "socket bind @with\\x00nul\\x00");
	expect_error(0, do_bind(unix_socket(SOCK_DGRAM), name("\0\xff\n", 3)),
		     "socket bind @\\xff\\x0a");
}

static void datagrams(void)
{
	struct iovec data = { (char[]){ 'x' }, 1 };
	struct msghdr message = { .msg_name = &address, .msg_iov = &data, .msg_iovlen = 1 };
	struct mmsghdr many = { .msg_hdr = message };
	int one = unix_socket(SOCK_DGRAM), other = unix_socket(SOCK_DGRAM), pair[2];

	must(do_bind(other, path("d.sock")) == 0, "d.sock");
	expect_error(0, sendto(one, "x", 1, 0, (void *)&address, sizeof address) - 1,
		     "socket send DIR/d.sock");
	message.msg_namelen = path("folder/../d.sock");
	expect_error(0, sendmsg(one, &message, 0) - 1, "socket send DIR/d.sock");
	must(do_bind(unix_socket(SOCK_DGRAM), path("e.sock")) == 0, "e.sock");
	many.msg_hdr.msg_namelen = path("e.sock");
	expect_error(0, sendmmsg(one, &many, 1, 0) - 1, "socket send DIR/e.sock");
	expect_error(ENOENT, sendto(one, "x", 1, 0, (void *)&address, path("missing2")),
		     "socket send DIR/missing2");
	expect_error(ECONNREFUSED, sendto(one, "x", 1, 0, (void *)&address, name("\0nobody", 7)),
		     "socket send @nobody");
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && send(pair[0], "x", 1, 0) == 1,
	     "pair");
}

static void others(void)
{
	struct sockaddr_nl netlink = { .nl_family = AF_NETLINK };
	struct sockaddr_vm vm = { .svm_family = AF_VSOCK, .svm_cid = 77, .svm_port = 5 };
	struct sockaddr_ll link = { .sll_family = AF_PACKET, .sll_protocol = 0 };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	expect_error(0, bind(fd, (void *)&netlink, sizeof netlink), "kernel use netlink");
	puts("not kernel use raw-socket failed");
	must(connect(fd, (void *)&netlink, sizeof netlink) == 0, "netlink");
	fd = socket(AF_VSOCK, SOCK_STREAM, 0);
	if (fd >= 0)
		expect(connect(fd, (void *)&vm, sizeof vm), "kernel use socket-family-40");
	else
		puts("skip vsock: there is none");
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd < 0) {
		puts("skip packet sockets: no CAP_NET_RAW");
		return;
	}
	puts("kernel use raw-socket ok");
	expect(bind(fd, (void *)&link, sizeof link), "kernel use socket-family-17");
}

/* Sends one byte to each name at once. */
static int send_to_all(int fd, const char *const name[3])
{
	struct iovec data = { (char[]){ 'x' }, 1 };
	struct sockaddr_un address[3];
	struct mmsghdr many[3] = { 0 };

	for (int i = 0; i < 3; i++) {
		address[i] = (struct sockaddr_un){ .sun_family = AF_UNIX };
		snprintf(address[i].sun_path, sizeof address[i].sun_path, "%s", name[i]);
		many[i].msg_hdr = (struct msghdr){ .msg_name = &address[i],
						   .msg_namelen = sizeof address[i],
						   .msg_iov = &data,
						   .msg_iovlen = 1 };
	}
	return sendmmsg(fd, many, 3, 0);
}

/* What comes behind the first message that cannot be sent is not tried: sendmmsg(2). */
static void some_of_many(void)
{
	static const char *const outcome[] = { "ok", "absent", "denied", "failed", "unknown" };
	static const char *const unsent[] = { "nobody-1", "behind-1", "behind-2", "behind-3" };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0), got = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "sent-1" };

	must(bind(got, (void *)&address, sizeof address) == 0, "bind");
	must(send_to_all(fd, (const char *[]){ "sent-1", "nobody-1", "behind-1" }) == 1, "one");
	puts("socket send DIR/sent-1 ok");
	expect_error(ENOENT,
		     send_to_all(fd, (const char *[]){ "nobody-2", "behind-2", "behind-3" }),
		     "socket send DIR/nobody-2");
	for (size_t i = 0; i < sizeof unsent / sizeof *unsent; i++)
		for (size_t j = 0; j < sizeof outcome / sizeof *outcome; j++)
			printf("not socket send DIR/%s %s\n", unsent[i], outcome[j]);
}

int main(void)
{
	must(mknod("plain", S_IFREG | 0600, 0) == 0, "plain");
	paths();
	abstract();
	datagrams();
	some_of_many();
	others();
	return 0;
}
