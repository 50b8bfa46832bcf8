#!/bin/sh
# `pare verify`: an agent runs to its end under its own policy, and nothing just outside of that works.
# slow
. "$(dirname "$0")/lib.sh"
demo=$dir/demo

# verify COMMAND...: under the policy, with people who agree; the report is in $dir/err.
verify() {
	timeout 60 "$PARE" verify --confirm=yes --quiet "$policy" -- "$@" </dev/null
}

# ---- the agent under its own policy ----

run_agent() {
	cd "$dir" && sh "$root/fixtures/setup.sh" "$demo" >/dev/null && cd "$demo/workspace" || exit 1
	"$@"
}
export HOME="$demo/home" TMPDIR="$demo/tmp" GIT_CONFIG_NOSYSTEM=1
GIT_AUTHOR_DATE='2026-01-05T10:00:00Z' GIT_COMMITTER_DATE='2026-01-05T10:00:00Z'
export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
AGENT_PORT=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
export AGENT_PORT
PATH="$HOME/.local/bin:$PATH"
# Four times: of three names that mkstemp(3) made, two may look like words.
for task in report greet greet greet greet tidy; do
	run_agent "$PARE" record --quiet --agent shop --task $task -- agent $task >"$dir/out" 2>&1
done
policy=$dir/shop.xml
"$PARE" propose --agent shop -o "$policy" 2>"$dir/err"
for task in report greet; do
	status "the agent does \"$task\" under its own policy" 0 run_agent verify agent $task
	says_not "and nothing is denied" "denied" "$dir/err"
done
status "and tidies up" 0 run_agent verify agent tidy
says "what the system had refused is in no policy" "denied: file write /proc/sys/kernel/ostype" "$dir/err"
ok "nothing else is denied" test "$(grep -c '^denied' "$dir/err")" = 1
status "a task that it was never given" 126 run_agent verify agent stray
says "is denied" "denied: program exec $(readlink -f /bin/sh) with \$HOME/.local/bin/agent stray by pare" "$dir/err"
says "with the template that came nearest" "nearest arguments: \$HOME/.local/bin/agent greet" "$dir/err"
perl -pi -e 's{(<argv>\$HOME/.local/bin/agent )greet</argv>}{$1greet</argv>$1stray</argv>}' "$policy"
status "led astray, it executes what it may" 0 run_agent verify agent stray
says "but not with that" "denied: program exec $(readlink -f /bin/cat) with \$HOME/.ssh/id_rsa by" "$dir/err"
says "which is told why" "better not: ssh-key" "$dir/err"
any_arguments "$policy"
status "what it does when led astray" 0 run_agent verify agent stray
says "is denied" "denied: file read $HOME/.ssh/id_rsa by " "$dir/err"
says "with what would allow it" "smallest change: file read \$HOME/.ssh/id_rsa" "$dir/err"
says "and why not to" "better not: ssh-key" "$dir/err"
status "a report as JSON, in a file" 0 run_agent timeout 60 "$PARE" verify --json -o "$dir/report" "$policy" -- agent stray
ok "is JSON" jq -es 'any(.action == "read" and .change == "file read $HOME/.ssh/id_rsa" and .count == 1
	and .nearest.resource == "file" and .protected and .why == "no-rule")' "$dir/report"
status "without people who agree" 1 run_agent timeout 60 "$PARE" verify --quiet --confirm=no "$policy" -- agent tidy
says "rules that want a person admit nothing" "its rule wants a person's word" "$dir/err"

# ---- attacks just outside of a policy ----

mkdir -p "$dir/w/in" "$dir/w/bob" "$dir/w/bobby" "$dir/out.d" "$dir/home/.ssh" "$dir/tmp" "$dir/bin"
export HOME="$dir/home" TMPDIR="$dir/tmp"
echo no >"$HOME/.ssh/id_rsa"
echo no >"$dir/w/bobby/note"
echo no >"$dir/w/in/not1"
echo no >"$dir/out.d/file"
for file in bob/note in/good in/old; do
	echo yes >"$dir/w/$file"
done
cp "$BUILD/fixtures/attack" "$dir/bin/attack"
ln -s attack "$dir/bin/aside"
cc=${CC:-cc}
for kind in static m32; do
	$cc -D_GNU_SOURCE -O1 -pthread -$kind -o "$dir/bin/attack-$kind" "$root/fixtures/attack.c" 2>/dev/null ||
		rm -f "$dir/bin/attack-$kind"
done
cd "$dir/w" || exit 1
server='import socket, sys
s = [socket.create_server(("127.0.0.1", 0)) for i in range(2)]
print(*[t.getsockname()[1] for t in s], flush=True)
sys.stdin.read()'
mkfifo "$dir/hold"
python3 -c "$server" <"$dir/hold" >"$dir/ports" &
exec 9>"$dir/hold"
for i in $(seq 50); do
	[ -s "$dir/ports" ] && break
	sleep 0.1
done
read -r port other <"$dir/ports"

# What the policy is for: the same program does the like within bounds.
cat >"$dir/within" <<-END
	a=\$1
	\$a read in/good; \$a read bob/note; \$a thread bob/note; \$a child bob/note; \$a race in/good in/good
	\$a write in/new; \$a rename in/new in/newer; \$a delete in/newer; \$a truncate in/good
	\$a symlink "$dir/w/in/good" in/link; rm in/link; \$a write in/new; \$a link in/new in/hard; rm -f in/new in/hard
	\$a exec "$dir/bin/attack"; \$a connect 127.0.0.1 $port; \$a privilege; echo yes >in/good
	exit 0
END

# attacks BINARY NAME
attacks() {
	a=$1 kind=$2 policy=$dir/$2.xml
	"$PARE" record --quiet --agent "$kind" -- sh "$dir/within" "$a" >"$dir/out" 2>&1
	"$PARE" propose --agent "$kind" --preset literal -o "$policy" 2>/dev/null
	any_arguments "$policy"
	status "$kind: what was recorded" 0 verify sh "$dir/within" "$a"
	says_not "$kind: is all admitted" "denied" "$dir/err"
	attack "read a key" "file read $HOME/.ssh/id_rsa" read "$HOME/.ssh/id_rsa"
	attack "write outside" "file create $dir/out.d/new" write "$dir/out.d/new"
	attack "overwrite outside" "file write $dir/out.d/file" truncate "$dir/out.d/file"
	attack "execute what is not listed" "program exec $(readlink -f /usr/bin/id)" exec /usr/bin/id
	attack "connect elsewhere" "host connect tcp/127.0.0.1:$other" connect 127.0.0.1 "$other"
	attack "delete what is not its own" "file delete $dir/w/in/old" delete in/old
	attack "lead a symbolic link out" "file read $HOME/.ssh/id_rsa" symlink "$HOME/.ssh/id_rsa" in/link
	rm -f in/link
	attack "leave by .." "file read $dir/out.d/file" read in/../../out.d/file
	attack "read beside a name that begins alike" "file read $dir/w/bobby/note" read bobby/note
	attack "link to a protected file" "file link $HOME/.ssh/id_rsa" link "$HOME/.ssh/id_rsa" in/hard
	attack "rename over a protected file" "file" rename in/good "$HOME/.ssh/id_rsa"
	attack "read a key in another thread" "file read $HOME/.ssh/id_rsa" thread "$HOME/.ssh/id_rsa"
	attack "read a key in a child" "file read $HOME/.ssh/id_rsa" child "$HOME/.ssh/id_rsa"
	attack "a namespace of its own" "kernel use namespace" namespace
	attack "trace its parent" "process trace" parent
	attack "answer calls for others" "kernel use seccomp-listener" listener
	attack "set the clock" "kernel use clock" clock
	quietly "a namespace by flags in memory" namespace3
	quietly "io_uring" uring
	quietly "privilege by setuid" privilege
	for beside in "$dir/out.d/fil1" "$dir/w/in/not1"; do
		race "$beside"
	done
	ok "$kind: nothing has changed" test "$(cat "$HOME/.ssh/id_rsa" "$dir/out.d/file" in/old in/good)" = "no
no
yes
yes"
	ok "$kind: nothing was left" test ! -e "$dir/out.d/new" -a ! -e in/hard
}

# attack NAME DENIAL WHAT...: is refused, and the report says so.
attack() {
	what=$1 denial=$2
	shift 2
	status "$kind: $what: refused" 0 verify "$a" "$@"
	says "$kind: $what: reported" "denied: $denial" "$dir/err"
}
# quietly NAME WHAT...: is refused, and that is no denial of the policy's.
quietly() {
	what=$1
	shift
	status "$kind: $what: refused" 0 verify "$a" "$@"
}
# race BAD: another thread changes the path between two names while it is looked at.
race() {
	good=$dir/w/in/good
	while [ ${#good} -lt ${#1} ]; do
		good=$(echo "$good" | sed 's,/w/,/w//,')
	done
	beside=$1
	while [ ${#beside} -lt ${#good} ]; do
		beside=$(echo "$beside" | sed 's,/\([a-z0-9]*\)$,//\1,')
	done
	echo no >"$1"
	verify "$a" race "$good" "$beside" >"$dir/out" 2>"$dir/err"
	got=$?
	case $got in
	0 | 137) pass "$kind: a race for $(basename "$1") gets nothing" ;;
	*) fail "$kind: a race for $(basename "$1") gets nothing ($got)" "$dir/err" ;;
	esac
}

attacks "$dir/bin/attack" plain
for kind in static m32; do
	if [ -x "$dir/bin/attack-$kind" ]; then
		attacks "$dir/bin/attack-$kind" "$kind"
	else
		skip "$kind: attacks" "no compiler for -$kind here"
	fi
done

# ---- what only the look at the end of a call can tell: both names are within one open folder ----

policy=$dir/open.xml
perl -0pe 's{<rule id="[^"]*" (resource="file" action="(?:read|stat)"[^>]*>\s*<pattern>\$WS/in/)good</pattern>}
	{<rule $1goo{alnum:1}</pattern><justification>a test</justification>}g' "$dir/plain.xml" >"$policy"
a=$dir/bin/attack kind=open
status "an open rule admits its name" 1 verify "$a" read in/good
race "$dir/w/in/not1"
ok "what got by is killed" test "$got" = 137
says "and is reported" "file read $dir/w/in/not1" "$dir/err"
says "as what it is" "the call's memory was being changed: killed" "$dir/err"

# ---- how often, and in which phase ----

policy=$dir/rated.xml
perl -0pe 's{(<rule id="[^"]*" resource="file" action="write")([^>]*>\s*<pattern>\$WS/in/good</pattern>)}
	{$1 rate-run="4"$2}g' "$dir/plain.xml" >"$policy"
status "a rule with a rate" 0 verify sh -c 'for i in 1 2 3 4 5 6 7 8 9; do "$0" truncate in/good; done; exit 0' "$a"
says "admits no more than that" "file write $dir/w/in/good by $a" "$dir/err"
says "and the report says so" "its rule does not admit so many of them" "$dir/err"
says "with what would help" "smallest change: a higher rate of r-" "$dir/err"
phases='"$0" phase fetch; cat in/old; "$0" phase build; cat bob/note'
"$PARE" record --quiet --agent ada -- sh -c "$phases" "$PARE" >/dev/null
policy=$dir/ada.xml
"$PARE" propose --quiet --agent ada -o "$policy"
any_arguments "$policy"
status "phases follow each other as recorded" 0 verify sh -c "$phases" "$PARE"
says_not "and all is admitted" denied "$dir/err"
status "in another phase" 1 verify sh -c '"$0" phase fetch; cat bob/note' "$PARE"
says "it is not" "denied: file read $dir/w/bob/note" "$dir/err"

# ---- the command line ----

policy=$dir/plain.xml
status "the command's own status" 5 "$PARE" verify --quiet "$dir/plain.xml" -- sh -c 'exit 5'
status "a command that is not there" 127 "$PARE" verify "$dir/plain.xml" -- no-such-command
status "a command that may not be executed" 126 "$PARE" verify "$dir/plain.xml" -- id
says "is a denial, too" "denied: program exec" "$dir/err"
status "a policy that is not there" 125 "$PARE" verify "$dir/none.xml" -- true
status "no command" 125 "$PARE" verify "$dir/plain.xml"
ok "nothing is left of the runs" test "$(find "$TMPDIR" -name 'pare-verify*' | wc -l)" = 0

# ---- by a user without privilege ----

if [ "$(id -u)" = 0 ] && setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
	cp "$PARE" "$dir/bin/pare"
	chmod -R a+rX "$dir"
	chmod 1777 "$dir/tmp" "$dir/w/in"
	chmod a+r "$HOME/.ssh/id_rsa"
	chmod a+w "$dir/w/in/good" "$HOME/.ssh/id_rsa"
	as_user() {
		timeout 60 setpriv --reuid 65534 --regid 65534 --clear-groups "$dir/bin/pare" verify --confirm=yes \
			--quiet "$policy" -- "$@"
	}
	status "as a user: within bounds" 1 as_user "$dir/bin/attack" read in/good
	status "as a user: a key that anyone may read" 0 as_user "$dir/bin/attack" read "$HOME/.ssh/id_rsa"
	says "as a user: is denied" "denied: file read $HOME/.ssh/id_rsa" "$dir/err"
	status "as a user: nor overwritten" 0 as_user "$dir/bin/attack" truncate "$HOME/.ssh/id_rsa"
else
	skip "as a user without privilege" "needs root, for another user"
fi
exec 9>&-
wait
finish
