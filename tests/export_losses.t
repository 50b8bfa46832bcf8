#!/bin/sh
# slow
# `pare export` admits nothing beyond the rules without saying so: policies that a format would make wider, and
# what it makes of them, or what it says.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/policy.sh
. "$root/tests/policy.sh"
tools=$root/tests/exporters
modules=${PARE_NPM:-$root/build/npm}/node_modules
PATH=${PARE_NPM_EXTENDED:-$root/build/npm-extended}/node_modules/.bin:$PATH:/usr/sbin:/sbin

# to FORMAT: the policy in $dir/p.xml, in $dir/exported, its losses in $dir/losses.
to() {
	"$PARE" export --to "$1" --workspace /srv/ws -o "$dir/exported" "$dir/p.xml" 2>"$dir/err" || fail "$1 is written" "$dir/err"
	"$PARE" export --to "$1" --workspace /srv/ws --losses "$dir/p.xml" >"$dir/losses" 2>/dev/null
}

# wider FORMAT WORDS...: it says so of the whole policy, or of a rule.
wider() {
	to "$1"
	says "$1: $2" "$2" "$dir/losses"
	grep -F -- "$2" "$dir/losses" >"$dir/lines"
	ok "$1: as wider" grep -q '^widened' "$dir/lines"
}

# ---- what a format does not look at at all, where no rule speaks of it ----

rule variable hold TOKEN | policy "$dir/p.xml"
wider landlock "all networks but TCP can be used"
wider landlock "kernel facilities are not looked at"
wider landlock "what can be executed or mapped can be read"
wider landlock "a path stands for all below it where it is a folder"
wider apparmor "kernel facilities that need no capability are not blocked"
wider systemd "every process of the same user can be signalled, and read and changed through /proc"
wider systemd "of folders of / that are none of the system's usual"
wider systemd "what can be mapped be executed"
for format in systemd firejail; do wider $format "kernel facilities that need no privilege are not blocked"; done
wider nftables "may look for neighbours"
wider firejail "what can be read can be executed"
wider firejail "a path stands for all below it where it is a folder"
for format in srt claude codex; do
	wider $format "what can be executed or mapped can be read"
	wider $format "a path stands for all below it where it is a folder"
	wider $format "kernel facilities that need no privilege are not blocked"
done
for format in bwrap landlock firejail srt claude codex; do wider $format "processes inside the sandbox may signal and trace each other"; done
wider codex "the name in small and capital letters"
for format in nftables networkpolicy cilium mcp execpolicy; do wider $format "all else is left as it is"; done
for format in networkpolicy cilium; do wider $format "nobody asks within the pod"; done
wider mcp "a server that is not listed has all of its tools"
wider mcp "prompts and resources"
wider execpolicy "is not even asked about"
to systemd
says "systemd: nothing is traced where no rule traces" "SystemCallFilter=~ptrace process_vm_readv" "$dir/exported"
rule process trace /usr/bin/true | policy "$dir/p.xml"
to systemd
says_not "systemd: but where one does" "=~ptrace" "$dir/exported"
wider systemd "every process of the same user"
wider apparmor "whatever program it runs"
rule host connect tcp/192.0.2.1:443 | policy "$dir/p.xml"
wider systemd "every abstract socket"
wider firejail "every abstract socket"
rule host connect tcp/api.example.com:443 | policy "$dir/p.xml"
wider cilium "whatever else is at the addresses of the name"

# ---- places ----

rule program exec '/opt/bin/tool-{alnum:3}' | policy "$dir/p.xml"
to systemd
says "systemd: programs of a class are all of the folder" 'ExecPaths="-/opt/bin"' "$dir/exported"
wider systemd "all below the last folder before the part that varies can be executed"
rule program exec '/usr/bin/{alnum:3}' | policy "$dir/p.xml"
wider systemd "all below the last folder before the part that varies can be executed"
rule file stat /usr/bin/perl | policy "$dir/p.xml"
wider firejail "a program can also be executed"
printf 'file %s /srv/x\n' list create | rules | policy "$dir/p.xml"
wider apparmor "it can also be read, if it is a file"

# A folder of / that is none of the system's.
top=$(mktemp -d /pare-test.XXXXXX 2>"$dir/err")
if [ -n "$top" ] && timeout 60 firejail --noprofile true </dev/null >"$dir/err" 2>&1; then
	trap 'rm -rf "$top" "$dir"' EXIT
	chmod 755 "$top"
	echo "somebody's" >"$top/file"
	{
		programs cat
		rule file read "$dir/mine"
	} | sort -u | policy "$dir/p.xml"
	echo mine >"$dir/mine"
	chmod 755 "$dir"
	to firejail
	jail() { timeout 60 firejail --profile="$dir/exported" "$@" </dev/null 2>"$dir/err"; }
	ok "without firejail the other folder can be read" grep -q somebody "$top/file"
	jail cat "$dir/mine" >"$dir/out"
	says "firejail: what is granted can be read" mine "$dir/out"
	jail cat "$top/file" "$dir/p.xml" /etc/passwd >"$dir/out"
	ok "firejail: nothing else, in whatever folder of /" test ! -s "$dir/out"
else
	skip "firejail: nothing else, in whatever folder of /" "this needs root, and firejail"
fi

# What everybody shares in /dev.
echo '[Service]' >"$dir/none.conf"
shared=$(mktemp /dev/shm/pare-test.XXXXXX)
trap 'rm -rf "$top" "$shared" "$dir"' EXIT
echo "somebody's" >"$shared"
programs cat | policy "$dir/p.xml"
to systemd
box() { (cd / && timeout 90 "$tools/systemd-run.py" "$@"); } # which is there in any sandbox
if box "$dir/none.conf" true >"$dir/out" 2>"$dir/err"; then
	box "$dir/none.conf" cat "$shared" >"$dir/out"
	says "systemd: without settings shared memory is the machine's" somebody "$dir/out"
	box "$dir/exported" cat "$shared" >"$dir/out" 2>"$dir/err"
	says "systemd: with them it is not" "No such file" "$dir/err"
else
	skip "systemd: shared memory is not the machine's" "a systemd of its own cannot be started here: $(tail -1 "$dir/err")"
fi

# ---- hosts ----

printf 'host connect tcp/%s:443\n' db api.example.com 127.0.0.1 | rules >"$dir/rules"
rule host bind tcp/127.0.0.1:443 >>"$dir/rules"
policy "$dir/p.xml" <"$dir/rules"
to claude
jq -c '.permissions.allow, .sandbox.network.allowedDomains' "$dir/exported" >"$dir/got"
printf '%s\n' '["WebFetch(domain:api.example.com)"]' '["api.example.com"]' >"$dir/want"
same "claude: its own tools fetch only what the sandbox may, and not from the machine what the agent serves" "$dir/want" "$dir/got"
to srt
jq -c .network.allowedDomains "$dir/exported" >"$dir/got"
echo '["api.example.com:443"]' >"$dir/want"
same "srt: what the agent serves itself is not allowed outside" "$dir/want" "$dir/got"
to codex
says "codex: sockets inside are the sandbox's own" "allow_local_binding = true" "$dir/exported"
says_not "codex: what the agent serves itself is not allowed outside" '"127.0.0.1" = "allow"' "$dir/exported"
wider codex "may lead to an address of the local network"
rule file read /srv/x | policy "$dir/p.xml"
to codex
says "codex: without hosts there is no network" "enabled = false" "$dir/exported"

policy "$dir/p.xml" <<'END'
<rule resource="host" action="connect" rate="30" burst="5"><pattern>tcp/api.example.com:443</pattern></rule>
<rule resource="host" action="send" rate="10"><pattern>udp/192.0.2.1:53</pattern></rule>
<rule resource="host" action="accept"><pattern>tcp/name.example.com:80</pattern></rule>
END
to nftables
# What allows the name by one family and by the other counts in one place.
grep -o 'limit name "[^"]*"' "$dir/exported" | sort | uniq -c | sort -rn | awk '{ print $1 }' | paste -sd' ' >"$dir/got"
echo "2 1" >"$dir/want"
same "nftables: a rate is of both families together" "$dir/want" "$dir/got"
says "nftables: with what may come on top" "rate 30/minute burst 5 packets" "$dir/exported"
says "nftables: nobody accepts at a name" "nobody listens at a name" "$dir/losses"
wider nftables "what is sent after an answer is not counted"
if unshare -r -n nft list ruleset >/dev/null 2>&1; then
	ok "nftables: it takes all of that" unshare -r -n nft -c -f "$dir/exported"
else
	skip "nftables: it takes all of that" "nft does not run in namespaces here"
fi

# ---- command lines ----

# git TEMPLATE...: a policy of git with these arguments.
git_with() {
	{
		printf '<rule resource="program" action="exec"><pattern>/usr/bin/git</pattern>'
		printf '<argv>%s</argv>' "$@"
		echo '<justification>a test</justification></rule>'
	} | policy "$dir/p.xml"
}

# decided COMMAND...: how Cedar decides of each.
decided() {
	for command in "$@"; do
		jq -nc --arg command "$command" '{ action: "program exec", name: "/usr/bin/git", command: $command }'
	done | node "$tools/check.mjs" "$modules" cedar "$dir/exported" - | paste -sd' '
}

git_with push 'push origin *' '()' 'log -n{digit:1-3} v{digit:1}'
to cedar
if [ -d "$modules/@cedar-policy/cedar-wasm" ]; then
	{
		decided push '()' 'push origin main' 'log -n12 v1'
		decided 'push --force' 'push -f' 'push origin --force' 'push origin main --force' 'push origin main dev' 'push main' pushx 'log -n12'
		echo '{"action":"program exec","name":"/usr/bin/git"}' | node "$tools/check.mjs" "$modules" cedar "$dir/exported" -
	} >"$dir/got"
	printf '%s\n' 'allow allow allow allow' 'deny deny deny deny deny deny deny deny' deny >"$dir/want"
	same "cedar: git push is allowed, git push --force is not" "$dir/want" "$dir/got"
else
	skip "cedar: git push is allowed, git push --force is not" "cedar-wasm is not in $modules (make deps)"
fi
wider cedar "any word without a dash before it in the place of * or a class"
to rego
sed '1,/^rules := /{s/^rules := //;t;d}' "$dir/exported" >"$dir/rules.json"
for command in push '()' 'push origin main' 'log -n12 v1' 'push --force' 'push -f' 'push origin --force' 'push origin main dev' 'log -n1234 v1' pushx; do
	jq --arg command "$command" '.[0] | any(.commands[]; . == $command) or any(.command_matches[]; . as $one | $command | test($one))' "$dir/rules.json"
done | paste -sd' ' >"$dir/got"
echo 'true true true true false false false false false false' >"$dir/want"
same "rego: the rules say which arguments" "$dir/want" "$dir/got"
says "rego: and are asked for them" "is_command(rule)" "$dir/exported"

to claude
jq -c '.permissions.deny' "$dir/exported" >"$dir/got"
echo '["Bash(git push origin -*)","Bash(git push origin * -*)","Bash(/usr/bin/git push origin -*)","Bash(/usr/bin/git push origin * -*)"]' >"$dir/want"
same "claude: no option in the place of a *" "$dir/want" "$dir/got"
git_with 'push origin *' 'push origin * -q'
to claude
ok "claude: but where the policy has one there" jq -e '.permissions.deny == []' "$dir/exported"

# "**": any words, or none.
git_with 'push **' 'log origin *'
to cedar
if [ -d "$modules/@cedar-policy/cedar-wasm" ]; then
	decided push 'push --force' 'push origin main' pushx 'log origin x' 'log origin -x' >"$dir/got"
	echo 'allow allow allow deny allow deny' >"$dir/want"
	same "cedar: words that may follow may be options" "$dir/want" "$dir/got"
else
	skip "cedar: words that may follow may be options" "cedar-wasm is not in $modules (make deps)"
fi
to rego
sed '1,/^rules := /{s/^rules := //;t;d}' "$dir/exported" | jq -c '.[0].command_matches | map(select(test("push")))' >"$dir/got"
echo '["^push( .*)?$"]' >"$dir/want"
same "rego: so they may" "$dir/want" "$dir/got"
to claude
ok "claude: so they may" jq -e '.permissions.deny == []' "$dir/exported"
to execpolicy
says_not "execpolicy: so they may" '"push", [' "$dir/exported"
says_not "execpolicy: which is exact" 'whatever follows "push"' "$dir/losses"

# Claude Code is large, and therefore only there after `make test-extended`.
claude=${PARE_NPM_EXTENDED:-$root/build/npm-extended}/node_modules/@anthropic-ai/claude-code-linux-x64/claude
bash_call() { jq -nc --arg command "$1" '{ name: "Bash", input: { command: $command, description: "as it is" } }'; }
read_call() { jq -nc --arg path "$1" '{ name: "Read", input: { file_path: $path } }'; }
if [ -x "$claude" ] && command -v node >/dev/null; then
	{
		printf '<rule resource="program" action="exec"><pattern>/usr/bin/git</pattern><argv>push</argv><argv>push origin *</argv>'
		echo '<justification>a test</justification></rule>'
		rule file read "$dir/readable"
	} | policy "$dir/p.xml"
	to claude
	echo yes >"$dir/readable"
	echo no >"$dir/other"
	mkdir "$dir/home" "$dir/empty"
	(
		cd "$dir/empty" || exit 1
		HOME=$dir/home timeout 120 node "$tools/claude-run.mjs" "$claude" "$dir/exported" "$(bash_call 'git push')" \
			"$(bash_call 'git push origin main')" "$(bash_call 'git push --force')" "$(bash_call 'git push origin --force')" \
			"$(bash_call 'git push origin main --force')" "$(bash_call 'git push origin main -f')" "$(bash_call 'git push; perl -e 1')" \
			"$(read_call "$dir/readable")" "$(read_call "$dir/other")"
	) >"$dir/results" 2>"$dir/err"
	cut -d' ' -f1 "$dir/results" | paste -sd' ' >"$dir/got"
	echo 'done done denied denied denied denied denied done denied' >"$dir/want"
	same "claude: Claude Code itself decides so: git push, and none with --force" "$dir/want" "$dir/got"
	grep -c 'Exit code 128' "$dir/results" >"$dir/got"
	echo 2 >"$dir/want"
	same "claude: what it allowed has run" "$dir/want" "$dir/got"
else
	skip "claude: Claude Code itself decides so" "Claude Code is not installed (make test-extended)"
fi

# codex_decides COMMAND...: of each.
codex_decides() {
	for command in "$@"; do
		# shellcheck disable=SC2086
		timeout 60 codex execpolicy check --rules "$dir/exported" -- git $command | jq -r '.decision // "none"'
	done | paste -sd' '
}
git_with push 'push origin main' 'push --force-with-lease'
to execpolicy
grep -F '"push", ["' "$dir/exported" | grep -cF '"--force",' >"$dir/got"
grep -F '"push", "origin", ["' "$dir/exported" | grep -cF '"--force",' >>"$dir/got"
grep -F '"push", ["' "$dir/exported" | grep -cF '"--force-with-lease",' >>"$dir/got"
printf '%s\n' 1 1 0 >"$dir/want"
same "execpolicy: options are forbidden behind each word, but those that a template has" "$dir/want" "$dir/got"
wider execpolicy 'whatever follows "push", but for known options right behind it'
if command -v codex >/dev/null; then
	codex_decides push 'push origin main' 'push --force-with-lease' 'push --force' 'push -f' 'push origin --force' 'push origin main --force' status >"$dir/got"
	echo 'allow allow allow forbidden forbidden forbidden forbidden none' >"$dir/want"
	same "execpolicy: Codex decides so" "$dir/want" "$dir/got"
	git_with push
	to execpolicy
	codex_decides push 'push --force' >"$dir/got"
	echo 'allow forbidden' >"$dir/want"
	same "execpolicy: also where git push is all" "$dir/want" "$dir/got"
	git_with 'push origin *'
	to execpolicy
	codex_decides 'push origin main' 'push origin --force' 'push --force origin' 'push' >"$dir/got"
	echo 'allow forbidden forbidden none' >"$dir/want"
	same "execpolicy: also where the last word varies" "$dir/want" "$dir/got"
else
	skip "execpolicy: Codex decides so" "codex is not installed (make test-extended)"
fi
finish
