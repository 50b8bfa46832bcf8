#!/bin/sh
# `pare import`: what an enforcer grants today is read from its own configuration and kept.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"
unset XDG_DATA_HOME

{
	rule file read /usr/lib/x.so
	rule file read '$WS/src/**'
	rule program exec /usr/bin/git
	rule host connect tcp/example.com:443
	rule tool call github/get_issue
} | policy "$dir/p.xml"

status "a policy of pare's own is imported" 0 "$PARE" import --from pare --agent demo --granted 2026-11-01 "$dir/p.xml"
says "with as many permissions" "agent demo: 5 permissions granted" "$dir/out"
status "once more" 0 "$PARE" import --from pare --agent demo --granted 2026-11-02 "$dir/p.xml"
says "and known to be the same" "the same as before" "$dir/out"
rule file read /etc/fstab | policy "$dir/p.xml"
status "then another" 0 "$PARE" import --from pare --agent demo --granted 2026-11-03 "$dir/p.xml"
sqlite3 "$PARE_DB" "SELECT granted / 1000000000, count(*) FROM grants JOIN grant_ ON grants.id = grants GROUP BY grants.id" >"$dir/got"
printf '1793491200|5\n1793664000|1\n' >"$dir/want"
same "both are kept" "$dir/want" "$dir/got"
ok "the database is in order" "$PARE" fsck
status "it is also read from standard input" 0 "$PARE" import --from pare --agent demo -o "$dir/back.xml" - <"$dir/p.xml"
ok "and written as a policy" "$PARE" diff "$dir/p.xml" "$dir/back.xml"

python3 "$root/tests/exporters/policies.py" "$dir" || exit 1
for policy in "$dir"/??.xml; do
	"$PARE" import --from pare --agent demo -q -o "$dir/back.xml" "$policy"
	"$PARE" diff "$policy" "$dir/back.xml" 2>&1 | grep -v 'both allow the same' | sed "s,^,$(basename "$policy"): ,"
done >"$dir/found" 2>&1
clean "20 policies of pare's own come back as they went"

status "no format" 2 "$PARE" import --agent demo "$dir/p.xml"
status "an unknown format" 2 "$PARE" import --from nothing --agent demo "$dir/p.xml"
says "says what to do" "pare import --from help" "$dir/err"
status "no agent" 2 "$PARE" import --from pare "$dir/p.xml"
status "no file" 2 "$PARE" import --from pare --agent demo
status "an absent file" 1 "$PARE" import --from pare --agent demo "$dir/absent"
says "is named" "absent: No such file or directory" "$dir/err"
status "a file of another format" 1 "$PARE" import --from pare --agent demo "$0"
says "says where" "import.t:1:" "$dir/err"
status "a time that is none" 2 "$PARE" import --from pare --agent demo --granted yesterday "$dir/p.xml"
"$PARE" import --from help >"$dir/formats"
says "the formats are listed" "pare " "$dir/formats"

# Whatever the format, what is no configuration is refused with a sentence, or says that it grants nothing.
while read -r format _; do
	for odd in /dev/null "$dir/zeros" "$dir/noise" "$PARE"; do
		[ -e "$dir/zeros" ] || { head -c 4096 /dev/zero >"$dir/zeros"; head -c 65536 /dev/urandom >"$dir/noise"; }
		timeout 20 "$PARE" import --from "$format" --agent odd -o "$dir/odd.xml" "$odd" >"$dir/odd.out" 2>"$dir/odd.err"
		got=$?
		[ $got = 0 ] || [ $got = 1 ] || echo "$format: $odd: status $got"
		[ $got = 0 ] || [ "$(wc -l <"$dir/odd.err")" = 1 ] || echo "$format: $odd: $(head -3 "$dir/odd.err")"
	done
done <"$dir/formats" >"$dir/found"
clean "no format is misled by what is none"
finish
