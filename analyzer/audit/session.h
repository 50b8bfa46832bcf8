#ifndef ANALYZER_AUDIT_SESSION_H
#define ANALYZER_AUDIT_SESSION_H

#include "analyzer/audit/memo.h"
#include "core/vocab.h"

#include <stdbool.h>
#include <stdint.h>

struct access;
struct protected_object;
struct protection;
struct run;
struct run_facts;
struct sighting;
struct tool_call;
struct written;

/* The runs of the window, one after another, for findings that look at single runs.  Each access is
 * kept while its run is read; at the end of it the observers of observers.def look. */

/* What the Rule of Two counts (untrusted.def). */
#define INPUT	  1u
#define SENSITIVE 2u
#define EFFECT	  4u

/* What is known of a resource from its name, whichever run uses it. */
struct mark {
	enum resource resource;
	struct bytes name;   /* in the store */
	bool is_read_judged; /* `secret` and `gives` hold */
	bool is_change_judged;
	bool is_scratch;			/* to change it has no effect */
	bool is_inner;				/* of a host: this machine, a resolver, the model */
	unsigned gives;				/* by name alone */
	const struct protected_object *secret;	/* that reads of it reach; NULL: none */
	const struct protected_object *startup; /* that changes of it reach */
	struct written *written;		/* by which run; NULL: by none */
	int64_t removed_run, removed_ns;	/* the last run that did so to a file of its own */
	int64_t read_run;			/* the last run that read it, its number */
	int64_t followed_run;			/* the last run in which a secret was followed */
	size_t read_last;			/* that read: number of the touch */
};

/* An access that happened or was refused, in short. */
struct touch {
	struct mark *mark;
	int64_t key, seq, image, call;
	int64_t first_ns, last_ns; /* it happened then, and perhaps in between */
	int64_t count;
	enum action action;
	bool is_refused, is_own, is_covered;
	bool is_held;	    /* a secret, from first_ns on */
	unsigned gives;	    /* by the name and the run */
	size_t read_before; /* of a read: number from 1 of the one before of the same file; 0: none
			     */
};

/* A process image of the run at hand. */
struct kin {
	int64_t parent; /* its number; 0: none */
	int32_t pid;
	int64_t started_ns, last_ns; /* its first and last access */
	char *program;
	char *argv; /* each argument ended by a NUL */
	size_t argv_size;
	bool is_interpreter; /* planted.c */
};

struct session {
	const struct run *run;
	int64_t number; /* from 1 */
	size_t root;	/* a number of its roots */
	struct roots roots;
	const struct run_facts *facts;
	struct touch *touch; /* in the order of seq */
	size_t touch_count, touch_capacity;
	unsigned gives;	      /* all of them together */
	bool has_connections; /* session_connections() was called */
	bool has_refused, has_startup, has_written, has_held, has_executed_written;
	struct kin *kin; /* by number; read when asked for */
	size_t kin_count;
	int64_t *asker; /* by number of a tool call: the image that asked, 0: unknown */
	size_t asker_count;
};

/* How many different ones there are of a kind. */
struct kind_count {
	const char *kind; /* NULL: none behind */
	size_t count;
};

#define KINDS_MAX 16

struct sessions {
	struct auditing *auditing;
	struct protection *protection;
	struct mark **mark; /* by key of the resource */
	size_t mark_count;
	struct memos memos;
	struct written *written; /* by name */
	struct sighting *sighting;
	struct kind_count kind[KINDS_MAX]; /* of sightings */
	struct session session;
	bool is_open; /* a run is being read */
};

/* NULL and `err` of the auditing: it failed.  NULL may be closed. */
struct sessions *sessions_open(struct auditing *auditing);
void sessions_close(struct sessions *sessions);

/* In this order, for each run of the window; 0 or -errno, said. */
void sessions_begin(struct sessions *sessions, const struct run *run, const struct roots *roots,
		    size_t root, const struct run_facts *facts);
int sessions_access(struct sessions *sessions, const struct access *access);
int sessions_call(struct sessions *sessions, const struct tool_call *call, int64_t image);
int sessions_end(struct sessions *sessions);
/* All runs were read: what is known of each name goes, until runs are looked at once more. */
void sessions_settle(struct sessions *sessions);
/* Reads a run of the window once more, with the number that its roots had, and has one look at it.
 */
typedef int session_look(struct sessions *sessions, void *context);
int sessions_revisit(struct sessions *sessions, const char *id, size_t root, session_look *look,
		     void *context);

/* The process images of the run at hand.  0 or -errno, said. */
int session_kin(struct sessions *sessions);
/* Accesses of hosts last as long as something was sent there.  0 or -errno, said. */
int session_connections(struct sessions *sessions);
/* An image of that number; one of zeros where there is none. */
const struct kin *session_image(const struct session *session, int64_t image);
/* The grants that admit it.  NULL: memory ran out. */
const struct grant_set *session_grants(struct sessions *sessions, const struct touch *touch);
/* The program of the image that did it; never NULL. */
const char *session_program(const struct session *session, const struct touch *touch);
/* Says that memory ran out: -ENOMEM. */
int sessions_no_memory(const struct sessions *sessions);

/* ---- marks.c ---- */

/* NULL: memory ran out. */
struct mark *mark_find(struct sessions *sessions, const struct access *access);
/* What the name gives to who reads, reaches, calls; then `secret` holds, too. */
void mark_judge_read(const struct sessions *sessions, struct mark *mark);
void mark_judge_change(const struct sessions *sessions, struct mark *mark);
/* What a pattern may give, in the letters of untrusted.def, to who does that. */
unsigned mark_of_rule(const struct sessions *sessions, const struct rule *rule);

/* What the touch gives in this run, by untrusted.def.  0, -ENOMEM. */
int touch_judge(struct sessions *sessions, struct touch *touch);
/* "to a host that is not this machine": it goes out. */
bool touch_goes_out(const struct touch *touch);

/* ---- planted.c ---- */

void written_release(struct sessions *sessions);

#define OBSERVER(name) int observe_##name(struct sessions *sessions);
#include "analyzer/audit/observers.def"

#endif
