#!/bin/sh
# slow
# pare checks that a system lets it see everything, and says what is in the way where it does not.
. "$(dirname "$0")/lib.sh"
ASAN_OPTIONS=detect_leaks=0 && export ASAN_OPTIONS # which needs ptrace itself
unset PARE_SELF_TEST MAKEFLAGS MFLAGS MAKELEVEL
forbid=$BUILD/fixtures/forbid
mkdir "$dir/tmp" && TMPDIR=$dir/tmp && export TMPDIR

# ---- a system that can do it ----

status "the self-test passes here" 0 "$PARE" self-test
says "says so in a line" "self-test: " "$dir/out"
ok "and in no other" test "$(cat "$dir/out" "$dir/err" | wc -l)" = 1
status "with --verbose" 0 "$PARE" self-test --verbose
ok "it has a line for each check" test "$(grep -cE '^(seen|not here|filtered) ' "$dir/out")" = \
	"$(sed -n 's/^self-test: \([0-9]*\) checks.*/\1/p' "$dir/out")"
says "of what was seen" "file create DIR/by-fork ok" "$dir/out"
ok "its folder is gone" test -z "$(ls "$TMPDIR")"
ok "it makes no database" test ! -e "$PARE_DB"
status "it takes no argument" 2 "$PARE" self-test leaf
ok "and does nothing with one" test ! -e leaf.ran
status "a check that the system cannot make is said" 0 "$forbid" xattr io_uring -- "$PARE" self-test -v
says "apart" "2 refused by a filter around pare" "$dir/out"
status "it works without process_vm_readv" 0 "$forbid" vm-read -- "$PARE" self-test
status "and without /proc/PID/mem" 0 "$forbid" proc-mem -- "$PARE" self-test
# A copy that another user can reach: setpriv itself starts it with root's rights, wherever it is,
# but it must be able to start itself again.
mkdir "$dir/open" && cp "$PARE" "$dir/open/pare" && chmod 755 "$dir" "$dir/open"
if setpriv --reuid 65534 --regid 65534 --clear-groups sh -c '"$0" --version' "$dir/open/pare" >/dev/null 2>&1; then
	status "it passes without any privilege" 0 env TMPDIR=/tmp setpriv --reuid 65534 \
		--regid 65534 --clear-groups --bounding-set=-all --no-new-privs "$dir/open/pare" self-test
	# The kernel may start it for a user who may not come there any more.
	mkdir "$dir/shut" && cp "$PARE" "$dir/shut/pare" && chmod 700 "$dir/shut"
	status "where this user cannot look pare up, it cannot be made" 1 env TMPDIR=/tmp setpriv \
		--reuid 65534 --regid 65534 --clear-groups "$dir/shut/pare" self-test
	says "which is said" "$dir/shut/pare: Permission denied" "$dir/err"
	says "with what to do" "copy pare" "$dir/err"
	says_not "and not taken for something missed" "not seen" "$dir/err"
	ok "in one line" test "$(wc -l <"$dir/err")" = 1
else
	skip "it passes without any privilege" "setpriv cannot run pare as another user"
fi

# ---- systems that cannot ----

# refused NAME TEXT COMMAND...: the command, before `pare`, takes away what recording needs.
refused() {
	way=$1 text=$2
	shift 2
	status "$way: the self-test fails" 1 "$@" "$PARE" self-test
	says "and says why" "$text" "$dir/err"
	status "$way: nothing is recorded" 125 "$@" "$PARE" record --quiet -- touch "$dir/ran"
	says "with the same reason" "$text" "$dir/err"
	ok "in one line" test "$(wc -l <"$dir/err")" = 1
	ok "the program did not run" test ! -e "$dir/ran"
	ok "there is no run of it" test "$("$PARE" runs --json 2>/dev/null | wc -l)" = 0
	ok "nothing is remembered" test ! -e "$PARE_DB.self-test"
}
refused "ptrace forbidden" "SYS_PTRACE" "$forbid" ptrace --
refused "no PTRACE_GET_SYSCALL_INFO" "needs Linux 5.3" "$forbid" call-info --
refused "no seccomp" "install the seccomp filter" "$forbid" seccomp --
refused "memory cannot be read" "neither process_vm_readv nor /proc/PID/mem" \
	"$forbid" vm-read proc-mem --
if bwrap --dev-bind / / true 2>/dev/null; then
	case $BUILD in
	*-san*) skip "no /proc" "the sanitizer reads its own options there" ;;
	*) refused "no /proc" "/proc: it is not mounted" bwrap --dev-bind / / --tmpfs /proc ;;
	esac
	refused "a /proc of other processes" "another PID namespace" \
		bwrap --dev-bind / / --unshare-pid --as-pid-1
	# Yama is no part of every kernel: its setting is put there, and a filter refuses for it.
	for scope in 2 3; do
		echo $scope >"$dir/scope"
		refused "kernel.yama.ptrace_scope=$scope" "ptrace_scope is $scope" \
			bwrap --dev-bind / / --tmpfs /proc/sys --dir /proc/sys/kernel/yama \
			--ro-bind "$dir/scope" /proc/sys/kernel/yama/ptrace_scope "$forbid" ptrace --
	done
	status "a container with a /proc of its own is fine" 0 \
		bwrap --dev-bind / / --unshare-all --proc /proc "$PARE" self-test --db "$dir/other.db"
else
	skip "containers" "bwrap cannot run here"
fi
status "--no-self-test leaves it at the gaps" 0 "$forbid" vm-read proc-mem -- \
	"$PARE" record --no-self-test --quiet -- true
status "PARE_SELF_TEST=0, too" 0 env PARE_SELF_TEST=0 "$forbid" call-info -- \
	"$PARE" record --quiet -- true
"$PARE" show last >"$dir/show"
says "which are shown" "unreadable" "$dir/show"
ok "nothing is remembered" test ! -e "$PARE_DB.self-test"

# ---- once for each kernel ----

status "the first recording tests without a word" 0 "$PARE" record --quiet -- echo done
ok "but for the program's own" test "$(cat "$dir/out" "$dir/err")" = "done"
ok "and remembers it" test "$(wc -l <"$PARE_DB.self-test")" = 1
ok "for itself" test "$(stat -c %a "$PARE_DB.self-test")" = 600
says "with the kernel" "$(uname -r)" "$PARE_DB.self-test"
status "another environment is tested, too" 0 "$forbid" xattr -- "$PARE" record --quiet -- true
ok "and remembered apart" test "$(wc -l <"$PARE_DB.self-test")" = 2
status "what is remembered is not tested again" 0 "$forbid" vm-read proc-mem -- \
	"$PARE" record --quiet -- true
cp "$PARE" "$dir/newer-pare" && touch -d '1 minute' "$dir/newer-pare"
status "but for a newer build of pare" 125 "$forbid" vm-read proc-mem -- \
	"$dir/newer-pare" record --quiet -- true
sed -i 's/^Linux [^,]*/Linux 5.3.0/' "$PARE_DB.self-test"
status "after a new kernel it is" 125 "$forbid" vm-read proc-mem -- "$PARE" record --quiet -- true
status "the self-test itself" 0 "$PARE" self-test
ok "is remembered, too" grep -q "$(uname -r)" "$PARE_DB.self-test"
status "one that fails" 1 "$forbid" vm-read proc-mem -- "$PARE" self-test
ok "forgets what was remembered" test ! -e "$PARE_DB.self-test"

# ---- who has a tracer already ----

rm -f "$PARE_DB"*
status "pare in pare is refused" 125 "$PARE" record --quiet --agent outer -- \
	"$PARE" record --quiet --agent inner -- touch "$dir/ran"
says "with the reason" "already being recorded by pare (process" "$dir/err"
ok "in one line" test "$(wc -l <"$dir/err")" = 1
ok "the program did not run" test ! -e "$dir/ran"
"$PARE" runs --json | jq -r .agent >"$dir/agents"
echo outer >"$dir/want"
same "only the outer run is kept" "$dir/want" "$dir/agents"
"$PARE" show last >"$dir/show"
says "it has a gap" "nested-trace" "$dir/show"
says "that names the inner one" "$(readlink -f "$PARE")" "$dir/show"
says_not "and no other" "nested-filter" "$dir/show"
if strace -f -o /dev/null true 2>/dev/null; then
	status "pare under strace -f is refused" 125 strace -f -o /dev/null "$PARE" record -- true
	says "with its name" "(strace)" "$dir/err"
	status "pare alone can be traced" 0 strace -o /dev/null "$PARE" record --quiet -- true
else
	skip "pare under strace" "strace cannot run here"
fi

# ---- a recorder that misses something ----

case $BUILD in
"$root"/build)
	copy=$dir/copy
	mkdir "$copy" "$copy/build"
	(cd "$root" && tar -c --exclude=./.git --exclude='./build*' .) | tar -x -C "$copy"
	for part in main.o main.d core recorder analyzer reports; do
		cp -a "$BUILD/$part" "$copy/build/"
	done
	cd "$copy" || exit 1
	sed -i '/^CALL(truncate,/d' recorder/calls/syscalls.def
	sed -i '0,/^HARMLESS(/s//HARMLESS(truncate) HARMLESS(/' recorder/calls/harmless.def
	ok "a pare that is blind for truncate" make -j2 --no-print-directory build/pare
	rm -f "$PARE_DB"*
	status "fails its self-test" 1 build/pare self-test -v
	says "in the list" "NOT SEEN" "$dir/out"
	says "names the check" "1 of " "$dir/err"
	says "by what is done" "(truncate a file)" "$dir/err"
	says "and what it means" "would be missing from its evidence" "$dir/err"
	status "and does not record" 125 build/pare record --quiet -- true
	says "for that reason" "(truncate a file)" "$dir/err" ;;
*) skip "a pare that is blind for a call" "only built by the first compiler" ;;
esac
finish
