#ifndef RECORDER_CONFINE_CONFINE_PRIVATE_H
#define RECORDER_CONFINE_CONFINE_PRIVATE_H

/* What the files of confine/ share; nobody else includes it. */

#include "core/store.h"
#include "recorder/confine/confine.h"
#include "recorder/secrets/environment.h"
#include "recorder/tally_name.h"
#include "recorder/wire/claims.h"

/* How often a rule has admitted things: in the newest second, minute and hour, and in all. */
enum { RATE_WINDOWS = 3 };
struct rate_window {
	int64_t index, count;
};
struct rate_used {
	struct rate_window window[RATE_WINDOWS];
	int64_t count;
};

/* A phase that has begun. */
struct phase {
	struct buffer name; /* as a rule has it */
	int64_t began_ns;   /* monotonic; for the first time */
};

struct confine {
	struct confine_options options;
	struct phase *phase; /* the first is that of the beginning */
	size_t phases, now;
	int64_t changed_ns;   /* monotonic: when another phase began, or came again */
	struct name *names;   /* of files, with whose they are: as the tally has it */
	bool deleted_own;     /* the last deletion was of the run's own */
	int64_t answer;	      /* to the call that is asking: 0, it may be made, or -errno */
	struct bytes making;  /* what the call that is asking creates: its own from then on */
	struct wire *wire;    /* NULL: nobody heard what resolvers answered */
	struct claims claims; /* of it */
	struct denials denials;
	struct rate_used *used;		  /* rule by rule */
	enum confirm *confirmed;	  /* rule by rule */
	struct environments environments; /* of what was executed lately */
};

/* confine.c: whether a rule that admits the access does so now: DENIED_NOT, or why not. */
enum denied_why confine_rule(struct confine *confine, const struct rule *rule,
			     const struct access *access);
/* Fills who is denied, and counts it. */
void confine_deny(const struct call *call, struct denial *denial);

/* phase.c: the agent is in that phase from now on, where it was not.  0, -ENOMEM. */
int phase_begin(struct confine *confine, struct bytes name);
struct bytes phase_name(const struct confine *confine);
/* What begins a phase is done in that already.  While a call asks the agent is where its success
 * would take it. */
struct phase_place {
	size_t now, count;
	int64_t changed_ns;
};
struct phase_place phase_try(struct confine *confine, const struct call *call);
void phase_return(struct confine *confine, struct phase_place place);
void phases_forget(struct confine *confine);

/* own.c: whether the object is the run's own as the access meets it. */
bool own_as_met(struct confine *confine, const struct access *access, struct bytes moved_from,
		bool replaced);
/* The access has happened: what it changes. */
void own_follow(struct confine *confine, const struct observation *observation);

/* settled.c: what the kernel would say all the same, whoever asks: -errno; 0: that is for the
 * policy.
 */
int64_t settled_by_itself(const struct call *call, const struct access *access);

/* gate.c: whether a person lets the rule admit things; asked once for each rule. */
bool gate_is_open(struct confine *confine, const struct rule *rule, const struct access *access);

/* rate.c: DENIED_NOT, and it is counted, or why the rule does not admit it now. */
enum denied_why rate_take(struct confine *confine, const struct rule *rule);

/* names.c: the rule that admits the address of a connection by the name of its host, or NULL. */
const struct rule *names_admit(struct confine *confine, const struct call *call,
			       const struct access *access);

#endif
