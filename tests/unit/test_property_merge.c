/* Merging is a set union: the order of runs, the locale and threads change no byte of a policy.
 * SEED=FIRST N=COUNT for other cases, and more. */
#include "tests/unit/analyzer_fixture.h"

#include "analyzer/atom.h"
#include "analyzer/propose.h"

#include <locale.h>
#include <pthread.h>

#define RUNS_MAX  5
#define FACTS_MAX 24
#define THREADS	  3

static uint64_t chance;

/* splitmix64 (Steele, Lea and Flood, 2014). */
static size_t pick(size_t count)
{
	uint64_t z = chance += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (size_t)((z ^ z >> 31) % count);
}

static long number_of(const char *variable, long usual)
{
	const char *text = getenv(variable);

	return text ? strtol(text, NULL, 10) : usual;
}

struct chapter {
	char id[24], workspace[32];
	struct fact fact[FACTS_MAX];
	char name[FACTS_MAX][64];
	size_t count;
};

struct tale {
	struct chapter run[RUNS_MAX];
	size_t count;
};

/* Names that all runs have, that chance made, that people chose; some are no UTF-8. */
static void random_name(char name[static 64], const char *workspace)
{
	static const char *const place[] = { "/tmp", "/etc", "/srv/q", "/home/ada/.cache", "/w" };
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789\xc3\xff";
	const char *where = pick(3) ? place[pick(5)] : workspace;
	int size = snprintf(name, 64, "%s/", where);

	if (!pick(3))
		size += snprintf(name + size, 64 - (size_t)size, "part%zu/", pick(3));
	if (!pick(3)) {
		snprintf(name + size, 64 - (size_t)size, "stable%zu", pick(4));
		return;
	}
	size += snprintf(name + size, 64 - (size_t)size, "cc");
	for (size_t i = 0; i < 8; i++)
		name[size++] = letters[pick(pick(9) ? 46 : 48)];
	snprintf(name + size, 64 - (size_t)size, "%s", pick(2) ? ".o" : "");
}

static void add_fact(struct chapter *run)
{
	static const enum action action[] = { ACTION_READ, ACTION_WRITE, ACTION_CREATE,
					      ACTION_DELETE, ACTION_STAT };
	static const enum outcome outcome[] = { OUTCOME_OK, OUTCOME_OK, OUTCOME_UNKNOWN,
						OUTCOME_ABSENT };
	struct fact *fact = &run->fact[run->count];

	random_name(run->name[run->count], run->workspace);
	*fact = (struct fact){
		.resource = RESOURCE_FILE,
		.action = action[pick(5)],
		.name = bytes_of(run->name[run->count]),
		.outcome = outcome[pick(4)],
		.own = pick(2),
		.count = 1 + (int64_t)pick(9),
		.first_ns = 20 + (int64_t)pick(50),
		.phase = pick(4) ? BYTES("") : BYTES("build"),
	};
	fact->last_ns = fact->first_ns + (int64_t)pick(50);
	run->count++;
}

static void make_tale(struct tale *tale)
{
	tale->count = 2 + pick(RUNS_MAX - 1);
	for (size_t i = 0; i < tale->count; i++) {
		struct chapter *run = &tale->run[i];
		size_t facts = pick(FACTS_MAX);

		run->count = 0;
		snprintf(run->id, sizeof run->id, "%zu", i + 1);
		snprintf(run->workspace, sizeof run->workspace, "/work%zu", pick(2));
		while (run->count < facts)
			add_fact(run);
	}
}

static void shuffle(size_t *order, size_t count)
{
	for (size_t i = 0; i < count; i++)
		order[i] = i;
	for (size_t i = count; i > 1; i--) {
		size_t other = pick(i), kept = order[i - 1];

		order[i - 1] = order[other];
		order[other] = kept;
	}
}

static void tell_tale(const char *path, const struct tale *tale, const size_t *order)
{
	struct store *store = open_store(path);

	for (size_t i = 0; i < tale->count; i++) {
		const struct chapter *run = &tale->run[order[i]];

		tell(store, &(struct story){ run->id, .task = order[i] % 2 ? "a" : "b",
					     .workspace = run->workspace, .fact = run->fact,
					     .count = run->count });
	}
	store_close(store);
}

/* What is proposed, as bytes; NULL where it failed. */
static char *propose_from_file(const char *path, const char *preset)
{
	struct propose_options options = { .agent = "ada", .preset = preset };
	scoped(policy) struct policy policy = { 0 };
	scoped(buffer) struct buffer document = { 0 };
	struct error err = { 0 };
	struct store *store;

	if (store_open(&store, path, STORE_READ, &err))
		return NULL;
	if (propose(store, &options, &policy, &err) == 0)
		policy_write(&policy, &document, &err);
	store_close(store);
	return buffer_steal(&document);
}

struct thread {
	pthread_t thread;
	const char *preset;
	char *document;
};

static void *propose_in_thread(void *context)
{
	struct thread *thread = context;

	thread->document = propose_from_file("b.db", thread->preset);
	return NULL;
}

static void same(uint64_t number, const char *what, const char *want, char *got)
{
	if (!want || !got || strcmp(want, got) != 0)
		fail_msg("SEED=%llu N=1: another policy %s\n%s\n%s", (unsigned long long)number,
			 what, want, got ? got : "none");
	free(got);
}

static void try_threads(uint64_t number, const char *want, const char *preset)
{
	struct thread thread[THREADS];

	for (size_t i = 0; i < THREADS; i++) {
		thread[i] = (struct thread){ .preset = preset };
		assert_int_equal(
			pthread_create(&thread[i].thread, NULL, propose_in_thread, &thread[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(thread[i].thread, NULL);
	for (size_t i = 0; i < THREADS; i++)
		same(number, "in another thread", want, thread[i].document);
}

static void try_locales(uint64_t number, const char *want, const char *preset)
{
	static const char *const name[] = { "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8", "C" };

	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (setlocale(LC_ALL, name[i]))
			same(number, "in another locale", want, propose_from_file("b.db", preset));
	setlocale(LC_ALL, "C");
}

static void try_tale(uint64_t number)
{
	static const char *const preset[] = { "literal", "balanced" };
	static struct tale tale;
	size_t order[RUNS_MAX];

	chance = number * 0x9e3779b97f4a7c15;
	make_tale(&tale);
	for (size_t i = 0; i < tale.count; i++)
		order[i] = i;
	tell_tale("a.db", &tale, order);
	shuffle(order, tale.count);
	tell_tale("b.db", &tale, order);
	for (size_t i = 0; i < 2; i++) {
		char *want = propose_from_file("a.db", preset[i]);

		same(number, "the second time", want, propose_from_file("a.db", preset[i]));
		same(number, "in another order", want, propose_from_file("b.db", preset[i]));
		if (number % 16 == 0) {
			try_threads(number, want, preset[i]);
			try_locales(number, want, preset[i]);
		}
		free(want);
	}
}

static void order_changes_nothing(void **state)
{
	uint64_t seed = (uint64_t)number_of("SEED", 1);
	long count = number_of("N", 32);

	(void)state;
	for (long i = 0; i < count; i++)
		try_tale(seed + (uint64_t)i);
	print_message("# %ld evidences from %llu on\n", count, (unsigned long long)seed);
}

/* ---- the same of atoms ---- */

#define KEY "\1\1\1/a\0"

static struct atom *random_atom(void)
{
	struct atom *atom = atom_of_key(KEY, sizeof KEY);
	size_t uses = pick(5);

	assert_non_null(atom);
	for (size_t i = 0; i < uses; i++)
		assert_int_equal(atom_add_use(atom, (struct use){ .run = (uint32_t)pick(4) & 3,
								  .own = pick(2) & 1 }),
				 0);
	atom->count = (int64_t)uses;
	atom->first_ns = (int64_t)pick(9);
	atom->last_ns = (int64_t)pick(9);
	return atom;
}

/* The sum of these, in that order. */
static struct atom *sum(struct atom *const *atom, const size_t *order, size_t count)
{
	struct atom *all = atom_of_key(KEY, sizeof KEY);

	assert_non_null(all);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(atom_merge(all, atom[order[i]]), 0);
	return all;
}

static void assert_same_atoms(const struct atom *a, const struct atom *b)
{
	assert_int_equal(a->runs, b->runs);
	assert_int_equal(a->count, b->count);
	assert_int_equal(a->first_ns, b->first_ns);
	assert_int_equal(a->last_ns, b->last_ns);
	assert_int_equal(a->own, b->own);
	for (uint32_t i = 0; i < a->runs; i++) {
		assert_int_equal(atom_uses(a)[i].run, atom_uses(b)[i].run);
		assert_int_equal(atom_uses(a)[i].own, atom_uses(b)[i].own);
	}
}

static void try_atoms(void)
{
	static const size_t plain[] = { 0, 1, 2 }, late[] = { 1, 2 }, both[] = { 0, 1 };
	struct atom *atom[3], *left, *right, *tail;
	size_t order[3];

	for (size_t i = 0; i < 3; i++)
		atom[i] = random_atom();
	/* (a + b) + c, c + a + b ..., a + (b + c) */
	left = sum(atom, plain, 3);
	shuffle(order, 3);
	right = sum(atom, order, 3);
	assert_same_atoms(left, right);
	atom_free(right);
	tail = sum(atom, late, 2);
	right = sum((struct atom *[]){ atom[0], tail }, both, 2);
	assert_same_atoms(left, right);
	atom_free(right);
	atom_free(tail);
	atom_free(left);
	for (size_t i = 0; i < 3; i++)
		atom_free(atom[i]);
}

static void atoms_add_up_in_any_order(void **state)
{
	(void)state;
	chance = (uint64_t)number_of("SEED", 1);
	for (int i = 0; i < 10000; i++)
		try_atoms();
}

/* Where writing takes no disk, if there is such a place. */
static int enter_memory(void **state)
{
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	if (!access("/dev/shm", W_OK | X_OK))
		snprintf(folder, sizeof folder, "/dev/shm/pare-m.XXXXXX");
	return enter_folder(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_changes_nothing),
		cmocka_unit_test(atoms_add_up_in_any_order),
	};

	return cmocka_run_group_tests_name("property_merge", tests, enter_memory, leave_folder);
}
