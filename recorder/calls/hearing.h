#ifndef RECORDER_CALLS_HEARING_H
#define RECORDER_CALLS_HEARING_H

#include "recorder/calls/calls.h"
#include "recorder/wire/wire.h"

/* Sockets whose first bytes are read where they pass: at the system calls.  A host is named by them
 * where packets cannot be captured, and what a relay behind a unix socket is asked for is on no
 * wire at all.
 *
 * As long as a process has the descriptor of such a socket (process->held is not NULL) each call of
 * its threads stops; that ends as soon as more would say no more.  What was missed all the same is
 * a gap. */
struct hearing;

int hearing_open(struct hearing **ret); /* 0 or -errno */
void hearing_close(struct hearing *hearing);

/* A connection was made, or a datagram sent, by `call`.  `socket`: the recorder's own duplicate, or
 * -1 where containers forbid that. */
void hearing_host(struct call *call, int socket, const struct wire_ends *ends);
/* The same for a unix socket at `path`. */
void hearing_relay(struct call *call, int socket, struct bytes path);
/* Another process's socket has come to the process of `call`, as `descriptor`. */
void hearing_received(struct call *call, int socket, int descriptor);

/* What a socket is known by; 0: it cannot be told. */
uint64_t hearing_inode(const struct call *call, int socket, int descriptor);

/* At the entry, and at the end, of any call of a process that holds such a socket.  `call` has no
 * row; its number is `number`. */
void hearing_enter(struct hearing *hearing, struct call *call, uint64_t number);
void hearing_leave(struct hearing *hearing, struct call *call, uint64_t number);
/* The process has executed another program: what was closed by that is no longer held. */
void hearing_executed(struct hearing *hearing, struct process *process);

/* What a copy of the process holds; NULL for none. */
struct held *held_copy(const struct held *held);
/* Whether it has got another since held_set_known(). */
bool held_is_new(const struct held *held);
void held_set_known(struct held *held);
void held_release(struct held *held); /* NULL is fine */

#endif
