/* Which sockets are listened to, and who holds them. */
#include "recorder/calls/hearing_private.h"

#include "recorder/calls/resolve.h"
#include "recorder/calls/sockets.h"
#include "recorder/sink.h"
#include "recorder/wire/relay.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define HEARD_MAX 4096 /* sockets that are listened to; the oldest makes room */

int hearing_open(struct hearing **ret)
{
	struct hearing *hearing = calloc(1, sizeof *hearing);

	if (!hearing)
		return -ENOMEM;
	talk_fill(hearing);
	*ret = hearing;
	return 0;
}

void heard_drop(struct hearing *hearing, struct heard *heard)
{
	HASH_DEL(hearing->heard, heard);
	relay_free(heard->relay);
	free(heard);
	hearing->dropped++;
}

void hearing_close(struct hearing *hearing)
{
	while (hearing && hearing->heard)
		heard_drop(hearing, hearing->heard);
	free(hearing);
}

struct heard *heard_find(const struct hearing *hearing, uint64_t inode)
{
	struct heard *heard;

	HASH_FIND(hh, hearing->heard, &inode, sizeof inode, heard);
	return heard;
}

/* What passes over the socket may be something that names its host, and is not looked at. */
void heard_report_missed(const struct call *call, const struct heard *heard)
{
	if (heard->relay)
		relay_unheard(heard->relay, call->sink, call->process->image);
	else
		wire_unheard(call->wire, call->process->image, &heard->ends);
}

void hearing_executed(struct hearing *hearing, struct process *process)
{
	for (size_t i = held_count(process); i-- > 0;)
		if (!heard_find(hearing, process->held->one[i].inode) ||
		    !held_is_still(process->tgid, &process->held->one[i]))
			held_let_go(process, i);
}

static struct heard *find_or_add(struct hearing *hearing, uint64_t inode)
{
	struct heard *heard = heard_find(hearing, inode);

	if (heard)
		return heard;
	if (HASH_COUNT(hearing->heard) >= HEARD_MAX)
		heard_drop(hearing, hearing->heard);
	heard = calloc(1, sizeof *heard);
	if (!heard)
		return NULL;
	heard->inode = inode;
	HASH_ADD(hh, hearing->heard, inode, sizeof heard->inode, heard);
	if (heard->hh.tbl)
		return heard;
	free(heard);
	return NULL;
}

uint64_t hearing_inode(const struct call *call, int socket, int descriptor)
{
	scoped(buffer) struct buffer link = { 0 };
	unsigned long inode = 0;
	char path[64];
	struct stat st;

	if (socket >= 0)
		return fstat(socket, &st) == 0 ? st.st_ino : 0;
	snprintf(path, sizeof path, "/proc/%d/fd/%d", call->tid, descriptor);
	if (resolve_read_link(path, &link) == 0)
		sscanf(buffer_text(&link), "socket:[%lu]", &inode);
	return inode;
}

/* NULL where it cannot be listened to. */
static struct heard *begin(struct call *call, int socket, int descriptor)
{
	uint64_t inode = hearing_inode(call, socket, descriptor);
	struct heard *heard = inode ? find_or_add(call->hearing, inode) : NULL;

	if (!heard || held_add(call->process, descriptor, inode))
		return heard;
	heard_drop(call->hearing, heard);
	return NULL;
}

/* Datagrams name hosts in DNS (RFC 1035, 6762, 9250) and in QUIC. */
static bool may_name(const struct wire_ends *ends)
{
	unsigned port = ntohs(((const struct sockaddr_in *)&ends->remote)->sin_port);

	return ends->protocol == IPPROTO_TCP || port == 53 || port == 5353 || port == 443 ||
	       port == 853;
}

void hearing_host(struct call *call, int socket, const struct wire_ends *ends)
{
	struct heard *heard;

	if (!call->hearing || !wire_listens(call->wire, call->tid) || !may_name(ends) ||
	    call_outcome(call) != OUTCOME_OK)
		return;
	heard = begin(call, socket, call_descriptor(call, call->row->a));
	if (heard)
		heard->ends = *ends;
	else
		wire_unheard(call->wire, call->process->image, ends);
}

void hearing_relay(struct call *call, int socket, struct bytes path)
{
	int type = SOCK_STREAM; /* where nobody can say, what is sent will */
	socklen_t size = sizeof type;
	struct heard *heard;

	if (!call->hearing || call->result < 0 || !path.size)
		return;
	if (socket >= 0)
		getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size);
	if (type != SOCK_STREAM)
		return;
	heard = begin(call, socket, call_descriptor(call, call->row->a));
	if (heard && !heard->relay)
		heard->relay = relay_new(path);
	if (heard && !heard->relay)
		heard_drop(call->hearing, heard);
}

void hearing_received(struct call *call, int socket, int descriptor)
{
	uint64_t inode = call->hearing ? hearing_inode(call, socket, descriptor) : 0;

	if (inode && heard_find(call->hearing, inode))
		held_add(call->process, descriptor, inode);
}
