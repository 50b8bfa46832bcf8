#include "analyzer/feasible.h"

#include "analyzer/protect.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct verdict {
	UT_hash_handle hh;
	bool is_feasible;
	char key[]; /* action, pattern */
};

static int add_code(struct feasible *feasible, const struct atom *atom)
{
	scoped(pattern) struct pattern pattern = { 0 };
	struct error ignored = { 0 };
	struct language *code;

	if (feasible->count == feasible->capacity) {
		size_t capacity = feasible->capacity ? feasible->capacity * 2 : 64;
		struct language *grown = reallocarray(feasible->code, capacity, sizeof *grown);

		if (!grown)
			return -ENOMEM;
		feasible->code = grown;
		feasible->capacity = capacity;
	}
	if (pattern_parse(&pattern, atom->resource, atom_pattern(atom), &ignored) < 0)
		return 0;
	code = &feasible->code[feasible->count++];
	*code = (struct language){ 0 };
	pattern_language(&pattern, NULL, code);
	return code->failed ? -ENOMEM : 0;
}

int feasible_init(struct feasible *feasible, const struct evidence *evidence)
{
	int r = 0;

	*feasible = (struct feasible){ .evidence = evidence };
	for (struct atom *atom = evidence->atom; atom && r == 0; atom = atom->hh.next)
		if (atom->outcome == OUTCOME_OK &&
		    (atom->action == ACTION_EXEC || atom->action == ACTION_MAP))
			r = add_code(feasible, atom);
	if (r < 0)
		feasible_release(feasible);
	return r;
}

void feasible_release(struct feasible *feasible)
{
	struct verdict *verdict = feasible->verdict, *next;

	HASH_CLEAR(hh, feasible->verdict);
	for (; verdict; verdict = next) {
		next = verdict->hh.next;
		free(verdict);
	}
	for (size_t i = 0; i < feasible->count; i++)
		language_release(&feasible->code[i]);
	free(feasible->code);
	*feasible = (struct feasible){ 0 };
}

void feasible_cleanup(struct feasible *feasible)
{
	feasible_release(feasible);
}

bool feasible_protected(const struct evidence *evidence, const struct pattern *pattern,
			enum action action)
{
	size_t roots = pattern->root == ROOT_NONE ? 1 : evidence->root_count;
	bool reaches = roots == 0;

	for (size_t i = 0; i < roots && !reaches; i++) {
		scoped(language) struct language language = { 0 };

		pattern_language(pattern, &evidence->root[i].roots, &language);
		reaches = protect_meets(evidence->protection, pattern->resource, action, &language);
	}
	return reaches;
}

static bool reaches_code(const struct feasible *feasible, const struct pattern *pattern)
{
	scoped(language) struct language language = { 0 };

	pattern_language(pattern, NULL, &language);
	for (size_t i = 0; i < feasible->count; i++)
		if (language_intersects(&language, &feasible->code[i], NULL))
			return true;
	return false;
}

static bool decide(const struct feasible *feasible, const char *text, enum action action)
{
	scoped(pattern) struct pattern pattern = { 0 };
	struct error ignored = { 0 };

	if (pattern_parse(&pattern, RESOURCE_FILE, text, &ignored) < 0 ||
	    feasible_protected(feasible->evidence, &pattern, action))
		return false;
	return !action_is_change(action) || action == ACTION_DELETE ||
	       !reaches_code(feasible, &pattern);
}

static struct verdict *verdict_of(struct feasible *feasible, const char *pattern,
				  enum action action)
{
	size_t size = strlen(pattern) + 1;
	struct verdict *verdict = calloc(1, sizeof *verdict + 1 + size);
	struct verdict *same = NULL;

	if (!verdict)
		return NULL;
	verdict->key[0] = (char)action;
	memcpy(verdict->key + 1, pattern, size);
	HASH_FIND(hh, feasible->verdict, verdict->key, size + 1, same);
	if (same) {
		free(verdict);
		return same;
	}
	verdict->is_feasible = decide(feasible, pattern, action);
	HASH_ADD_KEYPTR(hh, feasible->verdict, verdict->key, size + 1, verdict);
	if (verdict->hh.tbl)
		return verdict;
	free(verdict);
	return NULL;
}

int feasible_open(struct feasible *feasible, const char *pattern, enum action action, bool own)
{
	const struct verdict *verdict;

	if (action == ACTION_MAP || (action == ACTION_DELETE && !own))
		return 0;
	verdict = verdict_of(feasible, pattern, action);
	return verdict ? verdict->is_feasible : -ENOMEM;
}

int feasible_exact(struct feasible *feasible, const char *pattern, enum action action)
{
	const struct verdict *verdict;

	if (action == ACTION_MAP)
		return 0;
	/* What is deleted there is to be made anew. */
	if (action == ACTION_DELETE) {
		verdict = verdict_of(feasible, pattern, ACTION_CREATE);
		if (!verdict || !verdict->is_feasible)
			return verdict ? 0 : -ENOMEM;
	}
	verdict = verdict_of(feasible, pattern, action);
	return verdict ? verdict->is_feasible : -ENOMEM;
}
