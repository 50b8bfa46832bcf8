#ifndef TESTS_UNIT_CALLS_FIXTURE_H
#define TESTS_UNIT_CALLS_FIXTURE_H

/* What the tests of tool calls share: runs that call one tool, and what is mined of them. */

#include "analyzer/propose.h"

#include "tests/unit/analyzer_fixture.h"

#define RUNS 8

/* Runs of calls; each text is one call of the tool, "" none. */
struct told {
	const char *tool;
	const char *text[RUNS][4];
};

static inline void tell_run(struct store *store, int id, const struct told *told, size_t run)
{
	struct call_fact call[4] = { 0 };
	char name[12], workspace[20];
	struct story story = { .id = name, .workspace = workspace, .started_ns = id, .call = call };

	snprintf(name, sizeof name, "%d", id);
	snprintf(workspace, sizeof workspace, "/w/%zu", run);
	for (size_t i = 0; i < 4 && told->text[run][i]; i++) {
		call[i].tool = told->tool;
		call[i].arguments = bytes_of(told->text[run][i]);
		story.call_count++;
	}
	tell(store, &story);
}

/* In the order of the runs, or from the last to the first. */
static inline struct policy policy_of(const struct told *told, const char *preset, bool backwards)
{
	struct propose_options options = { .agent = "ada", .preset = preset, .created_ns = 1 };
	struct store *store = open_store("a.db");
	struct policy policy = { 0 };
	struct error err = { 0 };

	for (size_t i = 0; i < RUNS; i++) {
		size_t run = backwards ? RUNS - 1 - i : i;

		if (told->text[run][0])
			tell_run(store, (int)run + 1, told, run);
	}
	assert_done(propose(store, &options, &policy, &err), &err);
	store_close(store);
	return policy;
}

static inline bool admits(const struct policy *policy, const char *tool, const char *text)
{
	static const struct roots roots = { BYTES("/w/9"), BYTES("/home/ada"), BYTES("/tmp") };
	scoped(called) struct called called = { 0 };
	struct asked asked = { .resource = RESOURCE_TOOL,
			       .action = ACTION_CALL,
			       .name = bytes_of(tool),
			       .phase = BYTES(""),
			       .called = &called };

	assert_int_equal(called_read(&called, bytes_of(text), &roots), 0);
	return policy_match(policy, &roots, &asked, NULL);
}

/* What a reader of files is called with. */
#define READS(p, m, l) "{\"path\":" p ",\"mode\":" m ",\"limit\":" l "}"

#endif
