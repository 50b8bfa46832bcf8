#ifndef RECORDER_LAUNCH_H
#define RECORDER_LAUNCH_H

#include "core/bytes.h"
#include "recorder/secrets/key.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct call_table;
struct dryrun;
struct error;
struct wall;

/* Starting the agent's first process: seized before its first instruction, filtered before its
 * exec, otherwise as its user's shell would have started it. */

struct launch_limits {
	int64_t processes, memory_bytes, file_bytes; /* 0: as they are */
	bool files_by_tracer; /* who follows may lift that of files: the hard limit stays */
};

struct launch {
	char *path; /* the executable; owned */
	char **argv;
	struct launch_limits limits;
	uint64_t ignored; /* signals to be ignored again: launch_ignored_signals() */
	sigset_t mask_before;
	const struct call_table *table;
	struct secret_key key;	 /* of the fingerprints, for the tracer */
	uint64_t trusted;	 /* trace_install_filter() */
	const struct wall *wall; /* recorder/confine; NULL: none */
	struct dryrun *dryrun;	 /* recorder/dryrun; NULL: none */
	/* set by launch_start */
	pid_t pid;
	int report; /* read end: why the exec failed, if it did */
};

/* Looks the program up as execvp(3) does.  0, -ENOENT (127) or another -errno (126). */
int launch_find(const char *name, char **ret_path, struct error *err);

/* Of a dry run, dryrun_options.become, where `context` is a struct launch. */
void launch_become(void *context, uint64_t trusted, int go, int out);

/* Forks; the child is seized and stands just before its exec.  0 or -errno. */
int launch_start(struct launch *launch, struct error *err);

/* After the trace: 0 when the exec went through, else the -errno that the child had. */
int launch_failure(struct launch *launch, bool *ret_in_filter);

/* The signals that this process ignores, signal N as bit N - 1: an exec keeps no other
 * disposition.  To be asked before the first thread is made: glibc takes a signal for itself then.
 */
uint64_t launch_ignored_signals(void);

/* Whether seccomp filters need NO_NEW_PRIVS here, which takes setuid programs their privilege. */
bool launch_needs_no_new_privs(void);

#endif
