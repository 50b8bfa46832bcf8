#include "recorder/selftest/checks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

const struct check check_row[CHECK_COUNT] = {
#define CHECK(act, what, resource, action, name, outcome)                                          \
	{ act_##act, what, RESOURCE_##resource, ACTION_##action, name, OUTCOME_##outcome, 0 },
#define ALSO(what, resource, action, name, outcome)                                                \
	{ NULL, what, RESOURCE_##resource, ACTION_##action, name, OUTCOME_##outcome, 0 },
#define MISSES(act, what, gap) { act_##act, what, 0, 0, "", 0, GAP_##gap },
#include "recorder/selftest/checks.def"
};

int act_result(long result)
{
	return result < 0 ? -errno : 0;
}

int act_wait(int pid)
{
	int status;

	if (pid < 0) /* a limit of processes, which is not ours to check */
		return ACT_NOT_HERE;
	while (waitpid(pid, &status, __WALL) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECHILD;
}

void act_all(const char *path)
{
	int said, result = 0;

	if (chdir(path) < 0)
		_exit(1);
	said = open("../said", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (said < 0 || setenv("PARE_SELF_TEST", "leaf", 1) < 0)
		_exit(1);
	for (size_t i = 0; i < CHECK_COUNT; i++) {
		if (check_row[i].act)
			result = check_row[i].act();
		if (write(said, &result, sizeof result) != sizeof result)
			_exit(1);
	}
	/* Not exit(3): what a sanitizer does there does not work while being traced. */
	_exit(0);
}

void act_leaf(const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s.ran", name) < 0)
		_exit(1);
	_exit(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0);
}

static int put_file(const char *path, const char *text, mode_t mode)
{
	size_t size = strlen(text);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);
	int r = fd < 0 ? -errno : 0;

	if (fd >= 0 && write(fd, text, size) != (ssize_t)size)
		r = -EIO;
	if (fd >= 0)
		close(fd);
	return r;
}

int act_prepare(const char *path, const char *self)
{
	static const struct {
		const char *name, *text;
		mode_t mode;
	} file[] = {
		{ "plain", "", 0600 },	       { "both", "", 0600 },
		{ "over", "", 0600 },	       { "script", "", 0600 },
		{ "folder/inside", "", 0600 }, { "hashbang", "#!./tool self-test\n", 0700 },
	};
	int r, before = open(".", O_PATH | O_CLOEXEC);

	if (chdir(path) < 0)
		r = -errno;
	else
		r = mkdir("folder", 0700) < 0 || symlink("folder", "way") < 0 ||
				    symlink("nowhere", "folder/link") < 0 ||
				    symlink(self, "tool") < 0
			    ? -errno
			    : 0;
	for (size_t i = 0; r == 0 && i < sizeof file / sizeof *file; i++)
		r = put_file(file[i].name, file[i].text, file[i].mode);
	if (before >= 0) {
		if (fchdir(before) < 0)
			r = -errno;
		close(before);
	}
	return r;
}
