#!/bin/sh
# Odd packets, N cases for each of the tests in PART, a part at a time:
#   fuzz     the decoders
#   join     packets and calls through the join
#   agree    the names that are found, against Wireshark's
# It says how far it is, and of a part that fails how to run that again; then it goes on with the next.
# What was stopped goes on from there, as long as it is asked for the same of the same program.
#   fuzz.sh    N=10000000 cases, SEED=1 for the first part, PART="fuzz join agree", EACH=cases in a part
set -u
cd "$(dirname "$0")/.." || exit 1
: "${BUILD:=build-san}" "${N:=10000000}" "${SEED:=1}" "${PART:=fuzz join agree}" "${EACH:=}"
began=$(date +%s) bad=0
mkdir -p "$BUILD/fuzz" || exit 1

# What the parts so far have found, of "kind N: A names agree, B addresses; ..."
found() {
	awk '/^found/ { names += $2; addresses += $3 } END { if (names) printf ", %d names and %d addresses agree", names, addresses }' "$state"
}

# run SIZE: one part; its outcome is remembered at once, or not at all.
run() {
	if env "$counted=$1" SEED="$seed" "$program" >"$log" 2>&1; then
		outcome=$(awk '/^kind/ { names += $3; addresses += $6 } END { if (names) print "found", names, addresses }' "$log")
	else
		outcome="failed: $counted=$1 SEED=$seed $program"
		cat "$log"
		echo "$outcome"
	fi
	printf '%s\npart %s\n' "$outcome" "$seed" >>"$state"
}

# all NAME: N cases of it.
all() {
	program=$BUILD/tests/unit/test_wire_$1 state=$BUILD/fuzz/$1 log=$BUILD/fuzz/$1.log
	counted=$(echo "$1" | tr a-z A-Z)
	each=${EACH:-200000}
	[ "$1" != agree ] || each=${EACH:-30000} # Wireshark tells connections apart by 60000 ports
	asked="$N cases from seed $SEED, $each in each part, of $(cksum <"$program")"
	[ "$(head -n 1 "$state" 2>/dev/null)" = "$asked" ] || echo "$asked" >"$state"
	ran=$(grep -c ^part "$state")
	[ "$ran" = 0 ] || echo "$1: goes on behind part $ran"
	while [ $((ran * each)) -lt "$N" ]; do
		seed=$((SEED + ran)) left=$((N - ran * each))
		run $((left < each ? left : each))
		ran=$((ran + 1)) left=$((N - ran * each))
		echo "$1: $((left > 0 ? ran * each : N)) of $N cases, seed $seed, $(($(date +%s) - began)) s$(found)"
	done
	grep ^failed "$state" && bad=1
	rm -f "$state" "$log"
}

for part in $PART; do
	if [ "$part" = agree ] && ! command -v tshark >/dev/null; then
		echo "agree: not run: tshark is not installed"
	else
		all "$part"
	fi
done
[ "$bad" = 0 ] && echo "nothing failed"
exit "$bad"
