#include "analyzer/evidence.h"

#include "analyzer/protect.h"

#include <errno.h>

static int keep_uses(struct atom *kept, const struct atom *atom, const bool *left_out)
{
	int r = 0;

	for (uint32_t i = 0; i < atom->runs && r == 0; i++)
		if (!left_out[atom_uses(atom)[i].run])
			r = atom_add_use(kept, atom_uses(atom)[i]);
	return r;
}

static bool remains(const struct atom *atom, const bool *left_out)
{
	for (uint32_t i = 0; i < atom->runs; i++)
		if (!left_out[atom_uses(atom)[i].run])
			return true;
	return false;
}

static int keep_atom(struct evidence *ret, const struct atom *atom, const bool *left_out)
{
	struct atom *kept = atom_of_key(atom->key, atom_key_size(atom));
	int r = kept ? keep_uses(kept, atom, left_out) : -ENOMEM;

	if (r == 0) {
		kept->count = atom->count;
		kept->first_ns = atom->first_ns;
		kept->last_ns = atom->last_ns;
		kept->protected = atom->protected;
		r = evidence_add(ret, kept);
	}
	if (r < 0 && kept)
		atom_free(kept);
	return r;
}

static int keep_roots(struct evidence *ret, const struct evidence *evidence, const bool *left_out)
{
	size_t ignored;
	int r = 0;

	for (size_t i = 0; i < evidence->run_count && r == 0; i++) {
		if (left_out[i])
			continue;
		r = evidence_add_roots(ret, &evidence->root[evidence->run[i].root].roots, &ignored);
		ret->run_count++;
	}
	return r;
}

int evidence_without(const struct evidence *evidence, const bool *left_out, struct evidence *ret)
{
	struct evidence kept = { .runs_in_all = evidence->runs_in_all };
	int r = keep_roots(&kept, evidence, left_out);

	if (evidence->protection)
		kept.protection = protection_share(evidence->protection);
	for (struct atom *atom = evidence->atom; atom && r == 0; atom = atom->hh.next)
		if (remains(atom, left_out))
			r = keep_atom(&kept, atom, left_out);
	if (r < 0)
		evidence_release(&kept);
	else
		*ret = kept;
	return r;
}
