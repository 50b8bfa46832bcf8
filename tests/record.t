#!/bin/sh
# `pare record`: the agent behaves as without it, and every path that strace shows is there.
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 1

# Names that differ from run to run: those of mkstemp(3), process ids.
same_each_run() {
	sed -E 's#/cc[A-Za-z0-9]{6}#/ccXXXXXX#; s#(tmp_[a-z]+_|\.tmp-)[A-Za-z0-9]{6}#\1XXXXXX#
		s#/proc/[0-9]+/#/proc/PID/#; s#/proc/self/#/proc/PID/#
		s#/\.git/t[A-Za-z0-9]{6}$#/.git/tXXXXXX#' | sort -u
}

# alike NAME COMMAND...: same output and status with and without pare.  $reset runs before each.
alike() {
	name=$1
	shift
	$reset
	"$@" >plain.out 2>plain.err
	plain=$?
	$reset
	"$PARE" record --quiet -- "$@" >recorded.out 2>recorded.err
	recorded=$?
	{ echo "status $plain"; cat plain.out plain.err; } >plain
	{ echo "status $recorded"; cat recorded.out recorded.err; } >recorded
	same "$name: same output and status" plain recorded
}

# complete NAME COMMAND...: after alike: every path of strace is in the evidence of the last run.
complete() {
	name=$1
	shift
	$reset
	strace -f -y -s 9000 -e trace=%file -o strace.out "$@" >recorded.out 2>recorded.err
	"$root/tests/strace-paths.pl" strace.out | same_each_run >wanted
	"$PARE" dump last | jq -r '.requested, .name, .cwd' | same_each_run >got
	comm -23 wanted got >unseen
	if [ -s wanted ] && ! [ -s unseen ]; then
		pass "$name: all $(wc -l <wanted) paths that strace shows are recorded"
	else
		sed 's/^/missing: /' unseen >why
		fail "$name: paths that strace shows are recorded" why
	fi
}

both() {
	alike "$@"
	if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
		complete "$@"
	else
		skip "$1: compared with strace" "strace cannot run here"
	fi
}

reset=:
GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM
git init -q repo && cp "$root/README.md" "$root/Makefile" repo/ 2>/dev/null
git -C repo add -A && git -C repo -c user.name=a -c user.email=a@b -c commit.gpgsign=false commit -qm first
reset_clone() { rm -rf clone; }
reset=reset_clone
both "git clone" git clone -q "$dir/repo" "$dir/clone"
reset=:

echo 'int main(void) { return 0; }' >hello.c
both "gcc -c" gcc -c hello.c
both "python3" env PYTHONDONTWRITEBYTECODE=1 python3 -c 'import ssl, json; print(json.dumps(1))'
if command -v node >/dev/null; then
	both "node" node -e "require('fs').readFileSync('/etc/passwd'); console.log('read')"
else
	skip "node" "there is no node"
fi
both "a pipeline with background jobs" \
	sh -c 'sleep 0.1 & (echo b; echo a) | sort | tr a-z A-Z; wait; ls /nonexistent; exit 3'
both "a program that fails" cat /nonexistent/file
both "a shell script without #!" sh -c 'echo "echo from \$0 \$1" >s; chmod +x s; ./s one'
printf 'echo "plain script: $1"\n' >plain-script && chmod +x plain-script
status "a script without #! runs as execvp(3) runs it" 0 "$PARE" record --quiet -- ./plain-script x
says "and gets its arguments" "plain script: x" out

alike "killed by a signal: 128 + its number" sh -c 'sh -c "kill -TERM \$\$"; echo $?; exec sh -c "exit 9"'
status "a signal's death is 128 + number" 137 "$PARE" record --quiet -- sh -c 'kill -9 $$'
status "a program that is not there: 127" 127 "$PARE" record --quiet -- no-such-program
says "and says so" "no such program" err
touch not-executable
status "a file that cannot be executed: 126" 126 "$PARE" record --quiet -- ./not-executable
status "a wrong option: 125" 125 "$PARE" record --no-such-option -- true
status "no command: 125" 125 "$PARE" record
status "a database in a place that cannot be: 125" 125 "$PARE" record --db /dev/null/x -- true
echo "not a database, but a text that is long enough to look like one" >bad.db
status "a file that is no database: 125, and nothing is run" 125 "$PARE" record --db bad.db -- touch ran
[ ! -e ran ] && pass "the agent was not started" || fail "the agent was not started"

# What came of things.
rm -f f g
"$PARE" record --quiet --agent outcomes -- sh -c '
	echo 1 >f; echo 2 >>f; mv f g; cat g >/dev/null; mkdir d; rmdir d; rm g
	cat missing; ls -d .' >/dev/null 2>&1
"$PARE" dump last | jq -r 'select(.name | startswith("'"$PWD"'/"))
	| [.resource, .action, (.name | split("/") | last), .outcome, .errno, .own] | @tsv' | sort -u >got
cat >want <<-'END'
	file	append	f	ok		true
	file	create	d	ok		true
	file	create	f	ok		true
	file	create	g	ok		true
	file	delete	d	ok		true
	file	delete	g	ok		true
	file	read	g	ok		true
	file	read	missing	absent	ENOENT	false
	file	rename	f	ok		true
	file	stat	g	ok		true
	file	write	f	ok		true
END
same "create, append, rename, delete, absent, own" want got

# Somebody else's file is not the run's own; a rename over it deletes it.
echo old >keep
"$PARE" record --quiet -- sh -c 'echo new >keep.tmp; mv keep.tmp keep; cat keep' >/dev/null
"$PARE" dump last | jq -r 'select(.name | endswith("/keep"))
	| select(.action != "stat") | [.action, .outcome, .own] | @tsv' | grep ok | sort -u >got
printf 'create\tok\tfalse\ndelete\tok\tfalse\nread\tok\tfalse\n' >want
same "an edit by temporary file and rename is not the run's own file" want got

"$PARE" record --quiet -- sh -c 'cat ./../"$(basename "$PWD")"/hello.c >/dev/null'
"$PARE" dump last | jq -es 'any(.[]; (.requested | startswith("./../")) and .name == "'"$PWD/hello.c"'")' >/dev/null &&
	pass "the requested name stands beside the resolved one" || fail "the requested name stands beside the resolved one"

"$PARE" record --db at.db --quiet --agent phased --task nightly --phase setup --at 2024-02-29T12:00:00Z -- true
"$PARE" dump --db at.db last >phased
jq -es 'length > 0 and all(.[]; .phase == "setup" and .task == "nightly" and .agent == "phased" and
	(.first | startswith("2024-02-29T12:00:0")))' phased >/dev/null &&
	pass "agent, task, phase and time are as they were given" || fail "agent, task, phase and time are as they were given"

ln -sf hello.c link.c
"$PARE" record --quiet -- cat link.c >/dev/null
"$PARE" dump last | jq -r 'select(.name | test("/(hello|link)\\.c$")) | select(.action != "exec")
	| [.action, (.name | split("/") | last)] | @tsv' | sort -u >got
printf 'read\thello.c\nstat\tlink.c\n' >want
same "a symbolic link: the object that was read, and the link on the way" want got

# The recorder is a process as others are: what is read of it is not "my own".
"$PARE" record --quiet -- sh -c 'echo $PPID; [ -e /proc/$PPID/stat ] && cat /proc/$PPID/comm' >out
recorder=$(sed -n 1p out)
"$PARE" dump last | jq -r 'select(.name | test("^/proc/[^/]*/(comm|stat)$")) | [.action, .name] | @tsv' | sort -u >got
printf '%s\t/proc/%s/%s\n' read "$recorder" comm stat "$recorder" stat >want
same "the folder of the recorder in /proc has the number of that" want got

# asks CALL NUMBER: how often a program stops that asks 2000 times for that.
asks() {
	"$PARE" record --strict --quiet -- perl -e '
		open my $null, "+<", "/dev/null" or die;
		my ($call, $number) = @ARGV;
		for (1 .. 2000) {
			$call eq "fcntl" ? fcntl($null, $number, 0)
				: ioctl($null, $number, my $answer = "\0" x 64);
		}' "$1" "$2"
	"$PARE" show last --json | jq .stops
}
ok "a request that is recorded stops: FS_IOC_SETFLAGS" test "$(asks ioctl 1074292226)" -gt 2000
ok "one that is not does not: TCGETS" test "$(asks ioctl 21505)" -lt 2000
ok "one that is not does not: FIONREAD" test "$(asks ioctl 21531)" -lt 2000
ok "a command that is recorded stops: F_SETFL" test "$(asks fcntl 4)" -gt 2000
ok "one that is not does not: F_GETFL" test "$(asks fcntl 3)" -lt 2000
ok "one that is not does not: F_SETFD" test "$(asks fcntl 2)" -lt 2000

# ---- programs that bring their own privilege ----

# privileged NAME WANT PROGRAM COMMAND...: what pare, started by COMMAND, says of its run.
privileged() {
	title=$1 gaps=$2 program=$3
	shift 3
	rm -rf user && mkdir user && chmod 777 user
	status "$title: runs" 0 "$@" "$dir/pare" record --db "$dir/user/db" --quiet -- "$program"
	sqlite3 "$dir/user/db" "SELECT word.text || ' ' || name.bytes FROM gap JOIN word ON code = kind
		AND list = 'gap' JOIN name ON name.id = detail" >got
	printf "$gaps" >want
	same "$title" want got
}
mkdir own && chmod 755 "$dir" own && cp "$PARE" pare
for copy in plain setuid capable; do
	cp /bin/true own/$copy
done
nobody='setpriv --reuid 65534 --regid 65534 --clear-groups'
if chmod 4755 own/setuid && setcap cap_net_raw+ep own/capable 2>/dev/null && $nobody "$dir/pare" --version >/dev/null 2>&1; then
	# shellcheck disable=SC2086
	{
		privileged "a setuid program of an ordinary user loses it" "no-new-privs $dir/own/setuid\\n" \
			"$dir/own/setuid" $nobody
		privileged "so does one with capabilities of its own" "no-new-privs $dir/own/capable\\n" \
			"$dir/own/capable" $nobody
		ln -s capable own/to-capable
		privileged "by a link, too" "no-new-privs $dir/own/capable\\n" \
			"$dir/own/to-capable" $nobody
		privileged "a plain program has none to lose" "" "$dir/own/plain" $nobody
	}
	privileged "root keeps it" "" "$dir/own/capable" env
else
	skip "programs that bring their own privilege" "it needs root, setpriv and setcap"
fi

finish
