#ifndef TESTS_UNIT_TALE_H
#define TESTS_UNIT_TALE_H

/* Runs whose names are made while a test runs, and what a balanced policy of them admits. */

#include "analyzer/propose.h"
#include "tests/unit/analyzer_fixture.h"

#define FACTS_MAX 160

/* Facts whose names are made while the test runs. */
struct tale {
	struct fact fact[FACTS_MAX];
	char name[FACTS_MAX][96];
	size_t count;
};

__attribute__((format(printf, 4, 5))) static inline void add(struct tale *tale, enum action action,
							     bool own, const char *format, ...)
{
	struct fact *fact = &tale->fact[tale->count];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(tale->name[tale->count], sizeof tale->name[0], format, arguments);
	va_end(arguments);
	*fact = (struct fact){ .resource = RESOURCE_FILE,
			       .action = action,
			       .name = bytes_of(tale->name[tale->count]),
			       .own = own,
			       .first_ns = 20,
			       .last_ns = 30 };
	tale->count++;
}

static inline void tell_tale(struct store *store, const char *id, const struct tale *tale)
{
	tell(store, &(struct story){ id, .fact = tale->fact, .count = tale->count });
}

static inline struct policy proposed(struct store *store)
{
	struct propose_options options = { .agent = "ada", .preset = "balanced" };
	struct policy policy = { 0 };
	struct error err = { 0 };

	assert_done(propose(store, &options, &policy, &err), &err);
	store_close(store);
	return policy;
}

static inline bool admits(const struct policy *policy, enum action action, bool own,
			  const char *name)
{
	const struct roots roots = { BYTES("/w"), BYTES("/home/ada"), BYTES("/tmp") };
	const struct asked asked = { RESOURCE_FILE, action, bytes_of(name), BYTES(""), .own = own };

	return policy_match(policy, &roots, &asked, NULL);
}

#endif
