#!/bin/sh
# What `pare audit` says of drift: what is new, gone, more and less often, and what runs were made with.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"
mkdir -p "$dir/ws" "$dir/agent"
for file in a b c d; do echo $file >"$dir/ws/$file"; done

# release VERSION: the agent is another; it reads what it is given, the first file twice a version.
release() {
	echo '{"name": "an-agent", "version": "'"$1"'"}' >"$dir/agent/package.json"
	printf '#!/bin/sh\n# %s\nfor file; do while read -r line; do :; done <"$file"; done\n' "$1" >"$dir/agent/run"
	chmod +x "$dir/agent/run"
}
# run DAY FILE...
run() {
	day=$1
	shift
	(cd "$dir/ws" && "$PARE" record --agent demo --at "$day" -- "$dir/agent/run" "$@") >/dev/null 2>&1
}
# audit WHEN OPTION...
audit() {
	day=$1
	shift
	"$PARE" audit --agent demo --as-of "$day" --json "$@" >"$dir/json" 2>"$dir/err" || fail "audit" "$dir/err"
}
# found KIND: its texts, of the last audit.
found() { jq -r --arg kind "$1" '.findings[] | select(.kind == $kind) | .text' "$dir/json" >"$dir/got"; }
none() { if [ -s "$dir/got" ]; then fail "$1" "$dir/got"; else pass "$1"; fi; }
# row QUERY: of reading files.
row() { jq -r ".drift.uses[] | select(.resource == \"file\" and .action == \"read\") | $1" "$dir/json" >"$dir/got"; }
is() {
	echo "$2" >"$dir/want"
	same "$1" "$dir/want" "$dir/got"
}

rule file read '$WS/**' | policy "$dir/p.xml"
"$PARE" import -q --from pare --agent demo --granted 2026-01-01 "$dir/p.xml" || exit 1
release 1.0
# The window before: a and b again and again, d once.
for day in 01 02 03; do run 2026-02-$day a b; done
run 2026-02-04 a b d
run 2026-02-05 a b
# The window: a, then a and c.
for day in 01 02; do run 2026-05-$day a; done
audit 2026-05-10
found gone
none "after two runs nothing is known to be gone"
for day in 03 04 05; do run 2026-05-$day a c; done
audit 2026-05-10
found gone
says "what runs used again and again and none does now is gone" 'file read: 1 that runs used again and again before, none of 5 did since: $WS/b' "$dir/got"
says_not "what one run used is not told" '$WS/d' "$dir/got"
says_not "nor what is still used" '$WS/a' "$dir/got"
row '[.new, .gone] | @csv'
is "objects that are new, and gone" '1,2'
row '.pace'
is "as often as before, as far as can be told" same
jq -r '.drift | [.by, .runs_before, .runs_now] | @csv' "$dir/json" >"$dir/got"
is "runs of the window, and of the one before" '"window",5,5'
audit 2026-05-04T12:00Z
row '.pace'
is "with four runs nothing can be told" unknown
audit 2026-11-20
found gone
none "without runs nothing is known to be gone"

# More often: twenty times as many.
for day in 01 02 03 04 05 06; do run 2026-08-$day a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a; done
audit 2026-08-10
row '.pace'
is "ten times as often is more" more
row '.chance_per_mille < 10'
is "and no chance" true
cp "$dir/json" "$dir/one"
audit 2026-08-10
same "which is the same each time" "$dir/one" "$dir/json"
"$PARE" audit --agent demo --as-of 2026-08-10 >"$dir/got"
says "people read it, too" "times a run: more often (by chance in" "$dir/got"

# What runs were made with
jq -r '.drift.changes[].kind' "$dir/json" >"$dir/got"
none "nothing they were made with has changed"
jq -r '.drift.made_with | .release, (.script | split(" ")[0])' "$dir/json" >"$dir/got"
printf '%s\n' "an-agent 1.0" "$dir/agent/run" >"$dir/want"
same "the last run was made with this" "$dir/want" "$dir/got"
audit 2026-08-10 --drift version
jq -r '.drift | [.by, .now, .runs_now] | @csv' "$dir/json" >"$dir/got"
is "there is no other version" '"version",,0'
release 1.1
run 2026-08-08 a b c d
run 2026-08-09 a
audit 2026-08-10 --drift version
jq -r '.drift | [.runs_before, .runs_now] | @csv' "$dir/json" >"$dir/got"
is "then there is" '16,2'
jq -r '.drift.changes[] | "\(.kind) \(.was // "" | split(" ")[-1]) \(.is | split(" ")[-1])"' "$dir/json" | grep release >"$dir/got"
is "it is told what has changed" 'release 1.0 1.1'
jq -r '.drift.changes[] | .kind' "$dir/json" | xargs >"$dir/got"
is "and nothing else" 'script release'
jq -r '.drift.changes[] | select(.kind == "release") | .before, .after' "$dir/json" | cut -c1-8 | xargs >"$dir/got"
"$PARE" audit --agent demo --as-of 2026-08-10 >"$dir/text"
read -r before after <"$dir/got"
says "people read it, too" "2026-08-08 between runs $before and $after: another release, an-agent 1.0 -> an-agent 1.1" "$dir/text"
sqlite3 "$PARE_DB" "SELECT substr(uuid, 1, 8) FROM run WHERE started / 86400000000000 IN (20671, 20673) ORDER BY started" | xargs >"$dir/want"
same "between which runs" "$dir/want" "$dir/got"

# A file that is as it was, and was written again, is the same script.
release 1.1
run 2026-08-09T10:00Z a
audit 2026-08-10
jq -r '.drift.changes | length' "$dir/json" >"$dir/got"
is "what was written again is the same" 2
status "another way to compare" 2 "$PARE" audit --agent demo --drift moon
ok "the seals cover what runs were made with" "$PARE" fsck
"$PARE" show last >"$dir/got"
says "people are shown what a run was made of" "  made of  program " "$dir/got"
"$PARE" show --json last | jq -r '.made_with | to_entries[] | "\(.key) \(.value)"' | sort >"$dir/got"
sqlite3 -separator ' ' "$PARE_DB" "SELECT CASE kind WHEN 1 THEN 'program' WHEN 2 THEN 'build' WHEN 3 THEN 'script' WHEN 4 THEN 'release' WHEN 5 THEN 'tools'
	WHEN 6 THEN 'kernel' WHEN 7 THEN 'packages' WHEN 8 THEN 'recorder' END, CAST(name.bytes AS TEXT)
	FROM fingerprint JOIN name ON name.id = fingerprint.value WHERE run = (SELECT max(id) FROM run)" | sort >"$dir/want"
same "and machines all of it" "$dir/want" "$dir/got"
sqlite3 "$PARE_DB" "UPDATE fingerprint SET value = (SELECT max(id) FROM name) WHERE run = 1 AND kind = 1"
status "what was altered is found" 3 "$PARE" fsck
finish
