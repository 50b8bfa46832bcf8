#!/bin/sh
# slow
# `make demo` goes all the way, and shows what it claims.
. "$(dirname "$0")/lib.sh"
demo=$dir/demo
status "the demonstration runs through" 0 env PARE_DEMO="$demo" PARE="$PARE" "$root/fixtures/demo.sh"
[ "$got" = 0 ] || tail -n 20 "$dir/out" | sed 's/^/# /'
cp "$dir/out" "$dir/demo.out"
says "the agent's own words are there" "agent: refused, going on" "$dir/demo.out"
says "a secret that it read is named" 'critical: file read $WS/config/.env' "$dir/demo.out"
says "its own runs fit the policy" "would have denied nothing" "$dir/demo.out"
says "the run that went astray does not" "home/.ssh/id_rsa by /usr/bin/cat" "$dir/demo.out"
if grep -q "does not let bubblewrap" "$dir/demo.out"; then
	skip "the sandbox has no key" "bubblewrap cannot make a sandbox here"
else
	says "the sandbox has no key" "agent: no key to be had" "$dir/demo.out"
fi
says_not "and nobody complains" "warning" "$dir/demo.out"

# Every file that it points to at the end is there.
sed -n '/^Look at/,/^Next/ s/^   \([^ ]*\) .*/\1/p' "$dir/demo.out" >"$dir/places"
ok "it ends on where to look" test -s "$dir/places"
while read -r place; do
	case $place in /*) ;; *) place=$root/$place ;; esac
	ok "$(basename "$place") is there" test -s "$place"
done <"$dir/places"
status "the evidence is whole" 0 env PARE_DB="$demo/pare.db" "$PARE" fsck
ok "the policy is valid" xmllint --noout --relaxng "$root/core/policy.rng" "$demo/policy.xml"
says "the report names the key that was read" '.ssh/id_rsa' "$demo/report.html"
if command -v tidy >/dev/null; then
	tidy -e -q "$demo/report.html" 2>&1 | grep 'Error:' >"$dir/found"
	clean "tidy finds no error in the report"
else
	skip "tidy finds no error in the report" "tidy is not installed"
fi

# What the agent did in the sandbox stays: the last thing that ran.
if ! grep -q "does not let bubblewrap" "$dir/demo.out"; then
	git -C "$demo/workspace" log --format=%s >"$dir/log" 2>&1
	printf '%s\n' 'Count the sales' Begin >"$dir/want"
	same "the agent's commit from the sandbox is there" "$dir/want" "$dir/log"
fi
finish
