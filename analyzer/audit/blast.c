#include "analyzer/audit/blast.h"

#include "analyzer/audit/drift.h"
#include "analyzer/audit/memo.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct seen_secret {
	UT_hash_handle hh;
	char name[];
};

static void forget_seen(struct blast *blast)
{
	struct seen_secret *seen, *next;

	HASH_ITER(hh, blast->seen, seen, next)
	{
		HASH_DEL(blast->seen, seen);
		free(seen);
	}
}

void blast_release(struct blast *blast)
{
	if (!blast)
		return;
	forget_seen(blast);
	blast_forget_used(blast);
	free(blast->open_actions);
	blast_drop_rules(blast);
	protection_close(blast->protection);
	run_release(&blast->run);
	free(blast);
}

static int no_memory(const struct auditing *auditing)
{
	return error_set(auditing->err, ENOMEM, "look what could be reached");
}

int blast_begin(struct auditing *auditing)
{
	struct blast *blast;

	if (!auditing->audit->options.machine_entries)
		return 0;
	auditing->blast = blast = calloc(1, sizeof *blast);
	if (!blast)
		return no_memory(auditing);
	blast->auditing = auditing;
	return protection_open(&blast->protection, NULL, auditing->err);
}

/* ---- secrets that runs read ---- */

static bool is_secret(const struct blast *blast, struct bytes name)
{
	return protect_find(blast->protection, RESOURCE_FILE, ACTION_READ, name);
}

static int note_secret(struct blast *blast, struct bytes name)
{
	struct seen_secret *seen = NULL;

	HASH_FIND(hh, blast->seen, name.data, name.size, seen);
	if (seen)
		return 0;
	seen = calloc(1, sizeof *seen + name.size);
	if (!seen)
		return -ENOMEM;
	memcpy(seen->name, name.data, name.size);
	HASH_ADD_KEYPTR(hh, blast->seen, seen->name, name.size, seen);
	if (seen->hh.tbl)
		return 0;
	free(seen);
	return -ENOMEM;
}

bool blast_was_read(const struct blast *blast, struct bytes name)
{
	struct seen_secret *seen;

	HASH_FIND(hh, blast->seen, name.data, name.size, seen);
	return seen;
}

static int note_read(struct blast *blast, const struct memos *memos)
{
	int r = 0;

	for (size_t i = 0; i < memos->count && r == 0; i++) {
		const struct memo *memo = &memos->memo[i];

		if (memo->runs && memo->resource == RESOURCE_FILE &&
		    (memo->action == ACTION_READ || memo->action == ACTION_MAP) &&
		    is_secret(blast, memo->name))
			r = note_secret(blast, memo->name);
	}
	return r;
}

int blast_note(struct auditing *auditing, const struct memos *memos, const struct evidence *roots)
{
	struct blast *blast = auditing->blast;
	int r = blast ? note_read(blast, memos) : 0;

	return blast && r == 0 ? blast_note_used(blast, memos, roots) : r;
}

/* ---- a file ---- */

static const struct {
	enum resource resource;
	enum action action;
	enum effect effect;
	bool lasts;
} does_row[] = {
#define ON_FILE(action, effect, lasts) { RESOURCE_FILE, ACTION_##action, EFFECT_##effect, lasts },
#define ON_PROGRAM(action, effect, lasts)                                                          \
	{ RESOURCE_PROGRAM, ACTION_##action, EFFECT_##effect, lasts },
#include "analyzer/audit/effect.def"
};

/* Below $HOME settings have names that begin with a dot; what is kept in .cache are none. */
static bool is_setting(const struct blast *blast, struct bytes name)
{
	struct bytes rest, component;

	if (name_is_below(name, bytes_of("/etc"), &rest))
		return true;
	if (!name_is_below(name, root_folder(&blast->roots, ROOT_HOME), &rest))
		return false;
	if (bytes_start_with(rest, bytes_of("/.cache/")))
		return false;
	while (path_next(&rest, &component))
		if (component.size && *component.data == '.')
			return true;
	return false;
}

static enum sensitivity sensitivity_of(const struct blast *blast, struct bytes name)
{
	struct bytes workspace = root_folder(&blast->roots, ROOT_WORKSPACE), rest;

	if (is_secret(blast, name))
		return SENSITIVITY_SECRET;
	if (protect_find(blast->protection, RESOURCE_FILE, ACTION_WRITE, name))
		return SENSITIVITY_STARTUP;
	if (workspace.size && name_is_below(name, workspace, &rest))
		return SENSITIVITY_WORKSPACE;
	return is_setting(blast, name) ? SENSITIVITY_CONFIG : SENSITIVITY_OTHER;
}

static int tell_secret(struct blast *blast, struct bytes name)
{
	struct audit_blast *said = &blast->auditing->audit->blast;
	scoped(buffer) struct buffer pattern = { 0 };

	if (blast_was_read(blast, name))
		return 0;
	said->new_secrets++;
	if (said->example_count == sizeof said->example / sizeof *said->example)
		return 0;
	pattern_of_name(&blast->roots, RESOURCE_FILE, name, &pattern);
	said->example[said->example_count] = buffer_steal(&pattern);
	return said->example[said->example_count++] ? 0 : -ENOMEM;
}

/* By effect: whether it is admitted, and so that it lasts. */
struct effects {
	struct admitted can[EFFECTS], lasts[EFFECTS];
};

static struct effects effects_on(const struct blast *blast, struct bytes name, unsigned can)
{
	struct effects effects = { 0 };

	for (size_t i = 0; i < sizeof does_row / sizeof *does_row; i++) {
		enum effect effect = does_row[i].effect;
		struct admitted *does = &effects.can[effect], *lasts = &effects.lasts[effect], one;

		if (!(can & 1u << effect) || (does_row[i].lasts ? lasts->then : does->then))
			continue;
		one = blast_admits(blast, does_row[i].resource, does_row[i].action, name);
		does->now = does->now || one.now;
		does->then = does->then || one.then;
		if (!does_row[i].lasts)
			continue;
		lasts->now = lasts->now || one.now;
		lasts->then = lasts->then || one.then;
	}
	return effects;
}

static void count(struct audit_blast *said, enum effect effect, enum sensitivity sensitivity,
		  const struct effects *effects)
{
	const struct admitted *can = &effects->can[effect], *lasts = &effects->lasts[effect];
	bool is_known = effect == EFFECT_READ && sensitivity == SENSITIVITY_SECRET;

	said->now.files[effect][sensitivity] += can->now;
	said->then.files[effect][sensitivity] += can->then;
	said->now.lasting[effect][sensitivity] += is_known ? can->now : lasts->now;
	said->then.lasting[effect][sensitivity] += is_known ? can->then : lasts->then;
}

int blast_look(struct blast *blast, struct bytes name, unsigned can)
{
	const struct effects effects = effects_on(blast, name, can);
	enum sensitivity sensitivity;
	bool any = false;
	int r = blast_share(blast, name, can);

	for (int i = 0; i < EFFECTS; i++)
		any = any || effects.can[i].now;
	if (!any || r < 0)
		return r;
	sensitivity = sensitivity_of(blast, name);
	for (int i = 0; i < EFFECTS; i++)
		count(&blast->auditing->audit->blast, (enum effect)i, sensitivity, &effects);
	if (sensitivity != SENSITIVITY_SECRET || !effects.can[EFFECT_READ].now)
		return 0;
	return tell_secret(blast, name);
}

/* ---- all of it ---- */

static unsigned ungoverned(const struct blast *blast)
{
	static const enum resource asked[] = { RESOURCE_FILE, RESOURCE_PROGRAM, RESOURCE_HOST,
					       RESOURCE_TOOL };
	unsigned bits = 0;

	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
		if (!blast_is_governed(blast, asked[i]))
			bits |= 1u << asked[i];
	return bits;
}

int blast_make(struct auditing *auditing)
{
	struct blast *blast = auditing->blast;
	struct audit_blast *said = &auditing->audit->blast;
	int r;

	if (!blast || !*auditing->drift->last_run)
		return 0;
	r = store_find_run(auditing->store, auditing->drift->last_run, &blast->run, auditing->err);
	if (r)
		return r;
	blast->roots = roots_of_run(&blast->run);
	said->is_made = true;
	said->ungoverned = ungoverned(blast);
	r = blast_keep_rules(blast);
	r = r < 0 ? r : blast_find_open(blast);
	r = r < 0 ? r : blast_count_names(blast);
	r = r < 0 ? r : blast_walk(blast);
	return r < 0 ? no_memory(auditing) : 0;
}
