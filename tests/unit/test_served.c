#include "recorder/calls/served.h"
#include "recorder/calls/served_private.h"

#include "core/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/openat2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/pare-served.XXXXXX";

static void make(const char *name, const char *target)
{
	if (!target)
		assert_int_equal(mkdir(name, 0755), 0);
	else if (*target)
		assert_int_equal(symlink(target, name), 0);
	else
		close(creat(name, 0644));
}

static int set_up(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	make("a", NULL);
	make("a/b", NULL);
	make("a/b/file", "");
	make("a/up", "../a/b/../b/file");
	make("a/down", "b");
	make("absolute", "/proc/../proc/version");
	make("root", "/a/b/file");
	make("above", "../../../../../a/b");
	make("round", "round");
	make("nowhere", "none/at/all");
	make("slash", "a/b/");
	make("own", "/proc/self");
	return 0;
}

static int remove_one(const char *name, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(name);
}

static int tear_down(void **state)
{
	(void)state;
	return chdir("/") < 0 ? -1 : nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static const char *const path[] = {
	"a/b/file",
	"a//b/./file",
	"a/b/file/",
	"a/b/",
	"a/b/..",
	"a/b/../..",
	"a/b/../../..",
	"a/up",
	"a/up/",
	"a/up/x",
	"a/down/file",
	"a/down",
	"a/down/",
	"a/down/../b",
	"absolute",
	"root",
	"above",
	"above/file",
	"round",
	"round/x",
	"nowhere",
	"nowhere/",
	"slash",
	"slash/file",
	"slash/..",
	"own",
	"own/",
	"own/comm",
	"none",
	"none/..",
	"a/none/x",
	"a/b/file/..",
	"/",
	"/..",
	"//proc//self/root/proc/version",
	"/proc/self",
	"/proc/self/",
	"/proc/self/cwd",
	"/proc/self/cwd/a/up",
	"/proc/self/exe",
	"/proc/self/exe/x",
	"/proc/thread-self/comm",
	"/proc/mounts",
	"/a/b/file",
	"/a/b/../../../a/up",
	"",
	".",
	"..",
};

struct end {
	int code;
	uint64_t dev, ino;
};

static struct end end_of(int fd)
{
	struct end end = { .code = fd < 0 ? errno : 0 };
	struct stat st;

	if (fd < 0)
		return end;
	assert_int_equal(fstat(fd, &st), 0);
	close(fd);
	end.dev = st.st_dev;
	end.ino = st.st_ino;
	return end;
}

static struct end walked(int at, const char *text, bool follow, uint64_t resolve)
{
	struct look look = { .fd = at, .follow = follow, .resolve = resolve };

	snprintf(look.path, sizeof look.path, "%s", text);
	served_walk(&look);
	errno = look.code;
	return end_of((int)look.result);
}

static void compare(const char *text, bool follow, uint64_t resolve)
{
	int at = resolve & RESOLVE_IN_ROOT ? open(".", O_PATH) : AT_FDCWD;
	struct end want = end_of(served_openat(at, text, follow, resolve));
	struct end got = walked(at, text, follow, resolve);

	if (want.code != got.code || want.dev != got.dev || want.ino != got.ino)
		fail_msg("\"%s\", follow %d, resolve %#x: %s and inode %lu, not %s and %lu", text,
			 follow, (unsigned)resolve, strerror(got.code), (unsigned long)got.ino,
			 strerror(want.code), (unsigned long)want.ino);
	if (at >= 0)
		close(at);
}

static void walks_as_the_kernel(void **state)
{
	static const uint64_t resolve[] = { 0, RESOLVE_NO_MAGICLINKS, RESOLVE_IN_ROOT };

	(void)state;
	for (size_t i = 0; i < sizeof path / sizeof *path; i++)
		for (size_t j = 0; j < sizeof resolve / sizeof *resolve; j++) {
			compare(path[i], false, resolve[j]);
			compare(path[i], true, resolve[j]);
		}
}

/* Once something is served the answers are the same. */
static void answers_as_before(void **state)
{
	struct stat before, after;
	char link[16];

	(void)state;
	assert_int_equal(served_stat("a/up", true, &before), 0);
	served_begin(SERVED_FILES);
	assert_int_equal(served_stat("a/up", true, &after), 0);
	assert_true(before.st_ino == after.st_ino && before.st_dev == after.st_dev);
	assert_int_equal(served_stat("/proc/self/cwd/a/up", false, &after), 0);
	assert_true(S_ISLNK(after.st_mode));
	assert_int_equal(served_read_link("a/down", link, sizeof link), 1);
	assert_int_equal(served_read_link("a/b", link, sizeof link), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(served_stat("none", true, &after), -1);
	assert_int_equal(errno, ENOENT);
	served_open_run(NULL);
	assert_false(served_possible(SERVED_FILES));
}

struct work {
	struct job job;
	int milliseconds;
	bool busy;
	int *freed; /* atomic */
};

static void do_work(struct job *job)
{
	const struct work *work = (const struct work *)job;
	int64_t until_ns = clock_monotonic_ns() + (int64_t)work->milliseconds * 1000000;

	if (!work->busy)
		usleep((useconds_t)work->milliseconds * 1000);
	while (clock_monotonic_ns() < until_ns)
		;
}

static void free_work(struct job *job)
{
	__atomic_fetch_add(((struct work *)job)->freed, 1, __ATOMIC_SEQ_CST);
	free(job);
}

static void be_late(struct job *job)
{
	(void)job;
}

static struct work *work_new(int milliseconds, bool busy, int *freed)
{
	struct work *work = calloc(1, sizeof *work);

	assert_non_null(work);
	work->job = (struct job){ .work = do_work, .free = free_work, .late = be_late };
	work->milliseconds = milliseconds;
	work->busy = busy;
	work->freed = freed;
	return work;
}

static void waits_only_so_long(void **state)
{
	int freed = 0;
	struct work *quick = work_new(1, false, &freed), *busy = work_new(400, true, &freed);

	(void)state;
	assert_int_equal(patience_run(&quick->job), 0);
	assert_int_equal(patience_run(&busy->job), 0); /* it only needs a processor */
	assert_int_equal(freed, 0);
	free_work(&quick->job);
	free_work(&busy->job);
	assert_int_equal(patience_run(&work_new(1500, false, &freed)->job), -ETIMEDOUT);
	assert_int_equal(__atomic_load_n(&freed, __ATOMIC_SEQ_CST), 2);
	quick = work_new(0, false, &freed);
	assert_int_equal(patience_run(&quick->job), 0);
	free_work(&quick->job);
	for (int i = 0; i < 500 && __atomic_load_n(&freed, __ATOMIC_SEQ_CST) < 4; i++)
		usleep(10000);
	assert_int_equal(__atomic_load_n(&freed, __ATOMIC_SEQ_CST), 4);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(walks_as_the_kernel),
		cmocka_unit_test(answers_as_before),
		cmocka_unit_test(waits_only_so_long),
	};

	return cmocka_run_group_tests(test, set_up, tear_down);
}
