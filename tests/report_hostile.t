#!/bin/sh
# A report of 1,000 names that mean harm, from a database with text that is no UTF-8: whole, and harmless in every format.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/report_json.sh"
mkdir "$dir/ws" "$dir/home" && cd "$dir/ws" || exit 1
HOME=$dir/home
export HOME
report() { "$PARE" report --agent demo --as-of 2027-01-20 --format all "$@"; }
python3 "$root/tests/hostile_names.py" "$dir/ws" "$dir/p.xml" || exit 1
ok "there are 1,000 such files" test "$(find . -type f -print0 | tr -cd '\0' | wc -c)" = 1000
for day in 2026-11-01 2026-11-10 2026-11-20; do
	"$PARE" record --quiet --agent demo --at ${day}T10:00Z -- python3 -c '
import os
for name in sorted(os.listdir(b".")):
    open(name, "rb").close()'
done
for day in 2027-01-05 2027-01-10 2027-01-15; do
	"$PARE" record --quiet --agent demo --at ${day}T10:00Z -- true
done
status "each is granted by a permission" 0 "$PARE" import -q --from pare --agent demo --granted 2026-07-01 "$dir/p.xml"
sqlite3 "$PARE_DB" "UPDATE run SET task = CAST(x'ff3d311b5b324a3c623e' AS TEXT), host = CAST(x'c03cff' AS TEXT);
	UPDATE grants SET grantor = CAST(x'3d313c2f613eff5d5d3e' AS TEXT), source = x'2f00ff3c2f613e0a3d31';
	UPDATE access SET outcome = 3, errno = 13 WHERE run = 2 AND resource IN
		(SELECT resource.id FROM resource JOIN name ON name.id = name WHERE instr(bytes, CAST('$dir/ws/' AS BLOB)) = 1)"
status "a report of all of it" 0 report -o ../plain
status "another for others" 0 report --redact -o ../redacted
for folder in ../plain ../redacted; do
	python3 "$root/tests/report_files.py" $folder >"$dir/found" 2>&1
	clean "$folder: all files can be read, and say the same"
	fits "$folder: JSON as its schema says" "$root/reports/companions/report.schema.json" $folder/report.json
	fits "$folder: OCSF, too" "$root/tests/ocsf-2008.schema.json" $folder/findings.ocsf.jsonl
	schema=${PARE_SCHEMAS:-$root/../shared/schemas}/sarif-schema-2.1.0.json
	if [ -e "$schema" ]; then fits "$folder: SARIF, too" "$schema" $folder/results.sarif; else skip "$folder: SARIF, too" "there is no $schema"; fi
	for file in oscal-ar.xml junit.xml; do
		ok "$folder: $file is XML" xmllint --nonet --noout $folder/$file
	done
	[ "$(jq '.audit.grants | length' $folder/report.json)" = 1000 ] && pass "$folder: 1,000 permissions" || fail "$folder: 1,000 permissions"
	[ "$(jq '[.audit.findings[] | select(.kind == "stale")] | length' $folder/report.json)" = 1000 ] &&
		pass "$folder: 1,000 findings about them" || fail "$folder: 1,000 findings about them"
	python3 - $folder/denied.csv <<-'E' >"$dir/found" 2>&1
		import csv, sys
		with open(sys.argv[1], newline="", encoding="utf-8") as file:
		    rows = [row for row in csv.DictReader(file, strict=True) if row["action"] == "read"]
		print(*[] if len(rows) == len({row["name"] for row in rows}) == 1000 else [len(rows), "rows"], end="")
	E
	clean "$folder: 1,000 denials, none lost, none like another"
done
jq -r '.audit.grants[].pattern' ../plain/report.json | sort -u | wc -l >"$dir/got"
says "no two names have become one" 1000 "$dir/got"
xsd=${PARE_SCHEMAS:-$root/../shared/schemas}/oscal_assessment-results-1.0.6.xsd
if [ -e "$xsd" ]; then
	status "OSCAL as its schema says" 0 "$PARE" report --agent demo --as-of 2027-01-20 --format oscal --oscal-xsd "$xsd" -o ../o.xml
else
	skip "OSCAL as its schema says" "there is no $xsd"
fi
for markup in '<img' '<script' '<svg/' 'javascript:alert(1)"'; do
	LC_ALL=C grep -lF -- "$markup" ../plain/*.xml
done >"$dir/found"
clean "no markup of theirs is in any XML"
LC_ALL=C grep -lP '[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xff|\xe2\x80\xae' ../plain/* ../redacted/* >"$dir/found"
clean "no control, bidi or broken byte is in any file"
report -o ../again
ok "the same bytes once more" diff -r ../plain ../again
finish
