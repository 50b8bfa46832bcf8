#!/bin/sh
# The report as people and scripts meet it: complete, the same each time, and true to the database.
. "$(dirname "$0")/lib.sh"
mkdir "$dir/ws" "$dir/home" && cd "$dir/ws" || exit 1
HOME=$dir/home
export HOME

# ---- before there is anything ----
status "without a database it says so" 1 "$PARE" report -o ../none.html
says "and what to do" "pare record" "$dir/err"
status "another format is refused" 2 "$PARE" report --format paper -o ../none.html
says "by name" "--format paper: no such format" "$dir/err"
status "a time that is none is refused" 2 "$PARE" report --as-of yesterday -o ../none.html
[ -e ../none.html ] && fail "nothing was written" || pass "nothing was written"

# ---- an agent, three times, with names that mean harm ----
cat >agent.sh <<'END'
echo x >"in$(printf '\342\200\256')gpj.exe"
echo x >'a&<img src=x onerror=alert(1)>;b'
echo x >"bad$(printf '\377\033')[2J.c"
echo x >'</title><script>alert(1)<'
cat 'a&<img src=x onerror=alert(1)>;b' >/dev/null
cat /no/such/file 2>/dev/null
cat ./noread 2>/dev/null
[ "$1" != 2 ] || mkdir once
exit 0
END
for i in 1 2 3; do
	status "run $i is recorded" 0 "$PARE" record --quiet --agent 'a <b>&amp;' --task "task $i" -- \
		sh ./agent.sh "$i"
done
"$PARE" record --quiet --agent other -- true
status "two agents: one must be chosen" 1 "$PARE" report -o ../none.html
says "and both are named" 'a <b>&amp;, other' "$dir/err"
status "an agent that is not there" 1 "$PARE" report --agent nobody -o ../none.html
says "is answered with those that are" 'no such agent' "$dir/err"
status "no run by then" 1 "$PARE" report --agent other --as-of 2001-01-01 -o ../none.html
status "a report is written" 0 "$PARE" report --agent 'a <b>&amp;' -o ../report.html
[ -s "$dir/out" ] || [ -s "$dir/err" ] && fail "and nothing is said" "$dir/err" || pass "and nothing is said"
page=$dir/report.html

# ---- a page that stands alone and does nothing ----
tidy -q -e "$page" 2>&1 | grep -v '<title> proprietary attribute "id"' >"$dir/found"
clean "it is HTML without a fault"
for markup in '<script' '<img' '<link' '<iframe' '<form' 'javascript:' ' style=' ' onload=' 'url(' '@import' 'http://' 'https://'; do
	grep -v 'xmlns=' "$page" >"$dir/page" # the name of SVG is an address that nobody visits
	says_not "no $markup in it" "$markup" "$dir/page"
done
says "a policy forbids what is not the style" "default-src 'none'; style-src 'sha256-" "$page"
perl -0777 -MDigest::SHA=sha256_base64 -ne '
	my ($style) = m{<style>(.*?)</style>}s or die "no style";
	my $sum = sha256_base64($style);
	$sum .= "=" while length($sum) % 4;
	die "the style has the sum $sum\n" unless index($_, "sha256-$sum") >= 0;
' "$page" >"$dir/found" 2>&1
clean "whose sum is the style's"
says "a name from outside is shown, escaped" 'a&amp;&lt;img src=x onerror=alert(1)&gt;;b' "$page"
says "a turned name too" 'in\u{202e}gpj.exe' "$page"
says "with a word of warning" 'writing direction changed' "$page"
says "and one that is not UTF-8" 'bad\xff\x1b' "$page"
says "the agent's name as well" 'a &lt;b&gt;&amp;amp;' "$page"
LC_ALL=C grep -nP '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80\xae' "$page" >"$dir/found"
clean "no control or bidi character is in it"

# ---- for everybody ----
perl -0777 -ne '
	my %seen;
	$seen{$1}++ while /\bid="([^"]+)"/g;
	$seen{$_} > 1 and print "id $_ twice\n" for sort keys %seen;
	while (/(?:href="#|aria-labelledby=")([^"]+)"/g) {
		$seen{$_} or print "nothing has the id $_\n" for split / /, $1;
	}
	print "a th without a scope: $1\n" while /(<th(?=[ >])(?! scope)[^>]*>)/g;
	for (/<table.*?<\/table>/gs) { /<caption/ or print "a table without a caption\n" }
	for (/<svg.*?<\/svg>/gs) { /role="img"/ && /<title/ && /<desc/ or print "a silent drawing\n" }
' "$page" >"$dir/found"
clean "ids are unique, references hold, tables and drawings are named"
for mark in '<main id="main"' '<nav aria-label' '<header' '<footer' 'lang="en"' 'class="skip" href="#main"' '<h1'; do
	says "it has $mark" "$mark" "$page"
done

# ---- the numbers are the database's ----
counter() { # counter TARGET: the number of the header
	sed -n "s/.*<a href=\"#$1\"><b>\([0-9,]*\)<.*/\1/p" "$page" | head -1 | tr -d ,
}
number() { # number NAME TARGET SQL
	want=$(sqlite3 "$PARE_DB" "WITH mine AS (SELECT access.*, resource.kind FROM access
		JOIN run ON run.id = access.run JOIN agent ON agent.id = run.agent
		JOIN resource ON resource.id = access.resource WHERE agent.name LIKE 'a <%') $3")
	got=$(counter "$2")
	echo "the page says '$got', the database '$want'" >"$dir/why"
	[ -n "$want" ] && [ "$got" = "$want" ] && pass "$1" || fail "$1" "$dir/why"
}
number "runs" runs "SELECT count(DISTINCT run) FROM mine"
number "permissions used" used "SELECT count(*) FROM
	(SELECT DISTINCT action, resource FROM mine WHERE outcome IN (1, 6))"
number "files changed" files "SELECT count(DISTINCT resource) FROM mine
	WHERE kind = 1 AND action BETWEEN 4 AND 10 AND outcome IN (1, 6)"
number "programs" programs "SELECT count(DISTINCT program) FROM image
	WHERE run IN (SELECT run FROM mine)"
number "endpoints" network "SELECT count(DISTINCT resource) FROM mine WHERE kind = 3 AND outcome IN (1, 6)"
number "accesses denied" denied "SELECT coalesce(sum(count), 0) FROM mine WHERE outcome = 3"
number "gaps" scope "SELECT count(*) FROM gap WHERE run IN (SELECT run FROM mine)"
says "what one run alone did is counted" "once" "$page"
says "it does not call too little enough" "3 runs were observed; at least 20 are asked for" "$page"

# ---- the same bytes ----
status "once more" 0 "$PARE" report --agent 'a <b>&amp;' -o ../again.html
ok "gives the same bytes" cmp "$page" ../again.html
sed -n 's/.*<code>\(pare report .*\) -o FILE<.*/\1/p' "$page" | sed 's/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g' >../made-by
eval "set -- $(sed 's/^pare report //' ../made-by)"
status "the command that the page names" 0 "$PARE" report "$@" -o ../made.html
ok "gives the same bytes" cmp "$page" ../made.html
locale -a 2>/dev/null | grep -qi '^de_DE.utf' && other=de_DE.UTF-8 || other=C
status "in other surroundings" 0 env LC_ALL=$other BG_COLOR=red PAGESIZE=a5 MAX_LINE_LENGTH=3 ROTATION=90 \
	TZ=Asia/Tokyo COLUMNS=20 TERM=dumb "$PARE" report --agent 'a <b>&amp;' -o ../again.html
ok "the same bytes" cmp "$page" ../again.html
status "to standard output" 0 "$PARE" report --agent 'a <b>&amp;'
ok "the same bytes too" cmp "$page" "$dir/out"
"$PARE" record --quiet --agent other -- true
"$PARE" report --agent 'a <b>&amp;' -o ../again.html
ok "and another agent's run changes nothing" cmp "$page" ../again.html

# ---- where it cannot be written ----
status "a full disk" 1 "$PARE" report --agent other -o /dev/full
says "is told" "write /dev/full: No space left on device" "$dir/err"
[ "$(wc -l <"$dir/err")" = 1 ] && pass "in one line" || fail "in one line" "$dir/err"
status "a folder that is not there" 1 "$PARE" report --agent other -o "$dir/no/report.html"
says "is told" "No such file or directory" "$dir/err"
echo before >../kept.html
cp "$PARE_DB" ../broken.db
printf 'no database at all' >../broken.db
status "a database that is none" 1 "$PARE" report --db ../broken.db -o ../kept.html
[ "$(cat ../kept.html)" = before ] && pass "leaves what stood there" || fail "leaves what stood there"

# ---- evidence that was changed ----
rm -f ../altered.db*
sqlite3 "$PARE_DB" ".backup '$dir/altered.db'"
sqlite3 ../altered.db 'UPDATE access SET count = count + 1 WHERE run = 1 AND seq = 1'
status "altered evidence is reported on" 0 "$PARE" report --agent other --db ../altered.db -o ../altered.html
says "as altered, before anything else" "The evidence was altered: do not rely on it" ../altered.html
finish
