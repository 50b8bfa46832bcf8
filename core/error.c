#include "core/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void keep(struct error *err, int code, const char *what, va_list args)
{
	err->code = code;
	vsnprintf(err->text, sizeof err->text, what, args);
}

int error_set(struct error *err, int code, const char *what, ...)
{
	va_list args;
	size_t used;

	if (err->code)
		return -code;
	va_start(args, what);
	keep(err, code, what, args);
	va_end(args);
	used = strlen(err->text);
	snprintf(err->text + used, sizeof err->text - used, ": %s", strerror(code));
	return -code;
}

int error_say(struct error *err, int code, const char *what, ...)
{
	va_list args;

	if (err->code)
		return -code;
	va_start(args, what);
	keep(err, code, what, args);
	va_end(args);
	return -code;
}
