#!/bin/sh
# Every program of tests/calls prints the accesses it makes; each must be in the evidence, and none
# that stands behind "not".
. "$(dirname "$0")/lib.sh"

for program in "$BUILD"/tests/calls/*; do
	[ -x "$program" ] && [ -f "$program" ] || continue
	name=$(basename "$program")
	case $name in *.d) continue ;; esac
	mkdir "$dir/$name" && cd "$dir/$name" || exit 1
	"$program" >plain.out 2>&1
	plain=$?
	rm -rf ./* && cd / && cd "$dir/$name" || exit 1
	"$PARE" record --quiet --agent "$name" -- "$program" >"$dir/want.raw" 2>"$dir/err"
	recorded=$?
	# Recorded and not, io_uring differs by design: only the recorded run must succeed.
	[ "$recorded" = 0 ] && pass "$name: runs recorded (without pare: status $plain)" ||
		fail "$name: runs recorded (status $recorded)" "$dir/err"
	sed -e "s#DIR#$PWD#g" -e "s#SLEEP#$(readlink -f /bin/sleep)#" "$dir/want.raw" | sort -u >"$dir/said"
	grep -v "^not " "$dir/said" >"$dir/want"
	sed -n "s/^not //p" "$dir/said" | sort >"$dir/unwanted"
	{
		"$PARE" dump last | jq -r '"\(.resource) \(.action) \(.name) \(.outcome)" as $access
			| $access, "as \(.requested) \($access)", "with \(if .peer == "" then "nobody" else .peer end) \($access)"'
		"$PARE" show last --json | jq -r '.not_seen[]? | "gap \(.kind)"'
	} | sort -u >"$dir/got"
	comm -23 "$dir/want" "$dir/got" | sed 's/^/missing: /' >"$dir/why"
	comm -12 "$dir/unwanted" "$dir/got" | sed 's/^/invented: /' >>"$dir/why"
	if [ -s "$dir/want" ] && ! [ -s "$dir/why" ]; then
		pass "$name: all $(wc -l <"$dir/want") accesses are recorded"
	else
		fail "$name: all accesses are recorded" "$dir/why"
	fi
done
finish
