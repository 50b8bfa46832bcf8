#include "analyzer/evidence.h"

#include "analyzer/protect.h"
#include "core/error.h"
#include "core/store.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KEY_HEAD 3 /* resource, action, outcome: a byte each */

/* What the visitors need while the runs are read. */
struct collector {
	struct evidence *evidence;
	struct store *store;
	const struct propose_options *options;
	struct error *err;
	struct roots roots; /* of the run being read */
	struct buffer key;
};

const char *atom_pattern(const struct atom *atom)
{
	return atom->key + KEY_HEAD;
}

const char *atom_phase(const struct atom *atom)
{
	const char *pattern = atom_pattern(atom);

	return pattern + strlen(pattern) + 1;
}

int64_t add_saturated(int64_t a, int64_t b)
{
	int64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

static enum outcome outcome_of(const struct access *access)
{
	return access->outcome == OUTCOME_UNKNOWN ? OUTCOME_OK : access->outcome;
}

/* The key stays in c->key; -EINVAL when no rule could ever name the access. */
static int build_key(struct collector *c, const struct access *access)
{
	char head[KEY_HEAD] = { (char)access->resource, (char)access->action,
				(char)outcome_of(access) };

	if (!resource_has_action(access->resource, access->action) ||
	    !word_by_code(outcome_word, access->outcome)->code)
		return -EINVAL;
	buffer_clear(&c->key);
	buffer_append(&c->key, head, sizeof head);
	pattern_of_name(&c->roots, access->resource, access->name, &c->key);
	buffer_append(&c->key, "", 1);
	text_escape(access->phase, TEXT_SAFE, &c->key);
	buffer_append(&c->key, "", 1);
	return buffer_status(&c->key);
}

static bool can_be_read_back(enum resource resource, const char *text)
{
	scoped(pattern) struct pattern pattern = { 0 };
	struct error ignored = { 0 };

	return !pattern_parse(&pattern, resource, text, &ignored);
}

static int add_atom(struct collector *c, const struct access *access, unsigned hash,
		    struct atom **ret)
{
	struct evidence *evidence = c->evidence;
	struct atom *atom;

	if (!can_be_read_back(access->resource, c->key.data + KEY_HEAD))
		return -EINVAL;
	atom = calloc(1, sizeof *atom + c->key.size);
	if (!atom)
		return -ENOMEM;
	memcpy(atom->key, c->key.data, c->key.size);
	atom->resource = access->resource;
	atom->action = access->action;
	atom->outcome = outcome_of(access);
	atom->own = true;
	atom->first_ns = INT64_MAX;
	atom->last_ns = INT64_MIN;
	HASH_ADD_KEYPTR_BYHASHVALUE(hh, evidence->atom, atom->key, c->key.size, hash, atom);
	if (!atom->hh.tbl) {
		free(atom);
		return -ENOMEM;
	}
	*ret = atom;
	return 0;
}

struct atom *atom_new(const struct atom *like, const char *pattern)
{
	size_t size = strlen(pattern) + 1, phase = strlen(atom_phase(like)) + 1;
	struct atom *atom = calloc(1, sizeof *atom + KEY_HEAD + size + phase);

	if (!atom)
		return NULL;
	memcpy(atom->key, like->key, KEY_HEAD);
	memcpy(atom->key + KEY_HEAD, pattern, size);
	memcpy(atom->key + KEY_HEAD + size, atom_phase(like), phase);
	atom->resource = like->resource;
	atom->action = like->action;
	atom->outcome = like->outcome;
	atom->first_ns = INT64_MAX;
	atom->last_ns = INT64_MIN;
	atom->last_run = SIZE_MAX;
	return atom;
}

void atom_free(struct atom *atom)
{
	free(atom->why);
	free(atom);
}

int evidence_add(struct evidence *evidence, struct atom *atom)
{
	size_t size = KEY_HEAD + strlen(atom_pattern(atom)) + 1 + strlen(atom_phase(atom)) + 1;
	struct atom *same;

	HASH_FIND(hh, evidence->atom, atom->key, size, same);
	if (same)
		return -EEXIST;
	HASH_ADD_KEYPTR(hh, evidence->atom, atom->key, size, atom);
	return atom->hh.tbl ? 0 : -ENOMEM;
}

void evidence_drop(struct evidence *evidence, struct atom *atom)
{
	HASH_DEL(evidence->atom, atom);
	atom_free(atom);
}

static int find_atom(struct collector *c, const struct access *access, struct atom **ret)
{
	struct atom *atom;
	unsigned hash;
	int r = build_key(c, access);

	if (r)
		return r;
	HASH_VALUE(c->key.data, c->key.size, hash);
	HASH_FIND_BYHASHVALUE(hh, c->evidence->atom, c->key.data, c->key.size, hash, atom);
	if (!atom)
		return add_atom(c, access, hash, ret);
	*ret = atom;
	return 0;
}

/* Of two runs that saw one pattern as different names the first row of the table counts. */
static void protect_atom(struct atom *atom, const struct access *access)
{
	const struct protected_object *found =
		protect_find(access->resource, access->action, access->name);

	if (found && (!atom->protected || found < atom->protected))
		atom->protected = found;
}

static void merge(struct evidence *evidence, struct atom *atom, const struct access *access)
{
	size_t run = evidence->run_count - 1;

	if (!atom->runs || atom->last_run != run)
		atom->runs++;
	atom->last_run = run;
	atom->count = add_saturated(atom->count, access->count);
	atom->own = atom->own && access->own;
	if (access->first_ns < atom->first_ns)
		atom->first_ns = access->first_ns;
	if (access->last_ns > atom->last_ns)
		atom->last_ns = access->last_ns;
	if (access->last_ns > evidence->last_ns)
		evidence->last_ns = access->last_ns;
	if (atom->outcome == OUTCOME_OK)
		protect_atom(atom, access);
}

static int collect_access(void *context, const struct access *access, const struct image *image)
{
	struct collector *c = context;
	struct atom *atom;
	int r;

	(void)image;
	if (access_is_covered(access)) {
		c->evidence->covered++;
		return 0;
	}
	r = find_atom(c, access, &atom);
	if (r == -EINVAL) {
		c->evidence->unfit++;
		return 0;
	}
	if (r)
		return error_set(c->err, -r, "merge what run %s did",
				 c->evidence->run[c->evidence->run_count - 1].id);
	merge(c->evidence, atom, access);
	return 0;
}

static bool is_chosen(const struct propose_options *options, const struct run *run)
{
	for (size_t i = 0; i < options->task_count; i++)
		if (!strcmp(options->task[i], run->task))
			return true;
	return options->task_count == 0;
}

static int add_run(struct evidence *evidence, const struct run *run)
{
	size_t capacity = evidence->run_capacity ? evidence->run_capacity * 2 : 16;
	struct evidence_run *grown;

	if (evidence->run_count == evidence->run_capacity) {
		grown = reallocarray(evidence->run, capacity, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		evidence->run = grown;
		evidence->run_capacity = capacity;
	}
	if (!evidence->run_count || run->started_ns < evidence->first_ns)
		evidence->first_ns = run->started_ns;
	if (!evidence->run_count || run->started_ns > evidence->last_ns)
		evidence->last_ns = run->started_ns;
	evidence->run[evidence->run_count] = (struct evidence_run){
		.is_incomplete = run->state == RUN_INCOMPLETE,
		.gaps = run->gaps,
	};
	memcpy(evidence->run[evidence->run_count++].id, run->id, sizeof run->id);
	evidence->incomplete += run->state == RUN_INCOMPLETE;
	evidence->gaps = add_saturated(evidence->gaps, run->gaps);
	return 0;
}

static int collect_run(void *context, const struct run *run)
{
	struct collector *c = context;
	int r;

	if (!is_chosen(c->options, run))
		return 0;
	if (run->state == RUN_RECORDING) {
		c->evidence->recording++;
		return 0;
	}
	r = add_run(c->evidence, run);
	if (r)
		return error_set(c->err, -r, "read run %s", run->id);
	c->roots = roots_of_run(run);
	r = evidence_add_roots(c->evidence, &c->roots);
	if (r)
		return error_set(c->err, -r, "read run %s", run->id);
	return store_each_access(c->store, run->key, collect_access, c, c->err);
}

static int compare_atoms(const struct atom *a, const struct atom *b)
{
	return bytes_compare((struct bytes){ a->key, a->hh.keylen },
			     (struct bytes){ b->key, b->hh.keylen });
}

static int compare_runs(const void *a, const void *b)
{
	const struct evidence_run *one = a, *other = b;

	return strcmp(one->id, other->id);
}

void evidence_sort(struct evidence *evidence)
{
	HASH_SORT(evidence->atom, compare_atoms);
}

static void finish(struct evidence *evidence)
{
	for (struct atom *atom = evidence->atom; atom; atom = atom->hh.next) {
		if (atom->outcome != OUTCOME_OK || atom->runs != 1)
			continue;
		evidence->singletons++;
		evidence->run[atom->last_run].is_lone = true;
	}
	evidence_sort(evidence);
	qsort(evidence->run, evidence->run_count, sizeof *evidence->run, compare_runs);
}

static int none_fits(const struct evidence *evidence, const char *agent, struct error *err)
{
	scoped(buffer) struct buffer name = { 0 };

	text_safe(bytes_of(agent), 0, &name);
	if (evidence->recording)
		return error_say(err, ENOENT,
				 "propose a policy for %s: its runs are still being recorded; "
				 "`pare runs` lists them",
				 buffer_text(&name));
	return error_say(err, ENOENT,
			 "propose a policy for %s: no run of it fits; `pare runs` lists them",
			 buffer_text(&name));
}

int evidence_collect(struct evidence *ret, struct store *store,
		     const struct propose_options *options, struct error *err)
{
	struct evidence evidence = { 0 };
	struct collector collector = {
		.evidence = &evidence, .store = store, .options = options, .err = err
	};
	struct run_filter filter = {
		.agent = options->agent,
		.since_ns = options->since_ns,
		.until_ns = options->until_ns,
	};
	int r = store_each_run(store, &filter, collect_run, &collector, err);

	buffer_release(&collector.key);
	if (!r && !evidence.run_count)
		r = none_fits(&evidence, options->agent, err);
	if (r) {
		evidence_release(&evidence);
		return r;
	}
	finish(&evidence);
	*ret = evidence;
	return 0;
}

void evidence_release(struct evidence *evidence)
{
	struct atom *atom = evidence->atom, *next;

	HASH_CLEAR(hh, evidence->atom);
	for (; atom; atom = next) {
		next = atom->hh.next;
		atom_free(atom);
	}
	for (size_t i = 0; i < evidence->root_count; i++)
		free(evidence->root[i].text);
	free(evidence->root);
	free(evidence->run);
	*evidence = (struct evidence){ 0 };
}

void evidence_cleanup(struct evidence *evidence)
{
	evidence_release(evidence);
}

static void digest_atom(struct digest *digest, const struct atom *atom)
{
	digest_bytes(digest, (struct bytes){ atom->key, atom->hh.keylen });
	digest_int(digest, atom->runs);
	digest_int(digest, atom->count);
	digest_int(digest, atom->first_ns);
	digest_int(digest, atom->last_ns);
	digest_int(digest, atom->own);
}

int evidence_digest(const struct evidence *evidence, char ret_hex[static DIGEST_HEX_SIZE])
{
	struct digest *digest;
	int r = digest_open(&digest);

	if (r)
		return r;
	for (size_t i = 0; i < evidence->run_count; i++) {
		digest_bytes(digest, bytes_of(evidence->run[i].id));
		digest_int(digest, evidence->run[i].is_incomplete);
		digest_int(digest, evidence->run[i].gaps);
	}
	for (const struct atom *atom = evidence->atom; atom; atom = atom->hh.next)
		digest_atom(digest, atom);
	digest_close(digest, ret_hex);
	return 0;
}
