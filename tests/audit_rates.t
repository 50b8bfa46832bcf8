#!/bin/sh
# What `pare audit` finds in limits: too tight, too loose, none, and use that grew.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"
mkdir -p "$dir/ws/out"

# run DAY COUNT: the agent creates so many files on that day.
run() {
	(cd "$dir/ws" && rm -f out/* && "$PARE" record --agent demo --at "$1" -- sh -c "i=0; while [ \$i -lt $2 ]; do : >out/\$i; i=\$((i + 1)); done") >/dev/null 2>&1
}
# grant LIMIT...: attributes of the one rule.
grant() {
	echo '<rule resource="file" action="create" '"$1"'><pattern>$WS/out/**</pattern><justification>a test</justification></rule>' | policy "$dir/p.xml"
	"$PARE" import -q --from pare --agent demo --granted "$2" "$dir/p.xml" || fail "import"
}
found() {
	"$PARE" audit --agent demo --as-of "$1" --json |
		jq -r --arg kind "$2" '.findings[] | select(.kind == $kind) | .text, .remedy' >"$dir/got"
}
none() { if [ -s "$dir/got" ]; then fail "$1" "$dir/got"; else pass "$1"; fi; }

for day in 01 02 03; do run 2026-05-$day 2; done
for day in 01 02 03; do run 2026-08-$day 20; done
grant 'rate-run="19"' 2026-04-01
found 2026-08-10 rate_tight
says "a limit that runs needed more than" '19 times a run are allowed, and 3 of 3 runs needed more, up to 20' "$dir/got"
says "with a limit that would do, and how sure that is" '40 would do: the most of 3 runs covers 95 % of all with 14 % confidence (too few runs to be sure)' "$dir/got"
grant 'rate-run="20"' 2026-04-02
found 2026-08-10 rate_tight
none "one that they did not is not tight"
found 2026-08-10 rate_loose
none "nor loose"
grant 'rate-run="60"' 2026-04-03
found 2026-08-10 rate_loose
none "three times as much is not loose"
grant 'rate-run="61"' 2026-04-04
found 2026-08-10 rate_loose
says "more is" '61 times a run are allowed, and no run needed more than 20' "$dir/got"
found 2026-08-10 unlimited
none "what has a limit is not without"
grant '' 2026-04-05
found 2026-08-10 unlimited
says "what has none is" 'nothing limits how often; no run needed more than 20' "$dir/got"
found 2026-08-10 growth
says "ten times as often as in the window before" 'used up to 20 times a run, and up to 2 in the window before' "$dir/got"
found 2026-08-02T12:00Z growth
none "with two runs nobody can know"
for day in 04 05 06; do run 2026-05-$day 3; done
found 2026-08-10 growth
none "less than ten times is no growth"
for day in 01 02 03; do run 2026-11-$day 1; done
found 2026-11-10 growth
says "ten times as seldom is told as well" 'used up to 1 times a run, and up to 20 in the window before' "$dir/got"
for rule in 'create $WS/out/0' 'read /etc/**'; do
	rule file $rule | policy "$dir/p.xml"
	"$PARE" import -q --from pare --agent demo --granted 2026-04-06 "$dir/p.xml" || fail "import"
	found 2026-08-10 unlimited
	none "that file ${rule% *} of ${rule#* } has no limit is not told"
done

# single events: a token bucket, exactly
PARE_DB=$dir/events.db
events() {
	(cd "$dir/ws" && rm -f out/* && "$PARE" record --events --agent demo --at "$1" -- sh -c "i=0; while [ \$i -lt $2 ]; do : >out/\$i; i=\$((i + 1)); done") >/dev/null 2>&1
}
for day in 01 02 03; do events 2026-08-$day 30; done
"$PARE" dump --events last | jq -r 'select(.action == "create") | .count' | sort | uniq -c | xargs >"$dir/got"
echo '30 1' >"$dir/want"
same "each event is kept" "$dir/want" "$dir/got"
"$PARE" dump --events last | jq -s 'map(.count) | add' >"$dir/got"
"$PARE" dump last | jq -s 'map(.count) | add' >"$dir/want"
same "as many as are counted" "$dir/want" "$dir/got"
grant 'rate="1" burst="29"' 2026-04-01
found 2026-08-10 rate_tight
says "a burst that is one too small" 'would have held back 3; a burst of 30 would not' "$dir/got"
grant 'rate="1" burst="30"' 2026-04-02
found 2026-08-10 rate_tight
none "and one that is not"
grant 'rate-second="29"' 2026-04-03
found 2026-08-10 rate_tight
says_not "with events nothing is guessed" 'may have' "$dir/got"
ok "the seals cover events" "$PARE" fsck
sqlite3 "$PARE_DB" "UPDATE event SET data = x'020202' WHERE part = 1 AND run = 1"
status "what was altered is found" 3 "$PARE" fsck
sqlite3 "$PARE_DB" "UPDATE event SET data = x'8080' WHERE part = 1 AND run = 1"
status "and what is damaged" 1 "$PARE" audit --agent demo --as-of 2026-08-10
says "is said" "the events of a run are damaged" "$dir/err"
finish
