#include "core/error.h"
#include "core/file.h"
#include "core/policy.h"
#include "core/policy_private.h"

#include <pthread.h>

int policy_read(struct policy *ret, const char *path, struct error *err)
{
	scoped(buffer) struct buffer document = { 0 };
	int r = file_read(path, POLICY_DOCUMENT_MIB, &document, err);

	return r < 0 ? r : policy_read_memory(ret, buffer_bytes(&document), path, err);
}

struct reading {
	struct policy policy;
	const char *path;
	struct error err;
	int r;
};

static void *read_one(void *context)
{
	struct reading *reading = context;

	reading->r = policy_read(&reading->policy, reading->path, &reading->err);
	return NULL;
}

int policy_read_two(struct policy ret[static 2], const char *const path[static 2],
		    struct error *err)
{
	struct reading reading[2] = { { .path = path[0] }, { .path = path[1] } };
	pthread_t thread;
	int r;

	policy_xml_begin();
	r = pthread_create(&thread, NULL, read_one, &reading[1]);
	read_one(&reading[0]);
	if (r == 0)
		pthread_join(thread, NULL);
	else
		read_one(&reading[1]);
	for (size_t i = 0; i < 2; i++)
		if (reading[i].r < 0) {
			*err = reading[i].err;
			policy_release(&reading[0].policy);
			policy_release(&reading[1].policy);
			return reading[i].r;
		}
	ret[0] = reading[0].policy;
	ret[1] = reading[1].policy;
	return 0;
}
