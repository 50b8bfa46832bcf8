#!/bin/sh
# `pare sign`: who signs a report, with ssh-keygen itself, and what a signature holds against.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"
cd "$dir" || exit 1
mkdir ws
(cd ws && "$PARE" record --quiet --agent demo --at 2026-11-20T10:00Z -- true)
rule file read /etc/passwd | policy p.xml
"$PARE" import -q --from pare --agent demo --granted 2026-07-01 p.xml || exit 1
report() { "$PARE" report --agent demo --as-of 2026-11-29 --format "$1" -o "$2"; }
sign() { "$PARE" sign "$1" --key "$2" --as "$3"; }
# verify FOLDER ROLE: as VERIFY.txt says.
verify() {
	command=$(grep -- "-I $2 " "$1/VERIFY.txt") && (cd "$1" && sh -c "$command")
}
for who in anna ben cy; do ssh-keygen -q -t ed25519 -N '' -C "$who" -f "$who" </dev/null; done
ssh-keygen -q -t rsa -b 2048 -N '' -f rsa </dev/null
ssh-keygen -q -t ed25519 -N secret -f locked </dev/null

report all all
status "a report is signed by who prepared it" 0 sign all anna prepared
ok "ssh-keygen verifies it, as VERIFY.txt says" verify all prepared
says "which has the fingerprint" "$(ssh-keygen -l -f anna.pub | cut -d ' ' -f 2)" all/VERIFY.txt
grep -q "$(cut -d ' ' -f 2 anna.pub)" all/allowed_signers && pass "the key stands in allowed_signers" || fail "the key stands in allowed_signers" all/allowed_signers
status "a second time" 1 sign all ben prepared
says "it cannot be" "signed so already" "$dir/err"

# ---- who may not ----
me=$(id -un)
status "who granted it cannot review it" 3 sign all ben reviewed
says "and is told so" "$me imported grants" "$dir/err"
[ -e all/MANIFEST.sha256.reviewed.sig ] && fail "nothing is signed" || pass "nothing is signed"
sqlite3 "$PARE_DB" "UPDATE grants SET grantor = 'somebody'"
report all second
sign second anna prepared
for role in reviewed approved; do
	status "$role: not with the key of who prepared it" 3 sign second anna $role
	says "and is told so" "this key signed it as prepared" "$dir/err"
done
"$PARE" report --agent demo --as-of 2026-11-29 --format all --redact -o hidden 2>/dev/null
sign hidden anna prepared
status "one that does not say who granted what is not reviewed" 3 sign hidden ben reviewed
says "and which is, is told" "it is redacted" "$dir/err"
tr '\n' ' ' <second/report.html | grep -o 'ssh-keygen -Y verify[^<]*' | sed 's/&lt;/</g' >"$dir/got"
says "the page names the command" "ssh-keygen -Y verify -f allowed_signers -I ROLE -n pare-audit -s MANIFEST.sha256.ROLE.sig <MANIFEST.sha256" "$dir/got"
cp anna copy-of-anna && cp anna.pub copy-of-anna.pub
status "nor with a copy of it under another name" 3 sign second copy-of-anna reviewed
status "another may" 0 sign second ben reviewed
status "a third approves" 0 sign second rsa approved
for role in prepared reviewed approved; do ok "$role: verified" verify second $role; done
verify second reviewed >"$dir/out" 2>&1
says "as who it is" 'Good "pare-audit" signature for reviewed' "$dir/out"
[ "$(wc -l <second/allowed_signers)" = 3 ] && pass "three keys are allowed" || fail "three keys are allowed" second/allowed_signers
(cd second && ssh-keygen -Y verify -f allowed_signers -I reviewed -n pare-audit -s MANIFEST.sha256.prepared.sig <MANIFEST.sha256) >/dev/null 2>&1 &&
	fail "one role's key does not do for another" || pass "one role's key does not do for another"
(cd second && ssh-keygen -Y verify -f allowed_signers -I reviewed -n git -s MANIFEST.sha256.reviewed.sig <MANIFEST.sha256) >/dev/null 2>&1 &&
	fail "nor for another purpose" || pass "nor for another purpose"
grep sha256sum second/VERIFY.txt >"$dir/command"
ok "the files are as the manifest says" sh -c "cd second && sh '$dir/command'"

# ---- one byte ----
for file in $(ls second | grep -v -e MANIFEST -e VERIFY -e allowed); do
	rm -rf changed
	cp -r second changed
	perl -0777 -pi -e 'substr($_, length($_) / 2, 1) ^= "\x01"' "changed/$file"
	(cd changed && sh "$dir/command") >/dev/null 2>&1 && echo "$file: a byte was changed, and nobody noticed"
done >"$dir/found"
clean "one byte of any file changed is noticed"
rm -rf changed
cp -r second changed
perl -0777 -pi -e 'substr($_, 9, 1) ^= "\x01"' changed/MANIFEST.sha256
for role in prepared reviewed approved; do verify changed $role >/dev/null 2>&1 && echo "$role still verifies"; done >"$dir/found"
clean "one byte of the manifest breaks every signature"
rm -rf changed
report all changed
perl -0777 -pi -e 'substr($_, 99, 1) ^= "\x01"' changed/report.json
status "what was changed is not signed" 1 sign changed anna prepared
says "the file is named" "report.json is not as MANIFEST.sha256 says" "$dir/err"
for text in '' 'no manifest' "$(printf '%064d' 0)  ../p.xml" "$(printf '%064d' 0)  none"; do
	printf '%s\n' "$text" >changed/MANIFEST.sha256
	sign changed anna prepared 2>"$dir/err"
	[ $? = 1 ] && [ "$(wc -l <"$dir/err")" = 1 ] || { echo "signed: $text"; cat "$dir/err"; }
done >"$dir/found"
clean "what is no manifest is not signed"

# ---- what else goes wrong ----
status "a signed report is not written over" 1 report all second
says "and says so" "is signed" "$dir/err"
status "no folder" 2 "$PARE" sign --key anna --as prepared
status "no key" 2 "$PARE" sign all --as prepared
status "no such role" 2 "$PARE" sign all --key anna --as king
status "a folder that is none" 1 sign nothing anna prepared
says "is named" "nothing/MANIFEST.sha256" "$dir/err"
rm -rf changed && report csv changed
status "a key that is none" 1 sign changed p.xml prepared
status "a key that is not there" 1 sign changed nobody prepared
status "a key with a passphrase that nobody gives" 1 setsid -w env SSH_ASKPASS=/bin/false DISPLAY= "$PARE" sign changed --key locked --as prepared
[ -e changed/MANIFEST.sha256.prepared.sig ] && fail "leaves no signature" || pass "leaves no signature"
status "where ssh-keygen is not there" 1 env PATH=/nowhere "$PARE" sign changed --key anna --as prepared
says "its package is named" "openssh-client" "$dir/err"
echo nonsense >changed/MANIFEST.sha256.prepared.sig
status "a signature that is none" 1 sign changed ben reviewed
says "is named" "it is no signature" "$dir/err"
finish
