#!/bin/sh
# What an audit finds in single grants: never used, not for long, too wide, open-ended, shadowed,
# unread, gaps.  Each with what triggers it, and with what nearly does and must not.  People are told
# the same numbers as machines.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"
mkdir -p "$dir/ws/few" "$dir/ws/many"
for file in 1 2 3 4 5 6 7 8; do
	echo x >"$dir/ws/few/$file"
	echo x >"$dir/ws/many/$file"
done
for file in used old; do echo x >"$dir/ws/$file"; done

# run AGENT DAY FILE...: the agent reads the files on that day.
run() {
	agent=$1 day=$2
	shift 2
	(cd "$dir/ws" && "$PARE" record --quiet --agent "$agent" --at "$day" -- cat "$@") >/dev/null 2>&1
}
import() { "$PARE" import -q --from "$1" --agent "$2" --granted "$3" "$4" || fail "import"; }
# found AGENT WHEN KIND: its severities and texts.
found() {
	"$PARE" audit --agent "$1" --as-of "$2" --json |
		jq -r --arg kind "$3" '.findings[] | select(.kind == $kind) | "\(.severity) \(.text): \(.remedy)"' >"$dir/got"
}
none() { if [ -s "$dir/got" ]; then fail "$1" "$dir/got"; else pass "$1"; fi; }
is() {
	printf '%s\n' "$2" >"$dir/want"
	same "$1" "$dir/want" "$dir/got"
}

# ---- never, stale, too wide ----
{
	rule file read '$WS/used'
	rule file read '$WS/old'
	rule file read '$WS/unused'
	rule file read '$HOME/.ssh/id_rsa'
	rule file read '$WS/few/**'
	rule file read '$WS/many/**'
	rule file read '$WS/few/1'
} | policy "$dir/p.xml"
import pare demo 2026-05-01 "$dir/p.xml"
run demo 2026-05-02 old
for day in 01 02 03 04; do run demo 2026-07-$day used few/1 few/2 many/"${day#0}" many/$((${day#0} + 4)); done
found demo 2026-07-10 never
is "what was never used, worst where it is a secret" 'high file read $HOME/.ssh/id_rsa: not used in any of 5 runs: with 95 % confidence at most 60.0 % of runs need it: take it away, or pin it with a reason
low file read $WS/unused: not used in any of 5 runs: with 95 % confidence at most 60.0 % of runs need it: take it away, or pin it with a reason'
found demo 2026-07-10 stale
"$PARE" audit --agent demo --as-of 2026-07-10 --json |
	jq -r '.findings[] | select(.kind == "stale") | .grant as $grant | .evidence | map(.run) | unique | length' >"$dir/count"
says "what was not used for long" 'low file read $WS/old: last used 2026-05-02, 68 days before; 1 times in 1 runs, 1 distinct: take it away' "$dir/got"
says_not "not what was used" '$WS/used' "$dir/got"
wc -l <"$dir/got" >"$dir/lines"
says "and nothing else" 1 "$dir/lines"
says "with the run that used it last" 1 "$dir/count"
found demo 2026-07-10 too_wide
is "a folder of which two files were used is too wide; one of which all were is not, nor an exact name" \
	'medium file read $WS/few/**: only 2 distinct were used, 8 times: this would do: $WS/few/1, $WS/few/2'
found demo 2026-05-20 never
none "an agent that had one run has nothing unused"
found demo 2026-06-10 stale
none "nor anything that is stale"

# ---- open-ended ----
{
	rule file read '/**'
	rule host connect 'tcp/{any:1-200}'
	rule program exec '/*'
	rule file read '/srv/**'
	rule file read '$HOME/**'
	rule host connect 'tcp/example.com:{digit:1-5}'
	rule host connect 'tcp/{any:1-20}.example.com:443'
	rule program exec '/usr/bin/*'
} | policy "$dir/p.xml"
import pare open 2026-05-01 "$dir/p.xml"
run open 2026-07-01 used
found open 2026-07-10 open_ended
sed 's/: it admits.*//' "$dir/got" | sort >"$dir/sorted" && mv "$dir/sorted" "$dir/got"
is "what admits everything of its kind is open-ended; what is within a folder, or has a name in it, is not" 'high file read /**
high host connect tcp/{any:1-200}
medium program exec /*'

# ---- shadowed, unread ----
cat >"$dir/claude.json" <<'J'
{"permissions": {
	"allow": ["Read(//srv/data/a)", "Read(//srv/most/**)", "Read(//srv/other/a)", "Bash(git push:*)"],
	"deny": ["Read(//srv/data/**)", "Read(//srv/most/a)", "Edit(//srv/other/a)", "Bash(git push --force:*)"]}}
J
import claude shadow 2026-05-01 "$dir/claude.json"
run shadow 2026-07-01 used
found shadow 2026-07-10 shadowed
sed -i 's/: a denial.*//' "$dir/got"
cut -d ' ' -f 4 "$dir/got" | sort -u >"$dir/sorted" && mv "$dir/sorted" "$dir/got"
is "what a denial takes away whole is shadowed; not what it takes a part of, or another act" '/srv/data/a
/srv/data/a/**'
"$PARE" import --from claude --agent shadow --granted 2026-05-01 "$dir/claude.json" >"$dir/notes" 2>&1
says "what is narrower there is noted" narrower "$dir/notes"
found shadow 2026-07-10 unread
none "which is not unread"
sed -i 's/"deny"/"surprise": ["x"], &/' "$dir/claude.json"
import claude shadow 2026-05-02 "$dir/claude.json"
found shadow 2026-07-10 unread
says "what nobody could read is" "1 parts were not read, so the agent may hold more" "$dir/got"
import claude shadow 2026-07-11 "$dir/claude.json"
sed -i 's/"surprise": \["x"\], //' "$dir/claude.json"
import claude shadow 2026-07-12 "$dir/claude.json"
found shadow 2026-07-13 unread
none "until it is read whole"

# ---- what is granted anew within a grant ----
git=$(readlink -f "$(command -v git)")
# git_rule DAY ATTRIBUTES TEMPLATE...: git is granted with those arguments.
git_rule() {
	day=$1 attributes=$2
	shift 2
	{
		printf '<rule resource="program" action="exec"%s><pattern>%s</pattern>' "$attributes" "$git"
		for template; do printf '<argv>%s</argv>' "$template"; done
		echo '<justification>a test</justification></rule>'
	} | policy "$dir/git.xml"
	import pare git "$day" "$dir/git.xml"
}
git_rule 2026-01-01 ' gate="confirm"' 'status **' 'log **'
for day in 01 02 03 04 05; do
	(cd "$dir/ws" && "$PARE" record --quiet --agent git --at 2026-07-$day -- git status) >/dev/null 2>&1
done
# less: what git was called with, and could be called with alone.
less() { "$PARE" audit --agent git --as-of "$1" --json | jq -r '.grants[] | "\(.state) \(.narrower_argv // [] | join(" "))"' >"$dir/got"; }
less 2026-07-20
is "arguments that were not used for long can go" 'narrowable status'
found git 2026-07-20 new_grant
none "where nothing is new"
git_rule 2026-07-10 ' gate="confirm"' 'status **'
found git 2026-07-20 new_grant
none "nor where there is less"
less 2026-07-20
is "which is narrow enough not to be new" 'narrowable status'
git_rule 2026-07-15 ' gate="confirm"' 'status **' 'push **'
found git 2026-07-20 new_grant
says "further arguments are" "more arguments allowed since 2026-07-15 by $(id -un)" "$dir/got"
says "of which program" "program exec $git" "$dir/got"
less 2026-07-20
is "and too new to go" 'used '
for day in 01 02 03 04 05; do
	(cd "$dir/ws" && "$PARE" record --quiet --agent git --at 2026-08-$day -- git status) >/dev/null 2>&1
done
less 2026-08-13T23:59Z
is "for as long as any permission" 'used '
less 2026-08-14
is "and no longer" 'narrowable status'
git_rule 2026-07-16 '' 'status **' 'push **'
found git 2026-07-20 new_grant
says "so is a confirmation that is no longer asked for" "gate removed since 2026-07-16" "$dir/got"
found git 2026-11-20 new_grant
none "until it was before the window"

# ---- gaps ----
rule file read '$WS/used' | policy "$dir/p.xml"
import pare gaps 2026-01-01 "$dir/p.xml"
"$PARE" record --quiet --agent gaps --at 2026-03-01 -- perl -e 'syscall 999' >/dev/null 2>&1
for day in 01 02 03; do run gaps 2026-07-$day used; done
found gaps 2026-03-10 blind
says "a run with a gap that may hide something" "medium 1 of 1 runs have gaps that may hide what they did" "$dir/got"
found gaps 2026-07-10 blind
none "not where it was before the window"

# ---- a limit of how wide an audit looks ----
"$PARE" audit --agent demo --as-of 2026-07-10 --unused 36h >"$dir/out"
says "a threshold is said as it was given" "not used for 36h" "$dir/out"
"$PARE" audit --agent demo --as-of 2026-07-10 --unused 2d --window 48h >"$dir/out"
says "or in days" "not used for 2 days" "$dir/out"

# ---- one thing to everybody ----
for agent in demo open shadow gaps; do
	"$PARE" audit --agent $agent --as-of 2026-07-10 --json >"$dir/json"
	COLUMNS=400 "$PARE" audit --agent $agent --as-of 2026-07-10 >"$dir/text"
	jq -r '.findings[].id' "$dir/json" | sort >"$dir/want"
	grep -o '^  F-[0-9a-f]\{8\}' "$dir/text" | tr -d ' ' | sort >"$dir/got"
	same "$agent: the findings are the same" "$dir/want" "$dir/got"
	sort -u "$dir/got" >"$dir/unique"
	same "each with an id of its own" "$dir/got" "$dir/unique"
	jq -r '[.states | to_entries[] | select(.value > 0) | "\(.value) \(.key)"] | sort | join(", ")' "$dir/json" >"$dir/want"
	sed -n 's/^  \([0-9]* \(used\|narrowable\|periodic\|stale\|never\|attempted-only\|too-new\|not-observable\|insufficient\|pinned\)\)/\1/p' "$dir/text" |
		sed 's/, /\n/g' | sort | paste -sd, | sed 's/,/, /g' >"$dir/got"
	same "as many in each state" "$dir/want" "$dir/got"
	jq -r '"\([.grants[] | select(.state == "never" or .state == "stale")] | length) of \(.grants | length) ", ([.findings[] | select(.severity == "high" or .severity == "critical")] | length | select(. > 0) | "\(.) finding")' \
		"$dir/json" >"$dir/want"
	{
		sed -n '1s/^\([0-9]* of [0-9]* \)permission.*/\1/p' "$dir/text"
		sed -n '1s/.*; \([0-9]*\) finding.*/\1 finding/p' "$dir/text"
	} >"$dir/got"
	same "the verdict is of those" "$dir/want" "$dir/got"
	jq -r '.grants[] | "\(.id) \(.use.uses // .uses)"' "$dir/json" | sort >"$dir/want"
	sed -n 's/^[a-z-]\{1,\}  *\(P-[0-9a-f]*\)  *\([0-9,]*\) .*/\1 \2/p' "$dir/text" | tr -d , | sort >"$dir/got"
	same "and used as often" "$dir/want" "$dir/got"
	worst=$(jq -r '[.findings[].severity | {info: 0, low: 1, medium: 2, high: 3, critical: 4}[.]] | max' "$dir/json")
	least=0
	for severity in low medium high critical; do
		least=$((least + 1))
		"$PARE" audit --agent $agent --as-of 2026-07-10 --fail-on $severity >/dev/null
		echo "$severity $? $([ "$worst" -ge "$least" ] && echo 3 || echo 0)"
	done | awk '$2 != $3' >"$dir/found"
	clean "--fail-on ends with 3 from the worst on down, else with 0"
done
finish
