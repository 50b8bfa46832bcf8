#ifndef ANALYZER_AUDIT_BLAST_H
#define ANALYZER_AUDIT_BLAST_H

#include "analyzer/audit/auditing.h"
#include "analyzer/protect.h"
#include "core/store.h"

struct memos;

/* How far harm could go on this machine, by the permissions of the day and by those that are
 * proposed (struct audit_blast). */

/* Whether something is admitted, now and then. */
struct admitted {
	bool now, then;
};

/* Of one rule of a source: what is left of it. */
struct kept_rule {
	struct audit_grant *grant; /* NULL: nobody holds it */
	bool is_kept;		   /* then, be it narrower */
	struct pattern *narrower;  /* `count` of them: only these; NULL: as it is */
	size_t count;
};

struct seen_secret;
struct used_file;
struct evidence;

#define BLAST_RESOURCES 16 /* they have codes below that */

struct blast {
	struct auditing *auditing;
	struct protection *protection;
	struct seen_secret *seen; /* that runs read, by name */
	struct used_file *used;	  /* what runs did to files, by pattern (blast_share.c) */
	uint32_t *open_actions;	  /* by source: bits, of grants of files that are open */
	uint32_t all_open;	  /* of all of them */
	struct run run;		  /* the last: what the symbolic roots stand for, and who it was */
	struct roots roots;
	struct kept_rule **kept; /* by source, and by rule of what it allows */
	/* By resource: actions (bits) that all who have a say have some rule for. */
	uint32_t possible[BLAST_RESOURCES];
};

/* Each does nothing where nobody asked for it.  0 or -errno. */
int blast_begin(struct auditing *auditing);
int blast_note(struct auditing *auditing, const struct memos *memos, const struct evidence *roots);
int blast_make(struct auditing *auditing);
void blast_release(struct blast *blast);

bool blast_was_read(const struct blast *blast, struct bytes name);

/* What the sources that have a say in it admit together: all must (blast_grants.c). */
struct admitted blast_admits(const struct blast *blast, enum resource resource, enum action action,
			     struct bytes name);
/* Whether any source has a say. */
bool blast_is_governed(const struct blast *blast, enum resource resource);
int blast_keep_rules(struct blast *blast); /* 0 or -ENOMEM */
void blast_drop_rules(struct blast *blast);

/* Which share of what is here was used of each grant (blast_share.c): what runs used; which grants
 * are open; a file that is there, as in blast_look().  0 or -ENOMEM. */
int blast_note_used(struct blast *blast, const struct memos *memos, const struct evidence *roots);
int blast_find_open(struct blast *blast);
int blast_share(const struct blast *blast, struct bytes name, unsigned can);
void blast_forget_used(struct blast *blast);

/* Names that are no files (blast_names.c).  0 or -ENOMEM. */
int blast_count_names(struct blast *blast);
/* Files on this machine (blast_walk.c).  0 or -ENOMEM. */
int blast_walk(struct blast *blast);
/* One file (blast.c), to which the system lets happen what `can` says: bits, 1 << effect.  0 or
 * -ENOMEM. */
int blast_look(struct blast *blast, struct bytes name, unsigned can);

#endif
