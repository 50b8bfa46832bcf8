#include "analyzer/evidence.h"

#include "analyzer/commands.h"
#include "analyzer/executions.h"
#include "analyzer/limits.h"
#include "analyzer/phases.h"
#include "analyzer/protect.h"
#include "analyzer/run_facts.h"
#include "analyzer/said.h"
#include "core/error.h"
#include "core/store.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What the visitors need while the runs are read. */
struct collector {
	struct evidence *evidence;
	struct store *store;
	const struct propose_options *options;
	struct error *err;
	struct roots roots; /* of the run being read */
	struct run_facts facts;
	struct buffer key;
	struct executions executions; /* of the run being read */
	struct said_list said;
};

static enum outcome outcome_of(const struct access *access)
{
	return access->outcome == OUTCOME_UNKNOWN ? OUTCOME_OK : access->outcome;
}

static size_t root_now(const struct collector *c)
{
	return c->evidence->run[c->evidence->run_count - 1].root;
}

static void add_pattern(struct collector *c, const struct access *access)
{
	const char *said = said_find(&c->said, access->key, root_now(c));

	if (said)
		buffer_add(&c->key, said);
	else
		pattern_of_name(&c->roots, access->resource, access->name, &c->key);
}

/* The key stays in c->key; -EINVAL when no rule could ever name the access. */
static int build_key(struct collector *c, const struct access *access)
{
	char head[ATOM_KEY_HEAD] = { (char)access->resource, (char)access->action,
				     (char)outcome_of(access) };

	if (!resource_has_action(access->resource, access->action) ||
	    !word_by_code(outcome_word, access->outcome)->code)
		return -EINVAL;
	buffer_clear(&c->key);
	buffer_append(&c->key, head, sizeof head);
	add_pattern(c, access);
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

	if (!can_be_read_back(access->resource, c->key.data + ATOM_KEY_HEAD))
		return -EINVAL;
	atom = atom_of_key(c->key.data, c->key.size);
	if (!atom)
		return -ENOMEM;
	HASH_ADD_KEYPTR_BYHASHVALUE(hh, evidence->atom, atom->key, c->key.size, hash, atom);
	if (!atom->hh.tbl) {
		free(atom);
		return -ENOMEM;
	}
	*ret = atom;
	return 0;
}

int evidence_add(struct evidence *evidence, struct atom *atom)
{
	size_t size = atom_key_size(atom);
	struct atom *same;

	HASH_FIND(hh, evidence->atom, atom->key, size, same);
	if (same)
		return -EEXIST;
	HASH_ADD_KEYPTR(hh, evidence->atom, atom->key, size, atom);
	return atom->hh.tbl ? 0 : -ENOMEM;
}

int evidence_open(struct evidence *evidence, struct atom *atom)
{
	HASH_DEL(evidence->atom, atom);
	HASH_ADD_KEYPTR(hh, evidence->opened, atom->key, atom_key_size(atom), atom);
	if (atom->hh.tbl)
		return 0;
	atom_free(atom);
	return -ENOMEM;
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

/* Whether what protects the atom was looked for under this name: in one run its name is one, and
 * without a symbolic root in all. */
static bool is_known(const struct atom *atom, uint32_t run)
{
	return atom->runs &&
	       (*atom_pattern(atom) != '$' || atom_uses(atom)[atom->runs - 1].run == run);
}

/* Of two runs that saw one pattern as different names the first row of the table counts. */
static void protect_atom(const struct protection *protection, struct atom *atom,
			 const struct access *access)
{
	const struct protected_object *found =
		protect_find(protection, access->resource, access->action, access->name);

	if (found && (!atom->protected || found < atom->protected))
		atom->protected = found;
}

static int keep_peak(struct collector *c, struct atom *atom, const struct access *access,
		     uint32_t run)
{
	struct run_peak peak = peak_of(run, access, run_facts_start(&c->facts, access->phase));

	if (atom->outcome != OUTCOME_OK ||
	    !(access->phase.size || is_rated(access->resource, access->action)))
		return 0;
	return peaks_add(&atom->peaks, &peak);
}

static int merge(struct collector *c, struct atom *atom, const struct access *access)
{
	struct evidence *evidence = c->evidence;
	struct use use = { .run = (uint32_t)(evidence->run_count - 1) & INT32_MAX,
			   .own = run_facts_own(&c->facts, access) };
	int r;

	atom->count = add_saturated(atom->count, access->count);
	if (access->first_ns < atom->first_ns)
		atom->first_ns = access->first_ns;
	if (access->last_ns > atom->last_ns)
		atom->last_ns = access->last_ns;
	if (access->last_ns > evidence->last_ns)
		evidence->last_ns = access->last_ns;
	if (atom->outcome == OUTCOME_OK && !is_known(atom, use.run))
		protect_atom(evidence->protection, atom, access);
	r = atom_add_use(atom, use);
	return r ? r : keep_peak(c, atom, access, use.run);
}

static int collect_access(void *context, const struct access *access)
{
	struct collector *c = context;
	struct atom *atom;
	int r;

	executions_note(&c->executions, access);
	if (access_is_covered(access)) {
		c->evidence->covered++;
		return 0;
	}
	if (run_facts_probe(&c->facts, access)) {
		c->evidence->unsent++;
		return 0;
	}
	r = find_atom(c, access, &atom);
	if (r == -EINVAL) {
		c->evidence->unfit++;
		return 0;
	}
	if (!r)
		r = merge(c, atom, access);
	if (!r)
		r = said_keep(&c->said, access->key, atom_pattern(atom), root_now(c));
	if (r)
		return error_set(c->err, -r, "merge what run %s did",
				 c->evidence->run[c->evidence->run_count - 1].id);
	return 0;
}

static bool is_chosen(const struct propose_options *options, const struct run *run)
{
	for (size_t i = 0; i < options->task_count; i++)
		if (!strcmp(options->task[i], run->task))
			return true;
	return options->task_count == 0;
}

static int collect_command(void *context, const struct image *image, struct bytes argv,
			   struct bytes by)
{
	struct collector *c = context;
	int r = commands_add(c->evidence, &c->roots, image->program, argv);

	(void)by;
	c->evidence->unfit += r == -EINVAL;
	return r == -ENOMEM ? error_set(c->err, ENOMEM, "merge what was executed") : 0;
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
	c->roots = roots_of_run(run);
	r = evidence_begin_run(c->evidence, run, &c->roots);
	if (r)
		return error_set(c->err, -r, "read run %s", run->id);
	run_facts_release(&c->facts);
	r = run_facts_read(&c->facts, c->store, run->key, c->err);
	if (!r)
		r = store_each_need(c->store, run->key, collect_access, c, c->err);
	if (!r)
		r = executions_each(&c->executions, c->store, run->key, collect_command, c, c->err);
	executions_release(&c->executions);
	return r ? r
		 : tool_calls_collect(&c->evidence->calls, c->store, run,
				      (uint32_t)(c->evidence->run_count - 1), c->err);
}

static int compare_runs(const void *a, const void *b)
{
	const struct evidence_run *one = a, *other = b;

	return strcmp(one->id, other->id);
}

void evidence_sort(struct evidence *evidence)
{
	HASH_SORT(evidence->atom, atom_compare);
}

/* Numbers the runs by their id, whichever was read first. */
static int number_runs(struct evidence *evidence)
{
	uint32_t *place = calloc(evidence->run_count + 1, sizeof *place);

	if (!place)
		return -ENOMEM;
	evidence->runs_in_all = evidence->run_count;
	for (size_t i = 0; i < evidence->run_count; i++)
		evidence->run[i].read = i;
	qsort(evidence->run, evidence->run_count, sizeof *evidence->run, compare_runs);
	for (size_t i = 0; i < evidence->run_count; i++)
		place[evidence->run[i].read] = (uint32_t)i;
	for (struct atom *atom = evidence->atom; atom; atom = atom->hh.next)
		atom_renumber(atom, place);
	for (struct atom *command = evidence->command; command; command = command->hh.next)
		atom_renumber(command, place);
	tool_calls_renumber(&evidence->calls, place, evidence->run_count);
	free(place);
	return 0;
}

static int finish(struct evidence *evidence)
{
	int r = number_runs(evidence);

	if (r == 0)
		r = phases_merge(evidence);
	for (struct atom *atom = evidence->atom; atom && r == 0; atom = atom->hh.next) {
		if (atom->outcome != OUTCOME_OK || atom->runs != 1)
			continue;
		evidence->singletons++;
		evidence->run[atom_uses(atom)->run].is_lone = true;
	}
	if (r == 0)
		commands_mark_lone(evidence);
	HASH_SORT(evidence->command, atom_compare);
	evidence_sort(evidence);
	return r;
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
	int r = protection_open(&evidence.protection, options->protect, err);

	if (!r)
		r = store_each_run(store, &filter, collect_run, &collector, err);
	buffer_release(&collector.key);
	said_release(&collector.said);
	run_facts_release(&collector.facts);
	if (!r && !evidence.run_count)
		r = none_fits(&evidence, options->agent, err);
	if (!r && finish(&evidence) < 0)
		r = error_set(err, ENOMEM, "merge the runs");
	if (r) {
		evidence_release(&evidence);
		return r;
	}
	*ret = evidence;
	return 0;
}
