#!/bin/sh
# The page of an agent that holds grants: all sections, true to the audit and to the database, whole with
# hostile names, and the same bytes each time.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"
. "$(dirname "$0")/report_agent.sh"
evil='a&<img src=x onerror=alert(1)>;b'
echo x >"$evil"
odd=$(printf 'bad\377\033')
echo x >"$odd"
run 2026-08-02T10:00Z b
run 2026-11-01T10:00Z a
run 2026-11-10T10:00Z a "$evil"
run 2026-11-20T10:00Z a absent "$odd"
{
	rule file read '$WS/a'
	rule file read '$WS/b'
	rule file read '$WS/{any:1-40}'
	rule file write '/etc/**'
	rule program exec "$cat"
	rule tool call 'github/{any:1-20}'
	rule host connect 'tcp/{any:1-40}:443'
} | policy "$dir/p.xml"
"$PARE" import -q --from pare --agent demo --granted 2026-07-01 "$dir/p.xml" || exit 1
page=$dir/report.html

status "a page is written" 0 report -o "$page"
"$PARE" audit --agent demo --as-of 2026-11-29 --json >"$dir/audit.json"
perl "$root/tests/report_html.pl" "$page" "$dir/audit.json" >"$dir/found"
clean "its numbers are those of the audit, and its links lead somewhere"
sed 's/\(data-is="grants[^"]*uses"[^>]*>\)[0-9]/\19/' "$page" >"$dir/wrong.html"
perl "$root/tests/report_html.pl" "$dir/wrong.html" "$dir/audit.json" >"$dir/found"
says "which is noticed where one is another" "the page says 9" "$dir/found"

sed -n 's/^SECTION(\([a-z]*\), *[AU][A-Z]*,.*/\1/p' "$root/reports/html/sections.def" >"$dir/sections"
while read -r name; do
	grep -q "<section id=\"$name\"" "$page" || echo "no section $name"
	sed -n "/<section id=\"$name\"/,/<\/section>/p" "$page" | grep -q 'class="answer"' || echo "$name has no answer"
	grep -q "href=\"#$name\"" "$page" || echo "the contents have no $name"
done <"$dir/sections" >"$dir/found"
ok "there are sections" test -s "$dir/sections"
clean "each section is there, in the contents, and begins with an answer"
for figure in needs days ages rates; do
	says "the figure $figure is drawn" "id=\"$figure-title\"" "$page"
done

# ---- what the audit does not count is the database's ----
shown() { sed -n "s/.*data-is=\"count\/$1\">\([0-9,]*\)<.*/\1/p" "$page"; }
counted() { # counted NAME MEMBER SQL
	want=$(sqlite3 "$PARE_DB" "WITH mine AS (SELECT run.id FROM run JOIN agent ON agent.id = run.agent
		WHERE agent.name = 'demo' AND started >= (strftime('%s', '2026-11-29') - 90 * 86400) * 1000000000) $3")
	echo "the page says '$(shown "$2")', the database '$want'" >"$dir/why"
	[ "$(shown "$2")" = "$want" ] && pass "$1 are the database's" || fail "$1 are the database's" "$dir/why"
}
counted "accesses denied" denied "SELECT coalesce(sum(count), 0) FROM access WHERE outcome = 3 AND run IN mine"
counted gaps gaps "SELECT count(*) FROM gap WHERE run IN mine"
sqlite3 "$PARE_DB" "SELECT lower(hex(digest)) FROM seal LIMIT 0; SELECT digest FROM seal ORDER BY id DESC LIMIT 1" >"$dir/seal"
says "the newest run's seal is in it" "$(cat "$dir/seal")" "$page"

# ---- hostile names ----
says "a name with markup is text" 'a&amp;&lt;img src=x onerror=alert(1)&gt;;b' "$page"
says "a name that is not UTF-8 is escaped" 'bad\xff\x1b' "$page"
for markup in '<script' '<img' '<link' '<iframe' '<form' 'javascript:' ' style=' ' onload=' 'url(' '@import'; do
	says_not "no $markup in it" "$markup" "$page"
done
LC_ALL=C grep -nP '[\x00-\x08\x0b-\x1f\x7f]' "$page" >"$dir/found"
clean "no control character is in it"
ok "it is UTF-8" iconv -f UTF-8 -t UTF-8 "$page"

# ---- the same bytes ----
status "in other surroundings" 0 env LC_ALL=de_DE.UTF-8 BG_COLOR=red PAGESIZE=a5 MAX_LINE_LENGTH=3 ROTATION=90 \
	TZ=Asia/Tokyo COLUMNS=20 TERM=dumb "$PARE" report --agent demo --as-of 2026-11-29 -o ../again.html
ok "it is the same, byte for byte" cmp "$page" ../again.html
status "of a quarter" 0 "$PARE" report --agent demo --quarter 2026Q4 -o ../quarter.html
says "it says so" "pare report --agent demo --quarter 2026Q4" ../quarter.html
status "for others" 0 report --redact -o ../redacted.html
says_not "it hides names" 'onerror' ../redacted.html
says_not "also the folder" "$dir/ws" ../redacted.html
perl "$root/tests/report_html.pl" ../redacted.html "$dir/audit.json" >"$dir/found"
clean "and has the same numbers and ids"

# ---- for everybody ----
npm=$root/build/npm/node_modules
if [ -e "$npm/html-validate" ] && command -v node >/dev/null 2>&1; then
	echo '{"root": true, "extends": ["html-validate:standard"]}' >"$dir/.htmlvalidate.json"
	node "$npm/html-validate/bin/html-validate.mjs" -c "$dir/.htmlvalidate.json" "$page" >"$dir/found" 2>&1
	clean "html-validate finds nothing"
else
	skip "html-validate finds nothing" "html-validate is not installed (make test installs it)"
fi
if [ -e "$npm/axe-core/axe.min.js" ] && command -v chromium >/dev/null 2>&1; then
	for width in 400 1600; do
		for theme in 0 1; do
			perl "$root/tests/axe.pl" "$npm/axe-core/axe.min.js" "$page" "$width" "$theme" >"$dir/found" 2>&1
			clean "axe finds nothing at $width pixels, theme $theme"
		done
	done
else
	skip "axe finds nothing" "axe-core or chromium is not installed"
fi
finish
