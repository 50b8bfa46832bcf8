# TAP for shell tests: `. tests/lib.sh` at the top, `finish` at the end.  Each test gets a folder
# of its own in $dir, an empty database, and the program in $PARE.
n=0 bad=0
root=$(cd "$(dirname "$0")/.." && pwd)
PARE=${PARE:-$root/build/pare}
BUILD=${BUILD:-$root/build}
dir=$(mktemp -d "${TMPDIR:-/tmp}/pare-test.XXXXXX")
trap 'chmod -R u+rwX "$dir" 2>/dev/null; rm -rf "$dir"' EXIT
PARE_DB=$dir/pare.db NO_COLOR=1 PARE_SELF_TEST=0
export PARE_DB NO_COLOR PARE_SELF_TEST

pass() {
	n=$((n + 1))
	echo "ok $n - $1"
}

# fail NAME [FILE]: FILE says why.
fail() {
	n=$((n + 1)) bad=$((bad + 1))
	echo "not ok $n - $1"
	[ $# -lt 2 ] || sed 's/^/# /' "$2"
}

# ok NAME COMMAND...: the command succeeds.
ok() {
	name=$1
	shift
	if "$@" >"$dir/ok.out" 2>&1; then pass "$name"; else fail "$name" "$dir/ok.out"; fi
}

# same NAME WANT GOT: two files hold the same; else the difference is shown.
same() {
	if diff -u "$2" "$3" >"$dir/same.diff" 2>&1; then pass "$1"; else fail "$1" "$dir/same.diff"; fi
}

# status NAME WANT COMMAND...: the command ends with that status.  Its output is in $dir/out, err.
status() {
	name=$1 want=$2
	shift 2
	"$@" >"$dir/out" 2>"$dir/err"
	got=$?
	if [ "$got" = "$want" ]; then
		pass "$name"
	else
		{ echo "status $got, not $want: $*"; cat "$dir/err"; } >"$dir/status.why"
		fail "$name" "$dir/status.why"
	fi
}

# says NAME TEXT FILE / says_not: FILE holds that text.
says() {
	if grep -qF -- "$2" "$3"; then pass "$1"; else { echo "no \"$2\" in:"; head -50 "$3"; } >"$dir/says.why"; fail "$1" "$dir/says.why"; fi
}
says_not() {
	if grep -qF -- "$2" "$3"; then { echo "\"$2\" in:"; grep -nF -- "$2" "$3" | head; } >"$dir/says.why"; fail "$1" "$dir/says.why"; else pass "$1"; fi
}

# clean NAME: $dir/found is empty; else each of its lines names a fault.
clean() {
	if [ -s "$dir/found" ]; then fail "$1" "$dir/found"; else pass "$1"; fi
}

# Our C files, those of the tests too, from the root of the tree.
c_files() {
	(cd "$root" && find * -name '*.[ch]' -not -path 'build*/*' | sort)
}

# skip NAME WHY
skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

finish() {
	echo "1..$n"
	[ "$bad" = 0 ]
	exit
}
