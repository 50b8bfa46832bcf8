#ifndef REPORTS_EXPORTERS_BWRAP_PLACES_H
#define REPORTS_EXPORTERS_BWRAP_PLACES_H

#include "reports/exporters/grants.h"

#include <stdbool.h>
#include <stddef.h>

/* What a path is to the sandbox.  The script decides the rest where it runs: whether the path is
 * there, and whether it is a file, a folder or a link. */
enum place_set {
	PLACE_ROOM,   /* folder in which names come and go: writable, what else it holds masked */
	PLACE_FREE,   /* may be replaced or removed: left as it stands in its room */
	PLACE_EDIT,   /* written in place */
	PLACE_READ,   /* read, mapped, executed, connected to */
	PLACE_GLANCE, /* only looked at, outside the workspace: hidden when it is private */
	PLACE_HIDE,   /* only looked at, and of high risk: there, but without its content */
	PLACE_TREE,   /* folder with all below it, to read */
	PLACE_OPEN,   /* folder with all below it, to write */
	PLACE_DEVICE, /* device that bubblewrap's own /dev lacks */
	PLACE_WAY,    /* folder that leads to one of the others */
	PLACE_SET_COUNT
};

/* The first `count` components of a pattern. */
struct place {
	const struct pattern *pattern;
	size_t count;
};

struct places {
	struct place *place;
	size_t count, capacity;
};

/* What the sandbox holds, of the files, programs and sockets of a policy. */
struct plan {
	struct places set[PLACE_SET_COUNT]; /* each sorted, no two equal */
	unsigned *actions;	  /* by rule: the actions of all rules of the same path, as bits */
	bool root[ROOT_TMP + 1];  /* which symbolic roots are used */
	bool proc, proc_writable; /* has /proc; may write to the files of its processes there */
	bool devices, shared_memory;
	bool network, nested; /* keeps the host's network; may make namespaces */
	bool failed;	      /* memory ran out */
};

/* Which folder of bubblewrap's own stands in for the rule's path. */
enum place_mount {
	MOUNT_NONE,
	MOUNT_PROCESS, /* /proc itself and what it says of processes */
	MOUNT_PROC,    /* the rest of /proc: the kernel's, never writable */
	MOUNT_DEV,
	MOUNT_SHM,
	MOUNT_DEVICE, /* what bubblewrap's own /dev lacks */
};
enum place_mount place_mount(const struct pattern *pattern);

/* Whether names in its folder can be made to come and go: not in "/", nor the root itself. */
bool place_has_room(const struct pattern *pattern);

/* Fills the sets.  The plan borrows from the policy; zero it before. */
void plan_places(struct plan *plan, const struct policy *policy);
bool plan_has(const struct plan *plan, enum place_set set, struct place place);
void plan_cleanup(struct plan *plan); /* for scoped(plan) */

#endif
