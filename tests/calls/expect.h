#ifndef TESTS_CALLS_EXPECT_H
#define TESTS_CALLS_EXPECT_H

/* A program here makes calls and prints, for each, the access that pare must record:
 *     RESOURCE ACTION NAME OUTCOME
 * with the working folder written as "DIR".  tests/calls.t runs it recorded and compares. */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Prints the outcome that goes with a call's result, after the text. */
static void expect(long result, const char *format, ...)
{
	va_list args;
	int code = result < 0 ? errno : 0;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	if (code == 0)
		puts(" ok");
	else if (code == ENOENT || code == ENOTDIR)
		puts(" absent");
	else
		puts(code == EACCES || code == EPERM || code == EROFS ? " denied" : " failed");
}

static void must(int condition, const char *what)
{
	if (condition)
		return;
	perror(what);
	exit(99);
}

#endif
