#!/bin/sh
# What `pare audit` says of the worst: acts that nobody confirms, what LLM06 names, and what could be
# reached on this machine.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"
mkdir -p "$dir/ws"
rm=$(readlink -f "$(command -v rm)")

# run DAY COMMAND: the agent runs it in the workspace on that day.
run() {
	day=$1
	shift
	(cd "$dir/ws" && "$PARE" record --agent demo --at "$day" -- sh -c "$@") >/dev/null 2>&1
}
# found WHEN KIND: its texts.
found() {
	"$PARE" audit --agent demo --as-of "$1" --json |
		jq -r --arg kind "$2" '.findings[] | select(.kind == $kind) | .text' >"$dir/got"
}
none() { if [ -s "$dir/got" ]; then fail "$1" "$dir/got"; else pass "$1"; fi; }
import() { "$PARE" import -q --from pare --agent demo --granted "$1" "$2" || fail "import"; }

# acts that nobody confirms
{
	rule file delete '$WS/mine'
	rule file delete '$WS/theirs'
	rule file write '$WS/**'
	rule program exec "$rm"
} | policy "$dir/p.xml"
import 2026-01-01 "$dir/p.xml"
run 2026-02-01 ': >mine; rm mine'
found 2026-02-10 ungated
none "what the run itself had made may be deleted"
: >"$dir/ws/theirs"
run 2026-02-02 'rm theirs'
found 2026-02-10 ungated
says "what it had not is told" 'file delete $WS/theirs: it deletes what the run did not create, 1 times within the window, and nobody was asked' "$dir/got"
says_not "and only that" 'mine' "$dir/got"
"$PARE" audit --agent demo --as-of 2026-02-10 --json | jq -r '.findings[] | select(.kind == "ungated") | .evidence[0] | "\(.run) \(.seq)"' >"$dir/witness"
read -r id seq <"$dir/witness"
sqlite3 "$PARE_DB" "SELECT action, name.bytes FROM access JOIN resource ON resource.id = access.resource JOIN name ON name.id = resource.name JOIN run ON run.id = access.run WHERE uuid = '$id' AND access.seq = $seq" >"$dir/got"
says "with the row that shows it" "7|$dir/ws/theirs" "$dir/got"
found 2026-07-10 ungated
none "not where it was before the window"
sed 's/action="delete"/action="delete" gate="confirm"/' "$dir/p.xml" >"$dir/next" && mv "$dir/next" "$dir/p.xml"
import 2026-01-02 "$dir/p.xml"
found 2026-02-10 ungated
none "nor where somebody is asked"
sed 's/action="write"/action="write" risk="high"/' "$dir/p.xml" >"$dir/next" && mv "$dir/next" "$dir/p.xml"
import 2026-01-03 "$dir/p.xml"
run 2026-02-03 'echo x >notes'
found 2026-02-10 ungated
none "what is created is the run's own"
run 2026-02-04 'echo x >notes'
found 2026-02-10 ungated
says "what somebody says is of high risk is told" 'file write $WS/**: it is said to be of high risk, 1 times' "$dir/got"

# LLM06
"$PARE" audit --agent demo --as-of 2026-02-10 --json >"$dir/json"
jq -r '.owasp_llm06[].id' "$dir/json" | xargs >"$dir/got"
echo EF1 EF2 EF3 EP4 EP5 EA6 >"$dir/want"
same "each cause has a line" "$dir/want" "$dir/got"
ok "with as many as were found" jq -e '[.findings[] | select(.framework.owasp_llm06 | split(" ") | index("EA6"))] as $all | .owasp_llm06[] | select(.id == "EA6") |
	.assessed and .findings == ($all | length) and .findings > 0 and .worst == "high" and (.kinds | index("ungated"))' "$dir/json"
"$PARE" audit --agent demo --as-of 2026-02-10 >"$dir/got"
says "people read it, too" "EA6  acts with consequences that no person confirms: 1 finding, the worst is high" "$dir/got"
"$PARE" audit --agent demo --as-of 2027-02-10 >"$dir/got"
says "without a run nothing can be said of what is done" "EA6  acts with consequences that no person confirms: not assessed, no run within the window" "$dir/got"
says "but of what is granted" "EF3  functions that take anything: shells, open patterns: " "$dir/got"
says_not "all the same" "open patterns: not assessed" "$dir/got"

# What could be reached on this machine
PARE_DB=$dir/machine.db
HOME=$dir/home
export HOME
mkdir -p "$dir/home/.ssh" "$dir/home/.config" "$dir/home/a/b" "$dir/outside" "$dir/bin"
for file in .ssh/id_rsa .ssh/id_ed25519 .bashrc .config/settings letter a/b/.env; do echo x >"$dir/home/$file"; done
for file in one two; do echo x >"$dir/ws/$file"; done
rm -f "$dir/ws/notes"
echo x >"$dir/outside/.env"
ln -s "$dir/outside" "$dir/home/way-out"
ln -s "$dir/outside/.env" "$dir/home/.netrc"
mkfifo "$dir/home/pipe"
for file in tool other; do printf '#!/bin/sh\n' >"$dir/bin/$file" && chmod +x "$dir/bin/$file"; done
echo x >"$dir/bin/no-tool"
bin=$(pattern "$dir/bin")
{
	rule file read '$HOME/**'
	rule file write '$WS/**'
	rule file append '$HOME/letter'
	rule program exec "$bin/*"
	rule host connect 'tcp/example.com:443'
	rule host send 'tcp/example.com:443'
	rule host connect 'tcp/example.org:443'
	rule tool call 'github/{any:1-20}'
} | policy "$dir/p.xml"
import 2026-01-01 "$dir/p.xml"
for day in 01 02 03; do run 2026-06-$day 'read line <"$HOME/.ssh/id_ed25519"; read line <"$HOME/letter"; :'; done
machine() { "$PARE" audit --agent demo --as-of 2026-06-10 --machine --json "$@" >"$dir/json" 2>"$dir/err" || fail "audit" "$dir/err"; }
# reach WHICH: what is not 0.
reach() {
	jq -r --arg which "$1" '.blast_radius[$which] | (.files | to_entries[] | .key as $effect | .value | to_entries[] | select(.value > 0) | "\($effect) \(.key) \(.value)"),
		(.irreversible | to_entries[] | .key as $effect | .value | to_entries[] | select(.value > 0) | "\($effect) \(.key) \(.value) for good"),
		"hosts \(.hosts.exact) \(.hosts.any)", "tools \(.tools.exact) \(.tools.any)"' "$dir/json" >"$dir/got"
}
machine
cat >"$dir/want" <<-E
	read secret 3
	read autostart 1
	read configuration 1
	read other 1
	change workspace 2
	change other 1
	execute other 2
	read secret 3 for good
	change workspace 2 for good
	hosts 2 false
	tools 0 true
E
reach now
same "what the permissions of the day reach, each file once, and none behind a link" "$dir/want" "$dir/got"
cat >"$dir/want" <<-E
	read secret 1
	read other 1
	read secret 1 for good
	hosts 0 false
	tools 0 true
E
reach then
same "and what is left without those that can go, and with narrower ones" "$dir/want" "$dir/got"
jq -r '.grants[] | select(.here_admitted > 0) | "\(.action) \(.here_used) of \(.here_admitted)"' "$dir/json" | sort >"$dir/got"
cat >"$dir/want" <<-E
	exec 0 of 2
	read 2 of 6
	write 0 of 2
E
same "of each open grant it is told which share of what is here was used" "$dir/want" "$dir/got"
found_here() { jq -r --arg kind "$1" '.findings[] | select(.kind == $kind) | .severity, .text' "$dir/json" >"$dir/got"; }
found_here blast_radius
says "secrets that no run read" '2 secrets of this machine can be read, and no run read them: ' "$dir/got"
says "by name" '$HOME/.ssh/id_rsa' "$dir/got"
says "wherever they are" '$HOME/a/b/.env' "$dir/got"
says_not "and not what runs read" 'id_ed25519' "$dir/got"
says "with hosts to send them to it is worse" high "$dir/got"
"$PARE" audit --agent demo --as-of 2026-06-10 --machine >"$dir/got"
says "people read the share, too" 'of what file read $HOME/** admits runs used 2 of 6 files' "$dir/got"
says "people read it, too" "read: 3 -> 1 secret, 1 -> 0 autostart, 1 -> 0 configuration, 1 -> 1 other; of them 3 -> 1 for good" "$dir/got"
"$PARE" audit --agent demo --as-of 2026-06-10 --json | jq '.blast_radius == null and ([.findings[].kind] | index("blast_radius") | not)' >"$dir/got"
echo true >"$dir/want"
same "unless it is asked for, nothing of the machine is looked at" "$dir/want" "$dir/got"
rule file read '$HOME/.ssh/id_rsa' | policy "$dir/alone.xml"
rule file read '$HOME/.ssh/id_ed25519' | policy "$dir/known.xml"
cp "$PARE_DB" "$dir/with-hosts.db"
cp "$dir/p.xml" "$dir/hosts.xml"
cp "$dir/alone.xml" "$dir/p.xml"
"$PARE" import -q --from pare --agent demo --granted 2026-01-05 "$dir/p.xml"
machine
found_here blast_radius
says "without a host less bad" medium "$dir/got"
says_not "and no host is told" "could be sent" "$dir/got"
cp "$dir/known.xml" "$dir/p.xml"
"$PARE" import -q --from pare --agent demo --granted 2026-01-06 "$dir/p.xml"
machine
found_here blast_radius
none "a secret that runs did read is told elsewhere"
mv "$dir/with-hosts.db" "$PARE_DB"
cp "$dir/hosts.xml" "$dir/p.xml"

# What is left out is said.
machine --machine=4
jq '.blast_radius | .entries >= 4 and .entries < 8 and .folders_left_out > 0' "$dir/json" >"$dir/got"
same "it ends after so many entries" "$dir/want" "$dir/got"
"$PARE" audit --agent demo --as-of 2026-06-10 --machine=4 >"$dir/got"
says "and says so" "and what is below them were not looked at" "$dir/got"
status "no number" 2 "$PARE" audit --agent demo --machine=some
mkdir "$dir/home/processes"
if unshare -m true 2>/dev/null; then
	unshare -m sh -c 'mount --bind /proc "$1" && "$2" audit --agent demo --as-of 2026-06-10 --machine --json' - "$dir/home/processes" "$PARE" >"$dir/json"
	jq -r '.blast_radius | .mounts_left_out, .now.files.read.secret' "$dir/json" | xargs >"$dir/got"
	echo 1 3 >"$dir/want"
	same "/proc is not entered, wherever it is" "$dir/want" "$dir/got"
else
	skip "/proc is not entered, wherever it is" "no mount namespaces here"
fi

# Of two sources both must allow.
{
	rule file read '$HOME/.config/**'
	rule file read '$HOME/.bashrc'
	rule file read '$HOME/a/b/c'
} | policy "$dir/second.xml"
import 2026-01-01 "$dir/second.xml"
machine
reach now
grep '^read' "$dir/got" >"$dir/read"
printf 'read autostart 1\nread configuration 1\n' >"$dir/want"
same "what both sources allow" "$dir/want" "$dir/read"
found_here blast_radius
none "no secret is left"

# What is denied, and what is only denied with some arguments.
PARE_DB=$dir/denied.db
import 2026-01-01 "$dir/p.xml"
{
	rule file read '$HOME/.ssh/**'
	rule program exec "$bin/other"
	rule program exec "$bin/tool" | sed 's|<justification>|<argv>-f</argv>&|'
} | policy "$dir/denied.xml"
sqlite3 "$PARE_DB" "UPDATE grants SET denied = CAST(readfile('$dir/denied.xml') AS BLOB)"
run 2026-06-01 :
machine
jq -r '.blast_radius.now.files | .read.secret, .read.autostart, .execute.other' "$dir/json" | xargs >"$dir/got"
echo 1 1 1 >"$dir/want"
same "what is denied is not reached; what is with some arguments only, with others" "$dir/want" "$dir/got"

# Hosts are counted by their names, whatever their ports.
{
	rule host connect 'tcp/example.com:443'
	rule host connect 'tcp/example.com:80'
	rule host connect 'tcp/example.org:{digit:1-5}'
	rule host bind 'tcp/127.0.0.1:{digit:1-5}'
} | policy "$dir/p.xml"
import 2026-01-02 "$dir/p.xml"
machine
jq -c '.blast_radius.now | .hosts, .listening' "$dir/json" | xargs >"$dir/got"
echo '{exact:2,any:false} {exact:1,any:false}' >"$dir/want"
same "hosts are counted by their names" "$dir/want" "$dir/got"
rule host connect 'tcp/{any:1-20}.example.org:443' | policy "$dir/p.xml"
import 2026-01-03 "$dir/p.xml"
machine
jq -c '.blast_radius.now | .hosts' "$dir/json" | xargs >"$dir/got"
echo '{exact:0,any:true}' >"$dir/want"
same "where names are open any may be reached" "$dir/want" "$dir/got"

# a report counts the same where somebody asks for it
machine
"$PARE" report --agent demo --as-of 2026-06-10 --machine --format json -o "$dir/report.json" || fail "a report in JSON"
jq -S .blast_radius "$dir/json" >"$dir/want"
jq -S .audit.blast_radius "$dir/report.json" >"$dir/got"
same "a report has the audit's numbers of this machine" "$dir/want" "$dir/got"
"$PARE" report --agent demo --as-of 2026-06-10 --machine -o "$dir/page.html" || fail "a page"
says "the page draws them" "Files of this machine: as it is granted" "$dir/page.html"
says_not "and does not ask to look" "Not looked at" "$dir/page.html"
"$PARE" report --agent demo --as-of 2026-06-10 -o "$dir/page.html" || fail "a page"
says "without it the page says how" "pare report --machine" "$dir/page.html"
status "of a machine that is no number" 2 "$PARE" report --agent demo --machine=all -o "$dir/page.html"
finish
