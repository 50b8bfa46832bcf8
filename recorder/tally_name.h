#ifndef RECORDER_TALLY_NAME_H
#define RECORDER_TALLY_NAME_H

#include "core/hash.h"
#include "core/store.h"

/* A name, once, however many rows it is in. */
struct name {
	UT_hash_handle hh;
	int64_t key, resource; /* of the store; 0: not known yet */
	enum resource kind;    /* of that resource */
	bool own;	       /* this run created what has it, and has not deleted it since */
	size_t size;
	char bytes[];
};

/* NULL: there is none. */
struct name *name_find(struct name *names, struct bytes bytes);
/* Finds or adds it.  NULL: no memory. */
struct name *name_intern(struct name **names, struct bytes bytes);
void names_release(struct name **names);

/* The store's key of a name, added where it is new; 0 of no name. */
int name_know(struct store *store, struct name *name, int64_t *ret, struct error *err);
/* The store's key of the resource of that kind and name. */
int name_know_resource(struct store *store, struct name *name, enum resource kind, int64_t *ret,
		       struct error *err);
/* What was added was taken back. */
void names_forget_keys(struct name *names);

#endif
