#!/bin/sh
# slow
# Every program of tests/calls prints the accesses it makes; each must be in the evidence, and none
# that stands behind "not", nor a gap that it does not name.  Each is built three times: as usual,
# static, and for 32 bits.  Recorded in each of the two ways and not, it says the same and ends the
# same; and both ways see the same.  The first line of a program may name options of `pare record`.
. "$(dirname "$0")/lib.sh"

sleep=$(readlink -f /bin/sleep) sh=$(readlink -f /bin/sh)

# begin FOLDER: a new one to work in, with files that the program finds there.
begin() {
	rm -rf "$1" && mkdir -p "$1/given" && cd "$1" && touch given/1 given/2 given/3 given/4 \
		given/5 given/6 given/7
}

# What may differ from run to run: ports, and names by process.
steady() {
	sed -E 's/:[0-9]{4,5}([[:space:]])/:PORT\1/g; s/@pare-[0-9]+/@pare-PID/g; s#/proc/[0-9]+#/proc/PID#g; s|/#[0-9]+|/#INODE|g; s|:\[[0-9]+\]|:[INODE]|g' "$1" | sort
}

# evidence: the last run's, without what differs between any two: ports and process numbers, and how
# far a program came that is only there to be killed; and how often the kernel asks who serves or permits files.
evidence() {
	"$PARE" dump last | jq -r --arg sleep "$sleep" --arg work "$work/" 'select(.program != $sleep and (.program | startswith($work) | not)) | [.resource, .action, .name, .requested, .outcome, .errno, .own, .count, .peer] | @tsv' |
		awk -F'\t' -v OFS='\t' -v asked="$(case $name in served* | permitted*) echo '/answered\t|/proc/self/comm\t' ;; esac)" \
			'{ count = $8; $8 = ""; all[$0] += count } END { for (row in all) print row, asked && row ~ asked ? "some" : all[row] }' |
		steady /dev/stdin
}

# check NAME PROGRAM
check() {
	name=$1 program=$2 work=$dir/$1.work
	begin "$work" || exit 1
	"$program" >"$dir/plain.out" 2>&1
	plain=$?
	check_mode "$1, strict" "$2" --strict
	evidence >"$dir/strict"
	check_mode "$1" "$2"
	case $name in
	*-static* | *-32*) return ;; # these stop at every call in either way
	numbers | signals | stuck) return ;; # who is killed when, and how often somebody looks, is never the same
	guarded) return ;; # the hook touches a page as the program, and what is there then can be read
	esac
	evidence >"$dir/fast"
	same "$name: both ways see the same" "$dir/strict" "$dir/fast"
}

# check_mode NAME PROGRAM [OPTION]
check_mode() {
	name=$1 program=$2
	shift 2
	begin "$work" || exit 1
	# shellcheck disable=SC2086
	"$PARE" record $options "$@" --quiet --agent "$name" -- "$program" >"$dir/want.raw" 2>"$dir/err"
	recorded=$?
	[ "$recorded" = 0 ] && pass "$name: runs recorded" ||
		{ cat "$dir/want.raw" >>"$dir/err"; fail "$name: runs recorded (status $recorded)" "$dir/err"; }
	# What pare answers itself is different by design.
	case $name in
	answers*) ;;
	*)
		{ echo "status $plain"; steady "$dir/plain.out"; } >"$dir/plain"
		{ echo "status $recorded"; cat "$dir/err" "$dir/want.raw" >"$dir/both"; steady "$dir/both"; } >"$dir/recorded"
		same "$name: same output and status" "$dir/plain" "$dir/recorded"
		;;
	esac
	sed -e "s#DIR#$work#g; s#PARENT#$dir#; s#SLEEP#$sleep#; s#SELF#$program#; s# SH # $sh #" \
		"$dir/want.raw" | sort -u >"$dir/said"
	grep -v -e '^not ' -e '^skip ' "$dir/said" >"$dir/want"
	sed -n 's/^not //p' "$dir/said" | sort >"$dir/unwanted"
	{
		"$PARE" dump last | jq -r '"\(.resource) \(.action) \(.name) \(.outcome)" as $access
			| $access, "as \(.requested) \($access)", "with \(if .peer == "" then "nobody" else .peer end) \($access)"
			| gsub("\n"; "\\x0a")'
		# Whether what succeeds comes to the wire depends on who is on it: tests/unsent.t.
		"$PARE" show last --json | jq -r '.not_seen[]? | select(.kind != "unsent") | "gap \(.kind)"'
	} | sort -u >"$dir/got"
	{
		comm -23 "$dir/want" "$dir/got" | sed 's/^/missing: /'
		comm -12 "$dir/unwanted" "$dir/got" | sed 's/^/invented: /'
		comm -13 "$dir/want" "$dir/got" | sed -n 's/^gap/unexpected: &/p'
	} >"$dir/why"
	if [ -s "$dir/want" ] && ! [ -s "$dir/why" ]; then
		pass "$name: all $(wc -l <"$dir/want") accesses are recorded"
	else
		fail "$name: all accesses are recorded" "$dir/why"
	fi
	case $name in
	*-static* | *-32* | *strict) ;;
	*) total=$((total + $(wc -l <"$dir/want") + $(wc -l <"$dir/unwanted"))) ;;
	esac
	sed -n 's/^skip \(.*\): \(.*\)/\1|\2/p' "$dir/said" >"$dir/skipped"
	while IFS='|' read -r what why; do
		skip "$name: $what" "$why"
	done <"$dir/skipped"
	cd /
	rm -rf "$work"
}

total=0
for source in "$root"/tests/calls/*.c; do
	name=$(basename "$source" .c)
	options=$(sed -n '1s,^/\* pare record \(.*\) \*/$,\1,p' "$source")
	for program in "$BUILD/tests/calls/$name" "$BUILD/tests/calls/$name-static" "$BUILD/tests/calls/$name-32"; do
		if [ -x "$program" ]; then
			check "$(basename "$program")" "$program"
		else
			case $program in
			*-32) skip "$name: for 32 bits" "$program was not built: gcc-multilib is missing" ;;
			*) fail "$program was built" ;;
			esac
		fi
	done
done
echo "# $total expectations, each for three builds"
ok "at least 250 expectations" test "$total" -ge 250
finish
