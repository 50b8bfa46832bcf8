/* Sockets, on the loopback device only. */
#include "recorder/selftest/checks.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LOOPBACK(host) (INADDR_LOOPBACK - 1 + (host)) /* 127.0.0.host */

/* A socket bound to a free port of that address, which is put into `ret`; or -errno. */
static int bound(int type, unsigned host, struct sockaddr_in *ret)
{
	socklen_t size = sizeof *ret;
	int r, fd = socket(AF_INET, type, 0);

	if (fd < 0)
		return ACT_NOT_HERE;
	*ret = (struct sockaddr_in){ .sin_family = AF_INET };
	ret->sin_addr.s_addr = htonl(LOOPBACK(host));
	r = act_result(bind(fd, (void *)ret, size));
	if (r == 0)
		r = act_result(getsockname(fd, (void *)ret, &size));
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

int act_tcp_bind(void)
{
	struct sockaddr_in address;
	int fd = bound(SOCK_STREAM, 1, &address);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

/* Connects to what `bound` made; where that failed there is nobody to connect to. */
static int connected(unsigned host, int backlog)
{
	struct sockaddr_in address;
	int r, accepted, client, server = bound(SOCK_STREAM, host, &address);

	if (server < 0)
		return ACT_NOT_HERE;
	client = socket(AF_INET, SOCK_STREAM, 0);
	r = backlog ? act_result(listen(server, backlog)) : 0;
	if (r == 0)
		r = act_result(connect(client, (void *)&address, sizeof address));
	if (r == 0) {
		accepted = accept(server, NULL, NULL);
		if (accepted >= 0)
			close(accepted);
	}
	close(client);
	close(server);
	return r;
}

int act_tcp_connect(void)
{
	return connected(1, 1);
}

int act_tcp_refused(void)
{
	return connected(2, 0);
}

int act_udp_sendto(void)
{
	struct sockaddr_in address;
	int r, fd = bound(SOCK_DGRAM, 1, &address);

	if (fd < 0)
		return ACT_NOT_HERE;
	r = act_result(sendto(fd, "x", 1, 0, (void *)&address, sizeof address));
	close(fd);
	return r;
}

/* Sends with sendmsg(2), or with sendmmsg(2) twice at once. */
static int send_message(unsigned host, unsigned count)
{
	struct sockaddr_in address;
	struct iovec data = { (char[]){ 'x' }, 1 };
	struct mmsghdr message[2] = { 0 };
	int r, fd = bound(SOCK_DGRAM, host, &address);

	if (fd < 0)
		return ACT_NOT_HERE;
	message[0].msg_hdr = (struct msghdr){ .msg_name = &address,
					      .msg_namelen = sizeof address,
					      .msg_iov = &data,
					      .msg_iovlen = 1 };
	message[1] = message[0];
	r = act_result(count == 1 ? sendmsg(fd, &message[0].msg_hdr, 0)
				  : sendmmsg(fd, message, count, 0));
	close(fd);
	return r;
}

int act_udp_sendmsg(void)
{
	return send_message(2, 1);
}

int act_udp_sendmmsg(void)
{
	return send_message(3, 2);
}

int act_udp_six(void)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_port = htons(9) };
	int r, fd = socket(AF_INET6, SOCK_DGRAM, 0);

	if (fd < 0)
		return ACT_NOT_HERE;
	address.sin6_addr = in6addr_loopback;
	r = act_result(connect(fd, (void *)&address, sizeof address));
	close(fd);
	return r;
}

static int unix_call(int (*call)(int, const struct sockaddr *, socklen_t), const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int r, fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0)
		return ACT_NOT_HERE;
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	r = act_result(call(fd, (void *)&address, sizeof address));
	close(fd);
	return r;
}

int act_unix_bind(void)
{
	return unix_call(bind, "here.sock");
}

int act_unix_connect(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "there.sock" };
	int r, server = socket(AF_UNIX, SOCK_STREAM, 0);

	if (server < 0)
		return ACT_NOT_HERE;
	r = bind(server, (void *)&address, sizeof address) < 0 || listen(server, 1) < 0
		    ? ACT_NOT_HERE
		    : unix_call(connect, address.sun_path);
	close(server);
	return r;
}

int act_unix_absent(void)
{
	return unix_call(connect, "no-such");
}

int act_unix_abstract(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int r, size, fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0)
		return ACT_NOT_HERE;
	size = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "pare-self-test-%d",
			getpid());
	r = act_result(
		bind(fd, (void *)&address,
		     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)size)));
	close(fd);
	return r;
}
