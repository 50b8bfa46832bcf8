#ifndef RECORDER_RECORD_H
#define RECORDER_RECORD_H

#include "core/bytes.h"
#include "core/store.h"
#include "recorder/launch.h"
#include "recorder/secrets/key.h"

#include <stdbool.h>
#include <stdint.h>

struct call_table;
struct confine;
struct error;
struct keep;

/* What `pare record` was asked for. */
struct record_options {
	const char *db, *agent, *task, *phase, *workspace;
	bool dry_run;	 /* what it does is kept apart: recorder/dryrun */
	const char *net; /* of a dry run: "none" or "host"; NULL: none */
	bool quiet, strict, events, io_uring_allowed, no_self_test;
	int64_t timeout_ns, at_ns; /* 0: none */
	struct launch_limits limits;
	const char *pcap;	 /* the file that packets are kept in, or NULL */
	struct keep *keep;	 /* the same, open */
	struct confine *confine; /* NULL: nothing is denied */
	char **argv;
};

/* Memory that the texts of a run borrow from. */
struct run_identity {
	struct run run;
	char *host, *kernel, *agent, *cwd, *workspace, *home, *tmp;
	struct buffer command, recorder;
};

/* Describes the run that is about to begin: who, where, what its roots are, and its command line
 * without secrets.  0 or -errno. */
int run_identify(struct run_identity *ret, const struct record_options *options,
		 const struct secret_key *key, struct error *err);
void run_identity_release(struct run_identity *identity);

/* Puts the run into the store, with what it is made with; `path`: the executable.  0 or -errno. */
int record_begin(const struct record_options *options, const char *path, struct store *store,
		 struct run_identity *identity, struct error *err);

/* Reads the command line into options; ends the program with 125 on a wrong one. */
void record_parse(struct record_options *ret, int argc, char **argv);

/* Keeps in `ret` what the agent shall inherit, then takes over the signals that end or time a
 * recording.  Before the first thread is made. */
void record_take_signals(struct launch *ret);

/* Nothing is recorded where something would be missed.  Whether it would is asked once for each
 * kernel, which is remembered beside `database`; another tracer is there now or not. */
int record_check_system(const struct record_options *options, const struct call_table *table,
			const char *database, struct error *err);

/* What pare ends with when it could not run the command. */
enum { STATUS_PARE_FAILED = 125, STATUS_NOT_EXECUTABLE = 126, STATUS_NOT_FOUND = 127 };

/* The exec itself failed, which only the child could know: says so, and returns that status; 0: it
 * did not. */
int record_explain_failure(struct launch *launch, struct error *err);

/* Records the run that is in the store already, and seals it.  Of the options strict,
 * events, io_uring_allowed, timeout_ns, at_ns, phase and keep count.  0 or -errno; then
 * launch_failure() may tell more. */
struct trace_result;
int record_run(const struct record_options *options, struct launch *launch, struct store *store,
	       struct run *run, struct trace_result *ret, struct error *err);

#endif
