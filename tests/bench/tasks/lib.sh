# For the tasks of quality.pl.  What is chosen depends on RUN alone, so that a run can be made
# again; names that chance makes (mktemp, uuid, pid) are others each time.
set -eu
RUN=${RUN:?the number of the run}
VARIANT=${VARIANT:?which of the three ways: 0, 1 or 2}

# pick KEY N: a number from 0 to N - 1.
pick() {
	echo $((((RUN + 11) * 69069 + $1 * 362437 + (RUN * $1 * 7919) % 1009 * 31) / 64 % $2))
}

# one KEY WORD...: one of the words.
one() {
	_number=$(pick "$1" $(($# - 1)))
	shift $((_number + 1))
	echo "$1"
}

# A day of its own for each run: 2026-01-08.
day() {
	date -u -d "2026-01-05 + $((RUN * 3)) days" +%F
}
