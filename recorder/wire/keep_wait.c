/* Packets that wait until it is known whose they are. */
#include "recorder/wire/keep_private.h"

#include "core/clock.h"
#include "recorder/wire/comment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WAITING_BYTES (16 << 20)
#define OWNER_NS      (2 * SECOND_NS) /* join_look() looks each second */
#define NAME_NS	      SECOND_NS
#define CALLS_NS      (SECOND_NS / 5) /* until the call at the other end has been seen, too */
#define WRITE_BYTES   (256 << 10)
#define SEARCHED      1024 /* packets that are looked through for the other fragments of one */

/* Several captures, and several processors, are nearly in order. */
static void put_in_order(struct keep *keep, struct waiting *packet)
{
	struct waiting *before = keep->newest;

	while (before && before->time_ns > packet->time_ns)
		before = before->previous;
	packet->previous = before;
	packet->next = before ? before->next : keep->oldest;
	*(before ? &before->next : &keep->oldest) = packet;
	*(packet->next ? &packet->next->previous : &keep->newest) = packet;
}

static void hold(struct keep *keep, struct flow *flow, const struct captured *captured)
{
	struct frame frame = { .way = FRAME_UNKNOWN };
	struct waiting *packet = malloc(sizeof *packet + captured->frame.size);

	if (!packet) {
		keep->counts.unwritten++;
		keep->counts.reason = ENOMEM;
		return;
	}
	link_read(captured->link, captured->frame, &frame);
	*packet = (struct waiting){
		.flow = flow,
		.since_ns = clock_monotonic_ns(),
		.time_ns = captured->time_ns,
		.interface = captured->interface,
		.size = captured->size,
		.kept = (uint32_t)captured->frame.size,
		.link = captured->link,
		.way = frame.way,
	};
	memcpy(packet->frame, captured->frame.data, captured->frame.size);
	put_in_order(keep, packet);
	keep->bytes += sizeof *packet + packet->kept;
	if (flow)
		flow->held++;
	else
		keep->fragments++;
}

static bool read_fragment(enum link link, struct bytes bytes, struct packet *ret)
{
	struct frame frame;

	return link_read(link, bytes, &frame) == 0 && ip_read(frame.packet, ret) == 0 &&
	       ret->fragment;
}

/* The other fragments of a packet of which this was the last to come. */
static void find_others(struct keep *keep, struct flow *flow, const struct captured *captured)
{
	struct waiting *at = keep->newest;
	struct packet whole, part;

	if (!keep->fragments || !read_fragment(captured->link, captured->frame, &whole))
		return;
	for (unsigned i = 0; at && i < SEARCHED; at = at->previous, i++) {
		struct bytes frame = { at->frame, at->kept };

		if (at->flow || !read_fragment(at->link, frame, &part) ||
		    part.identification != whole.identification ||
		    memcmp(&part.source, &whole.source, sizeof part.source) != 0 ||
		    memcmp(&part.destination, &whole.destination, sizeof part.destination) != 0)
			continue;
		at->flow = flow;
		flow->held++;
		keep->fragments--;
	}
}

void keep_packet(struct keep *keep, struct flow *flow, const struct captured *captured)
{
	if (!flow) {
		keep->counts.unknown++;
		return;
	}
	find_others(keep, flow, captured);
	if (flow->whose == WHOSE_OTHERS && !flow_is_recorded(flow))
		keep->counts.others++;
	else
		hold(keep, flow, captured);
}

void keep_fragment(struct keep *keep, const struct captured *captured)
{
	hold(keep, NULL, captured);
}

enum fate { FATE_WAITS, FATE_KEPT, FATE_OTHERS, FATE_UNKNOWN };

static enum fate fate_of(const struct waiting *packet, int64_t waited_ns)
{
	const struct flow *flow = packet->flow;

	if (!flow)
		return waited_ns > OWNER_NS ? FATE_UNKNOWN : FATE_WAITS;
	if (flow->ended)
		waited_ns = INT64_MAX;
	if (flow_is_recorded(flow))
		return waited_ns > (flow->settled ? CALLS_NS : NAME_NS) ? FATE_KEPT : FATE_WAITS;
	if (flow->whose == WHOSE_UNKNOWN)
		return waited_ns > OWNER_NS ? FATE_UNKNOWN : FATE_WAITS;
	return flow->whose == WHOSE_OTHERS ? FATE_OTHERS : FATE_KEPT;
}

static void add_packet(struct join *join, const struct waiting *packet)
{
	struct keep *keep = join->keep;
	scoped(buffer) struct buffer comment = { 0 };

	comment_write(join, packet->flow, &comment);
	pcapng_add_packet(&keep->file.out, &(struct pcapng_packet){
						   .interface = packet->interface,
						   .time_ns = packet->time_ns,
						   .size = packet->size,
						   .way = packet->way,
						   .frame = { packet->frame, packet->kept },
						   .comment = buffer_bytes(&comment),
					   });
	keep->packets++;
	keep->packet_bytes += packet->size;
	if (packet->interface < KEEP_INTERFACES)
		keep->interface[packet->interface].kept++;
	if (keep->file.out.size >= WRITE_BYTES)
		keep_write(join);
}

static void take_oldest(struct keep *keep)
{
	struct waiting *packet = keep->oldest;

	keep->oldest = packet->next;
	*(packet->next ? &packet->next->previous : &keep->newest) = NULL;
	keep->bytes -= sizeof *packet + packet->kept;
	if (packet->flow)
		flow_let_go(packet->flow);
	else
		keep->fragments--;
	free(packet);
}

bool keep_release(struct join *join, bool all)
{
	struct keep *keep = join->keep;
	int64_t now_ns = clock_monotonic_ns();

	if (!keep)
		return false;
	while (keep->oldest) {
		bool hurry = all || keep->bytes > WAITING_BYTES;
		enum fate fate =
			fate_of(keep->oldest, hurry ? INT64_MAX : now_ns - keep->oldest->since_ns);

		if (fate == FATE_WAITS)
			break;
		if (fate == FATE_KEPT)
			add_packet(join, keep->oldest);
		keep->counts.others += fate == FATE_OTHERS;
		keep->counts.unknown += fate == FATE_UNKNOWN;
		take_oldest(keep);
	}
	if (keep->file.first.size || keep->file.out.size)
		keep_write(join);
	return keep->oldest != NULL;
}

void keep_flow_ends(struct join *join, struct flow *flow)
{
	if (join->keep && flow->held)
		comment_write(join, flow, &flow->comment);
}
