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
cc -O1 -pthread -o threads threads.c && status "no thread starves" 0 "$PARE" record --quiet -- ./threads ||
	skip "no thread starves" "no C compiler"
finish
