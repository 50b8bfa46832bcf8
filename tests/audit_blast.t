#!/bin/sh
# What `pare audit` says of the worst: acts that nobody confirms, what LLM06 names, and what could be
# reached on this machine.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"
mkdir -p "$dir/ws"
rm=$(readlink -f "$(command -v rm)")

# run DAY COMMAND: the agent runs it in the workspace on that day.
run() {
	day=$1
	shift
	(cd "$dir/ws" && "$PARE" record --agent demo --at "$day" -- sh -c "$@") >/dev/null 2>&1
}
# found WHEN KIND: its texts.
found() {
	"$PARE" audit --agent demo --as-of "$1" --json |
		jq -r --arg kind "$2" '.findings[] | select(.kind == $kind) | .text' >"$dir/got"
}
none() { if [ -s "$dir/got" ]; then fail "$1" "$dir/got"; else pass "$1"; fi; }
import() { "$PARE" import -q --from pare --agent demo --granted "$1" "$2" || fail "import"; }

# acts that nobody confirms
{
	rule file delete '$WS/mine'
	rule file delete '$WS/theirs'
	rule file write '$WS/**'
	rule program exec "$rm"
} | policy "$dir/p.xml"
import 2026-01-01 "$dir/p.xml"
run 2026-02-01 ': >mine; rm mine'
found 2026-02-10 ungated
none "what the run itself had made may be deleted"
: >"$dir/ws/theirs"
run 2026-02-02 'rm theirs'
found 2026-02-10 ungated
says "what it had not is told" 'file delete $WS/theirs: it deletes what the run did not create, 1 times within the window, and nobody was asked' "$dir/got"
says_not "and only that" 'mine' "$dir/got"
"$PARE" audit --agent demo --as-of 2026-02-10 --json | jq -r '.findings[] | select(.kind == "ungated") | .evidence[0] | "\(.run) \(.seq)"' >"$dir/witness"
read -r id seq <"$dir/witness"
sqlite3 "$PARE_DB" "SELECT action, name.bytes FROM access JOIN resource ON resource.id = access.resource JOIN name ON name.id = resource.name JOIN run ON run.id = access.run WHERE uuid = '$id' AND access.seq = $seq" >"$dir/got"
says "with the row that shows it" "7|$dir/ws/theirs" "$dir/got"
found 2026-07-10 ungated
none "not where it was before the window"
sed 's/action="delete"/action="delete" gate="confirm"/' "$dir/p.xml" >"$dir/next" && mv "$dir/next" "$dir/p.xml"
import 2026-01-02 "$dir/p.xml"
found 2026-02-10 ungated
none "nor where somebody is asked"
sed 's/action="write"/action="write" risk="high"/' "$dir/p.xml" >"$dir/next" && mv "$dir/next" "$dir/p.xml"
import 2026-01-03 "$dir/p.xml"
run 2026-02-03 'echo x >notes'
found 2026-02-10 ungated
none "what is created is the run's own"
run 2026-02-04 'echo x >notes'
found 2026-02-10 ungated
says "what somebody says is of high risk is told" 'file write $WS/**: it is said to be of high risk, 1 times' "$dir/got"

# LLM06
"$PARE" audit --agent demo --as-of 2026-02-10 --json >"$dir/json"
jq -r '.owasp_llm06[].id' "$dir/json" | xargs >"$dir/got"
echo EF1 EF2 EF3 EP4 EP5 EA6 >"$dir/want"
same "each cause has a line" "$dir/want" "$dir/got"
ok "with as many as were found" jq -e '[.findings[] | select(.framework.owasp_llm06 | split(" ") | index("EA6"))] as $all | .owasp_llm06[] | select(.id == "EA6") |
	.assessed and .findings == ($all | length) and .findings > 0 and .worst == "high" and (.kinds | index("ungated"))' "$dir/json"
"$PARE" audit --agent demo --as-of 2026-02-10 >"$dir/got"
says "people read it, too" "EA6  acts with consequences that no person confirms: 1 finding, the worst is high" "$dir/got"
"$PARE" audit --agent demo --as-of 2027-02-10 >"$dir/got"
says "without a run nothing can be said of what is done" "EA6  acts with consequences that no person confirms: not assessed, no run within the window" "$dir/got"
says "but of what is granted" "EF3  functions that take anything: shells, open patterns: " "$dir/got"
says_not "all the same" "open patterns: not assessed" "$dir/got"
finish
