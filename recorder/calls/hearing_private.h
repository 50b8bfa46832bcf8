#ifndef RECORDER_CALLS_HEARING_PRIVATE_H
#define RECORDER_CALLS_HEARING_PRIVATE_H

/* What the files hearing*.c share. */

#include "core/hash.h"
#include "recorder/calls/hearing.h"

enum talk_form {
	TALK_NONE,
	TALK_BYTES,    /* an address and a size */
	TALK_VECTOR,   /* struct iovec */
	TALK_MESSAGE,  /* struct msghdr */
	TALK_MESSAGES, /* struct mmsghdr */
	TALK_UNSEEN,   /* from a file or a pipe, in the kernel */
	TALK_LIST,     /* i386's socketcall(2) */
	TALK_COPY,
	TALK_REQUEST, /* fcntl(2), which may copy */
	TALK_CLOSE,
	TALK_CLOSES, /* a range */
	TALK_END,    /* of the process, or of its program */
};

enum talk_way { TALK_SENT, TALK_RECEIVED };

struct talk {
	enum talk_form form;
	enum talk_way way;
	unsigned of;
	int with;
};

/* A socket that is listened to. */
struct heard {
	UT_hash_handle hh;
	uint64_t inode;
	struct wire_ends ends;
	struct relay *relay; /* NULL: of a host */
	uint64_t sent;	     /* bytes that were heard */
};

struct hearing {
	struct heard *heard; /* by inode, the oldest first */
	uint64_t dropped;    /* counts those that are no longer listened to */
	uint8_t talk[ENTRY_COUNT][CALL_NUMBER_LIMIT]; /* what the calls are: 1 + row, 0 for none */
};

struct held {
	unsigned calls;	  /* since something was heard */
	bool known;	  /* held_set_known() */
	uint64_t dropped; /* hearing->dropped when it was looked at */
	size_t count;
	struct held_one {
		int descriptor;
		uint64_t inode;
	} one[];
};

/* hearing.c */
struct heard *heard_find(const struct hearing *hearing, uint64_t inode);
void heard_drop(struct hearing *hearing, struct heard *heard);
/* What was said over it may name its host, and was not seen: a gap. */
void heard_report_missed(const struct call *call, const struct heard *heard);

/* held.c */
size_t held_count(const struct process *process);
const struct held_one *held_find(const struct process *process, int descriptor); /* NULL: none */
bool held_is_still(pid_t tid, const struct held_one *one); /* it is that socket still */
/* In place of what had the descriptor.  False: too many, or no memory. */
bool held_add(struct process *process, int descriptor, uint64_t inode);
/* The last one takes its place: go through them from the last to the first. */
void held_let_go(struct process *process, size_t index);
void held_let_go_range(struct process *process, unsigned first, unsigned last);
/* hearing_calls.c */
void talk_fill(struct hearing *hearing);
/* What a call is; TALK_NONE: nothing to listen to.  The arguments of socketcall(2) are put in the
 * place of its own. */
struct talk talk_of(const struct hearing *hearing, struct call *call, uint64_t number);
/* One piece of what a call has moved: at most `bytes` of it could be read. */
struct talk_piece {
	struct bytes bytes;
	size_t size;			/* that were moved */
	struct sockaddr_storage remote; /* of family 0 where the call does not say */
};
/* Visits the pieces; stops when that returns false. */
typedef bool talk_visit(void *context, const struct talk_piece *piece);
void talk_pieces(const struct call *call, const struct talk *talk, talk_visit *visit,
		 void *context);

#endif
