#!/bin/sh
# Each thing stands once in its table, and a number means one thing.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1
find . -name '*.def' -not -path './build*' | sort | sed 's,^\./,,' >"$dir/tables"
ok "there are tables to look at" test -s "$dir/tables"
while read -r table; do
	perl tests/tables.pl "$table" >"$dir/found"
clean "$table: no row twice, no key twice"
done <"$dir/tables"
finish
