#include "expect.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

static struct sockaddr_in four(const char *text, int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	must(inet_pton(AF_INET, text, &address.sin_addr) == 1, text);
	return address;
}

static struct sockaddr_in6 six(const char *text, int port)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6,
					.sin6_port = htons((uint16_t)port) };

	must(inet_pton(AF_INET6, text, &address.sin6_addr) == 1, text);
	return address;
}

static int port_of(int fd)
{
	struct sockaddr_in6 address;
	socklen_t size = sizeof address;

	must(getsockname(fd, (void *)&address, &size) == 0, "getsockname");
	return ntohs(address.sin6_port); /* where sin_port is, too */
}

static int server(struct sockaddr *address, socklen_t size)
{
	int fd = socket(address->sa_family, SOCK_STREAM, 0);

	must(fd >= 0 && bind(fd, address, size) == 0 && listen(fd, 5) == 0, "server");
	return fd;
}

static void streams(void)
{
	struct sockaddr_in to = four("127.0.0.1", 0), nothing = { .sin_family = AF_UNSPEC };
	int listener = server((void *)&to, sizeof to), port = port_of(listener), fd;

	to.sin_port = htons((uint16_t)port);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	expect_error(0, connect(fd, (void *)&to, sizeof to), "host connect tcp/127.0.0.1:%d", port);
	expect_error(0, accept4(listener, NULL, NULL, SOCK_NONBLOCK),
		     "host accept tcp/127.0.0.1:%d", port);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	connect(fd, (void *)&to, sizeof to);
	printf("host connect tcp/127.0.0.1:%d ok\n", port); /* EINPROGRESS is no failure */
	expect_error(EADDRINUSE, bind(socket(AF_INET, SOCK_STREAM, 0), (void *)&to, sizeof to),
		     "host bind tcp/127.0.0.1:%d", port);
	close(listener);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	to = four("127.0.0.1", 1);
	expect_error(ECONNREFUSED, connect(fd, (void *)&to, sizeof to),
		     "host connect tcp/127.0.0.1:1");
	to = four("127.0.0.2", 1);
	expect_error(EBADF, connect(9999, (void *)&to, sizeof to), "host connect ip/127.0.0.2:1");
	to = four("127.0.0.3", 1);
	expect_error(EINVAL, connect(fd, (void *)&to, 8), "host connect tcp/127.0.0.3:1");
	must(connect(socket(AF_INET, SOCK_DGRAM, 0), (void *)&nothing, sizeof nothing) == 0,
	     "none");
	must(connect(fd, NULL, 16) < 0 && connect(fd, (void *)&to, 1) < 0, "no address");
}

static void datagrams(void)
{
	struct sockaddr_in to = four("127.0.0.1", 20), also = four("127.0.0.4", 21);
	struct iovec data = { (char[]){ 'x' }, 1 };
	struct msghdr message = { .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &data };
	struct mmsghdr many[2] = { { .msg_hdr = message }, { .msg_hdr = message } };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	message.msg_iovlen = many[0].msg_hdr.msg_iovlen = many[1].msg_hdr.msg_iovlen = 1;
	many[1].msg_hdr.msg_name = &also;
	expect_error(0, bind(fd, (void *)&(struct sockaddr_in){ .sin_family = AF_INET }, sizeof to),
		     "host bind udp/0.0.0.0:0");
	expect_error(0, sendto(fd, "x", 1, 0, (void *)&to, sizeof to) - 1,
		     "host send udp/127.0.0.1:20");
	to.sin_port = htons(22);
	expect_error(0, sendmsg(fd, &message, MSG_NOSIGNAL) - 1, "host send udp/127.0.0.1:22");
	to.sin_port = htons(23);
	expect_error(0, sendmmsg(fd, many, 2, 0) - 2, "host send udp/127.0.0.1:23");
	puts("host send udp/127.0.0.4:21 ok");
	also = four("255.255.255.255", 24);
	expect_error(EACCES, sendto(fd, "x", 1, 0, (void *)&also, sizeof also),
		     "host send udp/255.255.255.255:24");
	also = four("127.0.0.1", 25);
	expect_error(0, connect(fd, (void *)&also, sizeof also), "host connect udp/127.0.0.1:25");
	must(send(fd, "x", 1, 0) == 1, "send");
	expect_error(EDESTADDRREQ,
		     sendto(socket(AF_INET, SOCK_DGRAM, 0), "x", 1, 0, NULL, 0) == -1 ? -1 : 0,
		     "not host send udp/0.0.0.0:0");
}

static void newer(void)
{
	struct sockaddr_in6 to = six("::1", 0), mapped = six("::ffff:127.0.0.1", 30);
	struct sockaddr_in6 any = six("::", 0);
	int fd = socket(AF_INET6, SOCK_STREAM, 0), listener, port;

	if (fd < 0 || bind(fd, (void *)&to, sizeof to) < 0) {
		puts("skip IPv6: there is none");
		return;
	}
	puts("host bind tcp/[::1]:0 ok");
	listener = server((void *)&to, sizeof to);
	port = port_of(listener);
	to.sin6_port = htons((uint16_t)port);
	fd = socket(AF_INET6, SOCK_STREAM, 0);
	expect_error(0, connect(fd, (void *)&to, sizeof to), "host connect tcp/[::1]:%d", port);
	expect_error(0, accept(listener, NULL, NULL), "host accept tcp/[::1]:%d", port);
	fd = socket(AF_INET6, SOCK_DGRAM, 0);
	expect_error(0, sendto(fd, "x", 1, 0, (void *)&mapped, sizeof mapped) - 1,
		     "host send udp/127.0.0.1:30");
	to.sin6_port = htons(31);
	expect_error(0, sendto(fd, "x", 1, 0, (void *)&to, sizeof to) - 1,
		     "host send udp/[::1]:31");
	expect_error(0, bind(socket(AF_INET6, SOCK_DGRAM, 0), (void *)&any, sizeof any),
		     "host bind udp/[::]:0");
	to = six("2001:db8::1", 32);
	expect(connect(socket(AF_INET6, SOCK_DGRAM, 0), (void *)&to, sizeof to),
	       "host connect udp/[2001:db8::1]:32");
}

static void send_to(const char *text, unsigned scope, const char *name)
{
	struct sockaddr_in6 to = six(text, 33);

	to.sin6_scope_id = scope;
	expect(sendto(socket(AF_INET6, SOCK_DGRAM, 0), "x", 1, 0, (void *)&to, sizeof to),
	       "host send udp/[%s]:33", name);
}

static void another_network(void)
{
	struct ifreq loopback = { .ifr_name = "lo", .ifr_newname = "pare0" };

	if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0) {
		puts("skip a network of one's own: it is not allowed");
		return;
	}
	must(ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFNAME, &loopback) == 0, "SIOCSIFNAME");
	send_to("fe80::7", 1, "fe80::7%pare0");
}

/* Addresses that are another in each zone; in all others the zone means nothing. */
static void zones(void)
{
	struct sockaddr_in6 to = six("fe80::5", 34);
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	if (fd < 0)
		return; /* newer() has said so */
	to.sin6_scope_id = 1;
	expect(connect(fd, (void *)&to, sizeof to), "host connect tcp/[fe80::5%%lo]:34");
	expect(bind(fd, (void *)&to, sizeof to), "host bind tcp/[fe80::5%%lo]:34");
	to = six("fe80::6", 35);
	to.sin6_scope_id = 1;
	expect_error(EBADF, connect(9999, (void *)&to, sizeof to),
		     "host connect ip/[fe80::6%%lo]:35");
	send_to("fe80::1", 1, "fe80::1%lo");
	send_to("febf::1", 1, "febf::1%lo");
	send_to("fe80::2", 0, "fe80::2");
	send_to("fe80::3", 99999, "fe80::3%99999");
	send_to("ff02::1", 1, "ff02::1%lo");
	send_to("ff01::1", 1, "ff01::1%lo");
	send_to("ff05::1", 1, "ff05::1");
	send_to("2001:db8::2", 1, "2001:db8::2");
	send_to("::1", 1, "::1");
	apart(another_network);
}

static int stream(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

/* The first data of a connection goes with the request for it; where that is switched off, it was
 * asked for all the same. */
static void first_data(void)
{
	struct sockaddr_in to = four("127.0.0.1", 0), by[3];
	int port, first;
	struct iovec data = { (char[]){ 'x' }, 1 };
	struct msghdr message = { .msg_name = &by[1], .msg_namelen = sizeof to, .msg_iov = &data };
	struct mmsghdr many = { .msg_hdr = message };

	message.msg_iovlen = many.msg_hdr.msg_iovlen = 1;
	many.msg_hdr.msg_name = &by[2];
	for (int i = 0; i < 3; i++) {
		by[i] = four(i ? i == 1 ? "127.0.0.6" : "127.0.0.7" : "127.0.0.5", 0);
		by[i].sin_port = htons((uint16_t)port_of(server((void *)&by[i], sizeof to)));
	}
	port = ntohs(by[0].sin_port);
	first = stream();
	expect(sendto(first, "x", 1, MSG_FASTOPEN, (void *)&by[0], sizeof to),
	       "host connect tcp/127.0.0.5:%d", port);
	printf("not host send tcp/127.0.0.5:%d ok\n", port);
	port = ntohs(by[1].sin_port);
	expect(sendmsg(stream(), &message, MSG_FASTOPEN | MSG_NOSIGNAL),
	       "host connect tcp/127.0.0.6:%d", port);
	port = ntohs(by[2].sin_port);
	expect(sendmmsg(stream(), &many, 1, MSG_FASTOPEN), "host connect tcp/127.0.0.7:%d", port);
	to = four("127.0.0.8", 40);
	expect_error(EPIPE, sendto(stream(), "x", 1, MSG_NOSIGNAL, (void *)&to, sizeof to),
		     "host send tcp/127.0.0.8:40");
	/* A datagram connects nothing. */
	to = four("127.0.0.8", 41);
	expect_error(0,
		     sendto(socket(AF_INET, SOCK_DGRAM, 0), "x", 1, MSG_FASTOPEN, (void *)&to,
			    sizeof to) -
			     1,
		     "host send udp/127.0.0.8:41");
	puts("not host connect udp/127.0.0.8:41 ok");
}

static void raw(void)
{
	struct sockaddr_in to = four("127.0.0.1", 0);
	char echo[8] = { 8 };
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);

	if (fd < 0) {
		expect(fd, "kernel use raw-socket");
		return;
	}
	puts("kernel use raw-socket ok");
	expect_error(0, sendto(fd, echo, sizeof echo, 0, (void *)&to, sizeof to) - 8,
		     "host send icmp/127.0.0.1:0");
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	must(fd >= 0, "packet");
	fd = socket(AF_PACKET, SOCK_DGRAM, 0);
	must(fd >= 0, "packet");
	fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	to = four("127.0.0.9", 0);
	expect_error(0, connect(fd, (void *)&to, sizeof to), "host connect raw/127.0.0.9:0");
}

int main(void)
{
	streams();
	datagrams();
	newer();
	zones();
	first_data();
	raw();
	return 0;
}
