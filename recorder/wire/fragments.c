#include "recorder/wire/fragments.h"

#include <string.h>

#define SIZE_MAX_IP 65535U

/* Both versions' rule; IPv6 has the protocol in the first fragment only. */
static bool same_packet(const struct packet *a, const struct packet *b)
{
	return a->identification == b->identification &&
	       !memcmp(&a->source, &b->source, sizeof a->source) &&
	       !memcmp(&a->destination, &b->destination, sizeof a->destination) &&
	       (a->source.size == 16 || a->protocol == b->protocol);
}

static void forget(struct fragmented *fragmented)
{
	assembly_release(&fragmented->assembly);
	*fragmented = (struct fragmented){ 0 };
}

static void expire(struct fragments *fragments, int64_t now_ns)
{
	for (size_t i = 0; i < FRAGMENTS_PACKETS; i++) {
		struct fragmented *at = &fragments->packet[i];

		if (at->first_ns == 0 || now_ns - at->first_ns <= FRAGMENTS_NS)
			continue;
		fragments->expired += !at->refused;
		forget(at);
	}
}

/* The packet's place: the one it has, else a free one, else the oldest. */
static struct fragmented *place(struct fragments *fragments, int64_t now_ns,
				const struct packet *packet)
{
	struct fragmented *best = &fragments->packet[0];

	for (size_t i = 0; i < FRAGMENTS_PACKETS; i++) {
		struct fragmented *at = &fragments->packet[i];

		if (at->first_ns && same_packet(&at->packet, packet))
			return at;
		if (at->first_ns < best->first_ns)
			best = at;
	}
	fragments->evicted += best->first_ns && !best->refused;
	forget(best);
	best->first_ns = now_ns;
	best->packet = *packet;
	best->assembly.limit = SIZE_MAX_IP;
	return best;
}

static void refuse(struct fragmented *fragmented, uint64_t *count)
{
	++*count;
	fragmented->refused = true;
	assembly_release(&fragmented->assembly);
}

/* The end of what is known of a packet. */
static uint32_t known_end(const struct fragmented *whole)
{
	const struct assembly *assembly = &whole->assembly;

	return assembly->count ? assembly->range[assembly->count - 1].to : 0;
}

/* Whether a fragment can be part of what is known of its packet. */
static bool fits(struct fragmented *whole, const struct packet *fragment)
{
	uint32_t end = fragment->offset + (uint32_t)fragment->payload.size;

	if (fragment->payload.size < fragment->size || fragment->size == 0 || end > SIZE_MAX_IP)
		return false;
	if (whole->size && (fragment->more ? end > whole->size : end != whole->size))
		return false;
	if (fragment->more)
		return fragment->size % 8 == 0;
	whole->size = end;
	return known_end(whole) <= end;
}

/* Hands a whole packet out; its memory is the caller's until the next. */
static void complete(struct fragments *fragments, struct fragmented *whole, struct packet *packet)
{
	packet->protocol = whole->packet.protocol;
	packet->fragment = packet->more = false;
	packet->offset = 0;
	fragments->whole = whole->assembly;
	whole->assembly = (struct assembly){ 0 };
	packet->payload = assembly_ready(&fragments->whole);
	packet->size = packet->payload.size;
	forget(whole);
}

bool fragments_add(struct fragments *fragments, int64_t now_ns, struct packet *packet)
{
	struct fragmented *whole;
	unsigned met;

	assembly_release(&fragments->whole);
	expire(fragments, now_ns);
	whole = place(fragments, now_ns, packet);
	if (whole->refused)
		return false;
	if (!fits(whole, packet)) {
		refuse(whole, &fragments->malformed);
		return false;
	}
	met = assembly_add(&whole->assembly, packet->offset, packet->payload);
	if ((met & ASSEMBLY_DIFFERS) ||
	    (met & (ASSEMBLY_OVERLAP | ASSEMBLY_INSIDE)) == ASSEMBLY_OVERLAP)
		refuse(whole, &fragments->overlapped);
	else if (met & ASSEMBLY_LOST)
		refuse(whole, &fragments->malformed);
	if (whole->refused)
		return false;
	if (packet->offset == 0)
		whole->packet.protocol = packet->protocol;
	if (whole->size == 0 || assembly_ready(&whole->assembly).size < whole->size)
		return false;
	complete(fragments, whole, packet);
	return true;
}

void fragments_release(struct fragments *fragments)
{
	for (size_t i = 0; i < FRAGMENTS_PACKETS; i++)
		forget(&fragments->packet[i]);
	assembly_release(&fragments->whole);
}
