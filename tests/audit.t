#!/bin/sh
# `pare audit`: what an agent was granted against what it used.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"
mkdir "$dir/ws"
echo a >"$dir/ws/a"
echo b >"$dir/ws/b"
cat=$(readlink -f "$(command -v cat)")

# run DAY FILE...: the agent reads the files on that day.
run() {
	day=$1
	shift
	(cd "$dir/ws" && "$PARE" record --agent demo --at "$day" -- cat "$@") >/dev/null 2>&1
}
run 2026-08-02T10:00Z b
run 2026-11-01T10:00Z a
run 2026-11-10T10:00Z a
run 2026-11-20T10:00Z a absent
{
	rule file read '$WS/a'
	rule file read '$WS/b'
	rule file read '$WS/absent'
	rule file write '/etc/**'
	rule program exec "$cat"
	rule tool call 'github/{any:1-20}'
} | policy "$dir/p.xml"
"$PARE" import -q --from pare --agent demo --granted 2026-07-01 "$dir/p.xml" || exit 1

# states WHEN: a line a grant.
states() {
	"$PARE" audit --agent demo --as-of "$1" --json |
		jq -r '.grants[] | "\(.state) \(.resource) \(.action) \(.pattern)"' >"$dir/got"
}
cat >"$dir/want" <<-E
	used file read \$WS/a
	attempted-only file read \$WS/absent
	stale file read \$WS/b
	never file write /etc/**
	used program exec $cat
	not-observable tool call github/{any:1-20}
E
states 2026-11-29
same "each permission is in the state that the recordings make it" "$dir/want" "$dir/got"
states 2026-08-20
sed -i 's/^[a-z-]*/insufficient/; s/^insufficient \(tool\)/not-observable \1/' "$dir/want"
sed -i "s/^insufficient \(file read .WS.b\|program\)/used \1/" "$dir/want"
same "before the agent was active nothing is called unused" "$dir/want" "$dir/got"
status "findings at or above a severity" 3 "$PARE" audit --agent demo --as-of 2026-11-29 --fail-on medium
says "the verdict comes first" "2 of 6 permissions can go: not used for 30 days" "$dir/out"
status "none above it" 0 "$PARE" audit --agent demo --as-of 2026-11-29 --fail-on critical
"$PARE" audit --agent demo --as-of 2026-11-29 --json >"$dir/one.json"
run 2026-12-05T10:00Z a b
"$PARE" audit --agent demo --as-of 2026-11-29 --json >"$dir/two.json"
same "what was recorded later changes nothing" "$dir/one.json" "$dir/two.json"
states 2026-12-06
says "but it does later" 'used file read $WS/b' "$dir/got"

# Who was granted something and has done nothing yet: nothing shows what it needs.
cp "$dir/p.xml" "$dir/idle.xml"
"$PARE" import -q --from pare --agent idle --granted 2026-07-01 "$dir/idle.xml" || fail "import"
status "an agent without a run is audited" 0 "$PARE" audit --agent idle --as-of 2026-11-29 --machine
says "nothing of it can go" "0 of 6 permissions can go" "$dir/out"
says "for there is no evidence" "1 not-observable, 5 insufficient" "$dir/out"
says "nor a folder to look at" "This machine was not looked at" "$dir/out"
"$PARE" audit --agent idle --as-of 2026-11-29 --json | jq -c '[.evidence.all_runs, ([.findings[].kind] | index("never", "stale"))]' >"$dir/got"
echo '[0,null,null]' >"$dir/want"
same "and nothing is called unused" "$dir/want" "$dir/got"
status "one that was granted nothing" 1 "$PARE" audit --agent other
says "says what to do" "pare import" "$dir/err"
status "before it was granted anything" 1 "$PARE" audit --agent demo --as-of 2026-06-01
status "no agent" 2 "$PARE" audit
status "a window shorter than the threshold" 2 "$PARE" audit --agent demo --window 10d
status "a severity that is none" 2 "$PARE" audit --agent demo --fail-on awful
finish
