#ifndef RECORDER_TRACE_TRACE_H
#define RECORDER_TRACE_TRACE_H

#include "core/store.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct call;
struct call_table;
struct dryrun;
struct confine;
struct error;
struct fast;
struct secret_key;
struct sink;

/* The strict core: ptrace(2) follows the whole tree, a seccomp filter stops only the calls of
 * syscalls.def.  Completeness never depends on anything else. */

struct trace_options {
	struct sink *sink;
	const struct call_table *table;
	const struct secret_key *key; /* of the fingerprints */
	struct fast *fast;	      /* NULL: every call stops */
	struct wire *wire;	      /* NULL: nobody watches the network */
	struct confine *confine;      /* NULL: every call is made */
	const char *run_root;	      /* below /proc: the agent's, where it is not ours; or NULL */
	pid_t init;		      /* process 1 of its own, a child of ours; 0: none */
	const struct dryrun *dryrun;  /* the same; or NULL */
	bool io_uring_allowed;
	bool no_new_privs;		  /* setuid programs run without their privilege */
	int64_t timeout_ns;		  /* ends the tree after this long; 0: never */
	const volatile sig_atomic_t *end; /* becomes non-zero when the tree is to be ended */
	volatile sig_atomic_t *tick;	  /* set by a timer's signal handler every 100 ms or so */
};

struct trace_result {
	int status;	      /* exit status of the first process, 128 + signal */
	int64_t stops, calls; /* ptrace stops in all; calls that were looked at */
	bool started;	      /* the first exec succeeded */
	bool ended_by_us;     /* by options.end or the timeout */
	int signal;	      /* that ended the first process, 0 for none */
	struct usage usage;   /* of its files: -1: none may be looked at, 0: nobody has looked */
};

/* Follows `child`, already seized with TRACE_SEIZE_OPTIONS, and all that comes of it, to the end
 * of the last.  The timer's signal must reach this thread, so that `end` and the timeout are seen
 * while nothing happens. */
int trace_run(pid_t child, const struct trace_options *options, struct trace_result *ret,
	      struct error *err);

/* PTRACE_O_... that `child` must have been seized with: ptrace(2). */
extern const unsigned long trace_seize_options;

/* Installs the filter in the calling process, with NO_NEW_PRIVS only where the kernel insists.
 * Calls whose instruction pointer is `trusted` (0: none) do not stop.  0 or -errno. */
int trace_install_filter(const struct call_table *table, uint64_t trusted);

/* At a call's entry: it is not made, and the program is told `result`. 0 or -errno. */
int trace_skip(struct call *call, int64_t result);
/* At a call's end: the program is told another result.  0 or -errno. */
int trace_set_result(struct call *call, int64_t result);
/* At a call's entry: the kernel gets another value. 0 or -errno. */
int trace_set_argument(struct call *call, unsigned index, uint64_t value);

#endif
