#!/bin/sh
# slow
# An agent behaves the same recorded or not, and a storm of processes, threads and signals neither
# hangs the tracer nor loses anything.  STORM_SECONDS=60 makes the storm longer.
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 1

# alike NAME COMMAND...: same output, error output and status.
alike() {
	name=$1
	shift
	"$@" >plain.out 2>plain.err </dev/null
	echo "status $?" >>plain.out
	"$PARE" record --quiet -- "$@" >recorded.out 2>recorded.err </dev/null
	echo "status $?" >>recorded.out
	cat plain.err >>plain.out
	cat recorded.err >>recorded.out
	same "$name" plain.out recorded.out
}

alike "the same open descriptors" sh -c 'ls /proc/self/fd | grep -vx 3'
alike "the same environment" env -u _ -u PWD
alike "the same limits" sh -c 'ulimit -a'
alike "the same signals blocked and ignored" grep -E '^Sig(Blk|Ign|Cgt):' /proc/self/status
(
	trap '' INT QUIT HUP
	"$PARE" record --quiet -- grep ^SigIgn /proc/self/status
) >recorded.out
(trap '' INT QUIT HUP && grep ^SigIgn /proc/self/status) >plain.out
same "signals that were ignored stay ignored" plain.out recorded.out
alike "the same process group and session" sh -c 'ps -o pgid=,sid= -p $$ | tr -s " " | wc -w'
alike "a trap and a signal to itself" sh -c 'trap "echo trapped" USR1; kill -USR1 $$; echo after; kill -PIPE $$'
alike "a core of children in a pipeline" sh -c 'seq 20000 | sort -rn | head -1; yes | head -3'
alike "standard input at its end" cat
printf 'a\nb\n' >input
"$PARE" record --quiet -- sh -c 'read x; echo "got $x"; cat' <input >recorded.out
printf 'got a\nb\n' >plain.out
same "standard input is shared" plain.out recorded.out
alike "a deleted working folder" sh -c 'mkdir gone; cd gone; rmdir ../gone; pwd; ls .. | grep -c input; cat nothing'
alike "descriptors that run out" sh -c 'ulimit -n 8; cat input; exec 9>x'

if command -v python3 >/dev/null && python3 -c 'import pty, os; os.waitstatus_to_exitcode' 2>/dev/null; then
	python3 "$root/tests/terminal-session.py" bash --norc --noprofile >plain.out 2>&1
	python3 "$root/tests/terminal-session.py" "$PARE" record --quiet -- bash --norc --noprofile >recorded.out 2>&1
	says "the terminal session went through" "status 7" plain.out
	same "job control on a terminal: stop, background, continue, interrupt" plain.out recorded.out
else
	skip "job control on a terminal" "there is no python3 with pty"
fi

# Nested users of ptrace and seccomp go on, or say plainly why not.
if bwrap --ro-bind / / true 2>/dev/null; then
	alike "a sandbox inside" bwrap --ro-bind / / --unshare-all --proc /proc --dev /dev --tmpfs /tmp \
		sh -c 'cat /etc/passwd; touch /tmp/x; ls /tmp'
fi

# Only what touches something stops: 100,000 reads and writes do not, a lookup stops twice.
"$PARE" record --quiet -- dd if=/dev/zero of=/dev/null bs=1 count=50000 2>/dev/null
"$PARE" show last --json | jq -r .stops >stops
[ "$(cat stops)" -lt 1000 ] && pass "reads and writes do not stop ($(cat stops) stops for 100,000)" || fail "reads and writes do not stop" stops
"$PARE" record --strict --quiet -- sh -c 'i=0; while [ $i -lt 2000 ]; do [ -e nothing ]; i=$((i + 1)); done'
"$PARE" show last --json | jq -r '.stops_per_call' >stops
jq -e '. >= 1.9 and . <= 2.1' stops >/dev/null && pass "a call that is looked at stops twice ($(cat stops))" || fail "a call that is looked at stops twice" stops

mkdir storm && cd storm || exit 1
timeout $((${STORM_SECONDS:-4} + 60)) "$PARE" record --quiet --agent storm -- "$BUILD/fixtures/storm" "${STORM_SECONDS:-4}" >out 2>err
got=$?
[ "$got" = 0 ] && pass "the storm ends, with no hang" || fail "the storm ends (status $got)" err
executed=$(sed -n 's/^executed //p' out)
"$PARE" dump last | jq -r 'select(.action == "exec" and .outcome == "ok") | .count' | awk '{ sum += $1 } END { print sum }' >count
# The storm itself is one more.
[ "$(cat count)" = $((${executed:-0} + 1)) ] && pass "all ${executed:-0} programs that it executed are recorded" ||
	{ cat count out err >why; fail "all programs are recorded" why; }
"$PARE" show last --json | jq -r '.not_seen[]? | .kind' >gaps
[ -s gaps ] && fail "nothing is missing" gaps || pass "nothing is missing"
status "the database is sound" 0 "$PARE" fsck
finish
