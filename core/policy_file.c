#include "core/file.h"
#include "core/policy.h"

int policy_read(struct policy *ret, const char *path, struct error *err)
{
	scoped(buffer) struct buffer document = { 0 };
	int r = file_read(path, POLICY_DOCUMENT_MIB, &document, err);

	return r < 0 ? r : policy_read_memory(ret, buffer_bytes(&document), path, err);
}
