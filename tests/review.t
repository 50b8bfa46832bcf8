#!/bin/sh
# `pare review`, `history` and `rollback`: nothing comes into force, or is taken away, that nobody
# decided on.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"
me=$(id -un)
one=$dir/one.xml two=$dir/two.xml
{
	rule file read /srv/a
	rule file read /srv/b
	rule file write /srv/c
} | policy "$one"
{
	rule file read /srv/a
	rule file read /srv/d
} | policy "$two"
id() { sqlite3 "$PARE_DB" "SELECT rule FROM grant_ WHERE pattern = '$1'" | head -1; }
# history WHEN: "VERSION STATE" a line.
history() {
	"$PARE" history --agent demo --as-of "$1" --json | jq -r '"\(.version) \(.state)"' >"$dir/got"
	printf '%s\n' "$2" >"$dir/want"
	same "$3" "$dir/want" "$dir/got"
}

status "without a decision it says what there is to decide" 0 "$PARE" review "$one"
says "whole" "version 1," "$dir/out"
says "rule by rule" "undecided file write /srv/c" "$dir/out"
status "who proposed it may not review it" 3 "$PARE" review "$one" --reviewer "$me" --approve all --reason fine
says "and is told so" "$me proposed it: somebody else must review it" "$dir/err"
history 2026-11-02 "1 proposed" "nothing was decided"
first=$("$PARE" review "$one" | sed -n 's/^  \(r-[0-9a-f]*\).*/\1/p' | head -1)
status "one rule is approved" 0 "$PARE" review "$one" --reviewer ann --approve "$first" --reason fine --at 2026-11-01
says "the others are open" ": proposed" "$dir/out"
status "then all" 0 "$PARE" review "$one" --reviewer ann --approve all --reason fine --at 2026-11-01
says "at once, for it takes nothing away" "in force since 2026-11-01" "$dir/out"

status "another version is not approved by that" 0 "$PARE" review "$two" --at 2026-11-10
says "says what goes" "- file write /srv/c" "$dir/out"
says "and what comes" "+ file read /srv/d" "$dir/out"
status "it is approved" 0 "$PARE" review "$two" --reviewer ann --approve all --reason less --at 2026-11-12
says "what is taken away is announced" "scheduled for 2026-11-19" "$dir/out"
says "as a list with a hash" "takes away 2 permissions (list " "$dir/out"
history 2026-11-18 "1 in force
2 scheduled" "until then the agent holds what it held"
history 2026-11-20 "1 superseded
2 in force" "and no longer afterwards"
"$PARE" record --agent demo --at 2026-11-02 -- true >/dev/null 2>&1
for day in 18 20; do
	"$PARE" audit --agent demo --as-of 2026-11-$day --json | jq -r '.grants[].pattern' | sort | xargs
done >"$dir/got"
printf '/srv/a /srv/b /srv/c\n/srv/a /srv/d\n' >"$dir/want"
same "the audit sees the same" "$dir/want" "$dir/got"

status "what is scheduled can be withdrawn" 0 "$PARE" review "$two" --reviewer bob --reject all --reason "not yet" --at 2026-11-13
history 2026-11-20 "1 in force
2 withdrawn" "and stays as it was"
"$PARE" audit --agent demo --as-of 2026-11-20 --json | jq -r '.grants[] | "\(.pattern) \(.granted[:10])"' | sort >"$dir/got"
printf '/srv/a 2026-11-01\n/srv/b 2026-11-01\n/srv/c 2026-11-01\n' >"$dir/want"
same "for the audit, too, without a break" "$dir/want" "$dir/got"

status "a permission is pinned" 0 "$PARE" review "$one" --reviewer owner --pin "$(id /srv/c)" --until 2027-01-01 --reason "once a quarter" --at 2026-11-14
"$PARE" audit --agent demo --as-of 2026-12-30 --json | jq -c '.grants[] | select(.pattern == "/srv/c") | [.state, .pin.owner, .pin.reason]' >"$dir/got"
echo '["pinned","owner","once a quarter"]' >"$dir/want"
same "the audit says so" "$dir/want" "$dir/got"
"$PARE" audit --agent demo --as-of 2026-12-31T23:59:59.999999999Z --json | jq -r '.grants[] | select(.pattern == "/srv/c") | .state' >"$dir/got"
says "to the last nanosecond" pinned "$dir/got"
"$PARE" audit --agent demo --as-of 2027-01-01 --json | jq -r '.grants[] | select(.pattern == "/srv/c") | .state' >"$dir/got"
says_not "until it ends" pinned "$dir/got"
"$PARE" audit --agent demo --as-of 2026-11-13 --json | jq -r '.grants[] | select(.pattern == "/srv/c") | .state' >"$dir/got"
says_not "and not before" pinned "$dir/got"
status "a pin without an end" 2 "$PARE" review "$one" --reviewer owner --pin "$(id /srv/c)" --reason always

{
	rule file read /srv/a
	rule file delete /srv/e
} | policy "$dir/three.xml"
worst=$("$PARE" review "$dir/three.xml" | sed -n 's/^  \(r-[0-9a-f]*\).*delete.*/\1/p')
status "a rule is rejected" 0 "$PARE" review "$dir/three.xml" --reviewer ann --reject "$worst" --reason "too much" --at 2026-11-15
status "the rest approved" 0 "$PARE" review "$dir/three.xml" --reviewer ann --approve all --reason fine --at 2026-11-15
says "and so the version is not" ": rejected" "$dir/out"

status "a withdrawn version is not approved by what was said before" 1 "$PARE" review "$two" --reviewer ann --approve all --reason again --at 2026-11-16
says "it takes a new one" "version 2: it is withdrawn: propose it anew" "$dir/err"
{
	rule file read /srv/a
} | policy "$dir/four.xml"
"$PARE" review "$dir/four.xml" --reviewer ann --approve all --reason least --notice 1d --at 2026-11-16 >/dev/null
status "what was in force comes back" 0 "$PARE" rollback --agent demo 1 --reason "the job failed" -o "$dir/back.xml" --at 2026-11-20
says "at once" "nobody has reviewed it" "$dir/err"
says "and says what that changes" "+ file write /srv/c" "$dir/err"
says_not "and nothing else" "takes away" "$dir/err"
ok "as it was" "$PARE" diff "$one" "$dir/back.xml"
history 2026-11-21 "1 superseded
2 withdrawn
3 rejected
4 superseded
5 in force" "as a new version"
"$PARE" history --agent demo --as-of 2026-11-21 >"$dir/out"
says "with who did it and why" "restored by $me, 2026-11-20 00:00:00: the job failed" "$dir/out"
status "what was never in force does not" 1 "$PARE" rollback --agent demo 3
says "says why" "it is rejected" "$dir/err"
status "a version that is none" 1 "$PARE" rollback --agent demo 99
status "an agent without policies" 1 "$PARE" history --agent other
status "no reviewer" 2 "$PARE" review "$one" --approve all --reason x
status "no reason" 2 "$PARE" review "$one" --approve all --reviewer ann
status "a rule that is none" 1 "$PARE" review "$one" --reviewer ann --reject r-none --reason x
status "who imported grants may not review either" 3 sh -c '"$0" import -q --from pare --agent demo "$1" && "$0" review "$2" --reviewer "$3" --approve all --reason x' "$PARE" "$one" "$dir/three.xml" "$me"
ok "the database is in order" "$PARE" fsck
finish
