#ifndef RECORDER_CALLS_CALLS_H
#define RECORDER_CALLS_CALLS_H

#include "core/bytes.h"
#include "core/store.h"
#include "core/vocab.h"
#include "recorder/calls/served.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct confine;
struct environment;
struct hearing;
struct held;
struct names;
struct rings;
struct sink;

/* The three ways into an x86-64 kernel.  Argument registers are the same for all of them once
 * PTRACE_GET_SYSCALL_INFO has read them; numbers and the size of a pointer are not. */
enum entry { ENTRY_X86_64, ENTRY_X32, ENTRY_I386, ENTRY_COUNT };

/* A process of the agent, as the calls need to know it. */
struct process {
	pid_t tgid;
	int64_t image;	      /* image.seq of what it runs */
	char *program;	      /* resolved path of that; owned */
	bool own_view;	      /* it has a root or mount namespace of its own */
	bool apart;	      /* another than the run began with: in a dry run that is not ours */
	pid_t number;	      /* it has this one where the run began */
	const char *run_root; /* below /proc: that of the run, where it is not ours; or NULL */
	bool filtered;	      /* it has a seccomp filter of its own */
	bool fast;	      /* its calls are logged: recorder/fast */
	bool slowed;	      /* it has been told to stop at each of them again */
	struct process *same_view;	 /* the next that shares its root; NULL: nobody does */
	struct environment *environment; /* what that was given; NULL: not known */
	struct held *held;		 /* sockets that are listened to; NULL: none */
	unsigned threads;		 /* tracees that belong to it */
	unsigned weighed;		 /* the tick at which its memory was looked at */
	bool unlimited;			 /* its limit of files is lifted for the moment */
};

/* `child` shares its root with `parent`, until it leaves. */
void process_share_view(struct process *child, struct process *parent);
void process_leave_view(struct process *process);
/* From now on paths may mean something else to the process, and to who shares its root. */
void process_change_view(struct process *process);

/* A path argument, or what a descriptor stands for, and the object found there.
 *
 * What a process holds without having opened it has been "requested" as "inherited:3" or
 * "received:5", by the number of the descriptor; what it then does through a descriptor alone, as
 * fstat(2) does, as "descriptor:".  These are never paths: a path that begins so is kept as
 * "./inherited:3", which means the same (RFC 3986, 4.2). */
struct object {
	struct buffer requested; /* bytes as the program said them; empty for a descriptor */
	struct buffer absolute;	 /* that path made absolute, no link followed, when resolved */
	struct buffer name;	 /* resolved; empty until resolved */
	struct buffer base;	 /* struct past: the folder that a relative path starts at */
	int directory;		 /* descriptor that a relative path starts at, or AT_FDCWD */
	bool follow;		 /* a symbolic link at the end is followed */
	bool by_descriptor;	 /* named by a descriptor, not by a path */
	bool in_root;		 /* "/" is `directory`: openat2(2), RESOLVE_IN_ROOT */
	bool unnamed;		 /* not to be named: deeper than PATH_MAX, or mounted nowhere */
	bool exists;		 /* there was an object when it was resolved */
	uint64_t dev, ino;
	mode_t mode;
};

/* What was logged of a call that did not stop: its process may be gone. */
struct past {
	struct {
		struct bytes base, path;
	} place[2];
};

/* One system call between its entry and its end. */
struct call {
	pid_t tid;
	struct process *process;
	struct sink *sink;
	const struct past *past;      /* NULL: it stopped, and its process can be asked */
	int64_t times;		      /* a past call: how many equal ones it stands for */
	struct wire *wire;	      /* NULL: nobody watches the network */
	const struct wire_ends *ends; /* of the socket that is being reported; NULL: not known */
	struct names *names;	      /* what is known of paths; NULL: each is looked up anew */
	const struct call_row *row;
	enum entry entry;
	uint64_t argument[6];
	int64_t result; /* on leaving: the value, or -errno */
	struct object object[2];
	struct buffer extra;	 /* what the shape keeps between entry and end */
	uint64_t flags;		 /* the same */
	bool executed;		 /* an exec that succeeded: reported from the exec event */
	bool io_uring_allowed;	 /* --io-uring=allow */
	struct hearing *hearing; /* sockets that are listened to; NULL: none are */
	struct rings *rings;	 /* of io_uring, that were set up; NULL: none are kept */
	int ring;		 /* descriptor of the ring that the call was submitted to */
	bool named;		 /* its names are those of its entry, and not looked up again */
	bool distant;		 /* its result is no descriptor, or no longer the one that it was */
	bool paths_changed;	 /* by what was submitted to a ring */
	bool unreadable;	 /* enter failed */
	bool abandoned;		 /* its process ended in it */
	bool skipped;		 /* not made: `result` is what the program was told */
	bool asking;		 /* only what it would do is told, to `confine` */
	struct confine *confine; /* who decides what is made; NULL: everything is */
	bool connects;		 /* a send that makes the connection, too: MSG_FASTOPEN, tcp(7) */
	bool settled;		 /* enter saw that nothing will come of it: leave is not called */
};

/* Reads what will be gone at the end: paths, and whether a target exists.  0 or -errno; a failure
 * is only remembered when the call then succeeds. */
typedef int call_enter(struct call *call);
/* Turns the call into accesses. */
typedef void call_leave(struct call *call);

/* A test of one argument that the kernel's filter makes: (value & mask) compared with `value`, or
 * the low half looked for among the numbers of `among`. */
struct condition {
	enum { TEST_NONE, TEST_EQUAL, TEST_NOT_EQUAL, TEST_AMONG } test;
	bool or_next; /* it, or the one behind it; both look at bits of their argument */
	unsigned argument;
	uint32_t mask, value;
	const struct requests *among;
};

#define CONDITIONS_MAX 3

/* What columns a, b and c hold when no argument is meant. */
enum call_column { NONE = -1, CWD = -2, FOLLOW = -3, NOFOLLOW = -4, LINK = -5, VIEW = -6 };

struct call_row {
	const char *name;
	struct condition when[CONDITIONS_MAX]; /* all of them */
	enum resource resource;
	enum action action;
	call_enter *enter;
	call_leave *leave;
	int a, b, c;
	const char *object;
};

/* A call whose meaning depends on a number that it is given: one row for each number. */
struct requests {
	const struct request {
		uint32_t number;
		struct call_row row;
	} * request;
	size_t count;
};

extern const struct requests fcntl_requests, ioctl_requests;

#define CALL(name, when, resource, action, shape, a, b, c, object)                                 \
	call_enter enter_##shape;                                                                  \
	call_leave leave_##shape;
#define FCNTL(name, number, resource, action, shape, a, b, c, object)                              \
	CALL(name, ALWAYS, resource, action, shape, a, b, c, object)
#define IOCTL(name, number, resource, action, shape, a, b, c, object)                              \
	CALL(name, ALWAYS, resource, action, shape, a, b, c, object)
#include "recorder/calls/fcntls.def"
#include "recorder/calls/ioctls.def"
#include "recorder/calls/syscalls.def"

/* Shapes of no table of ours: fork(2) and setrlimit(2) stop only where there are limits. */
call_enter enter_task, enter_limit;
call_leave leave_task, leave_limit;

/* ---- numbers ---- */

/* The largest number of each entry that can stand in a table. */
#define CALL_NUMBER_LIMIT 600

enum call_class { CALL_UNKNOWN, CALL_HARMLESS, CALL_TRACED };

struct call_table {
	struct {
		enum call_class class;
		const struct call_row *row; /* CALL_TRACED */
	} number[ENTRY_COUNT][CALL_NUMBER_LIMIT];
};

/* Fills the table from syscalls.def, harmless.def and newer.def. */
void call_table_fill(struct call_table *ret);
/* Each call that makes a process or a thread stops, too; but for clone3(2), which does so anyway.
 */
void call_table_add_tasks(struct call_table *table);
/* Each that sets a limit of files stops, too. */
void call_table_add_limits(struct call_table *table);
bool call_makes_task(const struct call_row *row);
const struct call_row *call_row_named(const char *name); /* must be in syscalls.def */
/* The number of a call, or -1 where the entry has none. */
int call_number(enum entry entry, const char *name);
/* The row of a call, or NULL where it is harmless or unknown; x32 without its 0x40000000. */
const struct call_row *call_table_row(const struct call_table *table, enum entry entry,
				      uint64_t number);

/* ---- what shapes share ---- */

unsigned call_pointer_bytes(const struct call *call);
/* The argument that column names, or `otherwise` where it names none. */
uint64_t call_argument(const struct call *call, int column, uint64_t otherwise);
int call_descriptor(const struct call *call, int column); /* CWD gives AT_FDCWD */
/* What the result means: EINPROGRESS of a connect is ok, ENOENT and ENOTDIR are absent, EACCES,
 * EPERM and EROFS are denied. */
enum outcome call_outcome(const struct call *call);
enum outcome call_outcome_of(int64_t result);

/* Reads path argument `column` below directory `directory_column` into object[index]. */
int call_take_path(struct call *call, unsigned index, int directory_column, int column,
		   bool follow);
/* The same for a path at `address`, below descriptor `directory`. */
int call_take_path_at(struct call *call, unsigned index, int directory, uint64_t address,
		      bool follow);
/* A file system of the type that is named at `address` is about to be: who will serve it? */
void call_take_type(const struct call *call, uint64_t address);
/* Resolves object[index] against what the process sees now. */
void call_resolve(struct call *call, unsigned index);
/* Makes object[index] what an open descriptor of the process stands for. */
int call_take_descriptor(struct call *call, unsigned index, int descriptor);
/* The descriptor that the call has made, or -1 where it can no longer be looked at. */
int call_made(const struct call *call);
/* Whether what later paths mean depends on calls of this row. */
bool call_changes_paths(const struct call_row *row);

/* Reports one access with the row's resource and the call's result. */
void call_report(struct call *call, enum action action, const struct object *object);
/* The same with another resource than the row's. */
void call_report_as(struct call *call, enum resource resource, enum action action,
		    const struct object *object);
/* The same for a name that is no path. */
void call_report_name(struct call *call, enum resource resource, enum action action,
		      struct bytes name, struct bytes peer);
/* Reports what an open(2) with these flags does with the object; `existed`: it was there before. */
void call_report_open(struct call *call, const struct object *object, uint64_t flags, bool existed);
/* Reports an access whose resource, action and names are filled. */
void call_report_access(struct call *call, struct access *access);
/* Reports that object `to` came about by renaming `from`; `replaced`: over one whose deletion has
 * just been reported. */
void call_report_moved(struct call *call, const struct object *to, const struct object *from,
		       bool replaced);
/* Reports the symbolic links on the way to object, each as a lookup of the link. */
void call_report_links(struct call *call, const struct object *object);
void call_report_gap(struct call *call, enum gap_kind kind, const char *detail);
/* In a dry run an overlay has to copy what is to be changed, and cannot where the owner has no
 * number there (EOVERFLOW): that is a gap. */
void call_report_uncopied(struct call *call, const struct access *access);

/* Resolves what the call has not resolved yet: its thread may die before it ends. */
void call_name_objects(struct call *call);
/* Reports a call whose end nobody will see, as far as its objects were named at the entry. */
void call_abandon(struct call *call);
/* Empties a call for the next one; keeps the memory of its buffers. */
void call_reset(struct call *call);
void call_release(struct call *call);

#endif
