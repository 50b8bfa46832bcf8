#!/bin/sh
# Secrets that programs are handed are recorded by name and fingerprint; no byte of them is stored.
# All of these are made up.
. "$(dirname "$0")/lib.sh"
mkdir "$dir/ws" && cd "$dir/ws" || exit 1
unset GITHUB_TOKEN GH_TOKEN ANTHROPIC_API_KEY OPENAI_API_KEY

token=ghp_Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7Zq7
password='pl4in sesame'
login=l0gin-pass
bearer=b34rer.value.of.a.header
other=0ther-secret-value
twice=tw1ce-the-same
echo "not a secret" >key.json

# run DATABASE COMMAND...: records it with secrets in the environment.
run() {
	database=$1
	shift
	env A_TOKEN=$twice B_SECRET=$twice C_API_KEY=$other DB_PASSWORD="$password" MIRROR="https://me:$login@mirror/" \
		GOOGLE_APPLICATION_CREDENTIALS="$PWD/key.json" SSH_AUTH_SOCK=/tmp/agent.1 EMPTY_TOKEN= \
		TERM_SESSION_ID=abcdef012345 KEYBOARD_LAYOUT=us-international1 GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D \
		PARE_DB="$database" "$PARE" record --agent keeper -- "$@"
}

agent() {
	run "$1" sh -c '/bin/echo --token='$token' "'"$password"'" >/dev/null; /bin/echo -H "Authorization: Bearer '$bearer'" \
		"https://me:'$login'@host/x" "$A_TOKEN" >/dev/null' sh --password "$password" $token
}
status "a run with secrets in it is recorded" 0 agent "$PARE_DB"
cp "$dir/err" summary
agent "$dir/second.db" >/dev/null 2>&1

"$PARE" dump last >dump
jq -r 'select(.resource == "variable") | [.action, .outcome, .name, .peer] | @tsv' dump | sort -u >held
peer() { awk -F'\t' -v name="$1" '$3 == name { print $4 }' held; }

jq -r 'select(.resource == "variable" and (.name | startswith("argv:") | not)) | .name' dump | sort -u >got
printf '%s\n' A_TOKEN B_SECRET C_API_KEY DB_PASSWORD GOOGLE_APPLICATION_CREDENTIALS MIRROR >want
same "the variables that hold a secret are recorded, and no others" want got
jq -r 'select(.resource == "variable" and (.name | startswith("argv:"))) | .name' dump | sort -u >got
printf '%s\n' argv:--password argv:--token argv:A_TOKEN argv:Authorization argv:DB_PASSWORD argv:github-token argv:url-login >want
same "and what gave those in arguments away" want got
cut -f1,2 held | sort -u >got
printf 'hold\tok\n' >want
same "each is held" want got
[ "$(peer GOOGLE_APPLICATION_CREDENTIALS)" = path ] && pass "a file's name is no secret" || fail "a file's name is no secret" held
cut -f4 held | grep -vE '^(secret:[0-9a-f]{8}|path)$' >"$dir/found"
clean "all others have a fingerprint"
{ peer A_TOKEN; peer argv:A_TOKEN; } | sort -u >got
[ "$(peer A_TOKEN)" = "$(peer B_SECRET)" ] && [ "$(wc -l <got)" = 1 ] && pass "equal values have equal fingerprints" ||
	fail "equal values have equal fingerprints" held
[ "$(peer A_TOKEN)" != "$(peer C_API_KEY)" ] && pass "others have others" || fail "others have others" held
[ "$(jq -r 'select(.name == "A_TOKEN") | .image' dump | sort -u | wc -l)" = 3 ] && pass "each program that was given one holds it" ||
	fail "each program that was given one holds it" dump
jq -r '.argv | join(" ")' dump | sort -u >got
says "the rest of an argument stays" '-H Authorization: Bearer [secret:' got
says "and says where a secret was" "--token=[$(peer argv:--token)] [$(peer DB_PASSWORD)]" got
says "the summary names them, with their fingerprints" "A_TOKEN  $(peer A_TOKEN)" summary

# Two runs of one database, and another database.
agent "$PARE_DB" >/dev/null 2>&1
"$PARE" dump last | jq -r 'select(.resource == "variable") | [.action, .outcome, .name, .peer] | @tsv' | sort -u >again
same "the next run of the database has the same fingerprints" held again
"$PARE" dump --db "$dir/second.db" last | jq -r 'select(.resource == "variable") | .peer' | grep secret: | sort -u >second
cut -f4 held | grep secret: | sort -u | comm -12 - second >"$dir/found"
[ -s second ] && clean "another database has others" || fail "another database has others"
[ "$(stat -c '%a %s' "$PARE_DB.key")" = "600 32" ] && pass "the key is its owner's alone" || fail "the key is its owner's alone"
perl -e 'local $/; my ($key, $db) = map { open my $f, "<", $_ or die; binmode $f; <$f> } @ARGV;
	for (0 .. 3) { print "part $_ of the key is there\n" if index($db, substr $key, 8 * $_, 8) >= 0 }' \
	"$PARE_DB.key" "$PARE_DB" >"$dir/found" 2>&1
clean "the key is not in the database"

# Everything that is made of it.
status "a policy is proposed" 0 "$PARE" propose --agent keeper -o policy.xml
status "which fits" 0 "$PARE" check policy.xml last
"$PARE" show policy.xml >shown
says "and permits to hold by name" "variable hold A_TOKEN" shown
sed 's,<pattern>A_TOKEN</pattern>,<pattern>ANOTHER</pattern>,' policy.xml >without.xml
status "without the rule it does not fit" 3 "$PARE" check without.xml last
"$PARE" check --json without.xml last >check.json 2>check.err
"$PARE" report --agent keeper -o report.html 2>report.err
says "the report names the variable" A_TOKEN report.html
"$PARE" export --to json policy.xml -o policy.json 2>export.err
says "JSON has it" '"A_TOKEN"' policy.json
"$PARE" export --to bwrap policy.xml -o policy.sh 2>>export.err
"$PARE" show last >show 2>&1
"$PARE" show --json last >show.json 2>&1
"$PARE" runs >runs 2>&1
# The database while it is written: WAL and shared memory are there, and copied.
run "$PARE_DB" sh -c 'for i in 1 2 3; do /bin/echo --token '$token' --password "$1"; done >/dev/null; sleep 0.3; for file in "$2"*; do cat "$file" >"live-${file##*/}"; done' \
	sh "$password" "$PARE_DB" >/dev/null 2>&1
[ -s live-pare.db-wal ] && pass "the log of the database was looked at, too" || fail "the log of the database was looked at, too"
for secret in "$token" "$password" $login $bearer $other $twice; do
	LC_ALL=C grep -laF -- "$secret" "$PARE_DB"* "$dir"/second.db* dump summary held policy.xml policy.json policy.sh report.html \
		check.json check.err report.err export.err show show.json runs live-* | sed "s/.*/&: holds $secret/"
done >"$dir/found"
clean "no secret is in the database, its log, the dump, the policy, the report or an export"
ls live-* "$dir"/second.db policy.xml policy.json policy.sh report.html show.json >/dev/null 2>"$dir/found"
clean "and they were all there"

# Hostile names and environments.
cat >hostile.pl <<'END2'
use strict;
$ENV{"new\nline_TOKEN"} = "v4lue-of-hostile-1";
$ENV{"\xff\xfe_TOKEN"} = "v4lue-of-hostile-2";
$ENV{"\e[31m_TOKEN"} = "v4lue-of-hostile-3";
$ENV{"<b>_TOKEN"} = "v4lue-of-hostile-4";
$ENV{"x" x 3000 . "_TOKEN"} = "v4lue-of-hostile-5";
$ENV{"sk-ant-v4lue-of-hostile-6-0123456789"} = "x";
exec "/bin/true", "--\xff-token", "v4lue-of-hostile-7", "--new\nline-token=v4lue-of-hostile-8";
END2
status "hostile names are recorded" 0 "$PARE" record --agent hostile --quiet -- perl hostile.pl
"$PARE" dump last | jq -r 'select(.resource == "variable" and (.name | test("^[^a]"))) | .name' | sort -u >got
printf '%s\n' '\x1b[31m_TOKEN' '\xff\xfe_TOKEN' '<b>_TOKEN' 'new' 'line_TOKEN' | sort >want
grep -qF '\xff\xfe_TOKEN' got && grep -qF line_TOKEN got && grep -qF '<b>_TOKEN' got && pass "by their names" || fail "by their names" got
status "a policy comes of them" 0 "$PARE" propose --agent hostile -o hostile.xml
status "that fits" 0 "$PARE" check hostile.xml last
"$PARE" report --agent hostile -o hostile.html 2>/dev/null
LC_ALL=C grep -laE 'v4lue-of-hostile' "$PARE_DB"* hostile.xml hostile.html >"$dir/found"
clean "and no value is kept"

# execve(2) takes what no shell can make: no "=", an empty name, one that begins with it, no
# environment at all.
cat >raw.py <<'END2'
import ctypes, sys
libc = ctypes.CDLL(None)
which = sys.argv[1]
env = {b"odd": [b"nothing", b"", b"=", b"=K_TOKEN=v4lue-of-raw-1", b"=v4lue", b"ghp_v4lueOfRaw2v4lueOfRaw2v4lueOfRaw2"], b"none": [],
	b"huge": [b"X" * 100000 + b"=" + b"y" * 20000] * 11 + [b"LAST_TOKEN=v4lue-of-raw-3"]}[which.encode()]
argv = (ctypes.c_char_p * 2)(b"true", None)
envp = (ctypes.c_char_p * (len(env) + 1))(*env, None)
libc.execve(b"/bin/true", argv, envp)
sys.exit(9)
END2
for which in odd none huge; do
	status "an environment that is $which" 0 "$PARE" record --agent raw-$which --quiet -- python3 raw.py $which
	"$PARE" dump last | jq -r 'select(.resource == "variable") | .name' | sort -u >$which
done
printf '%s\n' '=' '=K_TOKEN' >want
same "what has no name is held as =" want odd
[ ! -s none ] && pass "nothing is nothing" || fail "nothing is nothing" none
status "more than a megabyte is a gap" 0 "$PARE" show last
says "and named" "truncated" "$dir/out"
LC_ALL=C grep -laE 'v4lue' "$PARE_DB"* >"$dir/found"
clean "none of it is kept"

# The key.
chmod 644 "$PARE_DB.key"
status "a key that others may read is refused" 125 "$PARE" record -- touch ran
says "and how to mend it said" "chmod 600" "$dir/err"
chmod 600 "$PARE_DB.key"
mv "$PARE_DB.key" elsewhere && ln -s "$PWD/elsewhere" "$PARE_DB.key"
status "a link is no key" 125 "$PARE" record -- touch ran
rm "$PARE_DB.key" && : >"$PARE_DB.key" && chmod 600 "$PARE_DB.key"
status "nor is an empty file" 125 "$PARE" record -- touch ran
[ ! -e ran ] && pass "nothing was run" || fail "nothing was run"
rm "$PARE_DB.key"
for i in 1 2 3 4 5 6; do env A_TOKEN=$twice "$PARE" record --quiet --agent race -- true 2>>race.err & done
wait
"$PARE" runs --agent race --json | jq -r .run | while read -r id; do "$PARE" dump "$id"; done |
	jq -r 'select(.name == "A_TOKEN") | .peer' | sort | uniq -c | awk '{ print $1 }' >got
echo 6 >want
same "those that start at once share one new key" want got
status "the store is sound" 0 "$PARE" fsck
finish
