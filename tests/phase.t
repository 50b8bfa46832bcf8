#!/bin/sh
# A run says itself which phase it is in; what it did in one alone is permitted in that one.
. "$(dirname "$0")/lib.sh"
echo a >"$dir/fetched"
echo b >"$dir/built"
echo c >"$dir/both"

status "outside a recording there is no phase" 1 "$PARE" phase build
says "... and the message says so" "nobody records this" "$dir/err"
status "a phase has a name" 2 "$PARE" phase
for mode in "" --strict; do
	"$PARE" record --quiet $mode --agent ada -- sh -c '
		"$0" phase fetch; cat "$1/fetched" "$1/both"
		"$0" phase build; cat "$1/built" "$1/both"' "$PARE" "$dir" >/dev/null
	"$PARE" dump last | jq -r 'select(.action == "read" and (.name | startswith("'"$dir"'/"))) | [.phase, .name[-7:]] | join(" ")' |
		sort >"$dir/got"
	grep -c '^build' "$dir/got" >"$dir/count"
	echo 2 >"$dir/two"
	same "what follows belongs to the phase $mode" "$dir/two" "$dir/count"
	grep -c '^fetch' "$dir/got" >"$dir/count"
	same "... and what came before to the one before $mode" "$dir/two" "$dir/count"
done
policy=$dir/policy.xml
status "a policy" 0 "$PARE" propose --quiet -o "$policy"
grep -B1 '/built</pattern>' "$policy" >"$dir/rule"
says "what is done in one phase is permitted in that one" 'phase="build" within="' "$dir/rule"
grep -B1 '/both</pattern>' "$policy" >"$dir/rule"
says_not "what is done in all is permitted always" 'phase=' "$dir/rule"
status "the runs fit" 0 "$PARE" check "$policy"
"$PARE" record --quiet --agent ada -- sh -c '"$0" phase fetch; cat "$1/built"' "$PARE" "$dir" >/dev/null
status "one that did it in another phase does not" 3 "$PARE" check "$policy" last
says "... as check says" "/built by " "$dir/out"
says "... with the phase" "in phase fetch" "$dir/out"
"$PARE" record --quiet --agent fake -- sh -c 'printf "#!/bin/sh\n" >"$1/pare"; chmod 755 "$1/pare"; "$1/pare" phase fetch; cat "$1/built"' - "$dir" >/dev/null
"$PARE" dump last | jq -r 'select(.phase != "") | .name' >"$dir/found"
clean "another program of that name begins none"

finish
