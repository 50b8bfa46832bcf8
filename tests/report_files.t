#!/bin/sh
# `pare report` as files for other programs: each is what it says it is, and true to the database.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"
. "$(dirname "$0")/report_json.sh"
. "$(dirname "$0")/report_agent.sh"
run 2026-08-02T10:00Z b
run 2026-11-01T10:00Z a
run 2026-11-10T10:00Z a
run 2026-11-20T10:00Z a absent
"$PARE" record --quiet --agent other --at 2026-11-20T10:00Z -- true
status "what was granted nothing has no audit" 1 "$PARE" report --agent other --format json -o ../none.json
says "and is told what to do" "pare import" "$dir/err"
[ -e ../none.json ] && fail "nothing was written" || pass "nothing was written"
status "but a launch can be reviewed before" 0 "$PARE" report --agent other --format all -o ../launch
says "what is left out is told" "it was granted nothing up to that day" "$dir/err"
ls ../launch >"$dir/got"
printf '%s\n' MANIFEST.sha256 denied.csv policy.next.xml report.html >"$dir/want"
same "a page, what was denied, and the policy that would do" "$dir/want" "$dir/got"
ok "the policy is one" "$PARE" check ../launch/policy.next.xml --agent other
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
# Of permissions for one file: what the audit says of their use, out of the rows of the database.
jq -r '.audit.grants[] | select(.pattern | test("^.WS/[a-z]*$")) |
	"\(.pattern[4:]) \(.uses) \(.runs) \(.days) \(.attempts)"' ../report.json >"$dir/got"
while read -r name rest; do
	sqlite3 -separator ' ' "$PARE_DB" "WITH mine AS (SELECT access.*, run.id AS r FROM access JOIN run ON run.id = run
		JOIN agent ON agent.id = agent JOIN resource ON resource.id = resource JOIN name ON name.id = resource.name
		WHERE agent.name = 'demo' AND started < 1795910400000000000 AND action = 1 AND kind = 1
		AND name.bytes = CAST('$dir/ws/$name' AS BLOB))
		SELECT '$name', coalesce((SELECT sum(count) FROM mine WHERE outcome = 1), 0),
		(SELECT count(DISTINCT r) FROM mine WHERE outcome = 1),
		(SELECT count(DISTINCT first / 86400000000000) FROM mine WHERE outcome = 1),
		coalesce((SELECT sum(count) FROM mine WHERE outcome NOT IN (1, 6)), 0)"
done <"$dir/got" >"$dir/want"
[ "$(wc -l <"$dir/want")" = 3 ] || echo "there are not three of them" >>"$dir/want"
same "uses, runs, days and attempts of each file are the database's" "$dir/want" "$dir/got"
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

# ---- the other files ----
schemas=${PARE_SCHEMAS:-$root/../shared/schemas} # of OASIS and NIST: not ours to publish
status "all of it" 0 report --format all -o ../all
python3 "$root/tests/report_files.py" ../all >"$dir/found" 2>&1
clean "all files can be read, and say the same"
fits "OCSF: each event is one" "$root/tests/ocsf-2008.schema.json" ../all/findings.ocsf.jsonl
if [ -e "$schemas/sarif-schema-2.1.0.json" ]; then
	fits "SARIF: it is as its schema says" "$schemas/sarif-schema-2.1.0.json" ../all/results.sarif
else
	skip "SARIF: it is as its schema says" "there is no $schemas/sarif-schema-2.1.0.json"
fi
xsd=$schemas/oscal_assessment-results-1.0.6.xsd
if [ -e "$xsd" ]; then
	status "OSCAL: it is as its schema says" 0 report --format oscal --oscal-xsd "$xsd" -o ../oscal.xml
	ok "the same" cmp ../oscal.xml ../all/oscal-ar.xml
	ok "xmllint agrees" xmllint --nonet --noout --schema "$xsd" ../oscal.xml
	sed 's/<xs:element name="title"/<xs:element name="titel"/' "$xsd" >../other.xsd
	status "one that is not is not written" 1 report --format oscal --oscal-xsd ../other.xsd -o ../refused.xml
	[ ! -e ../refused.xml ] && pass "not at all" || fail "not at all"
else
	skip "OSCAL: it is as its schema says" "there is no $xsd"
fi
status "a schema that is none" 1 report --format oscal --oscal-xsd /dev/null -o ../refused.xml

# Where it is granted: at the lines of the files, and new since the last audit.
cat >settings.json <<'END'
{
  "permissions": {
    "allow": [
      "Read(./a)",
      "WebFetch(domain:api.example.com)"
    ]
  }
}
END
"$PARE" import -q --from claude --agent demo --granted 2026-09-01 settings.json
"$PARE" audit --agent demo --as-of 2026-11-29 --json | jq -r '.findings[] | select(.grant) | .id' | sort >"$dir/now"
"$PARE" audit --agent demo --as-of 2026-08-31 --json | jq -r '.findings[] | .id' | sort >"$dir/then"
status "SARIF" 0 report --format sarif -o ../r.sarif
jq -c '.runs[0].results[] | select(.properties.permission and (.message.text | test("api.example.com"))) | .locations[0].physicalLocation' \
	../r.sarif | sort -u >"$dir/got"
echo '{"artifactLocation":{"uri":"settings.json","uriBaseId":"SRCROOT"},"region":{"startLine":5}}' >"$dir/want"
same "a finding stands at the line that grants it, below the workspace" "$dir/want" "$dir/got"
jq -c '.runs[0].results[] | select(.message.text | test("^file write /etc")) | .locations[0].physicalLocation' \
	../r.sarif >"$dir/got"
line=$(grep -nF '/etc/**' "$dir/p.xml" | cut -d : -f 1)
echo "{\"artifactLocation\":{\"uri\":\"file://$dir/p.xml\"},\"region\":{\"startLine\":$line}}" >"$dir/want"
same "so it does in a policy elsewhere" "$dir/want" "$dir/got"
# states DAY: the findings that SARIF calls new since that day, and those that are gone.
states() {
	report --format sarif --baseline "$1" | jq -r '.runs[0].results[] | select(.baselineState == "'"$2"'") |
		.partialFingerprints["pareFinding/v1"]' | sort
}
"$PARE" audit --agent demo --as-of 2026-11-29 --json | jq -r '.findings[] | .id' | sort >"$dir/now"
"$PARE" audit --agent demo --as-of 2026-11-05 --window 90d --json | jq -r '.findings[] | .id' | sort >"$dir/then"
comm -23 "$dir/now" "$dir/then" >"$dir/want"
states 2026-11-05 new >"$dir/got"
ok "something is new" test -s "$dir/want"
same "what is new since the last audit is called so" "$dir/want" "$dir/got"
comm -13 "$dir/now" "$dir/then" >"$dir/want"
states 2026-11-05 absent >"$dir/got"
same "what was found then, and no more, is told" "$dir/want" "$dir/got"
states 2026-11-29 new >"$dir/found"
clean "nothing is new since the same day"
pin=$("$PARE" audit --agent demo --as-of 2026-11-29 --json |
	jq -r '.grants[] | select(.pattern == "/etc/**" and .action == "write") | .rule')
status "one is pinned" 0 "$PARE" review "$dir/p.xml" --reviewer '=ann' --pin "$pin" --reason '=once a year' \
	--until 2027-12-01 --at 2026-11-14
report --format sarif | jq -c '.runs[0].results[] | select(.suppressions != []) |
	[.ruleId, .suppressions[0].kind, .suppressions[0].justification, .suppressions[0].properties.owner]' >"$dir/got"
echo '["pinned","external","=once a year","=ann"]' >"$dir/want"
same "SARIF has it suppressed, with the reason" "$dir/want" "$dir/got"
report --format csv -o ../csv
says "a spreadsheet takes neither for a formula" "\"'=ann\",\"'=once a year\"" ../csv/permissions.csv

# ---- for a terminal ----
for columns in 40 80 160; do
	COLUMNS=$columns LC_ALL=C report --format text >"$dir/text"
	awk -v most=$columns 'length($0) > most && !/^ *[^ ]+$/ { print most ": " $0 }' "$dir/text"
done >"$dir/found" # but for a name that cannot be broken
clean "text is no wider than the terminal"
COLUMNS=160 LC_ALL=C report --format text >"$dir/text"
head -1 "$dir/text" | grep -q 'permissions can go' && pass "the verdict comes first" || fail "the verdict comes first" "$dir/text"
says "what is used in all runs of the window has a full bar" '##########' "$dir/text"
says "what is not has an empty one" '..........' "$dir/text"
LC_ALL=C grep -n '[^ -~]' "$dir/text" >"$dir/found"
clean "without UTF-8 it is ASCII"
env -u NO_COLOR CLICOLOR_FORCE=1 "$PARE" report --agent demo --format text >"$dir/text"
grep -q "$(printf '\033')\[" "$dir/text" && pass "colour where it is wanted" || fail "colour where it is wanted"
env -u NO_COLOR CLICOLOR_FORCE=1 "$PARE" report --agent demo --as-of 2026-11-29 --format text -o ../t.txt
report --format text -o ../u.txt
ok "a file has none, and is always the same" cmp ../t.txt ../u.txt

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
status "JSON once more" 0 report --format json -o ../report.json
status "all of it" 0 report --format all -o ../all
ls ../all | LC_ALL=C sort >"$dir/got"
"$PARE" report --format help | cut -c 9-31 | tr -d ' ' | { cat; echo MANIFEST.sha256; } | LC_ALL=C sort >"$dir/want"
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
