#ifndef RECORDER_WIRE_OWNER_H
#define RECORDER_WIRE_OWNER_H

#include "recorder/wire/datagram.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A socket of this network namespace. */
struct owned {
	uint8_t protocol; /* IPPROTO_TCP, IPPROTO_UDP */
	uint16_t port;
	struct endpoint remote;
	unsigned long inode; /* 0: there is none now */
	bool ours;	     /* a process that we trace has it open */
	pid_t holder;	     /* that process: one of them */
};

/* Fills `inode` and `ours` of each: proc_pid_net(5), and what the processes have open. */
void owners_find(struct owned *owned, size_t count);

#endif
