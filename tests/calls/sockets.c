#include "expect.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_in loopback(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return address;
}

static void tcp(void)
{
	struct sockaddr_in address = loopback(0);
	socklen_t size = sizeof address;
	int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
	int port;

	expect(bind(server, (void *)&address, size), "host bind tcp/127.0.0.1:0");
	must(listen(server, 1) == 0 && getsockname(server, (void *)&address, &size) == 0, "listen");
	port = ntohs(address.sin_port);
	expect(connect(client, (void *)&address, size), "host connect tcp/127.0.0.1:%d", port);
	expect(accept(server, NULL, NULL), "host accept tcp/127.0.0.1:%d", port);
	close(server);
	client = socket(AF_INET, SOCK_STREAM, 0);
	expect(connect(client, (void *)&address, size), "host connect tcp/127.0.0.1:%d", port);
}

static void udp(void)
{
	struct sockaddr_in address = loopback(9);
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(9) };
	struct iovec data = { (char[]){ 'x' }, 1 };
	struct msghdr message = { .msg_name = &address,
				  .msg_namelen = sizeof address,
				  .msg_iov = &data,
				  .msg_iovlen = 1 };
	struct mmsghdr many[2] = { { .msg_hdr = message }, { .msg_hdr = message } };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), fd6 = socket(AF_INET6, SOCK_DGRAM, 0);

	expect(sendto(fd, "x", 1, 0, (void *)&address, sizeof address),
	       "host send udp/127.0.0.1:9");
	address.sin_port = htons(10);
	expect(sendmsg(fd, &message, 0), "host send udp/127.0.0.1:10");
	address.sin_port = htons(11);
	expect(sendmmsg(fd, many, 2, 0), "host send udp/127.0.0.1:11");
	six.sin6_addr = in6addr_loopback;
	if (fd6 >= 0)
		expect(connect(fd6, (void *)&six, sizeof six), "host connect udp/[::1]:9");
}

static void unix_names(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "here.sock" };
	socklen_t abstract = offsetof(struct sockaddr_un, sun_path) + 5;
	int server = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);

	expect(bind(server, (void *)&address, sizeof address), "socket bind DIR/here.sock");
	expect(0, "file create DIR/here.sock");
	must(listen(server, 1) == 0, "listen");
	expect(connect(client, (void *)&address, sizeof address), "socket connect DIR/here.sock");
	client = socket(AF_UNIX, SOCK_DGRAM, 0);
	memcpy(address.sun_path, "\0name", 5);
	expect(bind(client, (void *)&address, abstract), "socket bind @name");
	client = socket(AF_UNIX, SOCK_STREAM, 0);
	strcpy(address.sun_path, "nobody.sock");
	expect(connect(client, (void *)&address, sizeof address), "socket connect DIR/nobody.sock");
}

int main(void)
{
	tcp();
	udp();
	unix_names();
	return 0;
}
