#!/bin/sh
# `pare report --redact`: nothing that a name says is left, and all that an audit says is.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"
. "$(dirname "$0")/report_json.sh"
home=$dir/zanzibar
ws=$home/projekt-gisela
mkdir -p "$ws/unterlagen/vertrag mit heinz" "$home/.config/brunhilde" && cd "$ws" || exit 1
HOME=$home
export HOME
cat=$(readlink -f "$(command -v cat)")
report() { "$PARE" report --agent demo --as-of 2026-11-29 --format all "$@"; }

odd=$(printf 'o\\d"<&> hildegard\302\240\377~')
echo a >"unterlagen/vertrag mit heinz/kunigunde.txt"
echo b >"$home/.config/brunhilde/kurfuerst.key"
echo c >"unterlagen/(klammer), eins; zwei.txt"
echo d >"unterlagen/$odd"
echo e >"read"
for day in 2026-08-02 2026-11-10 2026-11-15 2026-11-20; do
	GUNDULA_GEHEIM=1 "$PARE" record --quiet --agent demo --task "fuer kunigunde.txt" --at ${day}T10:00Z -- \
		sh -c 'cat "$@" ../.config/brunhilde/kurfuerst.key; cat /etc/shadow >/dev/null; printf "%s" "$GUNDULA_GEHEIM"' \
		sh "unterlagen/vertrag mit heinz/kunigunde.txt" "unterlagen/(klammer), eins; zwei.txt" "unterlagen/$odd" \
		read "unterlagen/fehlt-adelheid" >/dev/null 2>&1
done
"$PARE" record --quiet --agent demo --at 2026-11-21T10:00Z -- \
	python3 -c 'import socket
for host in ("ottokar.waldemar.example", "127.0.0.1"):
    try: socket.create_connection((host, 9), 1)
    except OSError: pass' 2>/dev/null
# What was granted before and is no more.
for day in 05-20 05-23 05-26 05-29 06-01 06-03 06-06 06-09 06-12 06-15 06-18 06-19; do "$PARE" record --quiet --agent demo --at 2026-${day}T10:00Z -- true; done
rule host connect 'tcp/adalbert.example:443' | policy "$home/ludmilla.xml"
"$PARE" import -q --from pare --agent demo --granted 2026-05-01 "$home/ludmilla.xml" || exit 1
{
	rule file read '$WS/unterlagen/**'
	rule file read '$WS/unterlagen/vertrag mit heinz/kunigunde.txt'
	rule file read '$HOME/.config/brunhilde/kurfuerst.key'
	rule file read '$HOME/nie-{digit:1-3}-friedhelm/**'
	rule file write '$WS/rosamunde'
	rule file write '/etc/**'
	rule program exec "$cat"
	rule host connect 'tcp/ottokar.waldemar.example:443'
	rule host connect 'tcp/hannelore.example:443'
	rule host connect 'tcp/198.51.100.7:443'
	rule variable hold GUNDULA_GEHEIM
	rule variable hold NIE_LIESELOTTE
} | policy "$home/ludmilla.xml"
"$PARE" import -q --from pare --agent demo --granted 2026-07-01 "$home/ludmilla.xml" || exit 1
pin=$("$PARE" audit --agent demo --as-of 2026-11-29 --json | jq -r '.grants[] | select(.pattern == "$WS/rosamunde") | .rule')
"$PARE" review --reviewer siegfried --pin "$pin" --reason 'kunigunde.txt will es' --until 2027-12-01 --at 2026-11-01 \
	"$home/ludmilla.xml" >/dev/null || exit 1

status "the report as it is" 0 report -o ../plain
status "the report for others" 0 report --redact -o ../redacted
ls ../redacted >"$dir/files"
ok "is of several files" test "$(wc -l <"$dir/files")" -gt 9
for word in zanzibar gisela unterlagen vertrag heinz kunigunde brunhilde kurfuerst klammer zwei friedhelm rosamunde adelheid \
	ottokar waldemar hannelore GUNDULA LIESELOTTE ludmilla siegfried 198.51.100.7 hildegard "$(hostname)"; do
	grep -qriF -- "$word" ../plain || echo "$word is not even in the report as it is"
	grep -rilF -- "$word" ../redacted | sed "s|^|$word is left in |"
done | grep -v "^$(hostname) is not even" >"$dir/found"
clean "no name from below the home or the workspace, of a host, a variable, a person is left"
status "the report with what it was before" 0 "$PARE" report --agent demo --as-of 2026-11-29 --baseline 2026-06-20 --format sarif -o ../before.sarif
says "names that" "adalbert" ../before.sarif
status "for others" 0 "$PARE" report --agent demo --as-of 2026-11-29 --baseline 2026-06-20 --format sarif --redact -o ../hidden.sarif
says_not "it does not" "adalbert" ../hidden.sarif
python3 "$root/tests/report_files.py" ../redacted >"$dir/found" 2>&1
clean "all files can be read, and say the same"
fits "JSON: it is as its schema says" "$root/reports/companions/report.schema.json" ../redacted/report.json
ok "it says that it is redacted" jq -e .redacted ../redacted/report.json
for what in '.audit.grants[] | [.id, .state, .uses, .runs, .resource, .action, .granted]' \
	'.audit.findings[] | [.id, .kind, .severity, .evidence]' .totals .audit.states .audit.evidence; do
	jq -c "$what" ../plain/report.json >"$dir/want"
	jq -c "$what" ../redacted/report.json >"$dir/got"
	cmp -s "$dir/want" "$dir/got" || { echo "$what"; diff "$dir/want" "$dir/got"; }
done >"$dir/found"
clean "ids, states, numbers and evidence are the same"
jq -r '.audit.grants[].pattern' ../redacted/report.json >"$dir/got"
says "what is the system's stays" "$cat" "$dir/got"
says "so does what a pattern leaves open" "/etc/**" "$dir/got"
grep -qE '^\$WS/x[0-9a-f]{14}/\*\*$' "$dir/got" && pass "what stands below the workspace is a token" || fail "what stands below the workspace is a token" "$dir/got"
grep -qE '^tcp/x[0-9a-f]{14}\.x[0-9a-f]{14}\.example:443$' "$dir/got" && pass "labels of hosts are" || fail "labels of hosts are" "$dir/got"
# token FILE: that of the folder "unterlagen".
jq -r '.audit.grants[].pattern | select(test("^.WS/x[0-9a-f]*/..$")) | .[4:19]' ../redacted/report.json | head -1 >"$dir/token"
for file in report.html events.jsonl permissions.csv report.txt results.sarif oscal-ar.xml junit.xml; do
	grep -qF "$(cat "$dir/token")" "../redacted/$file" || echo "$file has another token"
done >"$dir/found"
clean "it is the same one in every file"
status "another report" 0 report --redact -o ../other
grep -rlF "$(cat "$dir/token")" ../other >"$dir/found"
clean "has others"
[ -e ../redacted/policy.next.xml ] && fail "what cannot be redacted is left out" || pass "what cannot be redacted is left out"
tidy -q -e ../redacted/report.html 2>&1 | grep -v '<title> proprietary attribute "id"' >"$dir/found"
clean "the page is HTML without a fault"
status "or refused" 2 "$PARE" report --agent demo --format policy --redact
says "by name" "cannot be redacted" "$dir/err"
finish
