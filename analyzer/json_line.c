#include "analyzer/json_line.h"

#include <errno.h>

int json_line(FILE *out, json_t *object)
{
	if (!object)
		return -ENOMEM;
	json_dumpf(object, out, JSON_COMPACT | JSON_ENSURE_ASCII);
	fputc('\n', out);
	json_decref(object);
	return 0;
}
