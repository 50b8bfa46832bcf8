#include "expect.h"

#include <linux/io_uring.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

/* What recording changes by design, and says so: this program ends differently without pare. */

static void wants_tracer(void)
{
	must(ptrace(PTRACE_TRACEME, 0, 0, 0) < 0 && errno == EPERM, "PTRACE_TRACEME");
}

int main(void)
{
	struct io_uring_params parameters = { 0 };

	must(syscall(SYS_io_uring_setup, 1, &parameters) < 0 && errno == ENOSYS, "io_uring");
	puts("kernel use io_uring suppressed");
	apart(wants_tracer);
	puts("process trace parent denied\ngap nested-trace");
	syscall(9999);
	puts("gap unknown-call");
	return 0;
}
