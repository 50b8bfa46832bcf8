#include "recorder/wire/capture.h"

#include "core/clock.h"
#include "core/error.h"
#include "recorder/wire/tap.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EVERY_INTERFACE "any"
#define RING_BYTES	(4 << 20) /* of which the kernel fills one part and we read another */
#define WHOLE_BYTES	(16 << 20)
#define WAIT_MS		10 /* that a packet may wait for others */
#define LOOPBACK	1  /* index of the interface */

struct capture {
	struct tap *tap; /* in place of libpcap; NULL: it is libpcap that captures */
	pcap_t *pcap;
	enum link link;
	uint64_t read, wanted; /* packets, as the kernel counts them */
	capture_visit *visit;
	void *context;
};

static int start(pcap_t *pcap, enum captured_size size)
{
	pcap_set_snaplen(pcap, (int)size);
	pcap_set_buffer_size(pcap, size == CAPTURE_WHOLE ? WHOLE_BYTES : RING_BYTES);
	pcap_set_timeout(pcap, WAIT_MS);
	pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
	return pcap_activate(pcap);
}

static int refuse(pcap_t *pcap, int status, struct error *err)
{
	if (status == PCAP_ERROR_PERM_DENIED)
		return -EPERM;
	return error_say(err, EIO, "capture packets: %s (%s)", pcap_geterr(pcap),
			 pcap_statustostr(status));
}

static int prepare(struct capture *capture, enum captured_size size, struct error *err)
{
	char why[PCAP_ERRBUF_SIZE];
	int status = start(capture->pcap, size);

	if (status < 0)
		return refuse(capture->pcap, status, err);
	/* The newer cooked form says which interface it was. */
	if (pcap_set_datalink(capture->pcap, LINK_SLL2) < 0 &&
	    pcap_datalink(capture->pcap) != LINK_SLL)
		return refuse(capture->pcap, PCAP_ERROR, err);
	capture->link = (enum link)pcap_datalink(capture->pcap);
	if (pcap_setnonblock(capture->pcap, 1, why) < 0)
		return error_say(err, EIO, "capture packets: %s", why);
	return 0;
}

int capture_open(struct capture **ret, enum captured_size size, struct error *err)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	struct capture *capture = calloc(1, sizeof *capture);
	int r;

	if (!capture)
		return error_set(err, ENOMEM, "capture packets");
	capture->pcap = pcap_create(EVERY_INTERFACE, why);
	if (!capture->pcap) {
		free(capture);
		return error_say(err, EIO, "capture packets: %s", why);
	}
	r = prepare(capture, size, err);
	if (r < 0) {
		capture_close(capture);
		return r;
	}
	*ret = capture;
	return 0;
}

int capture_open_tap(struct capture **ret, int socket, enum captured_size size, struct error *err)
{
	struct capture *capture = calloc(1, sizeof *capture);
	int r;

	if (!capture) {
		close(socket);
		return error_set(err, ENOMEM, "capture packets");
	}
	capture->link = LINK_SLL2;
	r = tap_open(&capture->tap, socket, size, err);
	if (r < 0) {
		free(capture);
		return r;
	}
	*ret = capture;
	return 0;
}

int capture_descriptor(const struct capture *capture)
{
	if (capture->tap)
		return tap_descriptor(capture->tap);
	return pcap_get_selectable_fd(capture->pcap);
}

/* On loopback each packet comes twice; libpcap leaves the one that goes out away (pcap-linux.c). */
static unsigned count_of(const struct capture *capture, const u_char *bytes, uint32_t size)
{
	static const u_char loopback[] = { 0, 0, 0, LOOPBACK };

	/* The third field of the newer cooked header is the interface. */
	return capture->link == LINK_SLL2 && size >= 8 && !memcmp(bytes + 4, loopback, 4) ? 2 : 1;
}

static void take(u_char *context, const struct pcap_pkthdr *header, const u_char *bytes)
{
	struct capture *capture = (struct capture *)context;
	const struct captured captured = {
		.link = capture->link,
		.frame = { (const char *)bytes, header->caplen },
		.size = header->len,
		.time_ns = header->ts.tv_sec * SECOND_NS + header->ts.tv_usec, /* nanoseconds */
	};

	capture->read += count_of(capture, bytes, header->caplen);
	capture->visit(capture->context, &captured);
}

int capture_read(struct capture *capture, capture_visit *visit, void *context)
{
	int r;

	if (capture->tap) {
		r = tap_read(capture->tap, visit, context);
		capture->read += (uint64_t)r;
		return r;
	}
	capture->visit = visit;
	capture->context = context;
	r = pcap_dispatch(capture->pcap, -1, take, (u_char *)capture);
	return r < 0 ? -EIO : r;
}

enum link capture_link(const struct capture *capture)
{
	return capture->link;
}

void capture_count(const struct capture *capture, struct capture_counts *ret)
{
	struct pcap_stat statistics = { 0 };

	if (capture->tap) {
		tap_count(capture->tap, ret);
		return;
	}
	*ret = (struct capture_counts){ 0 };
	if (pcap_stats(capture->pcap, &statistics) < 0)
		return;
	ret->received = statistics.ps_recv;
	ret->lost = statistics.ps_drop;
	ret->interface_lost = statistics.ps_ifdrop;
}

void capture_mark(struct capture *capture)
{
	struct capture_counts counts;

	capture_count(capture, &counts);
	capture->wanted = counts.received - counts.lost;
}

bool capture_is_read(const struct capture *capture)
{
	return capture->read >= capture->wanted;
}

void capture_close(struct capture *capture)
{
	if (!capture)
		return;
	if (capture->pcap)
		pcap_close(capture->pcap);
	tap_close(capture->tap);
	free(capture);
}
