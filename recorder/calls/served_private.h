#ifndef RECORDER_CALLS_SERVED_PRIVATE_H
#define RECORDER_CALLS_SERVED_PRIVATE_H

/* What the files of served.h share; nobody else includes it. */

#include "recorder/calls/patience.h"
#include "recorder/calls/served.h"

#include <limits.h>

/* One look of a worker: it holds whatever that needs, as nobody may be left when it ends. */
struct look {
	struct job job;
	int fd; /* a folder or an object, or AT_FDCWD; owned */
	char path[PATH_MAX];
	bool follow;
	uint64_t resolve;
	pid_t tid;
	uint64_t address;
	size_t size;
	char *data;	      /* owned */
	uint64_t device;      /* atomic: of the file system that is being asked */
	char place[PATH_MAX]; /* a folder or an object of that */
	ssize_t result;	      /* -1: `code` says why */
	int code;
};

/* walk.c: fills `result` with a descriptor. */
void served_walk(struct look *look);
/* Before it is asked: whether a file system has kept a look waiting.  Notes what is asked. */
bool served_ask(struct look *look, int fd);
/* A look is about to be left: what is served is a gap, and is not asked again. */
void served_late_files(struct job *job);
void served_late_memory(struct job *job); /* but this is, elsewhere */
void served_late_reads(struct job *job);
/* NULL with errno.  Takes the descriptor. */
struct look *look_new(int fd, size_t size, void (*work)(struct job *));
void look_free(struct job *job);
/* What the work ends with: its result, and errno. */
void look_end(struct look *look, ssize_t result);
/* Runs it, copies `result` bytes of its data unless `ret` is NULL, and frees it. */
ssize_t look_run(struct look *look, void *ret);

/* openat2(2) with O_PATH. */
int served_openat(int folder, const char *path, bool follow, uint64_t resolve);

#endif
