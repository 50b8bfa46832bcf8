#include "core/digest.h"
#include "core/error.h"
#include "core/store_private.h"

#include <stdio.h>

int store_seal_of(struct store *store, int64_t run, char ret_hex[static 65], struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_SEAL_OF, err);

	_Static_assert(DIGEST_HEX_SIZE == 65, "a seal has its size");
	if (status)
		return status;
	query_bind_int(&query, run);
	status = query_step(&query, err);
	if (status < 0)
		return status;
	snprintf(ret_hex, DIGEST_HEX_SIZE, "%s", status ? query_text(&query) : "");
	return 0;
}

int store_most_accesses(struct store *store, int64_t *ret, struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_MOST_ACCESSES, err);

	if (!status)
		status = query_step(&query, err);
	if (status < 0)
		return status;
	*ret = query_int(&query);
	return 0;
}
