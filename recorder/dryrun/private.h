#ifndef RECORDER_DRYRUN_PRIVATE_H
#define RECORDER_DRYRUN_PRIVATE_H

#include "recorder/dryrun/build.h"
#include "recorder/dryrun/dryrun.h"

/* What dryrun.c, init.c and talk.c share. */

struct dryrun {
	struct dryrun_options options;
	struct build build;
	struct mounts mounts; /* that are really there */
	struct buffer folder, hidden, root_path, notes;
	char *cwd;
	mode_t mask; /* umask(2) of the agent */
	int lock;
	int socket; /* to process 1 */
	pid_t init;
	int handle; /* pidfd_open(2) of that */
	int root;
};

/* talk.c: messages between pare and what it has made. */
struct message {
	uint64_t trusted;
	int code;	/* errno; 0: all is well */
	char text[640]; /* why not */
};

/* With `count` descriptors, at most two.  0 or -errno. */
int talk_say(int socket, const struct message *message, const int *fd, size_t count);
/* `ret_pid` (or NULL): who has said it.  -EPIPE: nobody is there any more. */
int talk_hear(int socket, struct message *ret, int *ret_fd, size_t count, pid_t *ret_pid);

/* init.c: process 1.  Does not return. */
void init_live(struct dryrun *dryrun, int socket);

/* agent.c: between fork and exec.  0 or -errno. */
int agent_leave(const struct dryrun *dryrun);  /* into namespaces of its own */
int agent_settle(const struct dryrun *dryrun); /* with its numbers mapped */

#endif
