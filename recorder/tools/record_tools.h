#ifndef RECORDER_TOOLS_RECORD_TOOLS_H
#define RECORDER_TOOLS_RECORD_TOOLS_H

#include "core/error.h"
#include "recorder/tools/copies.h"

#include <sys/types.h>

/* The recording of what is relayed: a thread that begins a run in the store, reads the copies, and
 * seals the run when they end.  What goes wrong is told at the end and changes nothing for who
 * talks. */
struct tools_recording {
	struct copies copies;
	const char *db, *agent, *server; /* agent NULL: as the client calls itself */
	const char *path;		 /* the server's executable, */
	char **argv;			 /* its command line, */
	pid_t pid;			 /* and process */
	int status;			 /* of the run; before the copies are closed */
	struct error error;
	pthread_t thread;
	bool started;
};

/* 0 or -errno; then what is copied is refused. */
int tools_recording_start(struct tools_recording *recording);
/* Waits until all is stored; 0 or -errno with the error of the recording filled. */
int tools_recording_stop(struct tools_recording *recording, int status);

#endif
