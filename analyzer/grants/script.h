#ifndef ANALYZER_GRANTS_SCRIPT_H
#define ANALYZER_GRANTS_SCRIPT_H

#include "analyzer/grants/grants.h"

/* The script that `pare export --to bwrap` writes: tables of what the policy names, and behind them
 * what every such script does with those (core/bwrap.sh.in).  Each byte of it but for comments at
 * its head is known, so nothing else in it is taken for a part of it. */

/* In the order in which they stand there. */
enum script_set {
	SET_ROOM,   /* folder in which names come and go */
	SET_FREE,   /* may be replaced or removed there */
	SET_EDIT,   /* written in place */
	SET_READ,   /* read, mapped, executed, connected to */
	SET_GLANCE, /* the same, unless only its owner may read it */
	SET_HIDE,   /* only that it is there */
	SET_TREE,   /* folder with all below it, to read */
	SET_OPEN,   /* folder with all below it, to write */
	SET_DEVICE,
	SET_WAY,      /* folder that leads to another */
	SET_VARIABLE, /* secrets that are passed on */
	SETS
};

struct script_place {
	struct bytes words; /* as the script has them */
	char *pattern;
	bool is_open; /* it is one of patterns */
	int line;
};

struct script_places {
	struct script_place *place;
	size_t count, capacity;
};

struct script {
	struct script_places set[SETS];
	bool network, nested, proc, proc_writable, devices, shared_memory;
	struct policy_limits limits;
	int line;	/* where reading it ended */
	bool is_summed; /* it has the sum that pare gave it */
	bool failed;
};

/* Whether it says that pare made it. */
bool script_is_own(struct bytes text);
/* False: from `line` on it is not what pare writes. */
bool script_read(struct bytes text, struct script *ret);
void script_cleanup(struct script *script); /* for scoped(script) */

/* Grants what it does, wherever it runs. */
void script_grant(const struct script *script, const struct source *source, struct granted *grants);

/* ---- words (script_words.c) ---- */

struct script_reader {
	struct bytes text;
	size_t at, counted;
	int line; /* of the byte at `counted` */
	bool failed;
};

bool script_take(struct script_reader *reader, const char *text);
int script_line(struct script_reader *reader); /* of what is next */
/* One word in single quotes, and what the shell makes of it. */
bool script_quoted(struct script_reader *reader, struct buffer *ret);
/* A path, or the words of pare_expand and pare_fits that stand for several. */
bool script_path(struct script_reader *reader, struct script_place *ret);
bool script_pattern(struct script_reader *reader, struct script_place *ret);

#endif
