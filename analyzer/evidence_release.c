#include "analyzer/evidence.h"

#include "analyzer/protect.h"

#include <stdlib.h>

static void free_atoms(struct atom *atom)
{
	struct atom *table = atom, *next;

	HASH_CLEAR(hh, table);
	for (; atom; atom = next) {
		next = atom->hh.next;
		atom_free(atom);
	}
}

void evidence_release(struct evidence *evidence)
{
	free_atoms(evidence->atom);
	free_atoms(evidence->opened);
	free_atoms(evidence->command);
	tool_calls_release(&evidence->calls);
	for (size_t i = 0; i < evidence->root_count; i++)
		free(evidence->root[i].text);
	for (size_t i = 0; evidence->run && i < evidence->run_count; i++)
		free(evidence->run[i].task);
	free(evidence->root);
	protection_close(evidence->protection);
	free(evidence->run);
	*evidence = (struct evidence){ 0 };
}

void evidence_cleanup(struct evidence *evidence)
{
	evidence_release(evidence);
}
