#include "recorder/selftest/self_test.h"

#include "core/error.h"
#include "core/store.h"
#include "recorder/calls/calls.h"
#include "recorder/obstacle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct comparison {
	struct self_test *test;
	struct buffer name[CHECK_COUNT]; /* as it must be in the evidence */
	bool seen[CHECK_COUNT];
};

/* What the evidence must say, from what the child was told. */
static enum outcome outcome_wanted(enum outcome usual, int said)
{
	if (usual == OUTCOME_SUPPRESSED && said == -ENOSYS)
		return OUTCOME_SUPPRESSED;
	return call_outcome_of(said);
}

static void make_name(struct buffer *out, const struct self_test *test, const char *pattern)
{
	if (!strcmp(pattern, "SELF")) {
		buffer_add(out, buffer_text(&test->self));
		return;
	}
	if (!strncmp(pattern, "DIR/", 4)) {
		buffer_add(out, buffer_text(&test->work));
		pattern += 3;
	}
	buffer_add(out, pattern);
}

static bool is_name(struct bytes name, const struct buffer *wanted)
{
	struct bytes start = buffer_bytes(wanted);

	if (!start.size || start.data[start.size - 1] != '*')
		return bytes_equal(name, start);
	start.size--;
	return bytes_start_with(name, start);
}

static int see_access(void *context, const struct access *access, const struct image *image)
{
	struct comparison *comparison = context;

	(void)image;
	for (size_t i = 0; i < CHECK_COUNT; i++)
		if (check_row[i].resource == access->resource &&
		    check_row[i].action == access->action &&
		    comparison->test->outcome[i] == access->outcome &&
		    is_name(access->name, &comparison->name[i]))
			comparison->seen[i] = true;
	return 0;
}

static int see_gap(void *context, const struct gap *gap)
{
	struct comparison *comparison = context;

	for (size_t i = 0; i < CHECK_COUNT; i++)
		if (check_row[i].gap && check_row[i].gap == gap->kind)
			comparison->seen[i] = true;
	return 0;
}

/* The filter around us has the first word: what it refuses never comes to ours: seccomp(2). */
static bool is_filtered(int said)
{
	struct process_status own;

	process_status_read(&own, 0);
	return own.seccomp && (said == -EPERM || said == -EACCES || said == -ENOSYS);
}

static enum verdict judge(const struct comparison *comparison, size_t i, int said)
{
	if (said == ACT_NOT_HERE)
		return VERDICT_NOT_HERE;
	/* What else an act makes is only to be had when it went as usual. */
	if (!check_row[i].act && comparison->test->outcome[i] != check_row[i].outcome)
		return VERDICT_NOT_HERE;
	if (comparison->seen[i])
		return VERDICT_SEEN;
	return is_filtered(said) ? VERDICT_FILTERED : VERDICT_NOT_SEEN;
}

int self_test_compare(struct self_test *test, struct store *store, const struct run *run,
		      const int said[static CHECK_COUNT], struct error *err)
{
	struct comparison *comparison = calloc(1, sizeof *comparison);
	int r;

	if (!comparison)
		return error_set(err, ENOMEM, "test this system");
	comparison->test = test;
	for (size_t i = 0; i < CHECK_COUNT; i++) {
		make_name(&comparison->name[i], test, check_row[i].name);
		test->outcome[i] = outcome_wanted(check_row[i].outcome, said[i]);
	}
	r = store_each_access(store, run->key, see_access, comparison, err);
	if (r == 0)
		r = store_each_gap(store, run->key, see_gap, comparison, err);
	for (size_t i = 0; i < CHECK_COUNT; i++) {
		test->verdict[i] = judge(comparison, i, said[i]);
		test->count[test->verdict[i]]++;
		buffer_release(&comparison->name[i]);
	}
	free(comparison);
	return r;
}

int self_test_judge(const struct self_test *test, struct error *err)
{
	scoped(buffer) struct buffer missed = { 0 };

	if (!test->count[VERDICT_NOT_SEEN])
		return 0;
	for (size_t i = 0; i < CHECK_COUNT && missed.size < 240; i++)
		if (test->verdict[i] == VERDICT_NOT_SEEN)
			buffer_printf(&missed, "%s%s", missed.size ? "; " : "", check_row[i].what);
	return error_say(err, ENOSYS,
			 "record on this system: %zu of %d self-test checks were not seen (%s%s), "
			 "and such accesses of an agent would be missing from its evidence; `pare "
			 "self-test --verbose` lists them",
			 test->count[VERDICT_NOT_SEEN], CHECK_COUNT, buffer_text(&missed),
			 missed.size < 240 ? "" : "; ...");
}
