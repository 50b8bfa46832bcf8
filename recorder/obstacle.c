#include "recorder/obstacle.h"

#include "core/bytes.h"
#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define YAMA_SCOPE    "/proc/sys/kernel/yama/ptrace_scope"
#define UNDER_SECCOMP "a seccomp filter of this container or sandbox forbids it (docker, podman: "

bool process_status_read(struct process_status *ret, pid_t pid)
{
	char path[64] = "/proc/self/status", line[256];
	FILE *status;

	*ret = (struct process_status){ 0 };
	if (pid)
		snprintf(path, sizeof path, "/proc/%d/status", pid);
	status = fopen(path, "re");
	if (!status)
		return false;
	while (fgets(line, sizeof line, status)) {
		sscanf(line, "TracerPid: %d", &ret->tracer);
		sscanf(line, "Seccomp: %d", &ret->seccomp);
		sscanf(line, "CapEff: %llx", &ret->capability);
		sscanf(line, "NSpid: %*d %d", &ret->inner);
	}
	fclose(status);
	return true;
}

static void read_line(const char *path, char *ret, int size)
{
	FILE *file = fopen(path, "re");

	*ret = '\0';
	if (!file)
		return;
	if (fgets(ret, size, file))
		ret[strcspn(ret, "\n")] = '\0';
	fclose(file);
}

static int say_tracer(pid_t tracer, int code, struct error *err)
{
	scoped(buffer) struct buffer shown = { 0 };
	char path[64], name[64];

	snprintf(path, sizeof path, "/proc/%d/comm", tracer);
	read_line(path, name, sizeof name);
	if (!strcmp(name, "pare"))
		return error_say(err, code,
				 "follow the agent: already being recorded by pare (process %d); "
				 "the outer recording sees all of this, too: leave the inner one "
				 "out",
				 tracer);
	return error_say(err, code,
			 "follow the agent: already being traced by process %d (%s), and a program "
			 "has only one tracer; run pare outside of it",
			 tracer, *name ? text_safe(bytes_of(name), 32, &shown) : "unknown");
}

int obstacle_trace(pid_t child, int code, struct error *err)
{
	struct process_status status, own;
	char scope[16];

	process_status_read(&own, 0);
	if (process_status_read(&status, child) && status.tracer)
		return say_tracer(status.tracer, code, err);
	read_line(YAMA_SCOPE, scope, sizeof scope);
	if (*scope == '3')
		return error_say(
			err, code,
			"follow the agent: kernel.yama.ptrace_scope is 3: nobody may trace "
			"until this system starts again with less");
	if (*scope == '2')
		return error_say(err, code,
				 "follow the agent: kernel.yama.ptrace_scope is 2: only with "
				 "CAP_SYS_PTRACE (sudo), or after `sysctl "
				 "kernel.yama.ptrace_scope=1`");
	if (own.seccomp)
		return error_say(err, code,
				 "follow the agent: %s; " UNDER_SECCOMP "--cap-add=SYS_PTRACE)",
				 strerror(code));
	return error_say(err, code,
			 "follow the agent: %s; this system or container does not let pare trace "
			 "its own children (ptrace)",
			 strerror(code));
}

int obstacle_filter(int code, struct error *err)
{
	struct process_status own;

	process_status_read(&own, 0);
	if (own.seccomp)
		return error_say(err, code,
				 "install the seccomp filter: %s; " UNDER_SECCOMP
				 "--security-opt seccomp=unconfined)",
				 strerror(code));
	return error_say(err, code,
			 "install the seccomp filter: %s; this kernel lacks it "
			 "(CONFIG_SECCOMP_FILTER), and pare needs it",
			 strerror(code));
}
