#include "analyzer/atom.h"

#include "core/bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *atom_pattern(const struct atom *atom)
{
	return atom->key + ATOM_KEY_HEAD;
}

const char *atom_phase(const struct atom *atom)
{
	const char *pattern = atom_pattern(atom);

	return pattern + strlen(pattern) + 1;
}

size_t atom_key_size(const struct atom *atom)
{
	const char *phase = atom_phase(atom);

	return (size_t)(phase - atom->key) + strlen(phase) + 1;
}

const struct use *atom_uses(const struct atom *atom)
{
	return atom->runs > 1 ? atom->use.many : &atom->use.one;
}

int64_t add_saturated(int64_t a, int64_t b)
{
	int64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

struct atom *atom_of_key(const char *key, size_t size)
{
	struct atom *atom = calloc(1, sizeof *atom + size);

	if (!atom)
		return NULL;
	memcpy(atom->key, key, size);
	atom->resource = (enum resource)(unsigned char)key[0];
	atom->action = (enum action)(unsigned char)key[1];
	atom->outcome = (enum outcome)(unsigned char)key[2];
	atom->own = true;
	atom->first_ns = INT64_MAX;
	atom->last_ns = INT64_MIN;
	return atom;
}

struct atom *atom_new(const struct atom *like, const char *pattern)
{
	scoped(buffer) struct buffer key = { 0 };

	buffer_append(&key, like->key, ATOM_KEY_HEAD);
	buffer_append(&key, pattern, strlen(pattern) + 1);
	buffer_append(&key, atom_phase(like), strlen(atom_phase(like)) + 1);
	return buffer_status(&key) < 0 ? NULL : atom_of_key(key.data, key.size);
}

/* Room for one more: the uses leave the atom with the second. */
static int make_room(struct atom *atom)
{
	uint32_t runs = atom->runs;
	struct use *grown;

	if (!runs || (runs > 1 && (runs & (runs - 1))))
		return 0;
	grown = reallocarray(runs > 1 ? atom->use.many : NULL, (size_t)runs * 2, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	if (runs == 1)
		grown[0] = atom->use.one;
	atom->use.many = grown;
	return 0;
}

/* The first that is not before the run: they are sorted. */
static uint32_t find_use(const struct atom *atom, uint32_t run)
{
	const struct use *use = atom_uses(atom);
	uint32_t low = 0, high = atom->runs;

	if (high && use[high - 1].run < run)
		return high;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (use[middle].run < run)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int atom_add_use(struct atom *atom, struct use use)
{
	uint32_t at = find_use(atom, use.run);
	struct use *all;

	atom->own = atom->own && use.own;
	all = atom->runs > 1 ? atom->use.many : &atom->use.one;
	if (at < atom->runs && all[at].run == use.run) {
		all[at].own = all[at].own && use.own;
		return 0;
	}
	if (make_room(atom) < 0)
		return -ENOMEM;
	all = atom->runs ? atom->use.many : &atom->use.one;
	memmove(all + at + 1, all + at, (atom->runs - at) * sizeof *all);
	all[at] = use;
	atom->runs++;
	return 0;
}

static int compare_uses(const void *a, const void *b)
{
	const struct use *one = a, *other = b;

	return (one->run > other->run) - (one->run < other->run);
}

void atom_renumber(struct atom *atom, const uint32_t *place)
{
	struct use *use = atom->runs > 1 ? atom->use.many : &atom->use.one;

	for (uint32_t i = 0; i < atom->runs; i++)
		use[i].run = place[use[i].run] & INT32_MAX;
	if (atom->runs > 1)
		qsort(use, atom->runs, sizeof *use, compare_uses);
	peaks_renumber(&atom->peaks, place);
}

int atom_merge(struct atom *into, const struct atom *atom)
{
	int r = peaks_merge(&into->peaks, &atom->peaks);

	into->count = add_saturated(into->count, atom->count);
	if (atom->first_ns < into->first_ns)
		into->first_ns = atom->first_ns;
	if (atom->last_ns > into->last_ns)
		into->last_ns = atom->last_ns;
	for (uint32_t i = 0; i < atom->runs && r == 0; i++)
		r = atom_add_use(into, atom_uses(atom)[i]);
	return r;
}

int atom_compare(const struct atom *a, const struct atom *b)
{
	return bytes_compare((struct bytes){ a->key, a->hh.keylen },
			     (struct bytes){ b->key, b->hh.keylen });
}

void atom_free(struct atom *atom)
{
	if (atom->runs > 1)
		free(atom->use.many);
	peaks_release(&atom->peaks);
	free(atom->why);
	free(atom);
}
