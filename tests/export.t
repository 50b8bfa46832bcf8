#!/bin/sh
# slow
# `pare export`: the command, JSON, and the script for bubblewrap, which is run: what the policy
# grants works in it, and one step beyond does not.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/policy.sh
. "$root/tests/policy.sh"
umask 022
chmod 755 "$dir"

# ---- the command ----

status "--to help lists the formats" 0 "$PARE" export --to help
says "json is one" json "$dir/out"
says "bwrap is one" bwrap "$dir/out"
status "without --to it says what is missing" 2 "$PARE" export x.xml
says "and how to find one" "--to help" "$dir/err"
status "an unknown format is a wrong command line" 2 "$PARE" export --to "$(printf 'x\033y')" x.xml
says "the format is named, safe for a terminal" 'x\x1by' "$dir/err"
status "--json alone is a wrong command line" 2 "$PARE" export --to bwrap --json x.xml
status "a policy that is not there is a failure" 1 "$PARE" export --to json "$dir/none.xml"
says "which names it" none.xml "$dir/err"
echo '<policy' >"$dir/broken.xml"
status "a broken policy is a failure" 1 "$PARE" export --to bwrap -o "$dir/broken.sh" "$dir/broken.xml"
ok "nothing is written of it" test ! -e "$dir/broken.sh"

# ---- JSON ----

policy "$dir/all.xml" <<'END'
<rule resource="file" action="read" id="first" phase="build" risk="high" gate="confirm" rate="30" burst="5" expires="2027-01-01T00:00:00Z"><pattern>$WS/a\xff\n\*</pattern><justification>it is "needed"</justification><evidence runs="3" count="9" first="2026-01-02T03:04:05Z" last="2026-02-03T04:05:06.5Z"/></rule>
<rule resource="host" action="connect"><pattern>tcp/api.example.com:443</pattern></rule>
<rule resource="file" action="read"><pattern>/srv/é/*</pattern><justification>each</justification></rule>
END
status "a policy becomes JSON" 0 "$PARE" export --to json "$dir/all.xml"
cp "$dir/out" "$dir/all.json"
jq -S -c '[.agent, .rules[0].id] + (.rules | map(select(.id == "first")) | .[0] | del(.id) | to_entries | map("\(.key)=\(.value)"))' \
	"$dir/all.json" >"$dir/got" 2>&1
cat >"$dir/want" <<'END'
["demo","first","resource=file","action=read","arguments=null","argv=null","pattern=$WS/a\\xff\\n\\*","open=false","own=false","phase=build","within_ns=0","rate_per_second=0","rate_per_minute=30","burst=5","rate_per_hour=0","rate_per_run=0","headroom=0","expires=2027-01-01T00:00:00.000000000Z","risk=high","gate=confirm","justification=it is \"needed\"","runs=3","count=9","first=2026-01-02T03:04:05.000000000Z","last=2026-02-03T04:05:06.500000000Z"]
END
jq -c '.[0:1] + (.[2:] | sort)' "$dir/got" >"$dir/got2" 2>&1
jq -c '.[0:1] + (.[2:] | sort)' "$dir/want" >"$dir/want2"
same "each field of a rule is there" "$dir/want2" "$dir/got2"
ok "all rules are there" jq -e '.rules | length == 3' "$dir/all.json"
ok "a pattern keeps its characters" jq -e '.rules | any(.pattern == "/srv/é/*" and .open)' "$dir/all.json"
"$PARE" export --to json -o "$dir/again.json" "$dir/all.xml"
same "the same policy gives the same bytes, also to a file" "$dir/all.json" "$dir/again.json"
LC_ALL=C grep -n '[^ -~]' "$dir/all.json" >"$dir/found"
clean "it is ASCII without controls"

# ---- losses ----

policy "$dir/losses.xml" <<'END'
<rule resource="tool" action="call" id="t"><pattern>server/tool</pattern></rule>
<rule resource="file" action="create" id="c"><pattern>$HOME/x</pattern></rule>
<rule resource="file" action="list" id="l"><pattern>/srv</pattern></rule>
<rule resource="file" action="read" id="r"><pattern>/srv/x</pattern></rule>
<rule resource="kernel" action="use" id="k"><pattern>module</pattern></rule>
<rule resource="file" action="create" id="top"><pattern>/x</pattern></rule>
<rule resource="file" action="stat" id="h" risk="high"><pattern>$HOME/.ssh/id_rsa</pattern></rule>
END
status "--losses alone is no failure" 0 "$PARE" export --to bwrap --losses "$dir/losses.xml"
awk '$2 != "-" { print $2, $1 }' "$dir/out" | sort >"$dir/got"
printf '%s\n' 'c widened' 'h narrowed' 'k dropped' 'l narrowed' 't dropped' 'top dropped' >"$dir/want"
same "each rule that is not exact is listed" "$dir/want" "$dir/got"
says "the standard error counts them" "dropped" "$dir/err"
sed 's/^/#   /' "$dir/out" >"$dir/comments"
"$PARE" export --to bwrap "$dir/losses.xml" >"$dir/losses.sh" 2>"$dir/err"
says "without --losses the standard error says how to see them" "--losses" "$dir/err"
grep '^#   [a-z]' "$dir/losses.sh" >"$dir/got"
same "the script has them as comments" "$dir/comments" "$dir/got"
status "--losses --json" 0 "$PARE" export --to bwrap --losses --json "$dir/losses.xml"
ok "is JSON, with null for the whole policy" \
	jq -e 'any(.rule == null) and any(.rule == "c" and .kind == "widened" and (.sentence | test("[$]HOME is writable")))' "$dir/out"
status "--strict refuses them" 3 "$PARE" export --to bwrap --strict -o "$dir/strict.sh" "$dir/losses.xml"
ok "and writes nothing" test ! -e "$dir/strict.sh"
status "--strict takes what is exact" 0 "$PARE" export --to json --strict -o "$dir/strict.json" "$dir/losses.xml"
ok "and writes it" test -s "$dir/strict.json"

# network KIND RULES...: whether the sandbox has the host's network.
network() {
	name=$1 want=$2
	shift 2
	for rule in "$@"; do rule host "${rule%% *}" "${rule#* }"; done | policy "$dir/net.xml"
	"$PARE" export --to bwrap "$dir/net.xml" 2>&1 | grep '^pare_network=' >"$dir/got"
	says "$name" "pare_network=$want" "$dir/got"
}
network "no host: no network" no
network "loopback that the agent serves itself: no network" no \
	'bind tcp/127.0.0.1:8017' 'accept tcp/127.0.0.1:8017' 'connect tcp/127.0.0.1:8017'
network "the same on IPv6" no 'bind tcp/\[::1\]:80' 'connect tcp/\[::1\]:80'
network "loopback that another serves: the network" yes 'connect tcp/127.0.0.1:8017'
network "an address of a link: the network" yes 'bind tcp/\[fe80::1%lo\]:80' 'connect tcp/\[fe80::1%lo\]:80'
network "another port than its own: the network" yes 'bind tcp/127.0.0.1:80' 'connect tcp/127.0.0.1:81'
network "another protocol than its own: the network" yes 'bind udp/127.0.0.1:80' 'connect tcp/127.0.0.1:80'
network "another host: the network" yes 'connect tcp/192.0.2.1:443'
network "a name that looks like loopback: the network" yes 'bind tcp/127.0.0.1:1' 'connect tcp/127.0.0.1.example.com:1'
network "serving others: the network" yes 'bind tcp/0.0.0.0:80'
network "any free port: no network" no 'bind udp/0.0.0.0:0'
network "a name to look up: the network" yes 'resolve dns/api.example.com:53'
network "what is asked of a resolver on loopback that is another's: the network" yes \
	'resolve dns/api.example.com:53' 'connect udp/127.0.0.53:53'
network "what is asked of its own: no network" no \
	'resolve dns/api.example.com:53' 'bind udp/127.0.0.1:53' 'connect udp/127.0.0.1:53'
network "what is asked at another port than its own: the network" yes \
	'resolve dns/api.example.com:5353' 'bind udp/127.0.0.1:53' 'connect udp/127.0.0.1:53'

# Names that are looked up, beside what is connected to.
policy "$dir/names.xml" <<'END'
<rule resource="host" action="resolve" id="name"><pattern>dns/api.example.com:53</pattern></rule>
<rule resource="host" action="send" id="resolver"><pattern>udp/192.0.2.53:53</pattern></rule>
<rule resource="host" action="connect" id="host"><pattern>tcp/api.example.com:443</pattern></rule>
END
"$PARE" export --to json "$dir/names.xml" | jq -r '.rules[] | "\(.action) \(.pattern)"' | sort >"$dir/got"
printf '%s\n' 'connect tcp/api.example.com:443' 'resolve dns/api.example.com:53' 'send udp/192.0.2.53:53' >"$dir/want"
same "JSON has them as they are" "$dir/want" "$dir/got"
"$PARE" export --to bwrap --losses "$dir/names.xml" 2>"$dir/err" | awk '$2 != "-" { print $2, $1 }' | sort >"$dir/got"
printf '%s\n' 'host widened' 'name widened' 'resolver widened' >"$dir/want"
same "bubblewrap cannot tell names apart, and says so" "$dir/want" "$dir/got"
"$PARE" export --to bwrap --losses "$dir/names.xml" 2>"$dir/err" | grep -F ' name ' >"$dir/got"
says "in words of its own" "does not see what is asked" "$dir/got"

if command -v shellcheck >/dev/null; then
	for script in losses; do ok "shellcheck has nothing to say" shellcheck "$dir/$script.sh"; done
else
	skip "shellcheck has nothing to say" "shellcheck is not installed"
fi
finish
