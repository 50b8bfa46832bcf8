#!/bin/sh
# `make fuzz` runs for hours where nobody looks: it goes on where it was stopped, names each part that
# failed, and says so at the end.
. "$(dirname "$0")/lib.sh"
mkdir -p "$dir/fake/tests/unit"

# A test that notes how it was called, fails for seed 3, and is cut short at seed 5, once.
cat >"$dir/fake/tests/unit/test_wire_join" <<-END
	#!/bin/sh
	echo "\$JOIN \$SEED" >>$dir/calls
	if [ "\$SEED" = 5 ] && [ ! -e $dir/cut ]; then
		touch $dir/cut
		kill -9 \$PPID
	fi
	echo "kind 0: 7 names agree, 2 addresses; ours alone 0"
	if [ "\$SEED" = 3 ]; then echo "it fails"; exit 1; fi
END
chmod 755 "$dir/fake/tests/unit/test_wire_join"
fuzz() {
	BUILD=$dir/fake PART=join EACH=10 N=$1 SEED=$2 sh "$root/tests/fuzz.sh" >"$dir/out" 2>&1
}
fuzz 55 1
ok "it is cut short" test $? -gt 128
printf '10 %s\n' 1 2 3 4 5 >"$dir/want"
same "after some parts" "$dir/want" "$dir/calls"
says "one of them has failed" "failed: JOIN=10 SEED=3 $dir/fake/tests/unit/test_wire_join" "$dir/out"
says "and shows why" "it fails" "$dir/out"
rm "$dir/calls"
fuzz 55 1
ok "a failure before it was cut short is one at the end" test $? = 1
printf '10 5\n5 6\n' >"$dir/want"
same "it goes on where it was" "$dir/want" "$dir/calls"
says "the seed that failed is named again" "failed: JOIN=10 SEED=3 " "$dir/out"
says "what was found is added up" "55 of 55 cases, seed 6, " "$dir/out"
says "over both" "35 names and 10 addresses agree" "$dir/out"
rm "$dir/calls"
fuzz 15 7
ok "what does not fail" test $? = 0
printf '10 7\n5 8\n' >"$dir/want"
same "is asked from the seed that is wanted" "$dir/want" "$dir/calls"
says "and says so" "nothing failed" "$dir/out"

# The tests themselves.
for part in fuzz join agree; do
	mkdir -p "$dir/real/tests/unit"
	ln -s "$BUILD/tests/unit/test_wire_$part" "$dir/real/tests/unit/"
done
BUILD=$dir/real N=20000 sh "$root/tests/fuzz.sh" >"$dir/out" 2>&1
ok "each of the tests is run" test $? = 0
for part in fuzz join; do
	says "$part" "$part: 20000 of 20000 cases, seed 1, " "$dir/out"
done
if command -v tshark >/dev/null; then
	ok "agree" grep -E "agree: 20000 of 20000 cases, seed 1, [0-9]+ s, [1-9][0-9]{3} names and [1-9][0-9]* addresses agree" "$dir/out"
else
	says "agree" "agree: not run" "$dir/out"
fi
finish
