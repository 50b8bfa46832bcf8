#include "recorder/wire/pcapng.h"

#include <string.h>

enum block {
	BLOCK_INTERFACE = 1,
	BLOCK_NAMES = 4,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
	BLOCK_SECTION = 0x0a0d0d0a,
};

/* Options have numbers of their own in each kind of block. */
enum option {
	OPTION_END = 0,
	OPTION_COMMENT = 1,
	SECTION_HARDWARE = 2,
	SECTION_OS = 3,
	SECTION_APPLICATION = 4,
	INTERFACE_NAME = 2,
	INTERFACE_DESCRIPTION = 3,
	INTERFACE_RESOLUTION = 9,
	PACKET_FLAGS = 2,
	STATISTICS_STARTED = 2,
	STATISTICS_ENDED = 3,
	STATISTICS_RECEIVED = 4,
	STATISTICS_INTERFACE_DROPPED = 5,
	STATISTICS_SYSTEM_DROPPED = 7,
	STATISTICS_KEPT = 8,
};

enum name_record { NAME_END = 0, NAME_IPV4 = 1, NAME_IPV6 = 2 };

#define MAGIC	      0x1a2b3c4d
#define LENGTH_OPEN   (-1) /* of a section that is not ended */
#define NANOSECONDS   9	   /* 10 to the minus */
#define DIRECTION_IN  1	   /* bits 0 and 1 of a packet's flags */
#define DIRECTION_OUT 2
#define TYPE_SHIFT    2 /* bits 2 to 4: unicast, multicast, broadcast, promiscuous */

static void add_u16(struct buffer *out, uint16_t value)
{
	buffer_append(out, &value, sizeof value);
}

static void add_u32(struct buffer *out, uint32_t value)
{
	buffer_append(out, &value, sizeof value);
}

/* Everything begins at a multiple of four bytes. */
static void add_padded(struct buffer *out, struct bytes bytes)
{
	static const char zeros[4];

	buffer_append(out, bytes.data, bytes.size);
	buffer_append(out, zeros, -bytes.size % 4);
}

/* Returns where the block begins, for end_block(). */
static size_t begin_block(struct buffer *out, enum block type)
{
	size_t start = out->size;

	add_u32(out, type);
	add_u32(out, 0);
	return start;
}

/* The size stands at both ends. */
static void end_block(struct buffer *out, size_t start)
{
	uint32_t size = (uint32_t)(out->size + sizeof size - start);

	add_u32(out, size);
	if (!out->failed)
		memcpy(out->data + start + sizeof(uint32_t), &size, sizeof size);
}

static void add_record(struct buffer *out, uint16_t code, struct bytes value)
{
	if (value.size > UINT16_MAX)
		value.size = UINT16_MAX;
	add_u16(out, code);
	add_u16(out, (uint16_t)value.size);
	add_padded(out, value);
}

static void add_text(struct buffer *out, enum option code, struct bytes text)
{
	if (text.size)
		add_record(out, (uint16_t)code, text);
}

static void add_count(struct buffer *out, enum option code, uint64_t count)
{
	add_record(out, (uint16_t)code, (struct bytes){ (const char *)&count, sizeof count });
}

static void end_options(struct buffer *out)
{
	add_record(out, OPTION_END, (struct bytes){ 0 });
}

/* A time is two words, the upper one first, in either byte order. */
static void add_time(struct buffer *out, int64_t time_ns)
{
	add_u32(out, (uint32_t)((uint64_t)time_ns >> 32));
	add_u32(out, (uint32_t)time_ns);
}

static void add_time_option(struct buffer *out, enum option code, int64_t time_ns)
{
	add_u16(out, (uint16_t)code);
	add_u16(out, sizeof time_ns);
	add_time(out, time_ns);
}

void pcapng_add_section(struct buffer *out, const struct pcapng_section *section)
{
	size_t start = begin_block(out, BLOCK_SECTION);
	int64_t length = LENGTH_OPEN;

	add_u32(out, MAGIC);
	add_u16(out, 1);
	add_u16(out, 0);
	buffer_append(out, &length, sizeof length);
	add_text(out, OPTION_COMMENT, section->comment);
	add_text(out, SECTION_HARDWARE, section->hardware);
	add_text(out, SECTION_OS, section->os);
	add_text(out, SECTION_APPLICATION, section->application);
	end_options(out);
	end_block(out, start);
}

/* In files raw IP has a number of its own: https://www.tcpdump.org/linktypes.html */
static uint16_t link_in_file(enum link link)
{
	return link == LINK_RAW ? LINK_RAW_FILE : (uint16_t)link;
}

void pcapng_add_interface(struct buffer *out, const struct pcapng_interface *interface)
{
	static const char resolution = NANOSECONDS;
	size_t start = begin_block(out, BLOCK_INTERFACE);

	add_u16(out, link_in_file(interface->link));
	add_u16(out, 0);
	add_u32(out, interface->snap);
	add_text(out, OPTION_COMMENT, interface->comment);
	add_text(out, INTERFACE_NAME, interface->name);
	add_text(out, INTERFACE_DESCRIPTION, interface->description);
	add_record(out, INTERFACE_RESOLUTION, (struct bytes){ &resolution, 1 });
	end_options(out);
	end_block(out, start);
}

static uint32_t flags_of(enum frame_way way)
{
	static const struct {
		uint32_t direction, type;
	} flags[] = {
		[FRAME_TO_US] = { DIRECTION_IN, 1 },	 [FRAME_BROADCAST] = { DIRECTION_IN, 3 },
		[FRAME_MULTICAST] = { DIRECTION_IN, 2 }, [FRAME_TO_OTHERS] = { DIRECTION_IN, 4 },
		[FRAME_SENT] = { DIRECTION_OUT, 0 },
	};

	return way > FRAME_SENT ? 0 : flags[way].direction | flags[way].type << TYPE_SHIFT;
}

void pcapng_add_packet(struct buffer *out, const struct pcapng_packet *packet)
{
	size_t start = begin_block(out, BLOCK_PACKET);
	uint32_t flags = flags_of(packet->way);

	add_u32(out, packet->interface);
	add_time(out, packet->time_ns);
	add_u32(out, (uint32_t)packet->frame.size);
	add_u32(out, packet->size);
	add_padded(out, packet->frame);
	add_text(out, OPTION_COMMENT, packet->comment);
	if (flags)
		add_record(out, PACKET_FLAGS, (struct bytes){ (char *)&flags, sizeof flags });
	end_options(out);
	end_block(out, start);
}

void pcapng_add_name(struct buffer *out, const struct address *address, struct bytes name)
{
	scoped(buffer) struct buffer record = { 0 };
	size_t start = begin_block(out, BLOCK_NAMES);

	buffer_append(&record, address->byte, address->size);
	buffer_append(&record, name.data, name.size);
	buffer_add_char(&record, '\0');
	add_record(out, address->size == 4 ? NAME_IPV4 : NAME_IPV6, buffer_bytes(&record));
	add_record(out, NAME_END, (struct bytes){ 0 });
	end_block(out, start);
}

void pcapng_add_statistics(struct buffer *out, const struct pcapng_statistics *statistics)
{
	size_t start = begin_block(out, BLOCK_STATISTICS);

	add_u32(out, statistics->interface);
	add_time(out, statistics->time_ns);
	add_time_option(out, STATISTICS_STARTED, statistics->started_ns);
	add_time_option(out, STATISTICS_ENDED, statistics->ended_ns);
	add_count(out, STATISTICS_RECEIVED, statistics->received);
	add_count(out, STATISTICS_INTERFACE_DROPPED, statistics->interface_dropped);
	add_count(out, STATISTICS_SYSTEM_DROPPED, statistics->system_dropped);
	add_count(out, STATISTICS_KEPT, statistics->kept);
	end_options(out);
	end_block(out, start);
}
