#include "analyzer/quality.h"

#include "analyzer/trial.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Policies of each kind, and how many atoms all of them may look at. */
#define FOLDS_MAX 20
#define FOLDS_MIN 2
#define WORK_MAX  8000000
/* Of more atoms only runs are taken out, and the usual weight is taken. */
#define ATOMS_MANY 300000

/* What an expected denial weighs: where the evidence cannot tell, and the least and the most. */
#define DENIAL_USUAL 256
#define DENIAL_MIN   16
#define DENIAL_MAX   4096

/* One in so many runs may be denied something. */
#define DENIED_RARELY 20

struct folds {
	struct trial trial;
	size_t most;
	bool *left_out, *tried;	 /* by run */
	uint32_t *order;	 /* runs by the time they started */
	struct trial_rest *rest; /* of each run that is taken out, or NULL */
	struct error *err;
};

static size_t folds_of(const struct evidence *evidence)
{
	size_t atoms = HASH_COUNT(evidence->atom) + 1, most = WORK_MAX / atoms;

	if (most < FOLDS_MIN || atoms > ATOMS_MANY)
		return FOLDS_MIN;
	return most > FOLDS_MAX ? FOLDS_MAX : most;
}

/* How many of `count` things are looked at, and which is the i-th: spread evenly. */
static size_t picked(size_t count, size_t most)
{
	return count < most ? count : most;
}

static size_t pick(size_t i, size_t count, size_t most)
{
	return count <= most ? i : i * count / most;
}

/* -errno, or whether anything was denied. */
static int fold(struct folds *folds)
{
	int r = trial_run(&folds->trial, folds->err);

	return r < 0 ? r : folds->trial.is_denied;
}

static void clear(struct folds *folds)
{
	size_t runs = folds->trial.evidence->run_count;

	memset(folds->left_out, 0, runs * sizeof *folds->left_out);
	memset(folds->tried, 0, runs * sizeof *folds->tried);
}

static int try_runs(struct folds *folds, struct policy_quality *ret)
{
	const struct evidence *evidence = folds->trial.evidence;
	size_t runs = evidence->run_count, tries = picked(runs, folds->most);
	int denied = 0;

	if (runs < 2)
		return 0;
	for (size_t i = 0; i < tries && denied >= 0; i++) {
		size_t run = pick(i, runs, folds->most);

		clear(folds);
		folds->left_out[run] = folds->tried[run] = true;
		folds->trial.rest = folds->rest ? &folds->rest[i] : NULL;
		denied = fold(folds);
		ret->runs_tried++;
		ret->runs_denied += denied > 0;
	}
	ret->uses_tried = folds->trial.tried_uses;
	ret->uses_denied = folds->trial.denied_uses;
	return denied < 0 ? denied : 0;
}

static bool is_first_of_task(const struct evidence *evidence, size_t run)
{
	for (size_t i = 0; i < run; i++)
		if (!strcmp(evidence->run[i].task, evidence->run[run].task))
			return false;
	return true;
}

static size_t count_tasks(const struct evidence *evidence)
{
	size_t tasks = 0;

	for (size_t i = 0; i < evidence->run_count; i++)
		tasks += is_first_of_task(evidence, i);
	return tasks;
}

static int try_tasks(struct folds *folds, struct policy_quality *ret)
{
	const struct evidence *evidence = folds->trial.evidence;
	size_t tasks = count_tasks(evidence), tries = picked(tasks, folds->most), task = 0,
	       done = 0;
	int denied = 0;

	if (tasks < 2)
		return 0;
	for (size_t i = 0; i < evidence->run_count && done < tries && denied >= 0; i++) {
		if (!is_first_of_task(evidence, i) || task++ != pick(done, tasks, folds->most))
			continue;
		clear(folds);
		for (size_t k = 0; k < evidence->run_count; k++)
			folds->left_out[k] = folds->tried[k] =
				!strcmp(evidence->run[k].task, evidence->run[i].task);
		denied = fold(folds);
		done++;
		ret->tasks_tried++;
		ret->tasks_denied += denied > 0;
	}
	return denied < 0 ? denied : 0;
}

/* Every run but the first, against what came before. */
static int try_later(struct folds *folds, struct policy_quality *ret)
{
	size_t runs = folds->trial.evidence->run_count;
	size_t tries = runs < 2 ? 0 : picked(runs - 1, folds->most);
	int denied = 0;

	for (size_t i = 0; i < tries && denied >= 0; i++) {
		size_t at = 1 + pick(i, runs - 1, folds->most);

		clear(folds);
		for (size_t k = at; k < runs; k++)
			folds->left_out[folds->order[k]] = true;
		folds->tried[folds->order[at]] = true;
		denied = fold(folds);
		ret->later_tried++;
		ret->later_denied += denied > 0;
	}
	return denied < 0 ? denied : 0;
}

static int compare_starts(const void *a, const void *b, void *context)
{
	const struct evidence *evidence = context;
	const uint32_t *one = a, *other = b;
	int64_t first = evidence->run[*one].started_ns, second = evidence->run[*other].started_ns;

	if (first != second)
		return first < second ? -1 : 1;
	return (*one > *other) - (*one < *other);
}

static int folds_init(struct folds *folds, const struct evidence *evidence)
{
	size_t runs = evidence->run_count;

	folds->most = folds_of(evidence);
	folds->left_out = calloc(runs + 1, sizeof *folds->left_out);
	folds->tried = calloc(runs + 1, sizeof *folds->tried);
	folds->order = calloc(runs + 1, sizeof *folds->order);
	if (!folds->left_out || !folds->tried || !folds->order)
		return -ENOMEM;
	folds->trial.evidence = evidence;
	folds->trial.left_out = folds->left_out;
	folds->trial.tried = folds->tried;
	for (size_t i = 0; i < runs; i++)
		folds->order[i] = (uint32_t)i;
	qsort_r(folds->order, runs, sizeof *folds->order, compare_starts, (void *)evidence);
	return 0;
}

static void folds_cleanup(struct folds *folds)
{
	free(folds->left_out);
	free(folds->tried);
	free(folds->order);
}

static int64_t count_lone(const struct evidence *evidence)
{
	int64_t lone = 0;

	for (size_t i = 0; i < evidence->run_count; i++)
		lone += evidence->run[i].is_lone;
	return lone;
}

static int measure(struct folds *folds, const struct evidence *evidence, bool rest,
		   struct policy_quality *ret)
{
	int r = folds_init(folds, evidence);

	if (r < 0)
		return error_set(folds->err, -r, "measure the policy");
	if (!rest)
		return try_runs(folds, ret);
	if (HASH_COUNT(evidence->atom) > ATOMS_MANY)
		return 0;
	r = try_tasks(folds, ret);
	return r < 0 ? r : try_later(folds, ret);
}

/* `rest`: what was found of the runs before, and will be; NULL: nothing. */
static int run_out(const struct evidence *evidence, const struct tuning *tuning,
		   struct feasible *feasible, struct trial_rest *rest, struct policy_quality *ret,
		   struct error *err)
{
	scoped(folds) struct folds folds = { .trial = { .tuning = tuning, .feasible = feasible },
					     .rest = rest,
					     .err = err };

	*ret = (struct policy_quality){ .lone_runs = count_lone(evidence) };
	return measure(&folds, evidence, false, ret);
}

int quality_runs(const struct evidence *evidence, const struct tuning *tuning,
		 struct feasible *feasible, struct policy_quality *ret, struct error *err)
{
	return run_out(evidence, tuning, feasible, NULL, ret, err);
}

int quality_rest(const struct evidence *evidence, const struct tuning *tuning,
		 struct feasible *feasible, struct policy_quality *ret, struct error *err)
{
	scoped(folds) struct folds folds = { .trial = { .tuning = tuning, .feasible = feasible },
					     .err = err };

	return measure(&folds, evidence, true, ret);
}

static bool is_rare(const struct policy_quality *quality)
{
	return quality->runs_denied * DENIED_RARELY <= quality->runs_tried;
}

/* What is tried, and the best so far. */
struct search {
	const struct evidence *evidence;
	struct feasible *feasible;
	struct tuning tuning;
	struct policy_quality best;
	int64_t denial; /* of the best */
	struct trial_rest rest[FOLDS_MAX];
	struct error *err;
};

static int try_weight(struct search *search, int64_t denial, struct policy_quality *ret)
{
	search->tuning.denial = denial;
	return run_out(search->evidence, &search->tuning, search->feasible, search->rest, ret,
		       search->err);
}

static void keep(struct search *search, const struct policy_quality *quality)
{
	search->best = *quality;
	search->denial = search->tuning.denial;
}

/* As tight as it stays rare. */
static int tighten(struct search *search)
{
	struct policy_quality quality;
	int r = 0;

	for (int64_t next = search->denial / 4; next >= DENIAL_MIN && r == 0; next /= 4) {
		r = try_weight(search, next, &quality);
		if (r < 0 || !is_rare(&quality))
			break;
		keep(search, &quality);
	}
	return r;
}

/* As loose as it denies fewer. */
static int loosen(struct search *search)
{
	struct policy_quality quality;
	int r = 0;

	for (int64_t next = search->denial * 4; next <= DENIAL_MAX && r == 0; next *= 4) {
		r = try_weight(search, next, &quality);
		if (r < 0 || quality.runs_denied >= search->best.runs_denied)
			continue;
		keep(search, &quality);
		if (is_rare(&quality))
			break;
	}
	return r;
}

static bool may_search(const struct search *search)
{
	return search->best.runs_tried && HASH_COUNT(search->evidence->atom) <= ATOMS_MANY;
}

int quality_tune(const struct evidence *evidence, struct feasible *feasible, struct tuning *tuning,
		 struct policy_quality *ret, struct error *err)
{
	struct search search = {
		.evidence = evidence, .feasible = feasible, .tuning = *tuning, .err = err
	};
	struct policy_quality usual;
	int r = try_weight(&search, DENIAL_USUAL, &usual);

	if (r < 0)
		return r;
	keep(&search, &usual);
	if (may_search(&search))
		r = is_rare(&usual) ? tighten(&search) : loosen(&search);
	if (r < 0)
		return r;
	tuning->denial = search.denial;
	*ret = search.best;
	return 0;
}
