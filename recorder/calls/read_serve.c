/* Calls by which a process may come to serve what others look at, the recorder among them. */
#include "recorder/calls/calls.h"
#include "recorder/calls/memory.h"
#include "recorder/calls/served.h"

#include <string.h>
#include <sys/fanotify.h>

#define TYPE_BYTES_MAX 256

/* Column a: what is served from now on. */
int enter_server(struct call *call)
{
	served_begin((enum served)call->row->a);
	return 0;
}

void leave_server(struct call *call)
{
	leave_facility(call);
}

/* Only who decides is waited for, not who is told. */
int enter_fanotify(struct call *call)
{
	if (call->argument[0] & (FAN_CLASS_CONTENT | FAN_CLASS_PRE_CONTENT))
		served_begin(SERVED_READS);
	return 0;
}

void leave_fanotify(struct call *call)
{
	leave_facility(call);
}

/* Those that only the kernel serves; one that lies on others is no less certain than they. */
static bool is_of_kernel(const char *type)
{
	static const char *const known[] = { "binfmt_misc", "bpf",     "cgroup",   "cgroup2",
					     "debugfs",	    "devpts",  "devtmpfs", "hugetlbfs",
					     "mqueue",	    "overlay", "proc",	   "ramfs",
					     "securityfs",  "sysfs",   "tmpfs",	   "tracefs" };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(type, known[i]))
			return true;
	return false;
}

void call_take_type(const struct call *call, uint64_t address)
{
	scoped(buffer) struct buffer type = { 0 };

	served_forget();
	if (memory_string(call->tid, address, TYPE_BYTES_MAX, &type) < 0 ||
	    !is_of_kernel(buffer_text(&type)))
		served_begin(SERVED_FILES);
}

int enter_type(struct call *call)
{
	call_take_type(call, call->argument[0]);
	return 0;
}

void leave_type(struct call *call)
{
	leave_facility(call);
}
