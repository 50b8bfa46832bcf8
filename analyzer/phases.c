#include "analyzer/phases.h"

#include "analyzer/evidence.h"
#include "core/bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct phase {
	UT_hash_handle hh;
	char name[];
};

static int add_phase(struct phase **phases, const char *name)
{
	size_t size = strlen(name);
	struct phase *phase;

	HASH_FIND(hh, *phases, name, size, phase);
	if (phase || !size)
		return 0;
	phase = calloc(1, sizeof *phase + size + 1);
	if (!phase)
		return -ENOMEM;
	memcpy(phase->name, name, size);
	HASH_ADD(hh, *phases, name, size, phase);
	if (phase->hh.tbl)
		return 0;
	free(phase);
	return -ENOMEM;
}

static void free_phases(struct phase *phases)
{
	struct phase *phase = phases, *next;

	HASH_CLEAR(hh, phases);
	for (; phase; phase = next) {
		next = phase->hh.next;
		free(phase);
	}
}

/* The same in another phase; `key` is room for that. */
static struct atom *find_in(const struct evidence *evidence, const struct atom *atom,
			    const char *phase, struct buffer *key)
{
	struct atom *same = NULL;

	buffer_clear(key);
	buffer_append(key, atom->key, (size_t)(atom_phase(atom) - atom->key));
	buffer_append(key, phase, strlen(phase) + 1);
	if (buffer_status(key) == 0)
		HASH_FIND(hh, evidence->atom, key->data, key->size, same);
	return same;
}

static bool is_in_all(const struct evidence *evidence, const struct atom *atom,
		      const struct phase *phases, struct buffer *key)
{
	for (const struct phase *phase = phases; phase; phase = phase->hh.next)
		if (!find_in(evidence, atom, phase->name, key))
			return false;
	return HASH_COUNT(phases) > 1;
}

/* The same outside any phase, added where it has to be; NULL in `ret`: it is of its phase. */
static int find_whole(struct evidence *evidence, const struct atom *atom,
		      const struct phase *phases, struct buffer *key, struct atom **ret)
{
	*ret = find_in(evidence, atom, "", key);
	if (*ret || !is_in_all(evidence, atom, phases, key))
		return buffer_status(key);
	find_in(evidence, atom, "", key);
	*ret = buffer_status(key) == 0 ? atom_of_key(key->data, key->size) : NULL;
	if (!*ret)
		return -ENOMEM;
	(*ret)->protected = atom->protected;
	if (evidence_add(evidence, *ret) == 0)
		return 0;
	atom_free(*ret);
	return -ENOMEM;
}

static int merge_one(struct evidence *evidence, struct atom *atom, const struct phase *phases,
		     struct buffer *key)
{
	struct atom *whole;
	int r = find_whole(evidence, atom, phases, key, &whole);

	if (r < 0 || !whole)
		return r;
	if (atom->protected && (!whole->protected || atom->protected < whole->protected))
		whole->protected = atom->protected;
	r = atom_merge(whole, atom);
	HASH_DEL(evidence->atom, atom);
	atom_free(atom);
	return r;
}

/* In all phases is told of all or of none, so what is merged of one first changes that of none. */
static int merge_all(struct evidence *evidence, const struct phase *phases)
{
	scoped(buffer) struct buffer key = { 0 };
	struct atom *atom = evidence->atom, *next;
	int r = 0;

	for (; atom && r == 0; atom = next) {
		next = atom->hh.next;
		if (*atom_phase(atom))
			r = merge_one(evidence, atom, phases, &key);
	}
	return r;
}

int phases_merge(struct evidence *evidence)
{
	struct phase *phases = NULL;
	int r = 0;

	for (struct atom *atom = evidence->atom; atom && r == 0; atom = atom->hh.next)
		r = add_phase(&phases, atom_phase(atom));
	if (r == 0 && phases)
		r = merge_all(evidence, phases);
	free_phases(phases);
	return r;
}
