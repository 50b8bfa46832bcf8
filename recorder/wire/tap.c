#include "recorder/wire/tap.h"

#include "core/clock.h"
#include "core/error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define BLOCK_BYTES  (512 << 10) /* holds the largest packet */
#define BLOCKS	     8		 /* as many bytes as capture.c has for names, and for all */
#define BLOCKS_WHOLE 32
#define FRAME_BYTES  2048 /* the kernel wants it, and does not use it with TPACKET_V3 */
#define WAIT_MS	     10	  /* that a packet may wait for others */
#define LOOPBACK     1	  /* index of the interface */

/* The header of LINK_SLL2 (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html); its fields
 * have the network's order. */
struct cooked {
	uint16_t protocol, reserved;
	uint32_t interface;
	uint16_t hardware;
	uint8_t way, address_size, address[8];
};

struct tap {
	int socket;
	char *ring;
	unsigned blocks, next;
	struct capture_counts counts;
};

static int set(int socket, int option, const void *value, socklen_t size)
{
	return setsockopt(socket, SOL_PACKET, option, value, size) < 0 ? -errno : 0;
}

/* A filter cuts, and leaves out what goes out on loopback, as it comes in there, too; libpcap does
 * the same, after it was captured. */
static int filter(int socket, uint32_t size)
{
	struct sock_filter step[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_IFINDEX)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, LOOPBACK, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, size),
	};
	const struct sock_fprog program = { sizeof step / sizeof *step, step };

	return setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0
		       ? -errno
		       : 0;
}

static int prepare(struct tap *tap, enum captured_size size)
{
	const struct tpacket_req3 ring = {
		.tp_block_size = BLOCK_BYTES,
		.tp_block_nr = tap->blocks,
		.tp_frame_size = FRAME_BYTES,
		.tp_frame_nr = tap->blocks * (BLOCK_BYTES / FRAME_BYTES),
		.tp_retire_blk_tov = WAIT_MS,
	};
	const int version = TPACKET_V3, room = sizeof(struct cooked);
	int r = set(tap->socket, PACKET_VERSION, &version, sizeof version);

	if (r == 0)
		r = set(tap->socket, PACKET_RESERVE, &room, sizeof room);
	if (r == 0)
		r = set(tap->socket, PACKET_RX_RING, &ring, sizeof ring);
	return r < 0 ? r : filter(tap->socket, (uint32_t)size - sizeof(struct cooked));
}

static int start(struct tap *tap)
{
	const struct sockaddr_ll all = { .sll_family = AF_PACKET,
					 .sll_protocol = htons(ETH_P_ALL) };
	void *ring = mmap(NULL, (size_t)tap->blocks * BLOCK_BYTES, PROT_READ | PROT_WRITE,
			  MAP_SHARED, tap->socket, 0);

	if (ring == MAP_FAILED)
		return -errno;
	tap->ring = ring;
	return bind(tap->socket, (const struct sockaddr *)&all, sizeof all) < 0 ? -errno : 0;
}

int tap_open(struct tap **ret, int socket, enum captured_size size, struct error *err)
{
	struct tap *tap = calloc(1, sizeof *tap);
	int r;

	if (!tap) {
		close(socket);
		return error_set(err, ENOMEM, "capture packets");
	}
	tap->socket = socket;
	tap->blocks = size == CAPTURE_WHOLE ? BLOCKS_WHOLE : BLOCKS;
	r = prepare(tap, size);
	if (r == 0)
		r = start(tap);
	if (r < 0) {
		tap_close(tap);
		return error_set(err, -r, "capture packets");
	}
	*ret = tap;
	return 0;
}

int tap_descriptor(const struct tap *tap)
{
	return tap->socket;
}

/* In the room before the packet that PACKET_RESERVE has asked for. */
static struct bytes cook(char *packet, uint32_t size, const struct sockaddr_ll *from)
{
	struct cooked cooked = {
		.protocol = from->sll_protocol,
		.interface = htonl((uint32_t)from->sll_ifindex),
		.hardware = htons(from->sll_hatype),
		.way = from->sll_pkttype,
		.address_size = from->sll_halen,
	};

	/* Behind it is whatever was there before. */
	memcpy(cooked.address, from->sll_addr,
	       from->sll_halen < sizeof cooked.address ? from->sll_halen : sizeof cooked.address);
	memcpy(packet - sizeof cooked, &cooked, sizeof cooked);
	return (struct bytes){ packet - sizeof cooked, size + sizeof cooked };
}

static void visit_one(struct tpacket3_hdr *head, capture_visit *visit, void *context)
{
	const struct sockaddr_ll *from = (const void *)((char *)head + TPACKET_ALIGN(sizeof *head));
	struct captured captured = {
		.link = LINK_SLL2,
		.size = head->tp_len + (uint32_t)sizeof(struct cooked),
		.time_ns = head->tp_sec * SECOND_NS + head->tp_nsec,
	};

	captured.frame = cook((char *)head + head->tp_net, head->tp_snaplen, from);
	visit(context, &captured);
}

static int visit_block(struct tpacket_block_desc *block, capture_visit *visit, void *context)
{
	uint32_t count = block->hdr.bh1.num_pkts;
	char *at = (char *)block + block->hdr.bh1.offset_to_first_pkt;

	for (uint32_t i = 0; i < count; i++) {
		struct tpacket3_hdr *head = (struct tpacket3_hdr *)at;

		at += head->tp_next_offset;
		visit_one(head, visit, context);
	}
	return (int)count;
}

int tap_read(struct tap *tap, capture_visit *visit, void *context)
{
	int count = 0;

	for (unsigned i = 0; i < tap->blocks; i++) {
		struct tpacket_block_desc *block =
			(void *)(tap->ring + (size_t)tap->next * BLOCK_BYTES);
		uint32_t *status = &block->hdr.bh1.block_status;

		if (!(__atomic_load_n(status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			break;
		count += visit_block(block, visit, context);
		__atomic_store_n(status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
		tap->next = (tap->next + 1) % tap->blocks;
	}
	return count;
}

/* What the kernel says is since it was asked last. */
void tap_count(struct tap *tap, struct capture_counts *ret)
{
	struct tpacket_stats_v3 statistics = { 0 };
	socklen_t size = sizeof statistics;

	getsockopt(tap->socket, SOL_PACKET, PACKET_STATISTICS, &statistics, &size);
	tap->counts.received += statistics.tp_packets;
	tap->counts.lost += statistics.tp_drops;
	*ret = tap->counts;
}

void tap_close(struct tap *tap)
{
	if (!tap)
		return;
	if (tap->ring)
		munmap(tap->ring, (size_t)tap->blocks * BLOCK_BYTES);
	close(tap->socket);
	free(tap);
}
