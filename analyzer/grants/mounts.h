#ifndef ANALYZER_GRANTS_MOUNTS_H
#define ANALYZER_GRANTS_MOUNTS_H

#include "analyzer/grants/grants.h"

/* What sandboxes of mounts have in common: folders that hold others, of which the innermost
 * decides, a /dev and /proc of their own, and a network that is there whole or not at all. */

/* What can be read can be mapped and executed, and sockets in it can be connected to. */
#define SANDBOX_READ   (GRANT_READ | GRANT_BIT(MAP) | GRANT_BIT(EXEC))
#define SANDBOX_SOCKET (GRANT_BIT(CONNECT) | GRANT_BIT(SEND))

/* One folder or file, and what may be done with it and all below it. */
struct nest_place {
	struct statement from;
	char *text;	  /* of the statement, owned */
	char *name;	  /* "/usr/lib", or "$WS/x" where nobody said what that is */
	char *pattern;	  /* the same, as a pattern */
	unsigned actions; /* of files, programs and sockets */
	bool is_file;	  /* there is nothing below it */
	bool is_mount;	  /* nobody can remove or rename the place itself */
	bool own;	  /* only of what is made there: nothing else is in it */
	bool adds;	  /* what is around it decides, too: it takes nothing away */
};

struct nest {
	struct nest_place *place;
	size_t count, capacity;
	bool failed;
};

/* Adds a place that `root` and the raw path behind it ("" or "/x/y") name; its text, and what else
 * `like` has, are copied.  False: it is no path, which is noted. */
bool nest_add(struct nest *places, const struct nest_place *like, enum root_kind root,
	      struct bytes path);
/* Takes away what the place that was added last hides: all that is at its name or below. */
void nest_cover(struct nest *places);
/* Takes the one back that was added last. */
void nest_drop(struct nest *places);
/* Grants what they say, of two of one name the later; what a place takes away of one around it is
 * denied, or noted where a third one in it has it again.  Folders on the way to a place are there
 * to be looked at. */
void nest_grant(struct nest *places, struct granted *grants);
void nest_cleanup(struct nest *places); /* for scoped(nest) */

/* A /dev of bubblewrap's own below `folder` ("/dev"): a few devices, terminals and shared memory.
 */
void nest_add_devices(struct nest *places, const struct nest_place *like, struct bytes folder);
/* The same of /proc. */
void nest_add_processes(struct nest *places, const struct nest_place *like, struct bytes folder);

/* Every host and every name (of more than 128 bytes, with its port, there is none). */
void granted_add_any_host(const struct statement *from, unsigned actions);
/* Of this machine alone. */
void granted_add_loopback(const struct statement *from);
/* A network of its own: what is in it is reached from within alone. */
void granted_add_inner_network(const struct statement *from);
/* Any port of the host, a raw name or address. */
void granted_add_host(const struct statement *from, unsigned actions, struct bytes host);
/* The facilities that no privilege is needed for. */
void granted_add_unprivileged(const struct statement *from, bool has_namespaces);

#endif
