#!/bin/sh
# What is left when a recording does not end as it should: nothing of the agent, all of the evidence.
. "$(dirname "$0")/lib.sh"
mkdir "$dir/work" && cd "$dir/work" || exit 1

# wait_for COMMAND...: until it succeeds, 10 s at most.
wait_for() {
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || return 1
		sleep 0.1
	done
}
gone() { ! pgrep -f "$1" >/dev/null; }
state() { "$PARE" runs --json | jq -r "select(.agent == \"$1\") | .state"; }

# ---- kill -9 ----
marker=pare-kill-test-$$
"$PARE" record --quiet --agent busy -- sh -c ': '"$marker"'
	i=0; while :; do i=$((i + 1)); : >"f$i"; done' &
recorder=$!
wait_for test -e f200
before=$(find . -name 'f*' | sort)
sleep 0.25
kill -9 "$recorder"
wait "$recorder" 2>/dev/null
wait_for gone "$marker"
ok "kill -9 of pare: the agent's tree is gone" gone "$marker"
status "the database opens" 0 "$PARE" fsck
[ "$(state busy)" = incomplete ] && pass "the run is there, marked incomplete" ||
	{ "$PARE" runs >why 2>&1; fail "the run is there, marked incomplete" why; }
"$PARE" dump last | jq -r 'select(.action == "create" and .outcome == "ok") | .name | split("/") | last' | sort >got
echo "$before" | sed 's#./##' | sort >want
comm -23 want got >missing
[ -s want ] && ! [ -s missing ] &&
	pass "all but the last 100 ms is there ($(wc -l <want) files)" ||
	fail "all but the last 100 ms is there" missing

# What was known already has at least the count that it had a second before.
"$PARE" record --quiet --agent often -- sh -c 'i=0; while :; do i=$((i + 1)); [ -e /etc/nothing ]; echo $i >&3; done' 3>often &
recorder=$!
sleep 2
before=$(tail -n 2 often | head -n 1)
sleep 1.3
kill -9 "$recorder"
wait "$recorder" 2>/dev/null
got=$("$PARE" dump last | jq -s '[.[] | select(.name == "/etc/nothing") | .count] | add')
[ "$before" -gt 100 ] && [ "$got" -ge "$before" ] && pass "kill -9 of pare: counts are there, up to the last second" ||
	fail "kill -9 of pare: counts are there, up to the last second ($got, $before)"

# ---- the kill switch ----
marker=pare-switch-test-$$
"$PARE" record --quiet --agent switched -- sh -c 'trap "" TERM INT HUP
	(setsid sh -c "trap \"\" TERM; : '"$marker"'; while :; do sleep 1; done" &)
	: '"$marker"'; : >started; while :; do sleep 1; done' &
recorder=$!
wait_for test -e started
sleep 0.2
kill -TERM "$recorder"
wait "$recorder"
got=$?
[ "$got" = 137 ] && pass "SIGTERM ends the whole tree, whatever it ignores" || fail "SIGTERM ends the whole tree (status $got)"
ok "nothing of it is left" gone "$marker"
[ "$(state switched)" = complete ] && pass "and the run is sealed" || fail "and the run is sealed"
"$PARE" show last --json >show.json 2>&1
says "it says that pare ended it" "killed" show.json

status "--timeout ends the agent" 137 "$PARE" record --quiet --timeout 300ms -- sleep 60

# ---- a daemon is recorded to its end ----
"$PARE" record --quiet --agent daemon -- sh -c '(setsid sh -c "sleep 0.5; : >late" >/dev/null 2>&1 &) ; exit 4'
got=$?
[ "$got" = 4 ] && pass "the status is the agent's, not the daemon's" || fail "the status is the agent's ($got)"
"$PARE" dump last | jq -es 'any(.[]; .action == "create" and (.name | endswith("/late")))' >/dev/null &&
	pass "what the daemon did later is recorded" || fail "what the daemon did later is recorded"

# ---- a full disk ----
if [ "$(id -u)" = 0 ] && mkdir full && mount -t tmpfs -o size=1m tmpfs full 2>/dev/null; then
	"$PARE" record --quiet --db full/pare.db --agent first -- true
	"$PARE" record --quiet --db full/pare.db --agent big -- sh -c '
		i=0; while [ $i -lt 8000 ]; do i=$((i + 1)); [ -e "no-such-file-with-a-long-name-to-fill-the-disk-$i" ]; done
		echo the agent finished' >out 2>err
	got=$?
	says "a full disk does not disturb the agent" "the agent finished" out
	[ "$got" = 125 ] && pass "but pare says that it failed" || fail "but pare says that it failed ($got)" err
	says "and why" "full" err
	"$PARE" runs --db full/pare.db --json >runs 2>&1
	says "what was recorded before is still there" '"first"' runs
	umount full
else
	skip "a full disk" "mounting a small file system needs root"
fi

status "the database is sound after all this" 0 "$PARE" fsck
finish
