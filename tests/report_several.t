#!/bin/sh
# `pare report` on several agents: a folder for each, an overview of all, one manifest.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"
. "$(dirname "$0")/report_json.sh"
mkdir "$dir/ws" && cd "$dir/ws" || exit 1
odd='../<odd> agent'
long=$(printf 'l%.0s' $(seq 100))
for agent in one two "$odd" "$long" bare; do
	for day in 2026-11-01 2026-11-10 2026-11-20; do
		"$PARE" record --quiet --agent "$agent" --at ${day}T10:00Z -- cat /etc/hostname >/dev/null
	done
done
rule file read /etc/hostname | policy ../p.xml
{ rule file read /etc/hostname; rule file write '/srv/**'; } | policy ../q.xml
for agent in one "$odd" "$long"; do "$PARE" import -q --from pare --agent "$agent" --granted 2026-07-01 ../p.xml; done
"$PARE" import -q --from pare --agent two --granted 2026-07-01 ../q.xml
status "all agents" 0 "$PARE" report --agent all --as-of 2026-11-29 --format all -o ../all
ok "one manifest covers every file" sh -c "cd ../all && sha256sum --strict --quiet -c MANIFEST.sha256"
(cd ../all && find . -type f ! -path ./MANIFEST.sha256 | sed 's|^\./||' | sort) >"$dir/want"
cut -c 67- ../all/MANIFEST.sha256 | sort >"$dir/got"
same "each once" "$dir/want" "$dir/got"
fits "the overview is as its schema says" "$root/reports/companions/overview.schema.json" ../all/overview.json
jq -r '.agents[] | "\(.agent) \(.folder != null) \(.no_report)"' ../all/overview.json >"$dir/got"
printf '%s\n' "$odd true null" "bare false it is granted nothing" "$long true null" "one true null" "two true null" >"$dir/want"
same "it has every agent, also one of whom there is no report" "$dir/want" "$dir/got"
for agent in one two "$odd" "$long"; do
	folder=$(jq -r --arg a "$agent" '.agents[] | select(.agent == $a) | .folder' ../all/overview.json)
	case $folder in */* | .* | '') echo "$agent has the folder $folder" ;; esac
	[ "$(dirname "$(readlink -f "../all/$folder")")" = "$(readlink -f ../all)" ] || echo "$agent is elsewhere: $folder"
	jq -c --arg a "$agent" '.agents[] | select(.agent == $a) | [.runs, .permissions, .removals, .findings]' \
		../all/overview.json >"$dir/want"
	jq -c '[.totals.runs, .totals.permissions, .totals.removals, .totals.findings]' "../all/$folder/report.json" >"$dir/got"
	cmp -s "$dir/want" "$dir/got" || { echo "$agent:"; cat "$dir/want" "$dir/got"; }
	grep -qF "href=\"$folder/report.html\"" ../all/index.html || echo "$agent has no link"
	"$PARE" report --agent "$agent" --as-of 2026-11-29 --format all -o "$dir/alone" && diff -r "$dir/alone" "../all/$folder"
	rm -rf "$dir/alone"
done >"$dir/found" 2>&1
clean "each has the report that it has alone, and the overview its numbers"
tidy -q -e ../all/index.html >"$dir/found" 2>&1
clean "the page is HTML without a fault"
says_not "and harmless" '<odd>' ../all/index.html
python3 - ../all/overview.csv <<'E2' >"$dir/got"
import csv, sys
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    print(*[row["agent"] + " " + row["can_go"] for row in csv.DictReader(file, strict=True)], sep="\n")
E2
printf '%s\n' "$odd 0" "bare 0" "$long 0" "one 0" "two 1" >"$dir/want"
same "the spreadsheet has them, too" "$dir/want" "$dir/got"
status "once more" 0 "$PARE" report --agent all --as-of 2026-11-29 --format all -o ../again
ok "the same bytes" diff -r ../all ../again
status "into a folder that is full" 1 "$PARE" report --agent all --format all -o ../all
says "nothing is written" "is not empty" "$dir/err"
status "two of them" 0 "$PARE" report --agent two --agent one --as-of 2026-11-29 --format json -o ../two
(cd ../two && find . -type f | sort) >"$dir/got"
printf './%s\n' MANIFEST.sha256 index.html one/MANIFEST.sha256 one/report.json overview.csv overview.json \
	two/MANIFEST.sha256 two/report.json >"$dir/want"
same "only these, and what was asked for" "$dir/want" "$dir/got"
status "a quarter of all" 0 "$PARE" report --agent all --quarter 2026Q3 --format json -o ../q3
jq -c '[.quarter, ([.agents[].no_report] | unique)]' ../q3/overview.json >"$dir/got"
echo '["2026Q3",["nothing was recorded of it by then"]]' >"$dir/want"
same "says of whom nothing was recorded by then" "$dir/want" "$dir/got"
status "without a folder" 2 "$PARE" report --agent all --format json
says "it is told" "name a folder with -o" "$dir/err"
ssh-keygen -q -t ed25519 -N '' -f ../key </dev/null
status "all of it is signed at once" 0 "$PARE" sign ../all --key ../key --as prepared
status "not by who granted some of it" 3 "$PARE" sign ../all --key ../key --as reviewed
echo x >>../all/one/report.txt
ssh-keygen -q -t ed25519 -N '' -f ../other </dev/null
sqlite3 "$PARE_DB" "UPDATE grants SET grantor = 'somebody'"
status "one byte in one folder" 1 "$PARE" sign ../all --key ../other --as approved
says "is noticed" "one/report.txt is not as" "$dir/err"
finish
