#ifndef RECORDER_SELFTEST_SELF_TEST_H
#define RECORDER_SELFTEST_SELF_TEST_H

#include "core/bytes.h"
#include "recorder/selftest/checks.h"

#include <stdbool.h>

struct error;
struct call_table;

/* Records a child that does one of everything (checks.def), in a database of its own that is
 * deleted afterwards, and looks for each row it must have left. */

enum verdict {
	VERDICT_SEEN,
	VERDICT_NOT_HERE, /* the system cannot do it, so an agent cannot either */
	VERDICT_FILTERED, /* a seccomp filter around pare refused it before pare could see it */
	VERDICT_NOT_SEEN,
};

struct self_test {
	enum verdict verdict[CHECK_COUNT];
	enum outcome outcome[CHECK_COUNT]; /* that the child was told: what had to be seen */
	size_t count[VERDICT_NOT_SEEN + 1];
	struct buffer work; /* the folder that DIR stands for */
	struct buffer self; /* pare's own program */
};

/* Works beside `database` (NULL: not there) where no folder for temporary files can be had.  0 when
 * the test could be made, whatever it found; else -errno with what is in the way. */
int self_test_run(const struct call_table *table, const char *database, struct self_test *ret,
		  struct error *err);
void self_test_cleanup(struct self_test *test); /* for scoped(self_test) */

/* Says in `err` which checks were not seen and what that means.  -ENOSYS; 0 when all were. */
int self_test_judge(const struct self_test *test, struct error *err);

/* Compares what was recorded with the table: checks.def.  `said` has what the child was told. */
struct run;
struct store;
int self_test_compare(struct self_test *test, struct store *store, const struct run *run,
		      const int said[static CHECK_COUNT], struct error *err);

/* What a passed test is remembered by, beside a database: "DATABASE.self-test" has a line for each
 * kernel, build of pare, user or root, and container or not, that it passed with. */
bool self_test_is_remembered(const char *database);
void self_test_remember(const char *database);
void self_test_forget(const char *database);

#endif
