#include "analyzer/hints.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

static const struct {
	const char *text;
	int (*find)(struct hints *hints);
} kind_row[] = {
#define HINT(name, text) { text, hint_##name },
#include "analyzer/hints.def"
};

int hint_add(struct hints *hints, enum hint_kind kind, const char *format, ...)
{
	size_t at = hints->of[kind].count++;
	va_list args;
	char *text;
	int size;

	if (at >= HINTS_SHOWN)
		return 0;
	va_start(args, format);
	size = vasprintf(&text, format, args);
	va_end(args);
	hints->of[kind].witness[at] = size < 0 ? NULL : text;
	return size < 0 ? -ENOMEM : 0;
}

int hints_find(struct hints *ret)
{
	int r = 0;

	for (int kind = 0; kind < HINT_KINDS && r == 0; kind++)
		r = kind_row[kind].find(ret);
	return r;
}

void hints_print(FILE *out, const struct hints *hints)
{
	for (int kind = 0; kind < HINT_KINDS; kind++) {
		size_t count = hints->of[kind].count;

		for (size_t i = 0; i < count && i < HINTS_SHOWN; i++)
			if (hints->of[kind].witness[i])
				fprintf(out, "needed? %s: %s\n", kind_row[kind].text,
					hints->of[kind].witness[i]);
		if (count > HINTS_SHOWN)
			fprintf(out, "needed? and %zu more of these\n", count - HINTS_SHOWN);
	}
}

void hints_release(struct hints *hints)
{
	for (int kind = 0; kind < HINT_KINDS; kind++)
		for (size_t i = 0; i < HINTS_SHOWN; i++)
			free(hints->of[kind].witness[i]);
	*hints = (struct hints){ 0 };
}
