#ifndef RECORDER_WIRE_CLAIMS_H
#define RECORDER_WIRE_CLAIMS_H

#include "core/bytes.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

/* Hosts that clients were found to ask for, in what they sent, on connections that were made
 * already: by TLS and QUIC, HTTP, or of a proxy.  Any thread may add some. */
struct claims {
	pthread_mutex_t lock;
	struct claim *first, **end;
	_Atomic bool some; /* there may be any */
};

struct claim {
	struct claim *next;
	pid_t pid;	   /* whose it is: the process that made the connection */
	char program[64];  /* the last component of its path, cut */
	struct bytes name; /* "tcp/example.com:443" */
	char bytes[];
};

void claims_begin(struct claims *claims);
void claims_end(struct claims *claims);
void claims_add(struct claims *claims, pid_t pid, const char *program, struct bytes name);
/* The oldest, which is the caller's to free(), or NULL. */
struct claim *claims_take(struct claims *claims);

#endif
