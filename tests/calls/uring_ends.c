/* pare record --io-uring=allow */
#include "expect.h"
#include "ring.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* What is submitted to io_uring: sockets, and what comes of submissions in the end. */

static struct ring ring;

static int by_address(int operation, int fd, const struct sockaddr_in *address)
{
	struct io_uring_sqe *entry = next(&ring, operation, fd);

	entry->addr = at(address);
	entry->addr2 = sizeof *address;
	return finish(&ring);
}

static void listen_at(int fd, struct sockaddr_in *address)
{
	socklen_t size = sizeof *address;

	if (knows(&ring, BIND)) {
		must(by_address(BIND, fd, address) == 0, "IORING_OP_BIND");
		puts("host bind tcp/127.0.0.1:0 ok");
		next(&ring, LISTEN, fd)->len = 1;
		must(finish(&ring) == 0, "IORING_OP_LISTEN");
	} else {
		must(bind(fd, (void *)address, size) == 0 && listen(fd, 1) == 0, "listen");
	}
	must(getsockname(fd, (void *)address, &size) == 0, "getsockname");
	printf("with nobody host accept tcp/127.0.0.1:%d ok\n", ntohs(address->sin_port));
}

/* Accepts before anybody comes: it ends in a later call than it was submitted in. */
static void connections(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in own = { 0 };
	int fd = socket(AF_INET, SOCK_STREAM, 0), made;
	socklen_t size = sizeof own;
	struct io_uring_sqe *entry;

	listen_at(fd, &address);
	next(&ring, IORING_OP_ACCEPT, fd);
	enter(&ring, 0);
	next(&ring, IORING_OP_SOCKET, AF_INET)->off = SOCK_STREAM;
	made = finish(&ring);
	must(made >= 0, "IORING_OP_SOCKET");
	entry = next(&ring, IORING_OP_CONNECT, made);
	entry->addr = at(&address);
	entry->off = sizeof address;
	enter(&ring, 2);
	must(take(&ring) >= 0 && take(&ring) >= 0, "a connection");
	must(getsockname(made, (void *)&own, &size) == 0, "getsockname");
	printf("host connect tcp/127.0.0.1:%d ok\n", ntohs(address.sin_port));
	printf("with tcp/127.0.0.1:%d host accept tcp/127.0.0.1:%d ok\n", ntohs(own.sin_port),
	       ntohs(address.sin_port));
}

static void messages(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(9),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct iovec data = { (char[]){ 'x' }, 1 };
	struct msghdr message = { .msg_name = &address,
				  .msg_namelen = sizeof address,
				  .msg_iov = &data,
				  .msg_iovlen = 1 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	next(&ring, IORING_OP_SENDMSG, fd)->addr = at(&message);
	expect(finish(&ring), "host send udp/127.0.0.1:9");
}

/* Descriptors that come over a socket. */
static void rights(void)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr header;
	} control = { 0 };
	struct iovec data = { (char[]){ 'x' }, 1 };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof control };
	int pair[2], fd = open("given/1", O_RDONLY);

	must(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0, "socketpair");
	control.header = (struct cmsghdr){ CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
	must(sendmsg(pair[0], &message, 0) == 1, "sendmsg");
	next(&ring, IORING_OP_RECVMSG, pair[1])->addr = at(&message);
	must(finish(&ring) == 1, "IORING_OP_RECVMSG");
	memcpy(&fd, CMSG_DATA(&control.header), sizeof fd);
	printf("as received:%d file read DIR/given/1 ok\n", fd);
}

/* Two of one number: whose end a completion tells cannot be known. */
static void alike(void)
{
	for (int i = 0; i < 2; i++) {
		struct io_uring_sqe *entry = next(&ring, IORING_OP_OPENAT, AT_FDCWD);

		entry->addr = at(i ? "alike/2" : "alike/1");
		entry->user_data = 7;
	}
	enter(&ring, 2);
	must(take(&ring) == -ENOENT && take(&ring) == -ENOENT, "two of one number");
	puts("file read DIR/alike/1 unknown\nfile read DIR/alike/2 unknown");
	/* The number is free again. */
	next(&ring, IORING_OP_OPENAT, AT_FDCWD)->addr = at("alike/3");
	must(finish(&ring) == -1, "one of that number");
	puts("file read DIR/alike/3 absent");
}

/* The program takes what has ended without a call; what came of it is seen at the next one. */
static void taken_alone(void)
{
	next(&ring, IORING_OP_OPENAT, AT_FDCWD)->addr = at("alone");
	enter(&ring, 0);
	must(take(&ring) == -ENOENT, "an end");
	puts("file read DIR/alone absent");
	next(&ring, IORING_OP_NOP, 0);
	must(finish(&ring) == 0, "IORING_OP_NOP");
}

/* It waits for a writer until its process ends. */
static void never_ends(void)
{
	struct ring own = begin(0);
	struct io_uring_sqe *entry;

	must(own.fd >= 0 && mkfifo("fifo", 0600) == 0, "mkfifo");
	entry = next(&own, IORING_OP_OPENAT, AT_FDCWD);
	entry->addr = at("fifo");
	entry->flags = IOSQE_ASYNC;
	enter(&own, 0);
	puts("file read DIR/fifo unknown");
}

/* Of what failed a completion comes all the same, but pare does not wait for it. */
static void silent(void)
{
	struct io_uring_sqe *entry = next(&ring, IORING_OP_OPENAT, AT_FDCWD);

	entry->addr = at("given/2");
	entry->flags = IOSQE_CQE_SKIP_SUCCESS;
	next(&ring, IORING_OP_NOP, 0);
	enter(&ring, 1);
	must(take(&ring) == 0, "IORING_OP_NOP");
	puts("file read DIR/given/2 unknown");
}

int main(void)
{
	ring = begin_first();
	connections();
	messages();
	rights();
	alike();
	taken_alone();
	silent();
	apart(never_ends);
	return 0;
}
