#ifndef TESTS_UNIT_PROPERTY_H
#define TESTS_UNIT_PROPERTY_H

/* Random evidence, built in memory.  Each case has a number of its own, from which all of it
 * follows: SEED=FIRST N=COUNT are the environment, and a failure says SEED=... N=1. */

#include "analyzer/evidence.h"
#include "analyzer/protect.h"
#include "core/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t chance;

/* splitmix64 (Steele, Lea and Flood, 2014). */
static inline uint64_t draw(void)
{
	uint64_t z = chance += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static inline size_t pick(size_t count)
{
	return (size_t)(draw() % count);
}

#define PICK(list) ((list)[pick(sizeof(list) / sizeof *(list))])

static inline long number_of(const char *variable, long usual)
{
	const char *text = getenv(variable);

	return text ? strtol(text, NULL, 10) : usual;
}

static inline void add_random(struct buffer *out, const char *letters, size_t size)
{
	size_t count = strlen(letters);

	for (size_t i = 0; i < size; i++)
		buffer_add_char(out, letters[pick(count)]);
}

/* One more run, whose symbolic roots are these. */
static inline void add_run(struct evidence *evidence, const struct roots *roots)
{
	struct evidence_run *run;

	evidence->run = reallocarray(evidence->run, evidence->run_count + 1, sizeof *run);
	assert_non_null(evidence->run);
	run = &evidence->run[evidence->run_count++];
	*run = (struct evidence_run){ .task = strdup("task"), .read = evidence->run_count - 1 };
	snprintf(run->id, sizeof run->id, "%032zu", evidence->run_count);
	assert_int_equal(evidence_add_roots(evidence, roots, &run->root), 0);
	evidence->run_capacity = evidence->runs_in_all = evidence->run_count;
}

/* What the last run did to a file.  False: no rule could name it. */
static inline bool add_use(struct evidence *evidence, enum action action, bool own,
			   struct bytes name)
{
	const struct evidence_run *run = &evidence->run[evidence->run_count - 1];
	struct use use = { .run = (uint32_t)(evidence->run_count - 1) & INT32_MAX, .own = own };
	char head[ATOM_KEY_HEAD] = { RESOURCE_FILE, (char)action, OUTCOME_OK };
	scoped(buffer) struct buffer key = { 0 };
	scoped(pattern) struct pattern pattern = { 0 };
	struct error ignored = { 0 };
	struct atom *atom;

	buffer_append(&key, head, sizeof head);
	pattern_of_name(&evidence->root[run->root].roots, RESOURCE_FILE, name, &key);
	buffer_append(&key, "\0", 2);
	if (pattern_parse(&pattern, RESOURCE_FILE, key.data + sizeof head, &ignored) < 0)
		return false;
	HASH_FIND(hh, evidence->atom, key.data, key.size, atom);
	if (!atom) {
		atom = atom_of_key(key.data, key.size);
		assert_non_null(atom);
		assert_int_equal(evidence_add(evidence, atom), 0);
		atom->protected = protect_find(evidence->protection, RESOURCE_FILE, action, name);
	}
	atom->count++;
	atom->first_ns = atom->last_ns = 20;
	assert_int_equal(atom_add_use(atom, use), 0);
	return true;
}

#endif
