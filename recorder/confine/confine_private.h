#ifndef RECORDER_CONFINE_CONFINE_PRIVATE_H
#define RECORDER_CONFINE_CONFINE_PRIVATE_H

/* What the files of confine/ share; nobody else includes it. */

#include "core/store.h"
#include "recorder/confine/confine.h"
#include "recorder/tally_name.h"

struct confine {
	struct confine_options options;
	struct buffer phase; /* as a rule has it */
	struct name *names;  /* of files, with whose they are: as the tally has it */
	bool deleted_own;    /* the last deletion was of the run's own */
	int64_t answer;	     /* to the call that is asking: 0, it may be made, or -errno */
	struct bytes making; /* what the call that is asking creates: its own from then on */
	struct wire *wire;   /* NULL: nobody heard what resolvers answered */
	struct denials denials;
	enum confirm *confirmed; /* rule by rule */
};

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

/* names.c: the rule that admits the address of a connection by the name of its host, or NULL. */
const struct rule *names_admit(struct confine *confine, const struct call *call,
			       const struct access *access);

#endif
