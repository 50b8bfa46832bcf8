#!/bin/sh
# The decoders and the join against N cases each, a part at a time: says how far it is, and of a part
# that fails how to run that again.  Then Wireshark, on a hundredth as many packets.
#   fuzz.sh    N=10000000 cases, SEED=1 for the first part, PART=200000 cases in each
set -u
cd "$(dirname "$0")/.." || exit 1
: "${BUILD:=build-san}" "${N:=10000000}" "${SEED:=1}" "${PART:=200000}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
began=$(date +%s)

# part COUNT TEST: so many cases of the test, counted by the variable COUNT.
part() {
	env "$1=$size" SEED="$SEED" "$BUILD/tests/unit/$2" >"$log" 2>&1 && return
	cat "$log"
	echo "failed: $1=$size SEED=$SEED $BUILD/tests/unit/$2"
	exit 1
}

done=0
while [ "$done" -lt "$N" ]; do
	size=$((N - done < PART ? N - done : PART))
	part FUZZ test_wire_fuzz
	part JOIN test_wire_join
	done=$((done + size))
	echo "$done of $N cases of each, $(($(date +%s) - began)) s, seed $SEED"
	SEED=$((SEED + 1))
done
size=$((N / 100 < 4000 ? 4000 : N / 100))
size=$((size < 30000 ? size : 30000))
part AGREE test_wire_agree
echo "Wireshark agrees on $size packets, $(($(date +%s) - began)) s"
