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

# any_arguments POLICY: programs may be given any; for tests of what else holds.
any_arguments() {
	perl -ni -e 'print unless m{<argv>}' "$1"
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

# ---- for tests in network and mount namespaces of their own ----

# alone NAME NEEDS [COMMAND...]: from here on in such namespaces, and in $dir, with loopback; where the
# command cannot run in them, all that NAME says is skipped, and what it NEEDS is said.
alone() {
	name=$1 needs=$2
	shift 2
	[ $# -gt 0 ] || set -- true
	if ! unshare -n -m "$@" 2>/dev/null; then
		skip "$name" "$needs"
		finish
	fi
	if [ -z "$PARE_ALONE" ]; then
		rm -rf "$dir"
		PARE_ALONE=1 exec unshare -n -m "$0"
	fi
	cd "$dir" || exit 1
	ip link set lo up
}

# serve_names HOSTS [PYTHON]: the resolver 192.0.2.53 and servers at 192.0.2.1 (fixtures/names/serve.py),
# by process $servers; they say "ready" in the file of that name.  hosts(5) is HOSTS.
serve_names() {
	ip addr add 192.0.2.1/32 dev lo
	ip addr add 192.0.2.53/32 dev lo
	echo "nameserver 192.0.2.53" >resolv.conf
	printf '%b' "$1" >hosts
	mount --bind resolv.conf "$(readlink -f /etc/resolv.conf)"
	mount --bind hosts /etc/hosts
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem \
		-subj /CN=example.test -days 2 2>/dev/null
	"${2:-python3}" "$root/fixtures/names/serve.py" cert.pem key.pem >ready 2>servers &
	servers=$!
}

# wait_ready FILE...: until each of them says so, 10 s at most.
wait_ready() {
	for file; do
		for i in $(seq 100); do
			grep -q ready "$file" && break
			sleep 0.1
		done
	done
}
