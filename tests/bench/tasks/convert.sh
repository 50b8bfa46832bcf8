#!/bin/sh
# What came in that day becomes JSON and a database; everything in between has a name made by
# chance, and is deleted.
. "$TASKS/lib.sh"

setup() {
	mkdir -p workspace/incoming workspace/out workspace/work
	cd workspace
	cp "$TASKS/convert/convert.py" .
	for number in $(seq "$((2 + $(pick 1 3)))"); do
		{
			echo "name,amount"
			for line in 1 2 3; do
				echo "$(one "$line" oak ash elm fir),$(pick "$((number * line))" 1000)"
			done
		} >"incoming/$(day)-$number.csv"
	done
}

run() {
	scratch=$(mktemp -d)
	lock=work/convert.$$.lock
	echo $$ >"$lock"
	for file in incoming/*.csv; do
		sort "$file" >"$scratch/sorted.$$"
		python3 convert.py json "$file" "out/$(basename "$file" .csv).json"
	done
	[ "$VARIANT" = 0 ] || python3 convert.py database out "out/$(day).sqlite"
	if [ "$VARIANT" = 2 ]; then
		part=$(mktemp "work/archive.XXXXXX")
		tar -czf "$part" incoming
		mv "$part" "out/incoming-$(date -d "$(day)" +%Y%m%d).tar.gz"
	fi
	rm -r "$lock" "$scratch"
}

"$1"
