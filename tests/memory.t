#!/bin/sh
# slow
# What the sanitizers cannot see: values used before they were set.  Valgrind runs what reads the
# evidence and writes policies and reports.
. "$(dirname "$0")/lib.sh"
case $BUILD in
*-san*)
	skip "valgrind finds nothing" "this build has the sanitizers"
	finish
	;;
esac
if ! command -v valgrind >/dev/null; then
	skip "valgrind finds nothing" "valgrind is not installed"
	finish
fi
cd "$dir" || exit 1
"$PARE" record --quiet --agent memory -- sh -c 'cat /etc/passwd; cat /none; : >made; rm made' >/dev/null 2>&1
under() {
	ok "valgrind finds nothing in: pare $1" \
		valgrind -q --error-exitcode=9 "$PARE" "$@"
}
under propose --quiet --agent memory -o policy.xml
under check --quiet policy.xml
under show policy.xml
under show last
under dump last
under export --to bwrap policy.xml -o sandbox.sh
under report --agent memory -o report.html
"$PARE" import -q --from pare --agent memory --granted 2026-01-01 policy.xml
under report --agent memory --format all -o report
under report --agent memory --format all --redact -o redacted
under report --agent memory --agent memory --agent none --format json -o several
under fsck
finish
