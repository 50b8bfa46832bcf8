#!/bin/sh
# What one policy allows and another does not: the command.  The differences are in unit/test_diff.c.
. "$(dirname "$0")/lib.sh"
. "$root/tests/policy.sh"
cd "$dir" || exit 1
export XDG_CONFIG_HOME=/nonexistent

rules >old <<'END'
file read /etc/hosts
file write $TMP/cc{alnum:6}.s
file read /usr/share/doc/a
END
rules >new <<'END'
file read /etc/{lower:5-7}
file write $TMP/cc{alnum:6}.s
file read $WS/a
END
policy old.xml <old
policy new.xml <new

for use in "" "old.xml" "old.xml new.xml old.xml" "--nonsense old.xml new.xml"; do
	# shellcheck disable=SC2086
	status "pare diff $use is wrong use" 2 "$PARE" diff $use
done
status "a policy that is not there" 1 "$PARE" diff old.xml none.xml
says "... is named" "read none.xml" "$dir/err"
echo '<policy' >bad.xml
status "a first policy that is none" 1 "$PARE" diff bad.xml new.xml
says "... is named with its line" "bad.xml:" "$dir/err"

status "the same" 0 "$PARE" diff old.xml old.xml
says "... is said" "both allow the same" "$dir/err"
ok "... on standard error only" test ! -s "$dir/out"

status "more authority" 3 "$PARE" diff old.xml new.xml
cat >want <<'END'
! file read /etc/{lower:5-7}  shadow: password hashes  e.g. /etc/shadow
+ file read $WS/a
> file read /etc/{lower:5-7}  was /etc/hosts  e.g. /etc/aaaaa
- file read /usr/share/doc/a
END
same "... line by line" want "$dir/out"
says "... and summed up" "authority added: 1 added, 1 widened, 1 removed; protected objects newly reached: 1" "$dir/err"
status "quietly" 3 "$PARE" diff --quiet old.xml new.xml
ok "... without a summary" test ! -s "$dir/err"
status "as JSON" 3 "$PARE" diff --json old.xml new.xml
ok "... each line is an object with its witness" jq -es '
	map(.change) == ["protected", "added", "widened", "removed"] and
	.[0].protected.id == "shadow" and .[0].witness == "/etc/shadow" and
	.[1].rule.pattern == "$WS/a" and .[1].other == null and
	.[2].other.pattern == "/etc/hosts" and all(.[]; .rule.id | startswith("r-"))' "$dir/out"

grep -v doc old | sed 's/alnum:6/lower:6/' | policy less.xml
status "less authority" 0 "$PARE" diff old.xml less.xml
says "... is no reason to fail" "no authority added: 1 narrowed, 1 removed" "$dir/err"

# The gate of an exact name: in the document, not only in memory.
sed 's/<rule resource="file" action="write"/& gate="confirm"/' old.xml >gated.xml
status "a gate that goes" 3 "$PARE" diff gated.xml old.xml
says "... is a change of its own" '> file write $TMP/cc{alnum:6}.s  gate removed' "$dir/out"
status "one that comes" 0 "$PARE" diff old.xml gated.xml
says "... is, too" '< file write $TMP/cc{alnum:6}.s  gate added' "$dir/out"

# What the user protects.
echo 'secret-file **/doc/** doc what was written' >protected
status "an object of the user's" 3 "$PARE" diff --protect protected less.xml old.xml
says "... is named, too" "doc: what was written" "$dir/out"
finish
