/* What the run itself has created, told when it happens; tally.c says the same of the evidence. */
#include "recorder/confine/confine_private.h"
#include "recorder/sink.h"

static bool is_own(const struct confine *confine, struct bytes bytes)
{
	const struct name *name = name_find(confine->names, bytes);

	return name && name->own;
}

bool own_as_met(struct confine *confine, const struct access *access, struct bytes moved_from,
		bool replaced)
{
	bool own;

	if (access->resource != RESOURCE_FILE)
		return false;
	own = is_own(confine, access->name);
	if (access->action == ACTION_DELETE)
		confine->deleted_own = own;
	if (access->action != ACTION_CREATE)
		return own;
	return !moved_from.data ||
	       (is_own(confine, moved_from) && (!replaced || confine->deleted_own));
}

void own_follow(struct confine *confine, const struct observation *observation)
{
	const struct access *access = &observation->access;
	struct name *name;
	bool own;

	if (access->resource != RESOURCE_FILE || access->outcome != OUTCOME_OK)
		return;
	own = own_as_met(confine, access, observation->moved_from, observation->replaced);
	if (access->action != ACTION_CREATE && access->action != ACTION_DELETE &&
	    access->action != ACTION_RENAME)
		return;
	name = name_intern(&confine->names, access->name);
	if (name)
		name->own = access->action == ACTION_CREATE ? own || name->own : false;
}
