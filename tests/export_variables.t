#!/bin/sh
# Of the environment the sandbox of `pare export --to bwrap` passes on all but the secrets that the
# policy does not name, whatever the shell that the script runs in.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/policy.sh
. "$root/tests/policy.sh"
PATH=/usr/sbin:/usr/bin:/sbin:/bin
mkdir "$dir/ws" && cd "$dir/ws" || exit 1
if ! bwrap --ro-bind / / --unshare-user --unshare-net --disable-userns true 2>"$dir/err"; then
	skip "the sandbox holds" "bubblewrap cannot make one here: $(head -1 "$dir/err")"
	finish
fi

{
	programs env
	rules <<'END2'
file read /dev/null
variable hold GRANTED_TOKEN
variable hold It's_KEY
variable hold argv:--token
END2
} | policy "$dir/policy.xml"
status "the policy is exported" 0 "$PARE" export --to bwrap -o policy.sh "$dir/policy.xml"
says "what is passed on is said" "but for variables whose names say that they are secrets" policy.sh

: >file
cat >given <<'END2'
GRANTED_TOKEN=abcd1234efgh
PATH=/usr/sbin:/usr/bin:/sbin:/bin
TERM_SESSION_ID=abcd1234efgh
KEYBOARD_LAYOUT=us-international1
SSH_AUTH_SOCK=/tmp/agent.1
GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D
MAX_TOKEN=100000000
SORT_BY_KEY=name
TLS_KEY=client-key.pem
EMPTY_PASSWORD=
ALLOW_EMPTY_PASSWORD=yes
INDIRECT=x=GITHUB_TOKEN=y
END2
for shell in dash bash; do
	command -v $shell >/dev/null || { skip "in $shell" "there is no $shell"; continue; }
	# shellcheck disable=SC2046
	env -i HOME=/nonexistent $(cat given) GITHUB_TOKEN=abcd1234efgh my_api_key=abcd1234efgh DB_PASSWORD='p w' \
		SECRET_KEY_BASE="$PWD/file" "MULTI=line
OTHER_TOKEN=abcd1234efgh" "bad-name.password=x" "new
line_TOKEN=abcd1234efgh" "$(printf 'x\377_TOKEN=abcd1234efgh')" "It's_KEY=abcd1234efgh" \
		$shell policy.sh env >out 2>err </dev/null
	grep -vE '^(PWD|SHLVL|_|HOME|OLDPWD)=' out | sort >got
	{ cat given; echo MULTI=line; echo OTHER_TOKEN=abcd1234efgh; } | sort >want
	grep -v "^It's_KEY" got >got2
	same "in $shell: what is no secret, and what the policy names" want got2 || cat err
done

# A variable with newlines in its value is whole: OTHER_TOKEN above is a part of MULTI.
env -i HOME=/nonexistent PATH="$PATH" "MULTI=line
OTHER_TOKEN=abcd1234efgh" OTHER_TOKEN=zzzz1234 sh policy.sh env >out 2>err </dev/null
grep -c OTHER_TOKEN out >got
echo 1 >want
same "a variable in the value of another is not that variable" want got
finish
