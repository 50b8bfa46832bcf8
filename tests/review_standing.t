#!/bin/sh
# What holds after a review: conditions count as much as names, what history says and what the audit
# sees are the same on every day, and decisions that would say otherwise are refused.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"

# read_of FILE NAME...: a policy that grants reading them.
read_of() {
	file=$1
	shift
	for name; do rule file read "/srv/$name"; done | policy "$dir/$file"
}
# git_of FILE ATTRIBUTES ARGV: a policy that grants git with such arguments.
git_of() {
	printf '<rule resource="program" action="exec"%s><pattern>/usr/bin/git</pattern>%s<justification>a test</justification></rule>\n' \
		"$2" "$3" | policy "$dir/$1"
}
# review FILE DAY OPTION...
review() {
	file=$1 day=$2
	shift 2
	"$PARE" review "$dir/$file" --reviewer ann --reason "a test" --at "2026-$day" "$@"
}
is() {
	printf '%s\n' "$2" >"$dir/want"
	same "$1" "$dir/want" "$dir/got"
}

# ---- less is less, whatever the name ----
git_of any '' ''
git_of some '' '<argv>push **</argv><argv>status</argv>'
git_of one '' '<argv>status</argv>'
git_of ends ' expires="2027-06-01T00:00:00Z"' '<argv>status</argv>'
git_of rated ' rate-run="5"' '<argv>status</argv>'
git_of asked ' gate="confirm"' '<argv>status</argv>'
status "a program with any arguments" 0 review any 01-01 --approve all
status "with some" 0 review some 01-02 --approve all
says "is less" "scheduled for 2026-01-09" "$dir/out"
says "and listed" "fewer arguments allowed" "$dir/out"
says "down to the command line" "      with any arguments" "$dir/out"
says "as a list with a hash" "takes away 1 permissions (list " "$dir/out"
sed -n 's/.*(list \([0-9a-f]*\)).*/\1/p' "$dir/out" >"$dir/got"
status "with one" 0 review one 01-10 --approve all
says "and what it was" "      push **" "$dir/out"
says "is less than that" "scheduled for 2026-01-17" "$dir/out"
sed -n 's/.*(list \([0-9a-f]*\)).*/\1/p' "$dir/out" >>"$dir/got"
sort -u "$dir/got" | wc -l >"$dir/count"
says "which is another list" 2 "$dir/count"
for kind in ends:sooner rated:"rate lowered" asked:"gate added"; do
	status "${kind%%:*}" 0 review "${kind%%:*}" 02-01 --approve all
	says "${kind#*:} is less, too" "${kind#*:}" "$dir/out"
	says "and waits" "scheduled for 2026-02-08" "$dir/out"
	review "${kind%%:*}" 02-01 --reject all >/dev/null
done
git_of more '' '<argv>log **</argv><argv>status</argv>'
"$PARE" review "$dir/more" --at 2026-02-02 >"$dir/out"
says "with another is more" "adds 1 permissions" "$dir/out"
says "and says of what" "      log **" "$dir/out"
says_not "and only that" "      status" "$dir/out"
status "and is approved" 0 review more 02-02 --approve all
says "and holds at once" "in force since 2026-02-02" "$dir/out"
"$PARE" history --agent demo --as-of 2026-03-01 >"$dir/got"
says "history says who was logged in" "approved by ann (login $(id -un))" "$dir/got"

# ---- the audit sees what history says ----
PARE_DB=$dir/standing.db
"$PARE" record --quiet --agent demo --at 2026-01-01 -- true >/dev/null 2>&1
# standing DAY...: "VERSION: PERMISSIONS" as history and audit have them, both of which must agree.
standing() {
	for day; do
		number=$("$PARE" history --agent demo --as-of "2026-$day" --json | jq -r 'select(.state == "in force") | .version')
		printf '%s %s:' "$day" "$number"
		"$PARE" audit --agent demo --as-of "2026-$day" --json | jq -r '.grants[].pattern' | sort | sed 's|/srv/| |' | tr -d '\n'
		echo
	done >"$dir/got"
}
read_of v1 a b c
read_of v2 a b
read_of v3 a b c d
read_of v4 a
review v1 11-01 --approve all >/dev/null
review v2 11-12 --approve all >/dev/null
review v2 11-13 --reject all >/dev/null
review v3 11-16 --approve all >/dev/null
standing 11-15 11-17 11-19 11-20
is "what came after a withdrawal holds on the day that was withdrawn" "11-15 1: a b c
11-17 3: a b c d
11-19 3: a b c d
11-20 3: a b c d"
"$PARE" audit --agent demo --as-of 2026-11-20 --json | jq -r '.grants[] | "\(.pattern) \(.granted[:10])"' | sort >"$dir/got"
is "without a break" "/srv/a 2026-11-01
/srv/b 2026-11-01
/srv/c 2026-11-01
/srv/d 2026-11-16"
review v4 11-20 --approve all >/dev/null
"$PARE" rollback --agent demo 1 --reason "a test" --at 2026-11-21 -o "$dir/back" 2>"$dir/err"
says "what goes back takes away, too" "- file read /srv/d" "$dir/err"
review v4 11-22 --reject all >/dev/null
standing 11-21 11-26 11-28
is "so does what was restored" "11-21 5: a b c
11-26 5: a b c
11-28 5: a b c"
read_of v10 c
review v10 11-23 --approve all >/dev/null
review v10 11-24 --reject all >/dev/null
"$PARE" rollback --agent demo 3 --reason "a test" --at 2026-11-25 -o "$dir/back" 2>"$dir/err"
standing 11-26 11-30 12-01
is "on the day of another that was withdrawn before, too" "11-26 7: a b c d
11-30 7: a b c d
12-01 7: a b c d"
read_of v5 b c
read_of v6 a b c d e
review v5 12-01 --approve all >/dev/null
status "what is approved meanwhile" 0 review v6 12-02 --approve all
says "says what comes next" "version 8 is scheduled for 2026-12-08 00:00:00, and takes its place then" "$dir/out"
standing 12-03 12-09
is "and it does" "12-03 9: a b c d e
12-09 8: b c"

# ---- history knows nothing of what was decided later ----
"$PARE" history --agent demo --as-of 2026-11-12T12:00Z --json | jq -r 'select(.version < 4) | "\(.version) \(.state) \(.decisions | map(.ruling) | unique | join(" "))"' >"$dir/got"
is "as things stood" "1 in force approved
2 scheduled approved
3 proposed "

# ---- decisions that would contradict what holds ----
rule_of() { "$PARE" review "$dir/$1" | sed -n 's/^  \(r-[0-9a-f]*\).*/\1/p' | head -1; }
read_of v7 b c x
first=$(rule_of v7)
review v7 12-10 --approve all >/dev/null
status "what is in force is not rejected" 1 review v7 12-11 --reject all
says "but another takes its place" "it is in force: propose a policy without what should go, or \`pare rollback\` to another" "$dir/err"
status "nor a rule of it" 1 review v7 12-11 --reject "$first"
read_of v8 b
first=$(rule_of v8)
review v8 12-12 --approve all >/dev/null
status "nor one of what is scheduled" 1 review v8 12-13 --reject "$first"
says "which is withdrawn as a whole" "\`--reject all\` withdraws it" "$dir/err"
status "what was in force is not approved again" 1 review v1 12-13 --approve all
says "but brought back" "it is superseded: \`pare rollback\` brings it back" "$dir/err"
standing 12-14 12-20
is "nothing has changed by that" "12-14 10: b c x
12-20 11: b"

# ---- what was decided on is what is there ----
cp "$PARE_DB" "$dir/altered.db"
sqlite3 "$dir/altered.db" "UPDATE policy SET document = CAST(replace(CAST(document AS TEXT), '/srv/a', '/srv/z') AS BLOB)"
status "a policy that was altered in the store" 1 "$PARE" history --agent demo --db "$dir/altered.db"
says "is said to be" "it was altered after it was kept" "$dir/err"
status "and does not come back" 1 "$PARE" rollback --agent demo 1 --reason "a test" --db "$dir/altered.db"

# ---- many at once, and one that dies ----
PARE_DB=$dir/many.db
read_of v1 a b c d
"$PARE" review "$dir/v1" >/dev/null
pids=
for i in 1 2 3 4 5 6; do
	"$PARE" review "$dir/v1" --reviewer "r$i" --approve all --reason "a test" >/dev/null 2>"$dir/many$i" &
	pids="$pids $!"
done
for pid in $pids; do wait "$pid" || echo "a reviewer ends with $?"; done >"$dir/found"
clean "six reviewers at once all get an answer"
sqlite3 "$PARE_DB" "SELECT count(*), count(DISTINCT rule), count(DISTINCT reviewer) FROM decision; SELECT count(*) FROM grants" >"$dir/got"
is "and one of them has decided" "5|5|1
1"
read_of v9 $(seq 300)
i=0
while [ $i -lt 12 ]; do
	i=$((i + 1))
	PARE_DB=$dir/dies.db
	rm -f "$PARE_DB"*
	"$PARE" review "$dir/v1" >/dev/null
	"$PARE" review "$dir/v9" --reviewer ann --approve all --reason "a test" >/dev/null 2>&1 &
	pid=$!
	sleep "0.0$i"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	sqlite3 "$PARE_DB" "SELECT count(*) FROM decision; SELECT count(*) FROM grants" | xargs
	"$PARE" fsck >/dev/null || echo "damaged"
done 2>/dev/null | grep -vxE '0 0|301 1' >"$dir/found"
clean "one that is killed has decided all or nothing"

# ---- a full disk ----
mkdir "$dir/small"
if unshare -m mount -t tmpfs none "$dir/small" 2>/dev/null; then
	cat >"$dir/full" <<'S'
mount -t tmpfs -o size=300k none "$1/small"
PARE_DB=$1/small/pare.db
export PARE_DB
"$2" review "$1/v1" --reviewer ann --approve all --reason "a test" --at 2026-11-01 >/dev/null
head -c 1M /dev/zero >"$1/small/filled" 2>/dev/null
"$2" review "$1/v9" --reviewer ann --approve all --reason "a test" --at 2026-11-02 >"$1/out" 2>"$1/err"
echo "$?"
rm "$1/small/filled"
"$2" history --agent demo --json | jq -r '"\(.version) \(.state)"'
"$2" fsck >/dev/null
echo "$?"
S
	unshare -m sh "$dir/full" "$dir" "$PARE" >"$dir/got"
	is "on a full disk nothing is decided, and what was stays" "1
1 in force
0"
	says "and why is said" "No space left on device" "$dir/err"
else
	skip "on a full disk nothing is decided" "no mount namespaces here"
fi
finish
