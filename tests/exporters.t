#!/bin/sh
# slow
# Every format that `pare export` writes: 20 policies, most with names that a format could misread, are
# taken by the enforcer's own parser where there is one; a broken one is not.
. "$(dirname "$0")/lib.sh"
tools=$root/tests/exporters
modules=${PARE_NPM:-$root/build/npm}/node_modules
# Codex is large, and therefore only there after `make test-extended`, or where somebody else installed it.
PATH=${PARE_NPM_EXTENDED:-$root/build/npm-extended}/node_modules/.bin:$PATH:/usr/sbin:/sbin
mkdir "$dir/policies"
python3 "$tools/policies.py" "$dir/policies" || exit 1

# take FORMAT: writes all 20 in it, twice, to $dir/FORMAT/.
take() {
	mkdir "$dir/$1"
	: >"$dir/found"
	for policy in "$dir"/policies/*.xml; do
		to=$dir/$1/$(basename "$policy" .xml)
		"$PARE" export --to "$1" --workspace /srv/ws --tmp /var/tmp -o "$to" "$policy" 2>"$dir/err" ||
			{ echo "$policy"; cat "$dir/err"; } >>"$dir/found"
		"$PARE" export --to "$1" --workspace /srv/ws --tmp /var/tmp "$policy" 2>/dev/null | cmp - "$to" >>"$dir/found" 2>&1
		digest=$("$PARE" export --to json "$policy" | jq -r .digest)
		grep -q "$digest" "$to" || echo "$to: without the digest of its policy" >>"$dir/found"
		LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" "$to" && echo "$to: a control character" >>"$dir/found"
	done
	clean "$1: 20 policies are written, the same each time, with their digest, without controls"
}

# parsed FORMAT COMMAND...: the command, with the file behind it, succeeds for each.
parsed() {
	format=$1
	shift
	: >"$dir/found"
	for file in "$dir/$format"/??; do
		"$@" "$file" >"$dir/parsed" 2>&1 || { echo "$file:"; head -5 "$dir/parsed"; } >>"$dir/found"
	done
	clean "$format: its parser takes all of them"
}

# refused FORMAT SED COMMAND...: the same does not succeed for one that SED has changed.
refused() {
	format=$1 script=$2
	shift 2
	sed "$script" "$dir/$format/01" >"$dir/$format/broken"
	ok "$format: the broken one differs" test -n "$(cmp "$dir/$format/01" "$dir/$format/broken" 2>&1)"
	if "$@" "$dir/$format/broken" >"$dir/parsed" 2>&1; then
		fail "$format: a broken one is refused" "$dir/parsed"
	else
		pass "$format: a broken one is refused"
	fi
}

# needs COMMAND WHAT: whether it is there; else WHAT is skipped.
needs() {
	command -v "$1" >/dev/null || { skip "$2" "$1 is not installed${3:+ ($3)}"; false; }
}

hex() {
	printf %s "$1" | od -An -v -tx1 | tr -d ' \n'
	echo
}

# ---- AppArmor ----

take apparmor
if needs apparmor_parser "apparmor: its parser takes all of them"; then
	parsed apparmor apparmor_parser -Q -K
	refused apparmor 's/ r,$/ zz,/' apparmor_parser -Q -K
	# What the compiled rules say, byte by byte.  In 03 the name is plain but for a newline.
	: >"$dir/found"
	# asks FILE PATH WANT
	asks() {
		apparmor_parser -S -K "$dir/apparmor/$1" >"$dir/binary" 2>/dev/null
		got=$(hex "$2" | python3 "$tools/apparmor-dfa.py" "$dir/binary")
		[ "$got" = "$3" ] || printf '%s: %s: %s, not %s\n' "$1" "$2" "$got" "$3" >>"$dir/found"
	}
	name='new
line'
	for row in "01 plain" "02 -" "03 $name" '04 quo"te' "05 apo'strophe" '06 back\slash' '07 star*' '08 [a-z]?' '09 {a,b}' \
		'10 @{HOME}' '11 $HOME' '12 #include <x>' '13 -rf' '14 per%cent%h' '16 ümlaut' '17 a, deny /** w'; do
		file=${row%% *} name=${row#* }
		[ "$file" = 02 ] && continue # holds nothing
		asks "$file" "/srv/$name/read" r
		asks "$file" "/srv/$name/x/mine" r
		asks "$file" "/srv/$name/x/y/mine" -
		asks "$file" "/srv/$name/tree/a/b" r
		asks "$file" "/srv/${name}x/read" -
		asks "$file" "/srv/$name/bin/x" rmx
		asks "$file" /etc/shadow -
	done
	asks 02 /srv/plain/read -
	asks 07 /srv/starred/read -
	asks 08 '/srv/ab/read' -
	asks 09 /srv/a/read -
	asks 01 /srv/plain/t00ff00aa.01234567-89ab-cdef-0123-456789abcdef rwal
	asks 01 /srv/plain/t00ff00ag.01234567-89ab-cdef-0123-456789abcdef r
	for digits in 1 12 123456789; do asks 01 "/var/tmp/ccabcXY9-$digits.o" wa; done
	for other in ccabcXY9-.o ccabcXY9-1234567890.o ccabcXY-1.o ccabcXY9-a.o; do asks 01 "/var/tmp/$other" -; done
	clean "apparmor: the compiled rules mean the names and classes, exactly"
fi

# ---- systemd ----

take systemd
# A unit that has the settings: it says something about whatever it does not understand.
unit() {
	{ cat "$1"; printf '\nExecStart=/usr/bin/true\n'; } >"$dir/agent.service"
	systemd-analyze verify "$dir/agent.service" >"$dir/verified" 2>&1
	cat "$dir/verified"
	! grep -q agent.service "$dir/verified"
}
if needs systemd-analyze "systemd: its parser takes all of them"; then
	parsed systemd unit
	refused systemd 's/^NoExecPaths=/NoExecPathz=/' unit
	: >"$dir/found"
	systemd-analyze security --offline=true --threshold=50 "$dir/agent.service" >"$dir/found" 2>&1 && : >"$dir/found"
	clean "systemd: it finds the unit little exposed"
fi

# ---- firejail ----

take firejail
# It reads a profile only to use it.  /usr/bin/true is in each policy but the empty one.
jailed() {
	timeout 60 firejail --profile="$1" true </dev/null
}
if needs firejail "firejail: its parser takes all of them"; then
	if timeout 60 firejail --noprofile true </dev/null >"$dir/parsed" 2>&1; then
		rm "$dir/firejail/02"
		parsed firejail jailed
		refused firejail 's/^whitelist /whitelizt /' jailed
	else
		skip "firejail: its parser takes all of them" "it cannot make a sandbox here"
	fi
fi

# ---- nftables ----

take nftables
if unshare -r -n nft list ruleset >/dev/null 2>&1; then
	parsed nftables unshare -r -n nft -c -f
	refused nftables 's/dport/dpord/' unshare -r -n nft -c -f
else
	skip "nftables: its parser takes all of them" "nft does not run in namespaces here"
fi

# ---- seccomp, Landlock ----

take seccomp
if /usr/bin/python3 -c 'import seccomp' 2>/dev/null; then
	parsed seccomp "$tools/seccomp-run.py"
	refused seccomp 's/"ptrace"/"ptracer"/; s/"acct"/"acctx"/' "$tools/seccomp-run.py"
else
	skip "seccomp: libseccomp takes all of them" "python3-seccomp is not installed"
fi
take landlock
if "$tools/landlock-run.py" "$dir/landlock/01" 2>"$dir/err"; then
	parsed landlock "$tools/landlock-run.py"
	refused landlock 's/"read_file"/"read_fyle"/' "$tools/landlock-run.py"
else
	skip "landlock: the kernel takes all of them" "this kernel has no Landlock of version 6"
fi

# ---- sandbox-runtime, Cedar: parsers from npm ----

take srt
if [ -d "$modules/@anthropic-ai/sandbox-runtime" ]; then
	parsed srt node "$tools/check.mjs" "$modules" srt
	refused srt 's/"deny"/"denny"/' node "$tools/check.mjs" "$modules" srt
else
	skip "srt: its parser takes all of them" "sandbox-runtime is not in $modules (make deps)"
fi
take cedar
if [ -d "$modules/@cedar-policy/cedar-wasm" ]; then
	parsed cedar node "$tools/check.mjs" "$modules" cedar
	refused cedar 's/^permit (principal,/permit (principle,/' node "$tools/check.mjs" "$modules" cedar
	: >"$dir/got"
	for row in '04 quo"te' '06 back\slash' '07 star*' '09 {a,b}' '16 ümlaut'; do
		name=${row#* }
		# shellcheck disable=SC2046
		node "$tools/check.mjs" "$modules" cedar "$dir/cedar/${row%% *}" $(hex "/srv/$name/read") $(hex "/srv/$name/x/mine") \
			$(hex "/srv/$name/x/y/mine") $(hex "/srv/${name}x/read") $(hex /srv/starred/read) | paste -sd' ' >>"$dir/got"
	done
	yes 'allow allow deny deny deny' | head -5 >"$dir/want"
	same "cedar: it decides as the patterns say" "$dir/want" "$dir/got"
else
	skip "cedar: its parser takes all of them" "cedar-wasm is not in $modules (make deps)"
fi

# ---- Rego ----

take rego
if needs opa "rego: its parser takes all of them"; then
	rego() { cp "$1" "$dir/module.rego" && opa check --strict "$dir/module.rego"; }
	parsed rego rego
	refused rego 's/^allow if count/allow if kount/' rego
fi
: >"$dir/found"
for file in "$dir"/rego/??; do
	sed '1,/^rules := /{s/^rules := //;t;d}' "$file" | jq -e 'all(has("id") and (has("name") != has("matches")))' >/dev/null 2>&1 ||
		echo "$file" >>"$dir/found"
done
clean "rego: its rules are JSON, each with a name or an expression"

# ---- settings of agents ----

take claude
# The schema's form of a rule (permissionRule).
claude() {
	jq -e '.permissions.allow | all(test("^((Bash|Edit|Read|WebFetch)\\([^)\n]+\\)|mcp__[A-Za-z0-9_-]+)$"))' "$1" &&
		jq -e '.permissions.defaultMode == "dontAsk" and .sandbox.enabled and .sandbox.failIfUnavailable and
			.sandbox.autoAllowBashIfSandboxed == false and .sandbox.allowUnsandboxedCommands == false' "$1"
}
parsed claude claude
refused claude 's/dontAsk/dontAskk/' claude
take codex
codex_toml() {
	python3 - "$1" <<'END'
import sys, tomllib
read = tomllib.load(open(sys.argv[1], "rb"))
files = read["permissions"]["pare"]["filesystem"]
assert set(files.values()) <= {"read", "write"}, files
assert all(path == ":minimal" or path.startswith(("/srv/", "/usr", "/var/tmp")) for path in files), files
END
}
if python3 -c 'import tomllib' 2>/dev/null; then
	parsed codex codex_toml
	refused codex 's/ = "read"/ = "reed"/' codex_toml
else
	skip "codex: a parser of TOML takes all of them" "Python has no tomllib"
fi
codex_profile() {
	cp "$1" "$dir/codex-home/config.toml" && CODEX_HOME=$dir/codex-home timeout 60 codex app-server --print-startup-config </dev/null
}
if needs codex "codex: its parser takes all of them" "make test-extended"; then
	mkdir "$dir/codex-home"
	parsed codex codex_profile
	refused codex 's/ = "write"/ = "wryte"/' codex_profile
	refused codex 's/^inherit = "all"/inherit = "al"/' codex_profile
fi
take execpolicy
codex_rules() {
	codex execpolicy check --rules "$1" -- true >"$dir/decided" && jq -e '.decision == "allow"' "$dir/decided"
}
if needs codex "execpolicy: Codex takes all of them" "make test-extended"; then
	rm "$dir/execpolicy/02" # allows nothing
	parsed execpolicy codex_rules
	refused execpolicy 's/^prefix_rule/prefix_rool/' codex_rules
fi

# ---- command lines: `git push` and `git push --force` ----

cat >"$dir/push.xml" <<'END'
<policy xmlns="urn:pare:policy:1" agent="demo"><rule resource="program" action="exec"><pattern>/usr/bin/git</pattern><argv>push</argv><argv>()</argv></rule></policy>
END
"$PARE" export --to claude "$dir/push.xml" 2>/dev/null | jq -c .permissions.allow >"$dir/got"
echo '["Bash(git)","Bash(git push)","Bash(/usr/bin/git)","Bash(/usr/bin/git push)"]' >"$dir/want"
same "claude: a command is allowed as it is, and nothing behind it" "$dir/want" "$dir/got"
"$PARE" export --to execpolicy -o "$dir/push.rules" "$dir/push.xml" 2>/dev/null
says "execpolicy: git push is allowed" 'pattern = ["git", "push"], decision = "allow"' "$dir/push.rules"
grep -- '"--force", .*decision = "forbidden"' "$dir/push.rules" >"$dir/got"
ok "execpolicy: git push --force is forbidden" test -s "$dir/got"
if needs codex "execpolicy: Codex decides so" "make test-extended"; then
	for words in "push" "push --force" "push -f"; do
		# shellcheck disable=SC2086
		codex execpolicy check --rules "$dir/push.rules" -- git $words | jq -r .decision
	done >"$dir/got"
	printf '%s\n' allow forbidden forbidden >"$dir/want"
	same "execpolicy: Codex decides so" "$dir/want" "$dir/got"
fi

# ---- YAML that is JSON behind comments ----

without_comments() { grep -v '^#' "$1"; }
take mcp
mcp() { without_comments "$1" | jq -e 'all(.[]; length > 0) and (. == {} or (.server | index("get_issue") >= 0))'; }
parsed mcp mcp
refused mcp 's/^{/{{/' mcp
# The schemas of Kubernetes' and Cilium's own APIs.
kubernetes() {
	if [ -d "$modules/@kubernetes-models/cilium" ]; then
		parsed "$1" node "$tools/check.mjs" "$modules" "$1"
		shift
		for script in "$@"; do refused "$format" "$script" node "$tools/check.mjs" "$modules" "$format"; done
	else
		skip "$1: its schema takes all of them" "kubernetes-models is not in $modules (make deps)"
	fi
}
take networkpolicy
kubernetes networkpolicy 's/"Egress"/"Egres"/' 's/"port": 8080/"port": [8080]/' 's/"TCP"/"TCPP"/' 's/"cidr": "/"cidr": 7, "is": "/'
networkpolicy() {
	without_comments "$1" | jq -e '.kind == "NetworkPolicy" and (.metadata.name | test("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")) and
		.spec.policyTypes == ["Ingress", "Egress"] and (.spec.egress | all(.to[0].ipBlock.cidr | test("^[0-9a-f.:]+/(32|128)$")))'
}
parsed networkpolicy networkpolicy
refused networkpolicy 's/"Egress"/"Egres"/' networkpolicy
take cilium
kubernetes cilium 's/"port": "53"/"port": 53/' 's/"UDP"/"UDPP"/' 's/"matchName": "/&a /' 's/::1\/128/::1\/1280/'
cilium() {
	without_comments "$1" | jq -e '.kind == "CiliumNetworkPolicy" and (.spec | has("ingress") and has("egress")) and
		([.spec.egress[] | .toFQDNs[]?.matchName] | all(test("^[A-Za-z0-9._-]+$")))'
}
parsed cilium cilium
refused cilium 's/"egress"/"egres"/' cilium

# ---- losses ----

"$PARE" export --to help | awk '{ print $1 }' >"$dir/formats"
: >"$dir/found"
while read -r format; do
	"$PARE" export --to "$format" --losses --json "$dir/policies/01.xml" 2>/dev/null |
		jq -e 'all(has("rule") and has("kind") and has("sentence"))' >/dev/null 2>&1 || echo "$format" >>"$dir/found"
	case $format in json | rego) continue ;; esac # these say all of it
	rm -f "$dir/strict"
	"$PARE" export --to "$format" --strict -o "$dir/strict" "$dir/policies/01.xml" 2>/dev/null
	[ $? = 3 ] || echo "$format: --strict" >>"$dir/found"
	[ ! -e "$dir/strict" ] || echo "$format: --strict wrote something" >>"$dir/found"
done <"$dir/formats"
clean "each format tells its losses, and writes nothing where it may not widen"
while read -r format; do
	ok "README speaks of $format" grep -q "^| \`$format\`" "$root/README.md"
done <"$dir/formats"
status "a root that is no folder is refused" 2 "$PARE" export --to json --workspace ../x "$dir/policies/01.xml"
finish
