#!/bin/sh
# slow
# Threads, execs over siblings and vforks that are stopped, continued and killed at any moment: no
# recording hangs, and none leaves a stopped thread to the watchdog.  STORM_SECONDS=60 makes each longer.
. "$(dirname "$0")/lib.sh"
mkdir "$dir/work" && cd "$dir/work" || exit 1
seconds=${STORM_SECONDS:-2}

for kind in stop kill exec exec-kill vfork; do
	status "$kind: ends" 0 timeout -s KILL $((seconds + 60)) \
		"$PARE" record --quiet --agent "$kind" -- "$BUILD/fixtures/barrage" "$kind" "$seconds"
	# A child may be killed with its parent before that is known to have one.
	"$PARE" show last --json | jq -r '.not_seen[]? | .kind' | grep -v '^untraced$' >gaps
	[ -s gaps ] && fail "$kind: nothing is missing" gaps || pass "$kind: nothing is missing"
done
executed=$(sed -n 's/^executed //p' "$dir/out")
"$PARE" dump last | jq -r 'select(.action == "exec" and .outcome == "ok") | .count' | awk '{ sum += $1 } END { print sum }' >count
[ "$(cat count)" = $((${executed:-0} + 1)) ] && pass "vfork: all $executed programs that it executed are recorded" ||
	fail "vfork: all ${executed:-0} programs are recorded" count
# Where numbers are soon used again, that of a thread which executes may be somebody else's before
# its exec is told.  A PID namespace has its own pid_max since Linux 6.14; before, it was everybody's.
release=$(uname -r | awk -F. '{ print $1 * 1000 + $2 }')
cat >few.sh <<-END
	echo 330 >/proc/sys/kernel/pid_max &&
		exec timeout -s KILL $((seconds * 3 + 60)) "$PARE" record --quiet --agent few -- \
			"$BUILD/fixtures/barrage" exec-kill $((seconds * 3))
END
if [ "$release" -ge 6014 ] && unshare -p -f --mount-proc true 2>/dev/null; then
	status "exec-kill with few numbers: ends" 0 unshare -p -f --mount-proc sh few.sh
else
	skip "exec-kill with few numbers" "needs root and Linux 6.14"
fi
status "the database is sound" 0 "$PARE" fsck
finish
