#!/bin/sh
# Circumstances in which a recorder may hang, lose evidence without a word or change what it records.
. "$(dirname "$0")/lib.sh"
mkdir "$dir/work" && cd "$dir/work" || exit 1
export PARE

# ---- how pare itself is started ----
start=$(date +%s)
timeout 20 sh -c 'sleep 30 >/dev/null 2>&1 & exec "$PARE" record --quiet -- sh -c "exit 3"'
got=$?
[ "$got" = 3 ] && pass "a child that pare was born with is not waited for" ||
	fail "a child that pare was born with is not waited for (status $got after $(($(date +%s) - start)) s)"

sh -c 'trap "" HUP; exec "$PARE" record --quiet -- sh -c "sleep 1; exit 4"' &
recorder=$!
sleep 0.4
kill -HUP "$recorder"
wait "$recorder"
got=$?
[ "$got" = 4 ] && pass "a signal that was ignored before stays ignored" ||
	fail "a signal that was ignored before stays ignored (status $got)"

timeout 10 perl -e 'use POSIX; sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGALRM, SIGTERM)); exec @ARGV' \
	"$PARE" record --quiet --timeout 300ms -- sleep 60
got=$?
[ "$got" = 137 ] && pass "--timeout works with its signals blocked" ||
	fail "--timeout works with its signals blocked (status $got)"

{ "$PARE" record -- sh -c 'exit 5' 2>&1; echo $? >status; } | :
[ "$(cat status)" = 5 ] && pass "nobody reads the summary: the status is the agent's" ||
	fail "nobody reads the summary: the status is the agent's ($(cat status))"

"$PARE" record --quiet -- sh -c 'exit 6' <&- >&- 2>&-
got=$?
[ "$got" = 6 ] && pass "without stdin, stdout and stderr" || fail "without stdin, stdout and stderr ($got)"

# ---- the database goes away ----
mkdir gone
"$PARE" record --quiet --db gone/pare.db -- sh -c 'sleep 0.2; rm -r gone; cat /etc/passwd' >out 2>err
got=$?
[ "$got" = 125 ] && pass "a database that the agent deleted is no success" ||
	fail "a database that the agent deleted is no success (status $got)" err
says "and pare says so" "gone/pare.db" err

# ---- what cannot be executed ----
mkdir real && ln -s real link && printf '#!/no/such/interpreter\n' >real/script && chmod +x real/script
status "an interpreter that is missing" 127 "$PARE" record --quiet -- link/script
"$PARE" dump last >dump
[ ! -s dump ] && pass "nothing was executed, nothing is recorded" || fail "nothing was executed, nothing is recorded" dump

# ---- calls that no kernel has ----
cat >unknown.c <<'C'
#include <unistd.h>
#include <sys/syscall.h>
int main(void)
{
	for (long number = 1000; number < 31000; number++)
		syscall(number);
	return 0;
}
C
cat >forbid.c <<'C'
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
int main(int argc, char **argv)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_getfd, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_readv, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof filter / sizeof *filter, filter };

	(void)argc;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
	execv(argv[1], argv + 1);
	return 99;
}
C
if cc -o unknown unknown.c && cc -o forbid forbid.c; then
	status "30,000 unknown calls" 0 "$PARE" record --quiet -- ./unknown
	"$PARE" show last --json | jq -e '.not_seen[0] | .distinct == 1 and .count == 30000' >out 2>&1 &&
		pass "they are counted in one row" || fail "they are counted in one row" out

	# ---- in a container that forbids to look ----
	status "with what containers forbid" 0 ./forbid "$PARE" record --quiet -- "$BUILD/tests/calls/sockets"
	"$PARE" dump last | jq -r 'select(.resource == "host" and .action != "accept")
		| .action + " " + (.name | sub("[0-9]+$"; ""))' | sort -u >got
	printf '%s\n' 'bind tcp/127.0.0.1:' 'connect tcp/127.0.0.1:' 'connect udp/[::1]:' 'send udp/127.0.0.1:' >want
	same "the protocols of sockets are known all the same" want got
else
	skip "unknown calls, containers" "no C compiler"
fi

# ---- a kernel that does not translate the process numbers of a namespace ----
# numbers FILE COMMAND...: what the program does to others, recorded by pare after COMMAND.
numbers() {
	into=$1
	shift
	rm -rf numbers && mkdir numbers
	(cd numbers && "$@" "$PARE" record --quiet -- "$BUILD/tests/calls/numbers") >out 2>err
	"$PARE" dump last | jq -r 'select(.resource == "process") | "\(.action) \(.name) \(.outcome)"' |
		sort >"$into"
}
numbers want
numbers got "$BUILD/fixtures/forbid" pid-translation --
if grep -q '^skip' out; then
	skip "an older kernel" "there are no PID namespaces"
else
	ok "processes are named in a namespace" grep -q "signal $PWD/numbers/a ok" want
	same "on an older kernel, too" want got
fi

# ---- many threads ----
cat >threads.c <<'C'
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
enum { THREADS = 300 };
static volatile int stop;
static long done[THREADS];
static void *look(void *count)
{
	struct stat st;
	while (!stop) {
		stat("/", &st);
		++*(long *)count;
	}
	return NULL;
}
int main(void)
{
	pthread_t thread[THREADS];
	long few = 0, all = 0;
	for (int i = 0; i < THREADS; i++)
		pthread_create(thread + i, NULL, look, done + i);
	sleep(3);
	stop = 1;
	for (int i = 0; i < THREADS; i++) {
		pthread_join(thread[i], NULL);
		all += done[i];
	}
	for (int i = 0; i < THREADS; i++)
		few += done[i] < all / THREADS / 10;
	printf("%ld of %d threads got less than a tenth of their share\n", few, THREADS);
	return few > 0;
}
C
cc -O1 -pthread -o threads threads.c && status "no thread starves" 0 "$PARE" record --strict --quiet -- ./threads ||
	skip "no thread starves" "no C compiler"
finish
