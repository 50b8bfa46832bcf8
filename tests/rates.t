#!/bin/sh
# How often a permission was used becomes how often it may be, and check holds runs against it.
. "$(dirname "$0")/lib.sh"
true=$(command -v env)
work() { # TIMES
	"$PARE" record --quiet --agent ada -- sh -c 'i=0; while [ $i -lt '"$1"' ]; do '"$true"' >/dev/null; i=$((i + 1)); done'
}
work 3
work 5
policy=$dir/policy.xml
status "two runs" 0 "$PARE" propose --quiet -o "$policy"
grep -B1 "<pattern>$(readlink -f "$true")</pattern>" "$policy" | grep 'action="exec"' >"$dir/rule"
says "... say how often a program may be executed" 'rate-run="10"' "$dir/rule"
says "... and how far that is above what they did" 'headroom="200"' "$dir/rule"
status "pare show" 0 "$PARE" show "$policy"
says "... says it in one word" '10/run' "$dir/out"
status "they fit" 0 "$PARE" check "$policy"
work 30
status "a run that did it three times as often does not" 3 "$PARE" check "$policy" last
says "... which is no denial of a name" "the policy would have denied nothing" "$dir/err"
says "... but of a rate" "over the rate: up to 30 in a run, 10 allowed" "$dir/out"
status "... as JSON" 3 "$PARE" check --json --quiet "$policy" last
jq -c 'select(.over == "run") | [.most, .limit, .runs, .rule.action]' "$dir/out" >"$dir/got"
grep -c '\[30,10,1,"exec"\]' "$dir/got" >"$dir/count"
echo 1 >"$dir/one"
same "... too" "$dir/one" "$dir/count"

# What a run takes of the machine.
hog() { # SLEEPERS BYTES
	"$PARE" record --quiet --agent hog -- sh -c 'i=0; while [ $i -lt '"$1"' ]; do sleep 0.5 & i=$((i + 1)); done
		head -c '"$2"' /dev/zero >'"$dir"'/made; wait; rm -f nosuch'
}
hog 2 2000000
status "a run has used so much" 0 "$PARE" show last
says "... of processes" "4 processes and threads at once" "$dir/out"
says "... and of a file" "2,000,000 bytes in one file" "$dir/out"
status "its policy" 0 "$PARE" propose --quiet --agent hog -o "$dir/hog.xml"
says "... has limits above that" 'processes="8"' "$dir/hog.xml"
says "... beside what was seen" 'most-file-size="2000000"' "$dir/hog.xml"
status "pare show" 0 "$PARE" show "$dir/hog.xml"
says "... says how to apply them" "--max-file-size 4000000" "$dir/out"
status "the run itself fits" 0 "$PARE" check "$dir/hog.xml"
hog 12 2000000
status "one with more processes does not" 3 "$PARE" check "$dir/hog.xml" last
says "... as check says" "over the limit: 14 processes and threads at once, 8 allowed" "$dir/out"
hog 2 5000000
status "nor one with a larger file" 3 "$PARE" check --json "$dir/hog.xml" last
says "... as check says" '"over":"file-size","most":5000000,"limit":4000000' "$dir/out"
status "what was measured is sealed" 0 "$PARE" fsck

"$PARE" record --quiet --agent shell -- sh -c 'sh -c "ls / >/dev/null; :"; sh -c "ls /; ls /" >/dev/null'
status "what was used need not have been needed" 0 "$PARE" propose --agent shell -o "$dir/shell.xml"
says "... as a shell around one program" "a shell that only ran one program: that program alone would do: /usr/bin/ls, 1 time" "$dir/err"

finish
