#!/bin/sh
# Runs every test under prove, two at a time, and adds up what they say.  The last line is
# "N passed, N failed", and ", N skipped" where something was.
#   run.sh [TEST...]    all of tests/*.t and the unit tests, or only these
# A test with the line "# slow" near its top starts before the others.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-$PWD/build} PARE=${PARE:-$BUILD/pare}
export BUILD PARE CMOCKA_MESSAGE_OUTPUT=TAP
: "${PARE_TEST_SECONDS:=600}"
export LSAN_OPTIONS="suppressions=$PWD/tests/leaks.supp:print_suppressions=0"

# As prove's --exec: runs one test and keeps its words and its end for the adding up.
if [ "${1:-}" = --one ]; then
	log=$PARE_TEST_RESULTS/$(echo "$2" | tr / %)
	[ -x "$2" ] && shell= || shell=sh
	timeout --foreground -k 10 "$PARE_TEST_SECONDS" $shell "$2" </dev/null >"$log.tap"
	status=$?
	cat "$log.tap"
	echo "$status" >"$log.status"
	exit "$status"
fi

results=$BUILD/tests/results
rm -rf "$results"
mkdir -p "$results"
if [ $# = 0 ]; then
	unit=$(find tests/unit -name 'test_*.c' 2>/dev/null | sort | sed "s,^,${BUILD#"$PWD"/}/,; s/\.c$//")
	slow=$(grep -lx '# slow' tests/*.t 2>/dev/null)
	# shellcheck disable=SC2086
	set -- $slow $(grep -Lx '# slow' tests/*.t 2>/dev/null) $unit
fi
unset MAKEFLAGS MFLAGS MAKELEVEL
export PARE_TEST_RESULTS="$results"
[ $# = 0 ] ||
	prove --jobs "${PARE_TEST_JOBS:-2}" --timer --exec 'tests/run.sh --one' "$@"
proved=$?

perl tests/add-up.pl "$results" "$proved" "$@" >"$results/summary"
added=$?
cat "$results/summary"
exit "$added"
