/* Recorded sends that never reached the wire: the tracer checks the wire.  Nothing is said where
 * packets may have passed unseen, or under other addresses than the call's. */
#include "recorder/wire/join.h"

#include <netinet/in.h>

#define IPSEC_PORT 4500 /* RFC 3948 */

/* What is within IPsec is sent under the names of its tunnel. */
static bool is_tunnel(const struct datagram *datagram)
{
	return datagram->protocol == IPPROTO_ESP ||
	       (datagram->protocol == IPPROTO_UDP && datagram->destination.port == IPSEC_PORT);
}

void unsent_look_at(struct join *join, const struct datagram *datagram,
		    const struct fragments *fragments)
{
	join->hidden |= datagram && is_tunnel(datagram);
	join->hidden |= fragments && (fragments->overlapped || fragments->malformed ||
				      fragments->expired || fragments->evicted);
}

static bool all_was_seen(const struct join *join)
{
	return !join->lost && !join->hidden;
}

/* To connect a socket of UDP sends nothing: connect(2). */
static bool ought_to_be_seen(const struct use *use)
{
	const struct access *access = &use->observation.access;

	return access->outcome == OUTCOME_OK && !use->unseen && use->local.port &&
	       (use->protocol == IPPROTO_TCP || access->action == ACTION_SEND);
}

bool join_has_end(const struct join *join, const struct view_key *key, bool called, bool seen)
{
	for (const struct flow *flow = join->flows.oldest; flow; flow = flow->next)
		for (unsigned i = 0; i < flow->views; i++) {
			const struct view *view = &flow->view[i];

			if (view->seen == seen && (view->image != 0) == called &&
			    view->key.space == key->space && view->key.protocol == key->protocol &&
			    view->key.local_port == key->local_port)
				return true;
		}
	return false;
}

void unsent_look(const struct join *join, const struct view *view)
{
	const struct use *use = view->use;

	while (use && !ought_to_be_seen(use))
		use = use->next;
	if (!use || view->seen || !all_was_seen(join) ||
	    join_has_end(join, &view->key, false, true)) /* redirected */
		return;
	sink_gap(join->sink, GAP_UNSENT, use->observation.access.image,
		 use->observation.access.name);
}
