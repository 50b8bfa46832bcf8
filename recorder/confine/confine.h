#ifndef RECORDER_CONFINE_CONFINE_H
#define RECORDER_CONFINE_CONFINE_H

#include "core/policy.h"
#include "recorder/confine/denial.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct access;
struct call;
struct error;
struct observation;
struct secret_key;
struct wire;

/* Enforcing a policy at the stops of the tracer (`pare verify`).
 *
 * At the entry of a call its own shape is asked what it would do if it succeeded, as accesses; each
 * is looked for in the policy.  Where one is not admitted the call is not made, and the program is
 * told EACCES, or EPERM where the object is a process or a facility of the kernel.  What is not
 * there is answered as the kernel would, ENOENT: it is a probe, and no denial.
 *
 * What stands in memory (a path, an address) another thread can change between the stop and the
 * kernel's own look.  So what was opened and executed is looked at once more when the call ends:
 * a process that got by that what the policy does not admit is killed.  wall.h is what lies
 * beneath.
 */
struct confine;

/* What is done where a rule wants a person's word (gate="confirm"). */
enum confirm { CONFIRM_NO, CONFIRM_YES, CONFIRM_ASK };

struct confine_options {
	const struct policy *policy; /* outlives it */
	struct roots roots;	     /* the same */
	const char *phase;	     /* NULL: none */
	enum confirm confirm;
	const struct secret_key *key; /* of the fingerprints in the policy's arguments; the same */
};

/* 0 or -errno. */
int confine_open(struct confine **ret, const struct confine_options *options, struct error *err);
void confine_close(struct confine *confine); /* NULL is fine */
/* Whose answers of resolvers say which host an address is, and who tells what clients ask for on
 * connections; NULL: nobody from now on. */
void confine_set_wire(struct confine *confine, struct wire *wire);
/* What the policy lets the agent take of the machine. */
const struct policy_limits *confine_limits(const struct confine *confine);
/* From trace/: that was too much, for a program, and of a file where `name` is not empty; `asked`
 * as in struct denial. */
void confine_deny_limit(struct confine *confine, enum denied_limit limit, int64_t asked,
			const char *program, struct bytes name);
/* What was denied; when the run is over. */
struct denials *confine_denials(struct confine *confine);

/* From trace/, at the entry of a call: `entered` is what its shape said there.  The call is skipped
 * where it may not be made. */
void confine_call(struct call *call, int entered);
/* From trace/: a process runs that, with these arguments (each with a NUL behind): `pare phase
 * NAME` begins another phase. */
void confine_image(struct confine *confine, struct bytes program, struct bytes argv);
/* From trace/: process `pid` has asked for a host that the policy does not admit, over a connection
 * that was admitted for another: that was denied too late, and it is to be killed.  False: no more
 * have.  `program_of`: what a process runs, or NULL. */
bool confine_claimed(struct confine *confine, const char *(*program_of)(void *context, pid_t pid),
		     void *context, pid_t *ret_pid);
/* From calls/, of a call that is asking: it would do that. */
void confine_question(struct call *call, const struct access *access, struct bytes moved_from);
/* From calls/, of an exec that is asking, with its arguments in call->extra: this is what would
 * run; for a script that is the interpreter. */
void confine_command(struct call *call, struct bytes program);
/* From trace/, at the stop after that exec, before its image is that of the process: whether the
 * kernel was handed what may be executed.  Else the process is killed. */
void confine_executed(struct call *call, struct bytes program);
/* From calls/: it has done that, or failed to. */
void confine_happened(struct call *call, const struct observation *observation);

#endif
