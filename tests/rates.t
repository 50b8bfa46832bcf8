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

finish
