#ifndef RECORDER_WIRE_LINK_H
#define RECORDER_WIRE_LINK_H

#include "recorder/wire/cursor.h"

/* Link layers, by the numbers that pcap_datalink(3) and capture files use
 * (https://www.tcpdump.org/linktypes.html). */
enum link {
	LINK_NULL = 0, /* four bytes of address family in the host's order */
	LINK_ETHERNET = 1,
	LINK_RAW = 12,	     /* an IP packet: DLT_RAW on Linux */
	LINK_RAW_FILE = 101, /* the same in a file */
	LINK_LOOP = 108,     /* the same as LINK_NULL, big-endian */
	LINK_SLL = 113,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_SLL2 = 276,
};

/* Where a cooked capture saw a packet: the sll_pkttype of packet(7). */
enum frame_way {
	FRAME_TO_US = 0,
	FRAME_BROADCAST = 1,
	FRAME_MULTICAST = 2,
	FRAME_TO_OTHERS = 3,
	FRAME_SENT = 4,
	FRAME_UNKNOWN = 255, /* the link layer does not say */
};

struct frame {
	uint16_t protocol;  /* EtherType of the packet: 0x0800 IPv4, 0x86dd IPv6; 0 is unknown */
	uint16_t vlan;	    /* innermost VLAN identifier, 0 for none */
	uint32_t interface; /* index, 0 where the link layer does not say */
	enum frame_way way;
	struct bytes packet;
};

/* Takes the link layer off a captured frame: Ethernet with any number of 802.1Q and 802.1ad tags,
 * Linux cooked capture 1 and 2, BSD loopback, raw IP.  Returns 0, -EPROTONOSUPPORT for another
 * `link`, -EBADMSG for a frame that is too short. */
int link_read(enum link link, struct bytes bytes, struct frame *ret);

#endif
