#ifndef RECORDER_SELFTEST_CHECKS_H
#define RECORDER_SELFTEST_CHECKS_H

#include "core/vocab.h"

#include <stddef.h>

/* What the self-test's child does, and what must be seen of it: checks.def. */

/* Does one thing, in the current folder.  0, -errno as the kernel said it, or ACT_NOT_HERE. */
typedef int act(void);

/* This system cannot do such a thing at all, recorded or not. */
#define ACT_NOT_HERE (-100000)

struct check {
	act *act; /* NULL: what the row before did */
	const char *what;
	enum resource resource;
	enum action action;
	const char *name;
	enum outcome outcome;
	enum gap_kind gap; /* 0: an access is wanted */
};

#define CHECK(name, ...)  act act_##name;
#define MISSES(name, ...) act act_##name;
#include "recorder/selftest/checks.def"

/* clang-format off */
enum {
	CHECK_COUNT = 0
#define CHECK(...)  + 1
#define ALSO(...)   + 1
#define MISSES(...) + 1
#include "recorder/selftest/checks.def"
};
/* clang-format on */

extern const struct check check_row[CHECK_COUNT];

/* The child: does everything in folder `path`, which act_prepare() has filled, and leaves what came
 * of each row (an int, in order) in the file "../said".  Ends the process. */
__attribute__((noreturn)) void act_all(const char *path);
/* What the child executes: creates the file NAME.ran and ends the process. */
__attribute__((noreturn)) void act_leaf(const char *name);
/* Fills the folder with what the acts start from; `self` is pare's own program.  0 or -errno. */
int act_prepare(const char *path, const char *self);

/* For the acts: a call's result as they return it. */
int act_result(long result);
/* Waits for a child of ours: its exit status as -errno, -ECHILD when a signal ended it.  What
 * fork(2) returned may be given as it is. */
int act_wait(int pid);

#endif
