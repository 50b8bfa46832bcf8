#ifndef RECORDER_WIRE_OWNER_H
#define RECORDER_WIRE_OWNER_H

#include "recorder/wire/datagram.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A socket. */
struct owned {
	uint8_t protocol; /* IPPROTO_TCP, IPPROTO_UDP */
	uint16_t port;
	struct endpoint remote;
	pid_t member;	     /* a thread in its network namespace; 0: it is pare's own */
	unsigned long inode; /* 0: there is none now */
	bool listed;	     /* there is one, even if it is nobody's any longer */
	bool ours;	     /* a process that we trace has it open */
	bool made_up;	     /* there is none, and such a process could send without */
	pid_t holder;	     /* that process: one of them */
};

/* Whether this process traces the first thread of that one. */
bool owner_is_traced(pid_t pid);
/* Fills the rest of each: proc_pid_net(5), and what the processes have open. */
void owners_find(struct owned *owned, size_t count);

#endif
