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

# Both would be a contradiction; the rows of syscalls.def are the ones that count.
sed -n 's/^CALL(\([a-z0-9_]*\),.*/\1/p' recorder/calls/syscalls.def | sort >"$dir/calls"
grep -o 'HARMLESS([a-z0-9_]*' recorder/calls/harmless.def | sed 's/.*(//' | sort >"$dir/harmless"
comm -12 "$dir/calls" "$dir/harmless" |
	sed 's/.*/recorder\/calls\/harmless.def: & is in syscalls.def, too/' >"$dir/found"
clean "no system call is both recorded and harmless"
finish
