#include "recorder/wire/link.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#define TYPE_IPV4    0x0800
#define TYPE_IPV6    0x86dd
#define TYPE_VLAN    0x8100 /* IEEE 802.1Q */
#define TYPE_SERVICE 0x88a8 /* IEEE 802.1ad, the outer of two tags */
#define TYPE_OLD     0x9100 /* the same before there was a standard */

static bool is_tag(uint16_t type)
{
	return type == TYPE_VLAN || type == TYPE_SERVICE || type == TYPE_OLD;
}

/* The EtherType that follows in the end, beyond all tags. */
static void read_type(struct cursor *cursor, uint16_t type, struct frame *frame)
{
	while (is_tag(type) && !cursor->failed) {
		frame->vlan = cursor_u16(cursor) & 0xfff;
		type = cursor_u16(cursor);
	}
	frame->protocol = type;
}

static void read_ethernet(struct cursor *cursor, struct frame *frame)
{
	cursor_skip(cursor, 12);
	read_type(cursor, cursor_u16(cursor), frame);
}

static enum frame_way way_of(unsigned type)
{
	return type <= FRAME_SENT ? (enum frame_way)type : FRAME_UNKNOWN;
}

/* LINKTYPE_LINUX_SLL: type of packet, ARPHRD, length of address, address[8], protocol. */
static void read_cooked(struct cursor *cursor, struct frame *frame)
{
	frame->way = way_of(cursor_u16(cursor));
	cursor_skip(cursor, 12);
	read_type(cursor, cursor_u16(cursor), frame);
}

/* LINKTYPE_LINUX_SLL2: protocol, 2 reserved, interface, ARPHRD, type of packet, length of
 * address, address[8]. */
static void read_cooked2(struct cursor *cursor, struct frame *frame)
{
	uint16_t type = cursor_u16(cursor);

	cursor_skip(cursor, 2);
	frame->interface = cursor_u32(cursor);
	cursor_skip(cursor, 2);
	frame->way = way_of(cursor_u8(cursor));
	cursor_skip(cursor, 9);
	read_type(cursor, type, frame);
}

static uint16_t type_of_family(uint32_t family)
{
	switch (family) {
	case 2:
		return TYPE_IPV4;
	case 10: /* Linux; the others are NetBSD's, FreeBSD's and Darwin's AF_INET6 */
	case 24:
	case 28:
	case 30:
		return TYPE_IPV6;
	default:
		return 0;
	}
}

static void read_loopback(enum link link, struct cursor *cursor, struct frame *frame)
{
	struct bytes family = cursor_take(cursor, 4);
	uint32_t value = 0;

	if (family.size)
		memcpy(&value, family.data, sizeof value);
	frame->protocol = type_of_family(link == LINK_LOOP ? ntohl(value) : value);
}

static void read_raw(const struct cursor *cursor, struct frame *frame)
{
	struct cursor ahead = *cursor;
	unsigned version = cursor_u8(&ahead) >> 4;

	frame->protocol = version == 4 ? TYPE_IPV4 : version == 6 ? TYPE_IPV6 : 0;
}

static int read_link(enum link link, struct cursor *cursor, struct frame *frame)
{
	switch (link) {
	case LINK_ETHERNET:
		read_ethernet(cursor, frame);
		return 0;
	case LINK_SLL:
		read_cooked(cursor, frame);
		return 0;
	case LINK_SLL2:
		read_cooked2(cursor, frame);
		return 0;
	case LINK_NULL:
	case LINK_LOOP:
		read_loopback(link, cursor, frame);
		return 0;
	case LINK_RAW:
	case LINK_RAW_FILE:
	case LINK_IPV4:
	case LINK_IPV6:
		read_raw(cursor, frame);
		return 0;
	default:
		return -EPROTONOSUPPORT;
	}
}

int link_read(enum link link, struct bytes bytes, struct frame *ret)
{
	struct cursor cursor = cursor_of(bytes);
	struct frame frame = { .way = FRAME_UNKNOWN };
	int status = read_link(link, &cursor, &frame);

	if (status < 0)
		return status;
	frame.packet = cursor_rest(&cursor);
	if (cursor.failed)
		return -EBADMSG;
	*ret = frame;
	return 0;
}
