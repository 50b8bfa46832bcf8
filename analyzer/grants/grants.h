#ifndef ANALYZER_GRANTS_GRANTS_H
#define ANALYZER_GRANTS_GRANTS_H

#include "core/policy.h"

#include <stdbool.h>
#include <stddef.h>

struct error;

/* What an enforcer grants an agent today, as its own configuration says. */

/* How what was read differs from what it became. */
enum note_kind {
	NOTE_UNREAD,   /* it is no part of the grants: nobody knows what it allows */
	NOTE_WIDER,    /* the enforcer allows less than the grants (of a denial: denies less) */
	NOTE_NARROWER, /* it allows more (of a denial: denies more) */
};

const char *note_kind_text(enum note_kind kind); /* "unread", "wider", "narrower" */

struct note {
	enum note_kind kind;
	int line;   /* 0: not known */
	char *text; /* what stands there, raw; NULL: the whole of it */
	char *reason;
};

struct granted {
	/* What is allowed; what is denied of it, whatever else allows it. */
	struct policy allowed, denied;
	/* Resources (bits, 1 << RESOURCE_X) that the enforcer has a say in: of these alone does
	 * "not granted" mean "denied". */
	unsigned governs;
	struct note *note;
	size_t note_count;
	bool failed; /* memory ran out */
};

void granted_release(struct granted *grants);
void granted_cleanup(struct granted *grants); /* for scoped(granted) */
/* Sorts, joins what is equal (of two conditions the weaker), and finishes both policies. */
int granted_finish(struct granted *grants, struct error *err);

/* What is imported. */
struct source {
	const char *name; /* for messages */
	struct bytes text;
	struct roots roots; /* folders that become symbolic */
};

/* Appends to `ret`, which is zeroed, what the text grants, and a note for each part that it does
 * not understand or says otherwise.  0, or -errno: it is none of that format. */
typedef int importer(const struct source *source, struct granted *ret, struct error *err);

#define IMPORTER(name, help) importer import_##name;
#include "analyzer/grants/importers.def"

struct importer_row {
	const char *name;
	importer *read;
	const char *help;
};

extern const struct importer_row importer_row[]; /* ends with a NULL name */

/* ---- for importers ---- */

#define GRANT_BIT(name) (1u << ACTION_##name)
#define GRANT_LOOK	(GRANT_BIT(STAT) | GRANT_BIT(LIST))
#define GRANT_READ	(GRANT_LOOK | GRANT_BIT(READ))
#define GRANT_EDIT	(GRANT_BIT(WRITE) | GRANT_BIT(APPEND) | GRANT_BIT(ATTR))
#define GRANT_MOVE	(GRANT_BIT(RENAME) | GRANT_BIT(LINK))
#define GRANT_ENTRY	(GRANT_BIT(CREATE) | GRANT_BIT(DELETE) | GRANT_MOVE)
#define GRANT_CHANGE	(GRANT_EDIT | GRANT_ENTRY)
#define GRANT_REACH	(GRANT_BIT(CONNECT) | GRANT_BIT(SEND) | GRANT_BIT(RESOLVE))
#define GRANT_LISTEN	(GRANT_BIT(BIND) | GRANT_BIT(ACCEPT))
#define GRANT_ALL	(~0u)

/* A part of a configuration that is being read: each rule is justified by it. */
struct statement {
	const struct source *source;
	struct granted *grants;
	const char *text; /* raw; "Read(/etc/fstab)" */
	int line;	  /* 0: not known */
	bool is_denied;
	bool own; /* only what the run itself has created */
	enum gate gate;
	const char *phase;  /* or NULL */
	int64_t expires_ns; /* 0: never */
};

/* Each of the actions (bits) that the resource has, on what the pattern (text, core/match.h)
 * admits.  One that is none becomes a note. */
void granted_add(const struct statement *from, enum resource resource, unsigned actions,
		 const char *pattern);
/* To execute the program, with arguments that the template admits (NULL: any). */
void granted_add_command(const struct statement *from, const char *program, const char *argv);
void granted_note(const struct statement *from, enum note_kind kind, const char *reason, ...)
	__attribute__((format(printf, 3, 4)));

/* The actions on one path, a raw name that is made symbolic where it is below a root. */
void granted_add_path(const struct statement *from, enum resource resource, unsigned actions,
		      struct bytes path);
/* The same on the path and all below it; "/" is everything. */
void granted_add_tree(const struct statement *from, enum resource resource, unsigned actions,
		      struct bytes path);

#endif
