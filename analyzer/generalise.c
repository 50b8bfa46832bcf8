#include "analyzer/generalise.h"

#include "analyzer/candidate.h"
#include "analyzer/chosen.h"
#include "analyzer/cost.h"
#include "analyzer/feasible.h"
#include "analyzer/open_atoms.h"
#include "analyzer/shape.h"
#include "analyzer/siblings.h"
#include "analyzer/tail.h"
#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 512
/* Open components in one path; what is below stays as it is. */
#define OPEN_MAX 3
/* Clusters times names that are looked at for each: more would take long. */
#define CROWD_MAX 20000000
/* Two to the number of names that a class may admit, where people choose: more than enough. */
#define CHOSEN_BITS 63

struct work {
	struct costing costing;
	const struct tuning *tuning;
	struct buffer path; /* of the folder at hand */
	int depth, open;
};

/* A way to find names that are made alike. */
struct maker {
	cluster_fits *fits;
	cluster_key *key;
	int (*infer)(const struct bytes *names, size_t count, struct varying *ret);
	bool (*is_allowed)(const struct work *work, const struct cluster *cluster,
			   const struct varying *varying);
	uint64_t admitted; /* beyond what is known */
	bool has_words;	   /* which tails may show to have more bytes */
};

/* Folders of the system in which what is there has names that people gave. */
static bool is_never_cut(struct bytes path)
{
	static const char *const folder[] = { "",      "/etc", "/home", "$HOME", "/usr", "/var",
					      "/proc", "/sys", "/root", "/boot", "/run", "/dev" };

	for (size_t i = 0; i < sizeof folder / sizeof *folder; i++)
		if (bytes_equal(path, bytes_of(folder[i])))
			return true;
	return false;
}

static bool chance_is_allowed(const struct work *work, const struct cluster *cluster,
			      const struct varying *varying)
{
	struct bytes path = buffer_bytes(&work->path);
	bool numbers = shape_is_numbers(varying);

	if (is_never_cut(path) && !(numbers && bytes_equal(path, bytes_of("/proc"))))
		return false;
	return cluster_runs(cluster) > 1 || (cluster->count >= SHAPE_AT_ONCE && !numbers);
}

static bool choice_is_allowed(const struct work *work, const struct cluster *cluster,
			      const struct varying *varying)
{
	(void)varying;
	return work->tuning->chosen_runs && place_of(buffer_bytes(&work->path))->is_open &&
	       cluster_runs(cluster) >= work->tuning->chosen_runs;
}

/* One way at one folder. */
struct attempt {
	struct tree *tree;
	const struct maker *way;
	struct tails tails;
	bool is_crowded; /* too many names to hold each cluster against all of them */
};

static const struct maker maker[] = {
	{ tree_holds_volatile, spread_key, spread_infer, chance_is_allowed, 1, false },
	{ tree_is_volatile, shape_key, shape_infer, chance_is_allowed, 1, true },
	{ tree_is_volatile, tail_key, tail_infer, chance_is_allowed, 1, false },
	{ tree_is_volatile, chosen_key, chosen_infer, choice_is_allowed, CHOSEN_BITS, false },
};

static int64_t visit(struct work *work, struct tree *tree);

static int64_t visit_child(struct work *work, struct tree *child)
{
	size_t before = work->path.size;
	int64_t cost = -ENOMEM;

	if (work->depth > 1)
		buffer_add_char(&work->path, '/');
	buffer_add(&work->path, child->text);
	work->open += tree_is_open(child);
	work->costing.admitted += child->admitted;
	if (buffer_status(&work->path) == 0)
		cost = visit(work, child);
	work->costing.admitted -= child->admitted;
	work->open -= tree_is_open(child);
	work->path.size = before;
	return cost;
}

/* What is made likewise, but did not look so: chance also writes words. */
static int absorb(struct tree *tree, struct cluster *cluster, const struct varying *varying)
{
	int r = 0;

	for (struct tree *child = tree->child; child && r == 0; child = child->hh.next) {
		scoped(buffer) struct buffer raw = { 0 };

		if (!tree_is_volatile(child) || !child->child != !cluster->child[0]->child)
			continue;
		r = text_unescape(bytes_of(child->text), &raw);
		if (r == 0 && varying_matches(varying, buffer_bytes(&raw)))
			r = cluster_add(cluster, child);
		child->taken = r == 0 && cluster->child[cluster->count - 1] == child;
	}
	return r;
}

/* Siblings that the pattern reaches, too. */
static uint64_t count_reached(const struct tree *tree, const struct varying *varying)
{
	uint64_t reached = 0;

	for (struct tree *child = tree->child; child; child = child->hh.next) {
		scoped(buffer) struct buffer raw = { 0 };

		if (!child->taken && !tree_is_open(child) &&
		    text_unescape(bytes_of(child->text), &raw) == 0)
			reached += varying_matches(varying, buffer_bytes(&raw));
	}
	return reached;
}

static int64_t visit_apart(struct work *work, struct cluster *cluster)
{
	int64_t sum = 0, cost = 0;

	for (size_t i = 0; i < cluster->count && cost >= 0; i++) {
		cost = visit_child(work, cluster->child[i]);
		sum += cost;
	}
	return cost < 0 ? cost : sum;
}

static int64_t visit_together(struct work *work, struct candidate *candidate)
{
	int64_t cost = visit_child(work, candidate->open), sum = cost;

	for (struct tree *rest = candidate->rest; rest && cost >= 0; rest = rest->gone) {
		cost = visit_child(work, rest);
		sum += cost;
	}
	return cost < 0 ? cost : sum;
}

/* Together or apart, whatever costs less.  Returns what it costs. */
static int64_t choose(struct work *work, struct tree *tree, struct cluster *cluster,
		      struct candidate *candidate)
{
	int64_t together = visit_together(work, candidate), apart;
	int r;

	if (together < 0)
		return together;
	apart = visit_apart(work, cluster);
	if (apart < 0 || apart <= together)
		return apart;
	r = candidate_place(candidate, tree, cluster);
	return r < 0 ? r : together;
}

/* 1: its names are not made alike, or that may not be. */
static int infer(const struct work *work, const struct attempt *attempt, struct cluster *cluster,
		 struct varying *ret)
{
	const struct maker *way = attempt->way;
	int r;

	cluster_leave_taken(cluster);
	r = cluster->count < 2 ? 1 : cluster_names(cluster);
	if (r == 0)
		r = way->infer(cluster->name, cluster->count, ret);
	if (r == 0)
		r = tail_widen(ret, &attempt->tails);
	return r || way->is_allowed(work, cluster, ret) ? r : 1;
}

static int64_t try_cluster(struct work *work, const struct attempt *attempt,
			   struct cluster *cluster)
{
	struct tree *tree = attempt->tree;
	scoped(candidate) struct candidate candidate = { 0 };
	scoped(varying) struct varying varying = { 0 };
	uint64_t admitted;
	int r = infer(work, attempt, cluster, &varying);

	if (r)
		return r < 0 ? r : 0;
	for (size_t i = 0; i < cluster->count; i++)
		cluster->child[i]->taken = true;
	if (!attempt->is_crowded)
		r = absorb(tree, cluster, &varying);
	admitted = attempt->way->admitted +
		   (attempt->is_crowded ? HASH_COUNT(tree->child) : count_reached(tree, &varying));
	if (r == 0)
		r = candidate_make(&candidate, cluster, &varying);
	if (r < 0)
		return r;
	candidate.open->admitted = admitted;
	return choose(work, tree, cluster, &candidate);
}

/* Other clusters may have named them, too. */
static void free_gone(struct tree *tree)
{
	while (tree->gone) {
		struct tree *gone = tree->gone;

		tree->gone = gone->gone;
		gone->gone = NULL;
		tree_free(gone);
	}
}

static int note_tails(struct attempt *attempt)
{
	for (const struct tree *at = attempt->tree->child; at; at = at->hh.next) {
		scoped(buffer) struct buffer raw = { 0 };

		if (text_unescape(bytes_of(at->text), &raw) < 0)
			return -ENOMEM;
		tail_note(buffer_bytes(&raw), &attempt->tails);
	}
	return 0;
}

static int64_t try_maker(struct work *work, struct tree *tree, const struct maker *way)
{
	struct attempt attempt = { .tree = tree, .way = way };
	struct cluster *clusters = NULL;
	int64_t sum = 0, cost = clusters_find(tree, way->key, way->fits, &clusters);

	if (cost == 0 && clusters && way->has_words)
		cost = note_tails(&attempt);
	attempt.is_crowded = (uint64_t)HASH_COUNT(clusters) * HASH_COUNT(tree->child) > CROWD_MAX;
	for (struct cluster *cluster = clusters; cluster && cost >= 0; cluster = cluster->hh.next) {
		cost = try_cluster(work, &attempt, cluster);
		sum += cost;
	}
	clusters_free(clusters);
	free_gone(tree);
	return cost < 0 ? cost : sum;
}

static int64_t visit_rest(struct work *work, struct tree *tree)
{
	int64_t sum = 0, cost = 0;

	for (struct tree *child = tree->child; child && cost >= 0; child = child->hh.next) {
		if (!child->taken) {
			cost = visit_child(work, child);
			sum += cost;
		}
		child->taken = false;
	}
	return cost < 0 ? cost : sum;
}

/* What all at and below the folder costs; -ENOMEM. */
static int64_t visit(struct work *work, struct tree *tree)
{
	int64_t sum = cost_of_members(&work->costing, buffer_text(&work->path), tree, work->open);
	int64_t cost = 0;

	if (work->depth == DEPTH_MAX || sum < 0)
		return sum;
	tree_sort(tree);
	work->depth++;
	for (size_t i = 0; i < sizeof maker / sizeof *maker && cost >= 0; i++) {
		if (work->depth > 1 && work->open < OPEN_MAX)
			cost = try_maker(work, tree, &maker[i]);
		sum += cost;
	}
	if (cost >= 0)
		cost = visit_rest(work, tree);
	work->depth--;
	return cost < 0 ? cost : sum + cost;
}

static bool can_vary(const struct atom *atom)
{
	return atom->resource == RESOURCE_FILE && atom->outcome == OUTCOME_OK &&
	       strchr("/$", *atom_pattern(atom));
}

int generalise(struct evidence *evidence, const struct tuning *tuning, struct feasible *feasible,
	       struct error *err)
{
	struct work work = { .tuning = tuning,
			     .costing = { .feasible = feasible,
					  .tuning = tuning,
					  .runs = (int64_t)evidence->run_count } };
	struct tree *root = tree_new();
	int64_t r = root ? 0 : -ENOMEM;

	for (struct atom *atom = evidence->atom; atom && r == 0; atom = atom->hh.next)
		if (can_vary(atom))
			r = tree_add(root, atom);
	if (r == 0)
		r = visit(&work, root);
	if (r >= 0)
		r = siblings_extend(evidence, root, tuning, feasible);
	if (r >= 0)
		r = open_atoms(evidence, root, feasible);
	buffer_release(&work.path);
	if (root)
		tree_free(root);
	return r < 0 ? error_set(err, (int)-r, "generalise the evidence") : 0;
}
