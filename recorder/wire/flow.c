#include "recorder/wire/flow.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void make_key(struct view_key *key, uint32_t space, uint8_t protocol, uint16_t local_port,
		     const struct endpoint *remote)
{
	memset(key, 0, sizeof *key); /* padding is compared, too */
	key->space = space;
	key->protocol = protocol;
	key->local_port = local_port;
	key->remote.address.size = remote->address.size;
	memcpy(key->remote.address.byte, remote->address.byte, sizeof remote->address.byte);
	key->remote.port = remote->port;
}

static struct view *find(const struct flows *flows, const struct view_key *key)
{
	struct view *view;

	HASH_FIND(hh, flows->view, key, sizeof *key, view);
	return view;
}

static bool add_view(struct flows *flows, struct flow *flow, const struct view_key *key)
{
	struct view *view = &flow->view[flow->views];

	view->key = *key;
	view->flow = flow;
	HASH_ADD(hh, flows->view, key, sizeof view->key, view);
	if (!view->hh.tbl)
		return false;
	flow->views++;
	return true;
}

static void link_newest(struct flows *flows, struct flow *flow)
{
	flow->previous = flows->newest;
	if (flows->newest)
		flows->newest->next = flow;
	else
		flows->oldest = flow;
	flows->newest = flow;
	flows->count++;
}

/* A socket may have no address of its own when it is asked, and has one in each packet. */
static bool is_any(const struct address *address)
{
	static const uint8_t none[sizeof address->byte];

	return memcmp(address->byte, none, sizeof none) == 0;
}

/* The end that is not known of a flow whose other end is `peer`; NULL: there is no such flow. */
static struct view *add_other_end(struct flows *flows, const struct view_key *peer,
				  const struct view_key *key)
{
	struct view *view = find(flows, peer);

	if (!view || view->flow->views == 2 || !add_view(flows, view->flow, key))
		return NULL;
	return &view->flow->view[1];
}

void party_set(struct party *ret, pid_t pid, const char *program)
{
	const char *slash = program ? strrchr(program, '/') : NULL;

	ret->pid = pid;
	snprintf(ret->program, sizeof ret->program, "%s",
		 slash	   ? slash + 1
		 : program ? program
			   : "unknown");
}

struct view *flows_find(const struct flows *flows, uint8_t protocol, uint16_t local_port,
			const struct endpoint *remote)
{
	struct view_key key;

	make_key(&key, flows->space, protocol, local_port, remote);
	return find(flows, &key);
}

struct view *flows_view(struct flows *flows, uint8_t protocol, uint16_t local_port,
			const struct endpoint *remote, const struct endpoint *local)
{
	struct view_key key, peer;
	struct view *view;
	struct flow *flow;

	make_key(&key, flows->space, protocol, local_port, remote);
	view = find(flows, &key);
	make_key(&peer, flows->space, protocol, remote->port, local);
	if (!view)
		view = add_other_end(flows, &peer, &key);
	if (view)
		return view;
	flow = calloc(1, sizeof *flow);
	if (!flow)
		return NULL;
	link_newest(flows, flow);
	if (!add_view(flows, flow, &key) ||
	    (!is_any(&local->address) && !find(flows, &peer) && !add_view(flows, flow, &peer))) {
		flow_remove(flows, flow);
		return NULL;
	}
	return &flow->view[0];
}

void view_drop_use(struct view *view)
{
	struct use *use = view->use;

	view->use = use->next;
	free(use);
}

static void release_view(struct flows *flows, struct view *view)
{
	HASH_DEL(flows->view, view);
	stream_release(&view->stream);
	buffer_release(&view->held);
	buffer_release(&view->name);
	while (view->use)
		view_drop_use(view);
}

void flow_remove(struct flows *flows, struct flow *flow)
{
	for (unsigned i = 0; i < flow->views; i++)
		release_view(flows, &flow->view[i]);
	quic_release(&flow->quic);
	if (flow->next)
		flow->next->previous = flow->previous;
	else
		flows->newest = flow->previous;
	if (flow->previous)
		flow->previous->next = flow->next;
	else
		flows->oldest = flow->next;
	flows->count--;
	flow->ended = true;
	if (!flow->held)
		free(flow);
}

void flow_let_go(struct flow *flow)
{
	if (--flow->held || !flow->ended)
		return;
	buffer_release(&flow->comment);
	free(flow);
}

bool view_is_recorded(const struct view *view)
{
	return view->image || view->accepted;
}

bool flow_is_recorded(const struct flow *flow)
{
	for (unsigned i = 0; i < flow->views; i++)
		if (view_is_recorded(&flow->view[i]))
			return true;
	return false;
}

struct view *view_of_peer(struct view *view)
{
	struct flow *flow = view->flow;

	return flow->views == 2 && view == &flow->view[0] ? &flow->view[1] : &flow->view[0];
}

static struct bytes copy(char **at, struct bytes from)
{
	struct bytes copied = { from.data ? *at : NULL, from.size };

	if (from.size)
		memcpy(*at, from.data, from.size);
	*at += from.size;
	return copied;
}

struct use *use_new(const struct observation *observation, int64_t time_ns)
{
	const struct access *from = &observation->access;
	struct use *use = malloc(sizeof *use + from->phase.size + from->name.size +
				 from->requested.size + from->peer.size);
	char *at;

	if (!use)
		return NULL;
	at = use->bytes;
	*use = (struct use){ .time_ns = time_ns, .observation = *observation };
	use->observation.access.phase = copy(&at, from->phase);
	use->observation.access.name = copy(&at, from->name);
	use->observation.access.requested = copy(&at, from->requested);
	use->observation.access.peer = copy(&at, from->peer);
	return use;
}

void view_take_use(struct view *view, struct use *use)
{
	use->next = view->use;
	view->use = use;
	view->image = use->observation.access.image;
	view->party = use->party;
}

void endpoint_write(uint8_t protocol, const struct endpoint *endpoint, struct buffer *out)
{
	bool is_six = endpoint->address.size == 16;
	char text[INET6_ADDRSTRLEN] = "";

	inet_ntop(is_six ? AF_INET6 : AF_INET, endpoint->address.byte, text, sizeof text);
	buffer_printf(out, is_six ? "%s/[%s]:%u" : "%s/%s:%u",
		      protocol == IPPROTO_TCP ? "tcp" : "udp", text, endpoint->port);
}
