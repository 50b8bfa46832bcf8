#!/bin/sh
# `pare report` as files for other programs: each is what it says it is, and true to the database.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"
. "$(dirname "$0")/report_json.sh"
mkdir "$dir/ws" "$dir/home" && cd "$dir/ws" || exit 1
HOME=$dir/home
export HOME
cat=$(readlink -f "$(command -v cat)")
report() { "$PARE" report --agent demo --as-of 2026-11-29 "$@"; }

# run DAY FILE...: the agent reads the files on that day.
run() {
	day=$1
	shift
	"$PARE" record --agent demo --at "$day" -- cat "$@" >/dev/null 2>&1
}
echo a >a
echo b >b
run 2026-08-02T10:00Z b
run 2026-11-01T10:00Z a
run 2026-11-10T10:00Z a
run 2026-11-20T10:00Z a absent
"$PARE" record --quiet --agent other --at 2026-11-20T10:00Z -- true
status "what was granted nothing has no audit" 1 "$PARE" report --agent other --format json -o ../none.json
says "and is told what to do" "pare import" "$dir/err"
[ -e ../none.json ] && fail "nothing was written" || pass "nothing was written"
{
	rule file read '$WS/a'
	rule file read '$WS/b'
	rule file read '$WS/absent'
	rule file write '/etc/**'
	rule program exec "$cat"
	rule tool call 'github/{any:1-20}'
} | policy "$dir/p.xml"
"$PARE" import -q --from pare --agent demo --granted 2026-07-01 "$dir/p.xml" || exit 1

# ---- JSON ----
status "JSON" 0 report --format json -o ../report.json
fits "it is as its schema says" "$root/reports/companions/report.schema.json" ../report.json
number() { # number NAME JQ SQL
	got=$(jq -r "$2" ../report.json) want=$(sqlite3 "$PARE_DB" "WITH mine AS (SELECT run.* FROM run JOIN agent
		ON agent.id = run.agent WHERE agent.name = 'demo' AND started < 1795910400000000000) $3")
	echo "the report says '$got', the database '$want'" >"$dir/why"
	[ -n "$want" ] && [ "$got" = "$want" ] && pass "$1 are the database's" || fail "$1 are the database's" "$dir/why"
}
number runs .totals.runs "SELECT count(*) FROM mine"
number "runs of the audit" .audit.evidence.all_runs "SELECT count(*) FROM mine"
number "runs of the window" .totals.window_runs \
	"SELECT count(*) FROM mine WHERE started >= 1795910400000000000 - 90 * 86400000000000"
number accesses .totals.accesses "SELECT count(*) FROM access WHERE run IN (SELECT id FROM mine)"
number events .totals.events "SELECT sum(count) FROM access WHERE run IN (SELECT id FROM mine)"
number permissions .totals.permissions "SELECT count(*) FROM grant_ WHERE NOT denied"
number "permissions listed" '.audit.grants | length' "SELECT count(*) FROM grant_ WHERE NOT denied"
number "uses of one" '.audit.grants[] | select(.pattern == "$WS/a") | .uses' \
	"SELECT sum(count) FROM access JOIN resource ON resource.id = resource JOIN name ON name.id = resource.name
	WHERE run IN (SELECT id FROM mine) AND action = 1 AND name.bytes = CAST('$dir/ws/a' AS BLOB) AND outcome = 1"
jq -r '(.audit.states | to_entries[] | "\(.key) \(.value)"), (.totals.findings | to_entries[] | "\(.key) \(.value)")' \
	../report.json | grep -v ' 0$' | sort >"$dir/got"
jq -r '.audit.grants[].state, .audit.findings[].severity' ../report.json | sort | uniq -c |
	awk '{ print $2, $1 }' | sort >"$dir/want"
same "what is counted is what is listed" "$dir/want" "$dir/got"
jq -r '[.audit.findings[].id] | length == (unique | length)' ../report.json >"$dir/got"
says "no two findings have one id" true "$dir/got"
jq -r '.audit.findings[].evidence[] | "\(.run) \(.seq)"' ../report.json | sort -u >"$dir/cited"
ok "findings cite evidence" test -s "$dir/cited"
while read -r uuid seq; do
	sqlite3 "$PARE_DB" "SELECT 1 FROM access JOIN run ON run.id = run WHERE uuid = '$uuid' AND access.seq = $seq" |
		grep -q 1 || echo "no access $seq of run $uuid"
done <"$dir/cited" >"$dir/found"
clean "which is in the database"

# ---- the quarter ----
status "a quarter" 0 "$PARE" report --agent demo --quarter 2026Q3 --format json -o ../q.json
fits "is a report, too" "$root/reports/companions/report.schema.json" ../q.json
jq -c '[.as_of, .quarter.begin, .quarter.ended, .totals.runs, .audit.window_seconds]' ../q.json >"$dir/got"
says "as of its end, over its days" \
	'["2026-10-01T00:00:00.000000000Z","2026-07-01T00:00:00.000000000Z",true,1,7948800]' "$dir/got"
this=$(date -u +%Y)Q$((($(date -u +%-m) + 2) / 3))
status "the quarter that is now" 0 "$PARE" report --agent demo --quarter "$this" --format text
says "is told not to have ended" "$this, which has not ended" "$dir/out"
status "one that is still to come" 1 "$PARE" report --agent demo --quarter 2199Q1 --format json
says "is none" "still to come" "$dir/err"
for text in 2026Q5 2026Q0 26Q1 2026q1 '2026Q1 ' 2026Q12 Q42026; do
	"$PARE" report --agent demo --quarter "$text" --format json >/dev/null 2>&1
	[ $? = 2 ] || echo "--quarter '$text' is taken"
done >"$dir/found"
clean "what is no quarter is refused"
status "a quarter and a day" 2 report --quarter 2026Q3

# ---- a folder ----
status "all of it" 0 report --format all -o ../all
ls ../all | LC_ALL=C sort >"$dir/got"
"$PARE" report --format help | cut -c 10-31 | tr -d ' ' | { cat; echo MANIFEST.sha256; } | LC_ALL=C sort >"$dir/want"
same "every file that --format help names is there" "$dir/want" "$dir/got"
ok "and is in the manifest, with its sum" sh -c "cd ../all && sha256sum --strict -c MANIFEST.sha256"
[ "$(wc -l <../all/MANIFEST.sha256)" = "$(($(wc -l <"$dir/want") - 1))" ] && pass "each once" || fail "each once"
ok "a file alone is the same" cmp ../report.json ../all/report.json
other=C
locale -a 2>/dev/null | grep -qi '^de_DE.utf' && other=de_DE.UTF-8
status "once more, elsewhere" 0 env LC_ALL=$other TZ=Asia/Tokyo COLUMNS=20 TERM=dumb CLICOLOR_FORCE=1 BG_COLOR=red \
	"$PARE" report --agent demo --as-of 2026-11-29 --format all -o ../again
ok "gives the same bytes" diff -r ../all ../again
status "an earlier report is replaced" 0 "$PARE" report --agent demo --as-of 2026-11-28 --format all -o ../again
ok "wholly" sh -c "cd ../again && sha256sum --quiet --strict -c MANIFEST.sha256"
mkdir ../full && echo mine >../full/report.html
status "a folder with other things" 1 report --format all -o ../full
says "is left alone" "holds no report" "$dir/err"
[ "$(cat ../full/report.html)" = mine ] && pass "as it was" || fail "as it was"
status "all, and no folder" 2 report --format all
says "is told" "name a folder with -o" "$dir/err"
status "a file in the folder's place" 1 report --format all -o ../report.json
says "is told" "report.json" "$dir/err"
status "a folder below none" 1 report --format all -o ../no/all
says "is told" "No such file or directory" "$dir/err"
for format in $("$PARE" report --format help | cut -d ' ' -f 1 | sort | uniq -u); do
	report --format "$format" -o /dev/full 2>"$dir/err" && echo "$format to a full disk: no failure"
	grep -q "No space left on device" "$dir/err" || { echo "$format to a full disk:"; cat "$dir/err"; }
done >"$dir/found"
clean "a full disk is told for each format"
mkdir -m 500 ../locked
locked=../locked
[ "$(id -u)" != 0 ] || locked=/sys # where root may not, either
status "a folder that nobody may write to" 1 report --format json -o $locked/report.json
says "is told" "ermi" "$dir/err"
[ "$(wc -l <"$dir/err")" = 1 ] && pass "in one line" || fail "in one line" "$dir/err"
find .. -name '*.tmp' >"$dir/found"
clean "no temporary file is left"
finish
