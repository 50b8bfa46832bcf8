#!/bin/sh
# Everything that is awkward for a recorder within the agent's own processes: the program says and
# ends the same as without, and both ways of recording see the same.
. "$(dirname "$0")/lib.sh"
corners=$BUILD/fixtures/corners
mkdir "$dir/w" && cd "$dir/w" || exit 1

# Left out: what depends on time (how often a profiled call is made, too); a path that is too long for either; a call that was left by a jump
# or a cancellation, which has failed to who stopped it, and whose end is not known to who only reads of
# its beginning.
evidence() {
	"$PARE" dump last | jq -r '[.count, .resource, .action, .name, .requested, .outcome, .errno, .own] | @tsv' |
		grep -v -e from-handler -e /profiled -e inherited -e ////// -e 'w/fifo.*\(EINTR\|unknown\)' |
		awk -F'\t' '{ count = $1; sub(/^[0-9]+\t/, ""); all[$0] += count } END { for (row in all) print row "\t" all[row] }' | sort
}

for corner in $("$corners"); do
	"$corners" "$corner" >"$dir/plain" 2>&1 </dev/null
	echo "status $?" >>"$dir/plain"
	for way in --strict --quiet; do
		timeout 60 "$PARE" record --quiet $way -- "$corners" "$corner" >"$dir/recorded" 2>&1 </dev/null
		echo "status $?" >>"$dir/recorded"
		same "$corner: as without recording ($way)" "$dir/plain" "$dir/recorded"
		evidence >"$dir/evidence$way"
	done
	same "$corner: both ways see the same" "$dir/evidence--strict" "$dir/evidence--quiet"
done

"$PARE" record --quiet -- "$corners" filters >/dev/null 2>&1
"$PARE" show last --json | jq -r '.not_seen[].kind' >"$dir/kinds"
says "a filter of its own is a gap" nested-filter "$dir/kinds"
"$PARE" record --quiet -- "$corners" interruptions >/dev/null
"$PARE" show last --json | jq -e '.stops < 500 and .without_a_stop > 20000' >/dev/null &&
	pass "24,000 calls of threads do not stop" || fail "24,000 calls of threads do not stop"
"$PARE" show last >"$dir/shown"
says "the share that did not stop is shown" "% of the uses did not stop it" "$dir/shown"
says "how it was recorded is shown" "fast recording" "$dir/shown"
"$PARE" record --quiet --strict -- true
"$PARE" show last >"$dir/shown"
says "--strict is shown" "strict recording" "$dir/shown"
finish
