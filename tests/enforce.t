#!/bin/sh
# slow
# What `pare export` writes, enforced for real: the demonstration's agent does its work under it, and ten
# attacks just outside of its policy come to nothing.  Whether one did is seen from outside, by what it
# should have done.  What a format cannot deny, its losses have to say.
. "$(dirname "$0")/lib.sh"
tools=$root/tests/exporters
modules=${PARE_NPM:-$root/build/npm}/node_modules
world=$dir/world
PATH=/usr/sbin:/usr/bin:/sbin:/bin
HOME=$world/home TMPDIR=$world/tmp GIT_CONFIG_NOSYSTEM=1
GIT_AUTHOR_DATE=2026-01-05T10:00:00Z GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
AGENT_PORT=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
export PATH HOME TMPDIR GIT_CONFIG_NOSYSTEM GIT_AUTHOR_DATE GIT_COMMITTER_DATE AGENT_PORT
PATH=$HOME/.local/bin:$PATH
chmod 755 "$dir"

# begin: the agent's world as it was, and what surrounds it.
begin() {
	cd "$dir" || exit 1
	"$root/fixtures/setup.sh" "$world" >/dev/null 2>&1 || exit 1
	rm -rf "$world/outside" "$world/workspace2" "$dir/heard"
	mkdir "$world/workspace2"
	echo "a sibling's" >"$world/workspace2/file"
	cd "$world/workspace" || exit 1
}

for run in 1 2 3; do
	begin
	"$PARE" record --quiet --agent shop --task report -- agent report >"$dir/out" 2>&1 || { fail "run $run is recorded" "$dir/out"; finish; }
done
"$PARE" propose --quiet --agent shop -o "$dir/policy.xml" 2>"$dir/err" || { fail "the policy is proposed" "$dir/err"; finish; }

# Somebody else's server, which writes down that it was connected to.
cat >"$dir/listen.py" <<'END'
import socket, sys
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    server.accept()[0].close()
    open(sys.argv[1], "w").close()
END
python3 "$dir/listen.py" "$dir/heard" >"$dir/port" &
listener=$!
while ! [ -s "$dir/port" ]; do sleep 0.1; done
port=$(cat "$dir/port")

# attack NAME: what it would be, in the sandbox.  Everything is done by programs that the policy has, but
# for the one that it has not.
attack() {
	case $1 in
	read) box cat "$HOME/.ssh/id_rsa" ;;
	write) box python3 -c "open('$world/outside', 'w').write('x')" ;;
	execute) box id ;;
	connect) box python3 -c "import socket; socket.create_connection(('127.0.0.1', $port), 2)" ;;
	delete) box rm -f "$world/workspace/README.md" ;;
	symlink) box python3 -c "import os; os.symlink('$HOME/.ssh/id_rsa', 'public/link'); print(open('public/link').read())" ;;
	dots) box cat "$world/workspace/public/../../home/.ssh/id_rsa" ;;
	sibling) box sh -c "cat '$world/workspace2/file'; echo x >>'$world/workspace2/file'" ;;
	hardlink) box python3 -c "import os; os.link('$HOME/.ssh/id_rsa', 'public/hard'); print(open('public/hard').read())" ;;
	rename) box python3 -c "import os; open('public/new', 'w').write('evil'); os.rename('public/new', 'README.md')" ;;
	esac </dev/null >"$dir/attack.out" 2>"$dir/attack.err"
}

# worked NAME: whether it has done what it should not have.
worked() {
	case $1 in
	read | symlink | dots | hardlink) grep -q "not a real key" "$dir/attack.out" ;;
	write) [ -e "$world/outside" ] ;;
	execute) grep -q uid= "$dir/attack.out" ;;
	connect) [ -e "$dir/heard" ] ;;
	delete) ! [ -e "$world/workspace/README.md" ] ;;
	sibling) grep -q "a sibling's" "$dir/attack.out" || grep -q x "$world/workspace2/file" ;;
	rename) grep -q evil "$world/workspace/README.md" ;;
	esac
}

attacks="read write execute connect delete symlink dots sibling hardlink rename"
printf '# %-14s %-8s' enforcer task >"$dir/table"
printf ' %-8s' $attacks >>"$dir/table"
echo >>"$dir/table"

# enforce FORMAT [TOLD...]: the agent, and all attacks, in box(); those that are TOLD may work, because the
# losses of the format say so.
enforce() {
	format=$1
	shift
	begin
	printf '# %-14s' "$format" >>"$dir/table"
	if box agent report </dev/null >"$dir/out" 2>"$dir/err" && grep -q "agent: done: report" "$dir/out"; then
		pass "$format: the agent does its work"
		printf ' %-8s' works >>"$dir/table"
	else
		cat "$dir/out" >>"$dir/err"
		fail "$format: the agent does its work" "$dir/err"
		printf ' %-8s' FAILS >>"$dir/table"
	fi
	for attack in $attacks; do
		begin
		attack "$attack"
		sleep 0.1
		outcome=denied
		worked "$attack" && outcome=ALLOWED
		case " $* " in *" $attack "*) [ $outcome = denied ] || outcome=told ;; esac
		printf ' %-8s' $outcome >>"$dir/table"
		if [ $outcome = ALLOWED ]; then fail "$format: $attack" "$dir/attack.out"; else pass "$format: $attack is $outcome"; fi
	done
	echo >>"$dir/table"
}

# export_to FORMAT FILE
export_to() {
	"$PARE" export --to "$1" --workspace "$world/workspace" --home "$HOME" --tmp "$TMPDIR" -o "$2" "$dir/policy.xml" 2>"$dir/err" ||
		fail "$1 is written" "$dir/err"
}

# The attacks are real: without a sandbox each of them works.
box() { "$@"; }
for attack in $attacks; do
	begin
	attack "$attack"
	sleep 0.1
	if worked "$attack"; then pass "without a sandbox: $attack works"; else fail "without a sandbox: $attack works" "$dir/attack.err"; fi
done

if bwrap --ro-bind / / --unshare-user --unshare-net true 2>"$dir/err"; then
	export_to bwrap "$dir/sandbox.sh"
	box() { PARE_WS=$world/workspace sh "$dir/sandbox.sh" "$@"; }
	enforce bwrap
else
	skip "bwrap: the agent does its work" "bubblewrap cannot make a sandbox here: $(head -1 "$dir/err")"
fi

if timeout 60 firejail --noprofile true </dev/null >"$dir/err" 2>&1; then
	export_to firejail "$dir/firejail.profile"
	box() { timeout 60 firejail --profile="$dir/firejail.profile" "$@"; }
	enforce firejail
else
	skip "firejail: the agent does its work" "firejail cannot make a sandbox here: $(head -1 "$dir/err")"
fi

echo '[Service]' >"$dir/none.conf"
if timeout 60 "$tools/systemd-run.py" "$dir/none.conf" true >"$dir/out" 2>"$dir/err"; then
	export_to systemd "$dir/pare.conf"
	box() { timeout 90 "$tools/systemd-run.py" "$dir/pare.conf" "$@"; }
	enforce systemd
else
	skip "systemd: the agent does its work" "a systemd of its own cannot be started here: $(tail -1 "$dir/err")"
fi

export_to landlock "$dir/landlock.json"
if "$tools/landlock-run.py" "$dir/landlock.json" 2>"$dir/err"; then
	box() { "$tools/landlock-run.py" "$dir/landlock.json" "$@"; }
	enforce landlock
else
	skip "landlock: the agent does its work" "this kernel has no Landlock of version 6: $(tail -1 "$dir/err")"
fi

# The network alone: what is outside of it cannot be told from the files.
if unshare -n nft list ruleset >/dev/null 2>&1; then
	export_to nftables "$dir/rules.nft"
	cat >"$dir/in-network.sh" <<END
ip link set lo up && nft -f '$dir/rules.nft' && python3 '$dir/listen.py' '$dir/heard' >'$dir/inner-port' & sleep 1
PATH=$PATH "\$@"
status=\$?
kill \$!
exit \$status
END
	box() { unshare -n sh "$dir/in-network.sh" "$@"; }
	begin
	ok "nftables: the agent does its work" box agent report
	begin
	box python3 -c "import socket; socket.create_connection(('127.0.0.1', int(open('$dir/inner-port').read())), 2)" 2>"$dir/err"
	ok "nftables: connect is denied" test ! -e "$dir/heard"
	says "by the rules" "No route to host" "$dir/err"
	printf '# %-14s %-8s only: connect denied\n' nftables works >>"$dir/table"
else
	skip "nftables: the agent does its work" "nft does not run in namespaces here"
fi

if /usr/bin/python3 -c 'import seccomp' 2>/dev/null; then
	export_to seccomp "$dir/seccomp.json"
	box() { "$tools/seccomp-run.py" "$dir/seccomp.json" "$@"; }
	begin
	ok "seccomp: the agent does its work" box agent report
	for try in "unshare -U true" "unshare -m true" "python3 -c 'import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)'" \
		"strace -o /dev/null true" "mount -t tmpfs none /mnt"; do
		eval "box $try" >"$dir/out" 2>"$dir/err"
		got=$?
		ok "seccomp: $try is denied" test $got != 0
	done
	printf '# %-14s %-8s only: what belongs to no rule (ptrace, mounts, namespaces, netlink) denied\n' seccomp works >>"$dir/table"
else
	skip "seccomp: the agent does its work" "python3-seccomp is not installed"
fi

if ! [ -x "$modules/.bin/srt" ]; then
	skip "srt: the attacks are denied" "sandbox-runtime is not in $modules (make deps)"
else
	export_to srt "$dir/srt.json"
	jq --arg own "$(readlink -f "$modules/@anthropic-ai/sandbox-runtime/vendor")" --arg tmp "$TMPDIR" \
		'.filesystem.allowRead += [$own, $tmp]' "$dir/srt.json" >"$dir/srt-own.json"
	# It has a TMPDIR of its own inside.
	box() { timeout 60 node "$modules/.bin/srt" --settings "$dir/srt-own.json" env TMPDIR="$TMPDIR" "$@"; }
	enforce srt execute
fi

# Codex is large, and therefore only there after `make test-extended`, or where somebody else installed it.
codex=${PARE_NPM_EXTENDED:-$root/build/npm-extended}/node_modules/.bin/codex
[ -x "$codex" ] || codex=$(command -v codex)
if [ -z "$codex" ]; then
	skip "codex: the attacks are denied" "codex is not installed (make test-extended)"
else
	mkdir "$dir/codex-home"
	export_to codex "$dir/codex.toml"
	# Its own folder, where it makes the links by which it starts, and its programs.
	own=$(readlink -f "$codex" | sed 's,/node_modules/.*,/node_modules/@openai,')
	sed "s|^\":minimal\" = .*|&\n\"$dir/codex-home/tmp\" = \"read\"\n\"$own\" = \"read\"|" "$dir/codex.toml" >"$dir/codex-home/config.toml"
	box() { CODEX_HOME=$dir/codex-home timeout 60 "$codex" sandbox -P pare -C "$world/workspace" -- "$@"; }
	enforce codex execute
	begin
	TOKEN=secret box env >"$dir/out" 2>"$dir/err"
	says "codex: variables that it may have are there" "TMPDIR=$TMPDIR" "$dir/out"
	says_not "codex: no other is" TOKEN= "$dir/out"
fi

# ---- decisions: what is asked is what the kernel would be asked ----

# need RESOURCE ACTION NAME [OWN]: a question, as an object of JSON.
need() {
	jq -nc --arg action "$1 $2" --arg name "$3" --argjson own "${4:-false}" '{ action: $action, name: $name, own: $own, command: "()" }'
}

# asks ATTACK: what it needs.
asks() {
	case $1 in
	read | dots) need file read "$HOME/.ssh/id_rsa" ;;
	write) need file create "$world/outside" && need file write "$world/outside" ;;
	execute) need program exec /usr/bin/id ;;
	connect) need host connect "tcp/127.0.0.1:$port" ;;
	delete) need file delete "$world/workspace/README.md" ;;
	symlink) need file read "$HOME/.ssh/id_rsa" ;;
	sibling) need file read "$world/workspace2/file" && need file append "$world/workspace2/file" ;;
	hardlink) need file link "$HOME/.ssh/id_rsa" ;;
	rename) need file rename "$world/workspace/README.md" ;;
	esac
}

# The agent's own: every access of a run, of a program with what the policy has for it.  Somebody confirms what
# the policy wants confirmed.
needed() {
	"$PARE" export --to json "$dir/policy.xml" 2>/dev/null >"$dir/policy.json"
	"$PARE" dump last | jq -c --slurpfile policy "$dir/policy.json" --arg home "$HOME" --arg tmp "$TMPDIR" --arg ws "$world/workspace" '
		($policy[0].rules | map(select(.argv) | { (.pattern): .argv }) | add) as $argv |
		select(.outcome == "ok" and (.requested | test("^(inherited:|received:|descriptor:)") | not)) |
		(.name | sub("^" + $ws; "$WS") | sub("^" + $home; "$HOME") | sub("^" + $tmp; "$TMP")) as $name |
		{ action: "\(.resource) \(.action)", name, own, confirmed: true } + { command: ($argv[$name][]? // "()") }' | sort -u
}

# decide FILE: what Cedar says of each question.
decide() {
	node "$tools/check.mjs" "$modules" cedar "$1" -
}

if [ -d "$modules/@cedar-policy/cedar-wasm" ]; then
	begin
	"$PARE" record --quiet --agent shop --task report -- agent report >"$dir/out" 2>&1 || fail "a run is recorded" "$dir/out"
	export_to cedar "$dir/policies.cedar"
	printf '# %-14s' cedar >>"$dir/table"
	needed >"$dir/needed"
	decide "$dir/policies.cedar" <"$dir/needed" | paste -d' ' - "$dir/needed" >"$dir/decided"
	ok "cedar: the agent needs something" test "$(wc -l <"$dir/decided")" -gt 100
	grep -v '^allow' "$dir/decided" >"$dir/found"
	printf ' %-8s' "$([ -s "$dir/found" ] && echo FAILS || echo works)" >>"$dir/table"
	clean "cedar: the agent does its work"
	for attack in $attacks; do
		asks "$attack" | decide "$dir/policies.cedar" >"$dir/decided"
		# One of them that is denied is enough.
		outcome=ALLOWED
		! grep -q deny "$dir/decided" || outcome=denied
		printf ' %-8s' $outcome >>"$dir/table"
		ok "cedar: $attack is denied" test $outcome = denied
	done
	echo >>"$dir/table"
else
	skip "cedar: the agent does its work" "cedar-wasm is not in $modules (make deps)"
fi
# Nothing evaluates Rego where this was written: no package of Debian 12 or of npm has a compiler of it
# (@open-policy-agent/opa-wasm runs what one has made).
if command -v opa >/dev/null; then
	export_to rego "$dir/pare.rego"
	for attack in $attacks; do
		asks "$attack" | head -1 | jq '(.action / " ") as $words | . + { resource: $words[0], action: $words[1] }' >"$dir/input.json"
		opa eval -f raw -d "$dir/pare.rego" -i "$dir/input.json" data.pare.allow >"$dir/decided" 2>&1
		ok "rego: $attack is denied" grep -qx false "$dir/decided"
	done
else
	skip "rego: the attacks are denied" "opa is not installed"
fi

kill "$listener"
cat "$dir/table"
finish
