/* A capture of a socket alone has the packets that libpcap has, byte for byte.  In a user and a
 * network namespace of its own, where everybody may capture. */
#include "wire_fixture.h"

#include "core/error.h"
#include "recorder/wire/capture.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT	   5555
#define WAIT_MS	   2000
#define HEAD_BYTES 20 /* of LINK_SLL2 */

struct seen {
	struct buffer bytes; /* of all, behind their sizes */
	unsigned count;
	int64_t first_ns, last_ns;
};

static void see(void *context, const struct captured *captured)
{
	struct seen *seen = context;

	assert_int_equal(captured->link, LINK_SLL2);
	buffer_printf(&seen->bytes, "%u of %u:", (unsigned)captured->frame.size, captured->size);
	assert_true(captured->frame.size >= HEAD_BYTES);
	/* libpcap does not say what is behind an address of six bytes. */
	buffer_append(&seen->bytes, captured->frame.data, HEAD_BYTES - 2);
	buffer_append(&seen->bytes, captured->frame.data + HEAD_BYTES,
		      captured->frame.size - HEAD_BYTES);
	seen->first_ns = seen->first_ns ? seen->first_ns : captured->time_ns;
	assert_true(captured->time_ns >= seen->last_ns);
	seen->last_ns = captured->time_ns;
	seen->count++;
}

static int set_up(void **state)
{
	static char alone[] = "alone";
	int socket_of_any;
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return 0;
	socket_of_any = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(ioctl(socket_of_any, SIOCSIFFLAGS, &lo), 0);
	close(socket_of_any);
	*state = alone;
	return 0;
}

static struct capture *open_capture(bool tap, enum captured_size size)
{
	struct error error = { 0 };
	struct capture *capture = NULL;
	int r;

	if (tap)
		r = capture_open_tap(&capture, socket(AF_PACKET, SOCK_DGRAM, 0), size, &error);
	else
		r = capture_open(&capture, size, &error);
	if (r < 0)
		fail_msg("%s: %d, %s", tap ? "tap" : "libpcap", r, error.text);
	return capture;
}

static void talk(unsigned datagrams, size_t size)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
					.sin_port = htons(PORT),
					.sin_addr = { htonl(INADDR_LOOPBACK) } };
	int from = socket(AF_INET, SOCK_DGRAM, 0), at = socket(AF_INET, SOCK_DGRAM, 0);
	static char payload[65000];

	assert_int_equal(bind(at, (const struct sockaddr *)&to, sizeof to), 0);
	for (unsigned i = 0; i < datagrams; i++) {
		memset(payload, 'a' + (int)(i % 26), sizeof payload);
		assert_int_equal(
			sendto(from, payload, size, 0, (const struct sockaddr *)&to, sizeof to),
			(ssize_t)size);
		assert_int_equal(recv(at, payload, sizeof payload, 0), (ssize_t)size);
	}
	close(from);
	close(at);
}

/* Until as many have been read as the kernel counts, and that is so when no more come. */
static void read_all(struct capture *capture, struct seen *seen)
{
	struct pollfd ready = { .fd = capture_descriptor(capture), .events = POLLIN };

	capture_mark(capture);
	for (int i = 0; i < 100 && !capture_is_read(capture); i++) {
		poll(&ready, 1, WAIT_MS / 100);
		assert_true(capture_read(capture, see, seen) >= 0);
	}
	assert_true(capture_is_read(capture));
	assert_int_equal(capture_read(capture, see, seen), 0);
}

static void expect_counts(const struct capture *capture, uint64_t received, bool some_lost)
{
	struct capture_counts counts;

	capture_count(capture, &counts);
	assert_int_equal(counts.received, received);
	assert_int_equal(counts.lost > 0, some_lost);
}

static void sees_the_same(void **state)
{
	static const enum captured_size size[] = { CAPTURE_NAMES, CAPTURE_WHOLE };
	/* More than the ring has room for, in parts that fit; one packet that is cut for names. */
	static const struct {
		unsigned datagrams;
		size_t size;
	} part[] = { { 1, 1 },	    { 1000, 1000 }, { 1000, 1400 }, { 0, 0 },
		     { 1000, 900 }, { 20, 60000 },  { 1000, 0 } };

	if (!*state)
		skip();
	for (int i = 0; i < 2; i++) {
		struct capture *one = open_capture(false, size[i]),
			       *two = open_capture(true, size[i]);
		struct seen by_pcap = { 0 }, by_tap = { 0 };
		unsigned sent = 0;

		for (size_t each = 0; each < sizeof part / sizeof *part; each++) {
			talk(part[each].datagrams, part[each].size);
			read_all(one, &by_pcap);
			read_all(two, &by_tap);
			sent += part[each].datagrams;
			assert_int_equal(by_tap.count, sent);
		}
		assert_int_equal(by_pcap.count, by_tap.count);
		assert_int_equal(by_pcap.bytes.size, by_tap.bytes.size);
		assert_memory_equal(by_pcap.bytes.data, by_tap.bytes.data, by_tap.bytes.size);
		assert_int_equal(by_pcap.first_ns, by_tap.first_ns);
		assert_int_equal(by_pcap.last_ns, by_tap.last_ns);
		expect_counts(two, sent, false);
		buffer_release(&by_pcap.bytes);
		buffer_release(&by_tap.bytes);
		capture_close(one);
		capture_close(two);
	}
}

/* What the ring has no room for is counted, and what comes once there is room is read. */
static void counts_what_is_lost(void **state)
{
	struct capture *capture;
	struct seen seen = { 0 };

	if (!*state)
		skip();
	capture = open_capture(true, CAPTURE_NAMES);
	talk(5000, 1400);
	read_all(capture, &seen);
	expect_counts(capture, 5000, true);
	assert_in_range(seen.count, 1000, 4999);
	buffer_release(&seen.bytes);
	seen = (struct seen){ 0 };
	talk(10, 1400);
	read_all(capture, &seen);
	assert_int_equal(seen.count, 10);
	expect_counts(capture, 5010, true);
	buffer_release(&seen.bytes);
	capture_close(capture);
}

static void refuses_other_sockets(void **state)
{
	struct error error = { 0 };
	struct capture *capture = NULL;

	(void)state;
	assert_int_equal(
		capture_open_tap(&capture, socket(AF_INET, SOCK_DGRAM, 0), CAPTURE_NAMES, &error),
		-ENOPROTOOPT);
	assert_null(capture);
	assert_string_equal(error.text, "capture packets: Protocol not available");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sees_the_same),
		cmocka_unit_test(counts_what_is_lost),
		cmocka_unit_test(refuses_other_sockets),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
