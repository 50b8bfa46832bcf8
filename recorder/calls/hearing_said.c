/* What is said on the sockets that are listened to. */
#include "recorder/calls/hearing_private.h"

#include "recorder/calls/sockets.h"
#include "recorder/wire/relay.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <unistd.h>

#define CALLS_MAX 4096 /* of a process, without a byte that was waited for */

struct listening {
	struct call *call;
	const struct talk *talk;
	struct heard *heard;
	bool wanted, missed;
};

/* What was written to a connection so far, by anyone; 0 where nobody knows. */
static uint64_t count_sent(const struct call *call, int descriptor)
{
	int socket = socket_borrow(call, descriptor);
	struct tcp_info info = { 0 };
	socklen_t size = sizeof info;
	uint64_t sent = 0;

	if (socket < 0)
		return 0;
	if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
	    size >= offsetof(struct tcp_info, tcpi_bytes_retrans) + sizeof info.tcpi_bytes_retrans)
		sent = info.tcpi_bytes_sent - info.tcpi_bytes_retrans + info.tcpi_notsent_bytes;
	close(socket);
	return sent;
}

static bool is_stream(const struct heard *heard)
{
	return !heard->relay && heard->ends.protocol == IPPROTO_TCP;
}

static bool hear_piece(void *context, const struct talk_piece *piece)
{
	struct listening *listening = context;
	struct heard *heard = listening->heard;
	bool sent = listening->talk->way == TALK_SENT;
	struct wire_ends ends = heard->ends;

	listening->missed |= piece->size && !piece->bytes.size;
	if (listening->missed || !piece->size)
		return false;
	if (heard->relay) {
		listening->wanted =
			!sent || relay_hear(heard->relay, piece->bytes, listening->call->sink,
					    listening->call->process->image);
		return listening->wanted;
	}
	if (piece->remote.ss_family && !is_stream(heard))
		ends.remote = piece->remote;
	if (sent)
		heard->ends.remote = ends.remote;
	listening->wanted = wire_hear(listening->call->wire, &ends, sent, piece->bytes);
	return listening->wanted;
}

/* Looked at before it is taken: recv(2). */
static bool is_peek(const struct call *call, const struct talk *talk)
{
	uint64_t flags = 0;

	if (talk->form == TALK_MESSAGE)
		flags = call->argument[2];
	else if (talk->form == TALK_MESSAGES || talk->with != NONE)
		flags = call->argument[3];
	return talk->way == TALK_RECEIVED && (flags & MSG_PEEK);
}

/* Somebody else has begun to speak on it, unheard. */
static bool has_missed(const struct call *call, const struct heard *heard, int descriptor)
{
	return is_stream(heard) && !heard->sent &&
	       count_sent(call, descriptor) > (uint64_t)call->result;
}

/* False when the socket is no longer to be listened to. */
static bool listen_to(struct call *call, const struct talk *talk, struct heard *heard)
{
	struct listening listening = { call, talk, heard, true, false };
	bool sent = talk->way == TALK_SENT;

	listening.missed = sent && has_missed(call, heard, (int)call->argument[talk->of]);
	heard->sent += sent ? (uint64_t)call->result : 0;
	if (!listening.missed)
		talk_pieces(call, talk, hear_piece, &listening);
	if (listening.missed && sent)
		heard_report_missed(call, heard);
	return listening.wanted && !listening.missed;
}

static void hear(struct hearing *hearing, struct call *call, const struct talk *talk)
{
	const struct held_one *one = held_find(call->process, (int)call->argument[talk->of]);
	struct heard *heard = one ? heard_find(hearing, one->inode) : NULL;

	if (!heard || call->result <= 0 || is_peek(call, talk) || !held_is_still(call->tid, one))
		return;
	call->process->held->calls = 0;
	if (!listen_to(call, talk, heard))
		heard_drop(hearing, heard);
}

/* What is closed for good may have said what nobody heard. */
static void look_back(struct hearing *hearing, const struct call *call, const struct held_one *one)
{
	struct heard *heard = heard_find(hearing, one->inode);

	if (!heard || !is_stream(heard) || !held_is_still(call->tid, one) ||
	    count_sent(call, one->descriptor) <= heard->sent)
		return;
	heard_report_missed(call, heard);
	heard_drop(hearing, heard);
}

void hearing_enter(struct hearing *hearing, struct call *call, uint64_t number)
{
	struct talk talk = talk_of(hearing, call, number);
	const struct held_one *one;

	if (talk.form == TALK_CLOSE) {
		one = held_find(call->process, (int)call->argument[0]);
		if (one)
			look_back(hearing, call, one);
	}
	if (talk.form == TALK_CLOSES || talk.form == TALK_END)
		for (size_t i = held_count(call->process); i-- > 0;)
			look_back(hearing, call, &call->process->held->one[i]);
}

static void copy(struct process *process, int from, int to)
{
	const struct held_one *one = held_find(process, from);
	uint64_t inode = one ? one->inode : 0;

	if (from == to)
		return;
	if (one)
		held_add(process, to, inode);
	else
		held_let_go_range(process, (unsigned)to, (unsigned)to);
}

/* What becomes of descriptors. */
static void follow(struct call *call, enum talk_form form)
{
	const uint64_t *argument = call->argument;

	switch (form) {
	case TALK_REQUEST:
		if (argument[1] != F_DUPFD && argument[1] != F_DUPFD_CLOEXEC)
			return;
		copy(call->process, (int)argument[0], (int)call->result);
		return;
	case TALK_COPY:
		copy(call->process, (int)argument[0], (int)call->result);
		return;
	case TALK_CLOSE:
		held_let_go_range(call->process, (unsigned)argument[0], (unsigned)argument[0]);
		return;
	case TALK_CLOSES:
		if (!(argument[2] & CLOSE_RANGE_CLOEXEC))
			held_let_go_range(call->process, (unsigned)argument[0],
					  (unsigned)argument[1]);
		return;
	default:
		return;
	}
}

static void let_dropped_go(struct hearing *hearing, struct process *process)
{
	if (process->held->dropped == hearing->dropped)
		return;
	process->held->dropped = hearing->dropped;
	for (size_t i = held_count(process); i-- > 0;)
		if (!heard_find(hearing, process->held->one[i].inode))
			held_let_go(process, i);
}

/* It has made many calls, and said nothing: to go on would cost more than it may bring. */
static void give_up(struct hearing *hearing, struct call *call)
{
	for (size_t i = held_count(call->process); i-- > 0;) {
		struct heard *heard = heard_find(hearing, call->process->held->one[i].inode);

		if (heard)
			heard_report_missed(call, heard);
		held_let_go(call->process, i);
	}
}

static bool moves_bytes(const struct talk *talk)
{
	return talk->form >= TALK_BYTES && talk->form <= TALK_UNSEEN;
}

void hearing_leave(struct hearing *hearing, struct call *call, uint64_t number)
{
	struct talk talk = talk_of(hearing, call, number);

	if (moves_bytes(&talk))
		hear(hearing, call, &talk);
	else if (call->result >= 0)
		follow(call, talk.form);
	if (call->process->held)
		let_dropped_go(hearing, call->process);
	if (call->process->held && ++call->process->held->calls > CALLS_MAX)
		give_up(hearing, call);
}
