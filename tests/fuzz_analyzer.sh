#!/bin/sh
# The properties of the analyzer, over all processors: PROTECTED evidences that try to have something
# protected admitted, MERGES whose order must change nothing.  A failure says SEED=... N=1.
#   fuzz_analyzer.sh    PROTECTED=1000000 MERGES=10000
set -u
cd "$(dirname "$0")/.." || exit 1
: "${BUILD:=build-san}" "${PROTECTED:=1000000}" "${MERGES:=10000}"
began=$(date +%s) bad=0
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# property COUNT TEST: each process has its share of the cases.
property() {
	[ "$1" -gt 0 ] || return
	share=$((($1 + $(nproc) - 1) / $(nproc))) first=1 pids='' failed=0
	for _ in $(seq "$(nproc)"); do
		env N="$share" SEED="$first" "$BUILD/tests/unit/$2" >"$logs/$first" 2>&1 &
		pids="$pids $!" first=$((first + share))
	done
	for pid in $pids; do wait "$pid" || failed=1; done
	[ "$failed" = 0 ] || { bad=1; cat "$logs"/*; echo "failed: $2"; }
	rm -f "$logs"/*
	[ "$failed" = 1 ] || echo "$2: $1 cases, $(($(date +%s) - began)) s"
}
property "$PROTECTED" test_property_protected
property "$MERGES" test_property_merge
exit "$bad"
