#include "reports/machine.h"

#include <stdlib.h>

#define ENTRIES_MAX 500000

int64_t machine_take(const char *arg, struct argp_state *state)
{
	char *end = NULL;
	long entries = arg ? strtol(arg, &end, 10) : ENTRIES_MAX;

	if (arg && (end == arg || *end || entries <= 0))
		argp_error(state, "--machine=%s: it is a number of entries", arg);
	return entries;
}
