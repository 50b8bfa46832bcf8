#ifndef TESTS_CALLS_EXPECT_H
#define TESTS_CALLS_EXPECT_H

/* A program here makes calls and prints, for each, the access that pare must record:
 *     RESOURCE ACTION NAME OUTCOME
 * with the working folder written as "DIR"; "not ..." what must not be recorded, "gap KIND" what
 * pare must say that it could not see, "skip WHAT: WHY" what cannot be tried here.
 * tests/calls.t runs it recorded and compares. */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static inline void say_outcome(long result, int code)
{
	if (result >= 0)
		puts(" ok");
	else if (code == ENOENT || code == ENOTDIR)
		puts(" absent");
	else
		puts(code == EACCES || code == EPERM || code == EROFS ? " denied" : " failed");
}

/* Prints the outcome that goes with a call's result, after the text. */
__attribute__((format(printf, 2, 3))) static inline void expect(long result, const char *format,
								...)
{
	int code = errno;
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	say_outcome(result, code);
}

/* The same for a call that must end so: 0, or the errno it is to fail with. */
__attribute__((format(printf, 3, 4))) static inline void expect_error(int wanted, long result,
								      const char *format, ...)
{
	int code = errno;
	va_list args;

	if ((result < 0 ? code : 0) != wanted) {
		printf("%s: %s, not %s\n", format, result < 0 ? strerror(code) : "success",
		       strerror(wanted));
		exit(98);
	}
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	say_outcome(result, code);
}

static inline void must(int condition, const char *what)
{
	if (condition)
		return;
	perror(what);
	exit(99);
}

static inline int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		must(errno == EINTR, "waitpid");
	return status;
}

/* Runs `work` in a child: what it does to itself stays there. */
static inline void apart(void (*work)(void))
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	must(pid >= 0, "fork");
	if (pid == 0) {
		work();
		fflush(stdout);
		_exit(0);
	}
	must(wait_for(pid) == 0, "what ran apart");
}

#endif
