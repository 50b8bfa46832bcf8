#include "analyzer/hints.h"

#include "core/bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* So many names tried in one folder are a search. */
#define PROBES_MIN 20

/* ---- refused, and then done another way ---- */

static bool share_a_run(const struct atom *a, const struct atom *b)
{
	const struct use *one = atom_uses(a), *other = atom_uses(b);
	uint32_t i = 0, k = 0;

	while (i < a->runs && k < b->runs) {
		if (one[i].run == other[k].run)
			return true;
		if (one[i].run < other[k].run)
			i++;
		else
			k++;
	}
	return false;
}

bool action_is_stronger(enum action action)
{
	return action != ACTION_STAT && action != ACTION_READ && action != ACTION_LIST &&
	       action != ACTION_MAP;
}

/* The same object, with another action or the same, that was not refused. */
static const struct atom *find_done(const struct hints *hints, const struct atom *refused,
				    enum action action)
{
	scoped(buffer) struct buffer key = { 0 };
	const char head[] = { (char)refused->resource, (char)action, (char)OUTCOME_OK };
	struct atom *done = NULL;

	buffer_append(&key, head, sizeof head);
	buffer_append(&key, refused->key + sizeof head, atom_key_size(refused) - sizeof head);
	if (buffer_status(&key) == 0)
		HASH_FIND(hh, hints->evidence->atom, key.data, key.size, done);
	return done && share_a_run(refused, done) && done->last_ns >= refused->first_ns ? done
											: NULL;
}

static int tell_done(struct hints *hints, const struct atom *refused)
{
	for (const struct word *word = action_word; word->code; word++) {
		enum action action = (enum action)word->code;
		const struct atom *done = NULL;

		if (action == refused->action || action_is_stronger(action))
			done = find_done(hints, refused, action);
		if (done)
			return hint_add(hints, HINT_escalated, "%s %s, then %s %s",
					action_text(refused->action),
					resource_text(refused->resource), action_text(action),
					atom_pattern(refused));
	}
	return 0;
}

int hint_escalated(struct hints *hints)
{
	int r = 0;

	for (struct atom *atom = hints->evidence->atom; atom && r == 0; atom = atom->hh.next)
		if (atom->outcome == OUTCOME_DENIED)
			r = tell_done(hints, atom);
	return r;
}

/* ---- more privilege ---- */

bool program_gives_privilege(const char *path)
{
	static const char *const name[] = { "sudo", "su", "doas", "pkexec", "runuser", "setpriv" };
	const char *slash = strrchr(path, '/');

	for (size_t i = 0; slash && i < sizeof name / sizeof *name; i++)
		if (!strcmp(slash + 1, name[i]))
			return true;
	return false;
}

int hint_privilege(struct hints *hints)
{
	int r = 0;

	for (struct atom *atom = hints->evidence->atom; atom && r == 0; atom = atom->hh.next)
		if (atom->action == ACTION_EXEC && atom->outcome == OUTCOME_OK &&
		    program_gives_privilege(atom_pattern(atom)))
			r = hint_add(hints, HINT_privilege, "exec %s", atom_pattern(atom));
	return r;
}

/* ---- folders ---- */

struct folder {
	UT_hash_handle hh;
	const char *child; /* the first that was found, in an atom */
	size_t count;	   /* of different ones, while they come sorted */
	size_t size;
	char name[];
};

static size_t folder_size(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) : 0;
}

static struct folder *find_folder(struct folder **folders, const char *name, size_t size)
{
	struct folder *folder;

	HASH_FIND(hh, *folders, name, size, folder);
	if (folder)
		return folder;
	folder = calloc(1, sizeof *folder + size + 1);
	if (!folder)
		return NULL;
	memcpy(folder->name, name, size);
	folder->size = size;
	HASH_ADD(hh, *folders, name, size, folder);
	if (folder->hh.tbl)
		return folder;
	free(folder);
	return NULL;
}

static void free_folders(struct folder *folders)
{
	struct folder *folder = folders, *next;

	HASH_CLEAR(hh, folders);
	for (; folder; folder = next) {
		next = folder->hh.next;
		free(folder);
	}
}

typedef bool atom_test(const struct atom *atom);

/* Counts the names in each folder that pass; of one name in two phases both count. */
static int count_folders(const struct evidence *evidence, atom_test *passes, struct folder **ret)
{
	for (struct atom *atom = evidence->atom; atom; atom = atom->hh.next) {
		const char *path = atom_pattern(atom);
		struct folder *folder;

		if (atom->resource != RESOURCE_FILE || !folder_size(path) || !passes(atom))
			continue;
		folder = find_folder(ret, path, folder_size(path));
		if (!folder)
			return -ENOMEM;
		if (!folder->child || strcmp(folder->child, path))
			folder->count++;
		if (!folder->child)
			folder->child = path;
	}
	return 0;
}

static bool is_used(const struct atom *atom)
{
	return atom->outcome == OUTCOME_OK && atom->action != ACTION_STAT;
}

static bool is_listed(const struct atom *atom)
{
	return atom->resource == RESOURCE_FILE && atom->outcome == OUTCOME_OK &&
	       atom->action == ACTION_LIST;
}

static int tell_listed(struct hints *hints, struct folder *folders)
{
	int r = 0;

	for (struct atom *atom = hints->evidence->atom; atom && r == 0; atom = atom->hh.next) {
		const char *path = atom_pattern(atom);
		struct folder *folder;

		if (!is_listed(atom))
			continue;
		HASH_FIND(hh, folders, path, strlen(path), folder);
		if (folder && folder->count == 1)
			r = hint_add(hints, HINT_listed, "list %s for %s", path, folder->child);
	}
	return r;
}

int hint_listed(struct hints *hints)
{
	struct folder *folders = NULL;
	int r = count_folders(hints->evidence, is_used, &folders);

	if (r == 0)
		r = tell_listed(hints, folders);
	free_folders(folders);
	return r;
}

static bool is_absent(const struct atom *atom)
{
	return atom->outcome == OUTCOME_ABSENT;
}

/* The most first. */
static int compare_folders(const struct folder *a, const struct folder *b)
{
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->name, b->name);
}

int hint_probed(struct hints *hints)
{
	struct folder *folders = NULL;
	int r = count_folders(hints->evidence, is_absent, &folders);

	HASH_SORT(folders, compare_folders);
	for (struct folder *at = folders; at && r == 0 && at->count >= PROBES_MIN; at = at->hh.next)
		r = hint_add(hints, HINT_probed, "%zu in %s, like %s", at->count, at->name,
			     at->child);
	free_folders(folders);
	return r;
}
