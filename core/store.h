#ifndef CORE_STORE_H
#define CORE_STORE_H

#include "core/bytes.h"
#include "core/vocab.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct error;

/* The evidence store: one SQLite database (schema.sql).  A handle belongs to one thread.
 * Every function returns 0 or -errno and fills `err`; -ENOENT means "no such row". */
struct store;

enum store_mode {
	STORE_READ,  /* must exist; nothing is changed */
	STORE_WRITE, /* created with its folder (0700) and file (0600) where missing */
};

/* `path` NULL: $PARE_DB, else $XDG_DATA_HOME/pare/pare.db, else ~/.local/share/pare/pare.db.
 * An older schema is migrated (STORE_WRITE) or refused with what to do (STORE_READ); a newer
 * one, a damaged file and a file that is no database are each a clear error. */
int store_open(struct store **ret, const char *path, enum store_mode mode, struct error *err);
void store_close(struct store *store); /* NULL is fine */
const char *store_path(const struct store *store);
/* The version of the schema (PRAGMA user_version), the same in every store that is open. */
int store_schema_version(void);

/* Every write stands between these two; readers may use them to see one snapshot.  A failed
 * commit or a failure in between leaves nothing of it: call store_rollback.  Gather first and then
 * write at once: until the commit every other recorder waits (10 s, then -EBUSY). */
int store_begin(struct store *store, struct error *err);
int store_commit(struct store *store, struct error *err);
void store_rollback(struct store *store);

/* ---- runs ---- */

enum run_state {
	RUN_RECORDING,	/* its recorder is still alive */
	RUN_COMPLETE,	/* ended and sealed */
	RUN_INCOMPLETE, /* its recorder died: what is here is all but the last 100 ms */
};

/* What a run took of the machine at most; zeros: it was not measured. */
struct usage {
	int64_t tasks;	      /* processes and threads at once */
	int64_t memory_bytes; /* that one process had in memory (getrusage(2), ru_maxrss) */
	int64_t file_bytes;   /* of the largest file that it wrote and that was there at the end */
};

struct run {
	int64_t key; /* row number; set by the store */
	char id[33]; /* 32 hexadecimal digits */
	const char *agent, *task, *host, *kernel, *version, *assurance, *clock, *recorder;
	uint32_t uid;
	struct bytes command; /* argv, each argument ended by a NUL */
	struct bytes cwd, workspace, home, tmp;
	int64_t started_ns, ended_ns; /* ended_ns 0: not ended */
	int status;		      /* exit status, 128 + signal; -1: not ended */
	int64_t stops, calls;
	enum run_state state; /* set by the store on reading */
	int64_t gaps;	      /* rows of `gap`; set by the store on reading */
	struct usage usage;   /* the same; store_put_usage() */
};

/* Text and bytes that a visitor sees are borrowed until it returns. */
typedef int run_visit(void *context, const struct run *run);

struct run_filter {
	const char *agent, *task;   /* NULL: any */
	int64_t since_ns, until_ns; /* started in [since, until); until 0: no end */
};

/* Oldest first; `filter` NULL: all.  A non-zero visit() stops and is returned. */
int store_each_run(struct store *store, const struct run_filter *filter, run_visit *visit,
		   void *context, struct error *err);
/* `which` is an id, a unique prefix of one (4 lower-case digits or more), or "last".  The run's
 * text is owned by the caller: run_release().  An ambiguous prefix is -EINVAL, none -ENOENT, both
 * with a message. */
int store_find_run(struct store *store, const char *which, struct run *ret, struct error *err);
void run_release(struct run *run);
void run_cleanup(struct run *run); /* for scoped(run) */

/* What run.recorder holds, for the calling process: "BOOTID:PID:STARTTIME" (proc(5): boot_id, and
 * field 22 of /proc/PID/stat).  Appends it; 0 or -errno. */
int store_recorder_identity(struct buffer *out);
/* The same for another one: a run that is recorded until that ends. */
int store_process_identity(pid_t pid, struct buffer *out);

/* Writes a new run (fills run->key and, when empty, run->id). */
int store_add_run(struct store *store, struct run *run, struct error *err);
/* Before the run is ended, once; a transaction of its own. */
int store_put_usage(struct store *store, int64_t run, const struct usage *usage, struct error *err);
/* Writes ended, status, stops and calls, and seals the run; one transaction of its own, so call
 * it outside any.  A run is ended once. */
int store_end_run(struct store *store, const struct run *run, int64_t sealed_ns, struct error *err);
/* The same for who still has what was put: accesses() visits every one in the order of seq, and
 * they are not read back. */
struct access;
typedef void access_sum(void *context, const struct access *access);
typedef void access_source(void *source, access_sum *sum, void *context);
int store_end_run_of(struct store *store, const struct run *run, int64_t sealed_ns,
		     access_source *accesses, void *source, struct error *err);

/* ---- what a run holds ---- */

struct image {
	int64_t seq, parent;
	int32_t pid;
	struct bytes program, argv, cwd; /* argv: each argument ended by a NUL */
	int64_t started_ns;
};

struct access {
	int64_t seq;	    /* order of first use in the run, from 1 */
	int64_t image;	    /* image.seq */
	struct bytes phase; /* "" outside any */
	int64_t call;	    /* tool call, 0 outside any */
	enum resource resource;
	enum action action;
	struct bytes name; /* the resolved object */
	/* As the program said it; "inherited:3", "received:5" where a descriptor came opened (no
	 * path begins so); of a kernel facility what was asked of it, such as a key.  NULL data:
	 * the same as name. */
	struct bytes requested;
	/* NULL data: none.  Of a variable "secret:" and 8 hexadecimal digits, a keyed fingerprint
	 * of its value (never the value), or "path" where the value is the name of a file. */
	struct bytes peer;
	enum outcome outcome;
	int error; /* errno value, 0 for none */
	int64_t count, bytes;
	int64_t first_ns, last_ns;
	int64_t peak_second, peak_minute, peak_hour;
	bool own; /* created in this run */
	enum via via;
	uint64_t dev, ino; /* 0: not known */
	int64_t key;	   /* of the resource in its store: store_each_need() alone */
};

struct gap {
	int64_t seq;
	enum gap_kind kind;
	int64_t image; /* 0: the whole run */
	struct bytes detail;
	int64_t count, first_ns, last_ns;
};

/* Connections of one image to one peer, under one name: of TCP each counts, of UDP each socket. */
struct connection {
	int64_t seq, image;
	enum protocol protocol;
	struct bytes name;	 /* as the evidence has the host: "tcp/example.com:443" */
	enum host_source source; /* who says so */
	struct bytes question;	 /* name whose lookup led to the peer's address; NULL data: none */
	struct bytes peer;	 /* the socket's other end: "tcp/192.0.2.1:443" */
	struct bytes relay; /* the name is behind a proxy, and this is the peer; NULL data: no */
	int64_t count;
	int64_t measured; /* of them, those whose bytes are known */
	int64_t sent,
		received; /* bytes of payload of those; none are known where `measured` is 0 */
	int64_t first_ns, last_ns;
};

/* One call of a tool.  The access that it is ("call" of "tool", via VIA_TOOL, with its counts) is
 * put beside it by who puts it; what the tool did meanwhile are accesses with this `seq` as their
 * `call`. */
struct tool_call {
	int64_t seq;		/* order of the start, from 1 */
	int64_t image;		/* image.seq of who asked for it, 0: not known */
	struct bytes phase;	/* "" outside any */
	struct bytes tool;	/* "server/tool", the access's name */
	struct bytes caller;	/* what the agent itself calls it; NULL data: nothing */
	struct bytes arguments; /* JSON as it was sent, secrets masked by who puts it */
	enum call_status status;
	int64_t started_ns, ended_ns; /* ended_ns 0: no end was seen */
	int64_t sent, received;	      /* bytes of the request and of the answer */
};

/* Whether the access needs no permission of its own.  The process did not ask for the object: it
 * was handed it as an open descriptor, by who started it ("requested" is "inherited:3") or over a
 * socket ("received:5"); or it only went on with a descriptor that it had ("descriptor:"), whose
 * opening is an access already: looked at it, read, wrote.  To change attributes, to map code or
 * to execute through a descriptor needs its permission all the same. */
bool access_is_covered(const struct access *access);

int store_add_image(struct store *store, int64_t run, const struct image *image, struct error *err);
/* Adds the row or, when (run, seq) is there, replaces its counts, times, peaks and identity. */
int store_put_access(struct store *store, int64_t run, const struct access *access,
		     struct error *err);
/* The same for who keeps what the store calls the names, which holds until a rollback.  0 is none:
 * "requested" is none where it is the name of the resource. */
struct access_keys {
	int64_t phase, resource, requested, peer;
};
int store_put_known(struct store *store, int64_t run, const struct access *access,
		    const struct access_keys *keys, struct error *err);
/* Of a run that is not sealed; fine where there is none. */
int store_drop_access(struct store *store, int64_t run, int64_t seq, struct error *err);
/* Finds or adds them. */
int store_name_key(struct store *store, struct bytes name, int64_t *ret, struct error *err);
int store_resource_key(struct store *store, enum resource kind, int64_t name, int64_t *ret,
		       struct error *err);
int store_put_gap(struct store *store, int64_t run, const struct gap *gap, struct error *err);

/* As store_put_access(): (run, seq) that is there has its counts, bytes and times replaced. */
int store_put_connection(struct store *store, int64_t run, const struct connection *connection,
			 struct error *err);
/* Of a run that is not sealed; fine where there is none. */
int store_drop_connection(struct store *store, int64_t run, int64_t seq, struct error *err);

/* (run, seq) that is there has its status, end and bytes received replaced. */
int store_put_call(struct store *store, int64_t run, const struct tool_call *call,
		   struct error *err);

typedef int image_visit(void *context, const struct image *image);
typedef int access_visit(void *context, const struct access *access, const struct image *image);
typedef int gap_visit(void *context, const struct gap *gap);
typedef int connection_visit(void *context, const struct connection *connection,
			     const struct image *image);

typedef int call_visit(void *context, const struct tool_call *call, const struct image *image);

/* All in the order of seq.  `run` is run->key.  What has an image that is missing comes with
 * one of zeros. */
int store_each_image(struct store *store, int64_t run, image_visit *visit, void *context,
		     struct error *err);
int store_each_access(struct store *store, int64_t run, access_visit *visit, void *context,
		      struct error *err);
/* One of them, by the run's whole id; -ENOENT where there is none. */
int store_find_access(struct store *store, const char *run, int64_t seq, access_visit *visit,
		      void *context, struct error *err);
/* All of a run without images, peers but those of variables, dev and ino, for who reads many runs:
 * several times as fast, because names are read once and kept, some 50 bytes and the name for each,
 * until the store is closed. */
typedef int need_visit(void *context, const struct access *access);
int store_each_need(struct store *store, int64_t run, need_visit *visit, void *context,
		    struct error *err);
/* The same once more without errors, bytes, peaks and via. */
int store_each_use(struct store *store, int64_t run, need_visit *visit, void *context,
		   struct error *err);
int store_each_gap(struct store *store, int64_t run, gap_visit *visit, void *context,
		   struct error *err);

int store_each_connection(struct store *store, int64_t run, connection_visit *visit, void *context,
			  struct error *err);

typedef int name_visit(void *context, struct bytes name);
typedef int phase_visit(void *context, struct bytes phase, int64_t first_ns);

/* Hosts that the run listened on. */
int store_each_listener(struct store *store, int64_t run, name_visit *visit, void *context,
			struct error *err);
/* Phases, with the first access of each. */
int store_each_phase(struct store *store, int64_t run, phase_visit *visit, void *context,
		     struct error *err);
int store_each_call(struct store *store, int64_t run, call_visit *visit, void *context,
		    struct error *err);

/* Accesses of an agent's runs that started before: rows, and times they happened (beyond 2^53 not
 * to the last one, because numbers in a database may be anything). */
int store_count_accesses(struct store *store, const char *agent, int64_t until_ns,
			 int64_t *ret_rows, int64_t *ret_times, struct error *err);

/* Every object of the store, whoever used it. */
typedef int resource_visit(void *context, enum resource kind, struct bytes name);
int store_each_resource(struct store *store, resource_visit *visit, void *context,
			struct error *err);

/* What was denied or held back, added up: the most often first. */
struct denied_use {
	enum resource resource;
	enum action action;
	struct bytes name;
	enum outcome outcome;
	int error; /* errno value */
	int64_t runs, count;
	int64_t last_ns; /* of the last time, as is the row of the evidence */
	const char *run;
	int64_t seq;
};
typedef int denied_visit(void *context, const struct denied_use *use);
/* Of runs that started in [since, until). */
int store_each_denied(struct store *store, const struct run_filter *filter, denied_visit *visit,
		      void *context, struct error *err);

/* The seal of a run, 64 hexadecimal digits; "" where it has none. */
int store_seal_of(struct store *store, int64_t run, char ret_hex[static 65], struct error *err);
/* The store has no more accesses than that; asked quickly. */
int store_most_accesses(struct store *store, int64_t *ret, struct error *err);

/* ---- policies ---- */

struct stored_policy {
	int64_t key;
	const char *agent, *digest, *parent;
	int64_t created_ns;
	struct bytes document; /* XML */
	const char *author;    /* login name of who proposed it; NULL, "": not known */
};
typedef int policy_visit(void *context, const struct stored_policy *policy);

/* Keeps a version; the same digest twice is kept once. */
int store_add_policy(struct store *store, const struct stored_policy *policy, struct error *err);
/* Oldest first. */
int store_each_policy(struct store *store, const char *agent, policy_visit *visit, void *context,
		      struct error *err);

/* ---- integrity ---- */

/* What `pare fsck` says, a line each. */
typedef void fsck_report(void *context, bool bad, const char *line);

struct fsck_result {
	int64_t runs, sealed, incomplete;
	int64_t damaged; /* problems of the database itself */
	int64_t altered; /* runs that no longer match their seal, broken links of the chain */
};

/* Checks the database (integrity_check, foreign keys) and every seal.  Returns 0 when the check
 * could be made, whatever it found. */
int store_fsck(struct store *store, fsck_report *report, void *context, struct fsck_result *ret,
	       struct error *err);
/* The same in the caller's transaction. */
void store_verify(struct store *store, fsck_report *report, void *context, struct fsck_result *ret);

#endif
