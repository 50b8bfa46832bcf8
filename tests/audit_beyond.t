#!/bin/sh
# What `pare audit` finds in grants against use: used and not granted, new, open-ended, shadowed, unread,
# gaps.  Each with what triggers it, and what nearly does.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"
mkdir "$dir/ws"
for file in a b c; do echo $file >"$dir/ws/$file"; done
cat=$(readlink -f "$(command -v cat)")

# run DAY FILE...: the agent reads the files on that day.
run() {
	day=$1
	shift
	(cd "$dir/ws" && "$PARE" record --agent demo --at "$day" -- cat "$@") >/dev/null 2>&1
}
import() { "$PARE" import -q --from pare --agent demo --granted "$1" "$dir/p.xml" || fail "import"; }
# found WHEN KIND: its texts.
found() {
	"$PARE" audit --agent demo --as-of "$1" --json |
		jq -r --arg kind "$2" '.findings[] | select(.kind == $kind) | .text' >"$dir/got"
}

{
	rule file read '$WS/a'
	rule file stat '/**'
	rule file read '/usr/**'
	rule file read '/etc/**'
	rule file map '/usr/**'
	rule program exec "$cat"
} | policy "$dir/p.xml"
import 2026-01-01
run 2026-02-01 a
found 2026-03-01 beyond
says_not "what is granted is not beyond" "file read" "$dir/got"
says_not "nor is the program" "program exec" "$dir/got"
run 2026-02-02 a b
found 2026-03-01 beyond
says "what was read and is not granted" 'file read: 1 that pare does not grant were used, 1 times: $WS/b' "$dir/got"
found 2026-02-02 beyond
says_not "but not before it was" "file read" "$dir/got"
run 2026-02-03 absent
found 2026-03-01 beyond
says_not "what was only tried is not beyond" "absent" "$dir/got"
"$PARE" audit --agent demo --as-of 2026-03-01 --json | jq -r '.findings[] | select(.kind == "beyond" and (.text | startswith("file read"))) | .evidence[0] | "\(.run) \(.seq)"' >"$dir/witness"
read -r id seq <"$dir/witness"
"$PARE" dump "$id" | jq -r 'select(.action == "read") | .name' | grep -c "/ws/b$" >"$dir/got"
says "its evidence is in the run" 1 "$dir/got"
[ "$(sqlite3 "$PARE_DB" "SELECT name.bytes FROM access JOIN resource ON resource.id = access.resource JOIN name ON name.id = resource.name JOIN run ON run.id = access.run WHERE uuid = '$id' AND access.seq = $seq")" = "$dir/ws/b" ] &&
	pass "at that row" || fail "at that row" "$dir/witness"

# new since: within the window, where there was evidence before
found 2026-03-01 new_use
clean2() { if [ -s "$dir/got" ]; then fail "$1" "$dir/got"; else pass "$1"; fi; }
clean2 "without evidence from before the window nothing is new"
found 2026-03-01 new_grant
clean2 "nor what was granted when the agent got its first permissions"
run 2026-06-10 a c
found 2026-06-20 new_use
says "what was first used within it is" 'file read: 1 were first used within the window: $WS/c' "$dir/got"
says_not "and what was used before is not" '$WS/a' "$dir/got"
found 2026-06-20 new_grant
clean2 "what has long been granted is not new"
{
	rule file read '$WS/a'
	rule file read '$WS/c'
	rule file delete '/srv/x'
	rule host connect 'tcp/{any:1-200}'
	rule file read '/etc/{any:0-9}'
} | policy "$dir/p.xml"
import 2026-06-15
found 2026-06-20 new_grant
says "what was granted within the window is" 'file read $WS/c: granted 2026-06-15 by '"$(id -un)" "$dir/got"
says_not "what was granted before and still is, is not" 'file read $WS/a' "$dir/got"
found 2026-06-20 open_ended
says "a grant of everything is open-ended" 'host connect tcp/{any:1-200}: it admits everything of its kind' "$dir/got"
says_not "one of a folder is not" '/etc/' "$dir/got"

# wider than what is used; a folder goes with all below it
{
	rule file read '$WS/**'
	rule file read '$WS'
	rule file read '$HOME'
	rule file read '$HOME/**'
	rule file read '/etc/**'
} | policy "$dir/p.xml"
mkdir "$dir/ws/sub"
for file in a b c; do cp "$dir/ws/$file" "$dir/ws/sub/$file"; done
for day in 01 02 03 04; do run 2026-07-$day sub/a; done
import 2026-01-02
"$PARE" import -q --from pare --agent demo --granted 2026-06-17 "$dir/p.xml" || fail "import"
found 2026-07-20 too_wide
says "what was used little of is too wide" 'file read /etc/**: only 2 distinct were used' "$dir/got"
says_not "what was not used at all is something else" 'file read $HOME' "$dir/got"
"$PARE" audit --agent demo --as-of 2026-07-20 --json | jq -r '.grants[] | "\(.state) \(.pattern)"' >"$dir/got"
says "the folder goes with what is below it" 'used $WS' "$dir/got"
says "but where that is not used either" 'never $HOME' "$dir/got"

# shadowed by a denial of the same source
cat >"$dir/claude.json" <<-'E'
	{"permissions": {"allow": ["Read(//srv/data/a)", "Read(//srv/open/a)"], "deny": ["Read(//srv/data/**)"]}}
E
if "$PARE" import --from help | grep -q '^claude '; then
	"$PARE" import -q --from claude --agent demo --granted 2026-06-15 "$dir/claude.json" || fail "import claude"
	found 2026-06-20 shadowed
	says "what a denial takes away is shadowed" '/srv/data/a' "$dir/got"
	says_not "what none does is not" '/srv/open/a' "$dir/got"
	found 2026-06-20 unread
	clean2 "what was read whole is not called unread"
	echo '{"permissions": {"allow": ["Read(//srv/data/a)"], "surprise": 1}}' >"$dir/claude.json"
	"$PARE" import -q --from claude --agent demo --granted 2026-06-16 "$dir/claude.json" || fail "import claude"
	found 2026-06-20 unread
	says "what was not is" "1 parts were not read" "$dir/got"
fi

# gaps
found 2026-06-20 blind
clean2 "whole runs have no gaps"
(
	cd "$dir/ws" || exit
	"$PARE" record --agent demo --at 2026-06-16 -- sleep 30 >/dev/null 2>&1 &
	recorder=$!
	sleep 1
	kill -9 $recorder
	wait
) 2>/dev/null
found 2026-06-20 blind
says "a run whose recorder was killed has" "1 of 2 runs have gaps that may hide what they did" "$dir/got"
finish
