#!/bin/sh
# slow
# The whole tree compiles without a warning under the other compiler, and the unit tests hold
# under AddressSanitizer and UBSan.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1
unset MAKEFLAGS MFLAGS MAKELEVEL SAN CC CFLAGS

build() {
	name=$1
	shift
	if make -j2 --no-print-directory "$@" >"$dir/make.out" 2>&1; then
		pass "$name"
	else
		grep -E 'error|warning|Error' "$dir/make.out" | head -40 >"$dir/make.why"
		fail "$name" "$dir/make.why"
	fi
}

if command -v clang >/dev/null; then
	build "clang compiles everything" CC=clang CFLAGS=-O0 all unit
else
	skip "clang compiles everything" "clang is not installed"
fi
if ! command -v gcc >/dev/null; then
	skip "gcc compiles everything" "gcc is not installed"
elif [ "$(basename "$BUILD")" != build ]; then
	build "gcc compiles everything" CC=gcc all unit
fi
case $BUILD in
*-san*) ;; # these are the sanitizers already
*)
	build "everything compiles with sanitizers" SAN=1 CFLAGS='-O1 -g' all unit
	for test in "$root"/build-san/tests/unit/test_*; do
		case $test in *\** | *.d) continue ;; esac
		ok "$(basename "$test") under sanitizers" "$test"
	done
	;;
esac
finish
