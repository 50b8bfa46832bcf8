/* Calls that do one thing or another, by a number that they are given: ioctl(2), fcntl(2). */
#include "recorder/calls/calls.h"

#define ROW(name, number, resource, action, shape, a, b, c, object)                                \
	{ number,                                                                                  \
	  { #name,                                                                                 \
	    { { .test = TEST_NONE } },                                                             \
	    RESOURCE_##resource,                                                                   \
	    ACTION_##action,                                                                       \
	    enter_##shape,                                                                         \
	    leave_##shape,                                                                         \
	    a,                                                                                     \
	    b,                                                                                     \
	    c,                                                                                     \
	    object } },
#define IOCTL(...) ROW(__VA_ARGS__)
#define FCNTL(...) ROW(__VA_ARGS__)

static const struct request ioctl_request[] = {
#include "recorder/calls/ioctls.def"
};

const struct requests ioctl_requests = {
	ioctl_request,
	sizeof ioctl_request / sizeof *ioctl_request,
};

static const struct request fcntl_request[] = {
#include "recorder/calls/fcntls.def"
};

const struct requests fcntl_requests = {
	fcntl_request,
	sizeof fcntl_request / sizeof *fcntl_request,
};

/* The row has ARG_AMONG; from here on the call has the row of what it asks for. */
int enter_request(struct call *call)
{
	const struct condition *when = &call->row->when[0];
	uint32_t number = (uint32_t)call->argument[when->argument];

	for (size_t i = 0; i < when->among->count; i++)
		if (when->among->request[i].number == number) {
			call->row = &when->among->request[i].row;
			return call->row->enter(call);
		}
	call->settled = true;
	return 0;
}

void leave_request(struct call *call)
{
	(void)call;
}
