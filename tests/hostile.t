#!/bin/sh
# Hostile names go through everything unharmed: the store, the dump, the policy, the report and the
# exports.  The names are made by a program, recorded, and must come back byte for byte.
. "$(dirname "$0")/lib.sh"
mkdir "$dir/ws" && cd "$dir/ws" || exit 1

# Each name in a file of its own, NUL-terminated list in names0.
perl -e '
	my @name = ("new\nline", "quote\x27single", "quote\"double", "<script>alert(1)<!--",
		"&lt;img src=x onerror=alert(1)&gt;", "a&<img src=x onerror=alert(1)>;b", "\xff\xfe invalid",
		"bidi \xe2\x80\xaegpj.exe", "zero\xe2\x80\x8bwidth", " leading and trailing ", "-rf", "--", "\$HOME",
		"\$(touch pwned)", "`touch pwned`", "back\\slash\\n", "tab\there", "\x1b[31mred", "star*", "q?uest", "[set]",
		"{a,b}", "\@own", "]]>", "<!--", "%s%n", "\x01\x7f", "\xc3\xa4\xe2\x82\xac", "]]>&amp;", "a=b", "~",
		"n" x 255);
	for (@name) {
		open my $f, ">", "./$_" or die "$_: $!";
		print $f "x";
		close $f;
		print "$_\0";
	}
	my $deep = join "/", ("d" x 200) x 19;
	my $at = "";
	for (split m{/}, $deep) { $at .= "$_/"; mkdir $at or die "$!"; }
	open my $f, ">", $at . ("z" x 150) or die "$!";
	print $at . ("z" x 150) . "\0";
' >../names0 || exit 1

cat >../reader.pl <<'END'
local $/ = "\0";
open my $list, "<", "../names0" or die;
while (my $name = <$list>) {
	chomp $name;
	open my $f, "<", "./$name" or die "$name: $!";
}
END
status "an agent that reads them is recorded" 0 "$PARE" record --quiet --agent hostile -- perl ../reader.pl
count=$(tr -cd '\0' <../names0 | wc -c)

# The dump's escapes are undone here by their definition, not by pare.
"$PARE" dump last | perl -MJSON::PP -ne '
	BEGIN { binmode STDOUT }
	my $row = JSON::PP->new->utf8->decode($_);
	next unless $row->{action} eq "read" && $row->{outcome} eq "ok";
	my $name = $row->{name};
	utf8::encode($name);
	$name =~ s/\\(\\|x([0-9a-f]{2}))/defined $2 ? chr hex $2 : "\\"/ge;
	next unless $name =~ s{^\Q$ENV{PWD}\E/}{};
	print "$name\0";
' | sort -z >../got0
sort -z ../names0 >../want0
cmp -s ../want0 ../got0 && pass "the dump gives back all $count names, byte for byte" ||
	{ cmp ../want0 ../got0 >../why 2>&1; fail "the dump gives back all names" ../why; }

status "a policy is proposed from it" 0 "$PARE" propose --agent hostile -o ../policy.xml
ok "the policy is well-formed" xmllint --noout ../policy.xml
status "the policy fits the run that it came from" 0 "$PARE" check ../policy.xml last
"$PARE" show ../policy.xml >../shown
grep -c '^file read \$WS/' ../shown >../number
[ "$(cat ../number)" = "$count" ] && pass "each name is one permission, on one line" ||
	fail "each name is one permission ($(cat ../number), not $count)" ../shown
LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]' ../shown && fail "no control bytes reach the terminal" || pass "no control bytes reach the terminal"
rm ./-rf && echo x >./-rf-other
status "a name that differs in one byte is denied" 3 sh -c '"$1" record --quiet --agent hostile -- cat ./-rf-other >/dev/null
	"$1" check ../policy.xml last' sh "$PARE"

status "the summary is written" 0 "$PARE" show last
status "the report is written" 0 "$PARE" report --agent hostile -o ../report.html
for markup in '<script' '<img' 'onerror=alert(1)>'; do
	says_not "the report holds no $markup" "$markup" ../report.html
done
says "the report names the hostile ones, escaped" '&lt;script&gt;alert(1)' ../report.html
LC_ALL=C grep -qP '[\x00-\x08\x0b\x0c\x0e-\x1f]|\xe2\x80\xae|\xe2\x80\x8b' ../report.html &&
	fail "the report holds no control, bidi or invisible bytes" || pass "the report holds no control, bidi or invisible bytes"
iconv -f UTF-8 -t UTF-8 ../report.html >/dev/null 2>&1 && pass "the report is valid UTF-8" || fail "the report is valid UTF-8"

status "the policy goes out as JSON" 0 "$PARE" export --to json ../policy.xml -o ../policy.json
ok "which is valid" jq -e . ../policy.json
status "the policy goes out as a bubblewrap script" 0 "$PARE" export --to bwrap ../policy.xml -o ../policy.sh
ok "which a shell can read" sh -n ../policy.sh
echo x >./-rf
if bwrap --ro-bind / / true 2>/dev/null; then
	status "inside it the agent still reads every one of them" 0 sh ../policy.sh perl ../reader.pl
else
	skip "inside bubblewrap" "bubblewrap cannot run here"
fi
[ ! -e pwned ] && pass "nothing in a name was ever run" || fail "nothing in a name was ever run"
status "the store is sound" 0 "$PARE" fsck
finish
