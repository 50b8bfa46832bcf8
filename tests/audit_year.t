#!/bin/sh
# A year of an agent, recorded day by day, with what is planted in it: what an audit says of each
# permission on five days must be that.
# slow
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"
ws=$dir/ws
mkdir -p "$ws/open" "$ws/many" "$ws/cls/deep" "$ws/bin"
cd "$ws" || exit 1
for tool in push fetch few lots; do cp "$(readlink -f "$(which true)")" bin/$tool; done
echo x >bin/denied
touch rewritten open/a open/b

# ---- the calendar: DAY WHAT, for a run at noon; "daily" is every fifth day at six ----
plant() {
	what=$1
	shift
	for day; do
		echo "$day $what" >>"$dir/calendar"
		[ -e "$what" ] || [ "$what" = absent ] || echo x >"$what"
	done
}
plant d29 2027-06-01 2028-03-02
plant d30 2027-05-31 2028-03-01
plant d31 2027-05-30 2028-02-29
plant d95 2027-12-27
plant monthly 2027-03-05 2027-04-05 2027-05-05 2027-06-05 2027-07-05 2027-08-05 2027-09-05 2027-10-05 2027-11-05 2027-12-05 2028-01-05 2028-02-05
plant ended 2027-03-08 2027-04-08 2027-05-08
plant quarterly 2027-03-15 2027-06-15 2027-09-15 2027-12-15
plant twice 2027-03-20 2027-06-20
plant bursts 2027-03-20 2027-03-21 2027-03-22 2027-06-20 2027-06-21 2027-06-22 2027-09-20 2027-09-21 2027-09-22
plant week 2027-05-03 2027-05-04 2027-05-05 2027-05-06 2027-05-07
plant denied 2027-06-20 2027-09-20 2027-12-20 2028-02-20 2028-03-20
plant absent 2027-06-22
plant expired 2027-06-15
plant before 2027-04-05 2027-05-05
plant before-habit 2027-03-08 2027-04-08 2027-05-08 2027-06-05 2027-07-05 2027-08-05
plant before-last 2027-06-22
plant phased 2027-06-20
plant unphased 2027-06-20
plant made 2027-06-20
plant rewritten 2027-06-20
plant again-used 2027-06-20
plant pinned 2027-03-15

# What a run does with one of these: nothing but shell, so that it is quick.
cat >"$dir/do" <<'END'
for what; do
	case $what in
	denied) ./bin/denied ;;
	made) rm -f made; : >made; : >>made ;;
	rewritten) : >>rewritten ;;
	phased) "$PARE" phase deploy; read -r x <phased ;;
	daily)
		read -r x <base
		read -r x <open/a; read -r x <open/b
		read -r x <many/$NUMBER; read -r x <cls/deep/$MADE
		bin/push push origin; bin/fetch push; bin/few status; bin/lots $NUMBER ;;
	*) read -r x <"$what" ;;
	esac
done 2>/dev/null
exit 0
END
# run TIME WHAT...: as that time.
run() {
	at=$1
	shift
	NUMBER=$number MADE=$made "$PARE" record --quiet --agent year --at "$at" -- sh "$dir/do" "$@" >/dev/null 2>"$dir/run.err" ||
		{ cat "$dir/run.err" >&2; exit 1; }
}
# made_of NUMBER: a name as chance makes it.
made_of() { echo "$1" | sha256sum | sed 's/^\(.\{16\}\).*/\1.o/'; }
# The weekly run at six, what is planted at noon.
day=$(date -u -d 2027-03-03 +%s) end=$(date -u -d 2028-04-01 +%s) number=0
echo x >base
while [ "$day" -lt "$end" ]; do
	number=$((number + 1))
	echo x >many/$number
	echo x >"cls/deep/$(made_of $number)"
	echo "$(date -u -d "@$day" +%F) daily $number" >>"$dir/calendar"
	day=$((day + 7 * 86400))
done
sort -s -k1,1 "$dir/calendar" >"$dir/days"
while read -r day what number; do
	made=$(made_of "$number")
	case $what in
	daily) run "${day}T06:00Z" daily ;;
	*) run "${day}T12:00Z" "$what" ;;
	esac
done <"$dir/days"

# ---- what is granted, and what it is on five days; "-": not held ----
cat >"$dir/truth" <<'END'
base         file read $WS/base              used          used           used           used           used
d29          file read $WS/d29               used          stale          stale          stale          used
d30          file read $WS/d30               stale         stale          stale          stale          stale
d31          file read $WS/d31               stale         stale          stale          used           stale
d95          file read $WS/d95               never         never          used           stale          stale
monthly      file read $WS/monthly           used          used           used           used           periodic
ended        file read $WS/ended             periodic      stale          stale          stale          stale
quarterly    file read $WS/quarterly         used          used           used           periodic       periodic
twice        file read $WS/twice             used          stale          stale          stale          stale
bursts       file read $WS/bursts            used          used           periodic       periodic       periodic
week         file read $WS/week              stale         stale          stale          stale          stale
denied       program exec $WS/bin/denied     attempted-only attempted-only attempted-only attempted-only attempted-only
absent       file read $WS/absent            attempted-only never         never          never          never
tool         tool call github/{any:1-20}     not-observable not-observable not-observable not-observable not-observable
expired      file read $WS/expired           used          -              -              -              -
expiring     file read $WS/expiring          never         never          never          never          -
young        file read $WS/young             never         never          never          never          never
young-ns     file read $WS/young-ns          too-new       never          never          never          never
yesterday    file read $WS/yesterday         -             -              -              -              too-new
before       file read $WS/before            too-new       never          never          never          never
before-habit file read $WS/before-habit      -             periodic       never          never          never
before-last  file read $WS/before-last       used          never          never          never          never
again        file read $WS/again             never         never          never          never          never
again-ns     file read $WS/again-ns          never         too-new        never          never          never
again-used   file read $WS/again-used        used          too-new        stale          stale          stale
push         program exec $WS/bin/push       narrowable    narrowable     narrowable     narrowable     narrowable
fetch        program exec $WS/bin/fetch      never         never          never          never          never
few          program exec $WS/bin/few        narrowable    narrowable     narrowable     narrowable     narrowable
lots         program exec $WS/bin/lots       used          used           used           used           used
phased       file read $WS/phased            used          stale          stale          stale          stale
unphased     file read $WS/unphased          never         never          never          never          never
made         file append $WS/made            used          stale          stale          stale          stale
rewritten    file append $WS/rewritten       never         never          never          never          never
open         file read $WS/open/**           narrowable    narrowable     narrowable     narrowable     narrowable
many         file read $WS/many/**           used          used           used           used           used
cls          file read $WS/cls/**            narrowable    narrowable     narrowable     narrowable     narrowable
host         host connect tcp/example.com:443 never        never          never          never          never
mount        kernel use mount                never         never          never          never          never
token        variable hold GITHUB_TOKEN      never         never          never          never          never
write        file write $WS/base             never         never          never          never          never
delete       file delete $WS/base            never         never          never          never          never
pinned       file read $WS/pinned            stale         pinned         pinned         pinned         stale
END
# grant_rule NAME RESOURCE ACTION PATTERN: with its conditions.
grant_rule() {
	more='' argv=''
	case $1 in
	phased | unphased) more=' phase="deploy"' ;;
	made | rewritten) more=' own="true"' ;;
	expired) more=' expires="2027-08-01T00:00:00Z"' ;;
	expiring) more=' expires="2028-03-31T12:00:30Z"' ;;
	push) argv='<argv>push **</argv>' ;;
	fetch) argv='<argv>fetch **</argv>' ;;
	esac
	echo "<rule resource=\"$2\" action=\"$3\"$more><pattern>$4</pattern>$argv<justification>a test</justification></rule>"
}
# grants TIME NAME...: from then on it holds all of the truth but these.
grants() {
	granted=$1
	shift
	{
		while read -r name resource action pattern rest; do
			case " $* " in *" $name "*) ;; *) grant_rule "$name" "$resource" "$action" "$pattern" ;; esac
		done <"$dir/truth"
	} | policy "$dir/grants.xml"
	"$PARE" import -q --from pare --agent year --granted "$granted" "$dir/grants.xml" || exit 1
}
grants 2027-03-01 young young-ns before before-last before-habit yesterday
grants 2027-05-31T12:00:30Z young-ns before before-last before-habit yesterday
grants 2027-05-31T14:00:30.000000001+02:00 before before-last before-habit yesterday
grants 2027-06-25 before-habit yesterday
grants 2027-07-01 again again-ns again-used before-habit yesterday
grants 2027-08-20 again again-ns again-used yesterday
grants 2027-09-16T12:00:30Z again-ns again-used yesterday
grants 2027-09-16T12:00:30.000000001Z yesterday
grants 2028-03-30T12:00:30Z

# A pin is of a policy that somebody reviewed.
rule file read '$WS/pinned' | policy "$dir/reviewed.xml"
sed -i 's/agent="demo"/agent="year"/' "$dir/reviewed.xml"
pinned=$("$PARE" review "$dir/reviewed.xml" | sed -n 's/^  \(r-[0-9a-f]*\).*/\1/p')
"$PARE" review "$dir/reviewed.xml" --reviewer owner --pin "$pinned" --until 2028-03-01 --reason "a yearly job" --at 2027-09-01 >/dev/null ||
	fail "a permission is pinned"

# states TIME COLUMN NAME: what the audit says, and what is true.
states() {
	"$PARE" audit --agent year --as-of "$1" --json >"$dir/audit.json" || fail "$3"
	jq -r '.grants[] | "\(.resource) \(.action) \(.pattern) \(.state)"' "$dir/audit.json" | sort >"$dir/got"
	awk -v at="$2" '$(4 + at) != "-" { print $2, $3, $4, $(4 + at) }' "$dir/truth" | sort >"$dir/want"
	same "$3" "$dir/want" "$dir/got"
}
states 2027-06-30T14:00:30+02:00 1 "in summer, by a clock two hours ahead"
states 2027-09-30T12:00:30Z 2 "in autumn"
states 2027-12-31T12:00:30Z 3 "at the end of the year"
states 2028-02-29T05:00:30-07:00 4 "on a leap day, by a clock seven hours behind"
states 2028-03-31T12:00:30Z 5 "after a year"

# ---- what would do instead ----
"$PARE" audit --agent year --as-of 2028-03-31 --json >"$dir/audit.json"
jq -r '.grants[] | select(.state == "narrowable") | "\(.pattern): \(((.narrower // []) + (.narrower_argv // [])) | join(" "))"' "$dir/audit.json" |
	sort >"$dir/got"
cat >"$dir/want" <<'END'
$WS/bin/few: status
$WS/bin/push: push origin
$WS/cls/**: $WS/cls/deep/{hex:16}.o
$WS/open/**: $WS/open/a $WS/open/b
END
same "less would do, and what" "$dir/want" "$dir/got"
# Of templates `pare diff` does not tell that ** has the rest in it.
jq -r '.grants[] | select((.narrower or .narrower_argv) and .argv == []) | . as $grant |
	(.narrower // [.pattern])[] | "<rule resource=\"\($grant.resource)\" action=\"\($grant.action)\"><pattern>\(.)</pattern>\(($grant.narrower_argv // []) | map("<argv>\(.)</argv>") | join(""))<justification>a test</justification></rule>"' \
	"$dir/audit.json" | policy "$dir/narrower.xml"
jq -r '.grants[] | select((.narrower or .narrower_argv) and .argv == []) |
	"<rule resource=\"\(.resource)\" action=\"\(.action)\"><pattern>\(.pattern)</pattern><justification>a test</justification></rule>"' \
	"$dir/audit.json" | policy "$dir/wider.xml"
status "it is a policy, and adds nothing to what is granted" 0 "$PARE" diff "$dir/wider.xml" "$dir/narrower.xml"
status "while what is granted is more" 3 "$PARE" diff "$dir/narrower.xml" "$dir/wider.xml"

# ---- to the nanosecond ----
# state PATTERN TIME [OPTION...]
state() {
	pattern=$1 time=$2
	shift 2
	"$PARE" audit --agent year --as-of "$time" --json "$@" | jq -r --arg of "$pattern" '.grants[] | select(.pattern == $of) | .state'
}
# after TIME DAYS NS: that much later.
after() {
	seconds=$(date -u -d "$1" +%s) ns=$((1$(echo "$1" | sed 's/.*\.\([0-9]*\).*/\1/') - 1000000000 + $3))
	[ "$ns" -ge 0 ] || seconds=$((seconds - 1)) ns=$((ns + 1000000000))
	printf '%s.%09dZ\n' "$(date -u -d "@$((seconds + $2 * 86400))" +%FT%T)" "$ns"
}
# states_are NAME WANT...: those in $dir/got.
states_are() {
	name=$1
	shift
	printf '%s\n' "$@" >"$dir/want"
	same "$name" "$dir/want" "$dir/got"
}
last=$(jq -r '.grants[] | select(.pattern == "$WS/twice") | .last_used' "$dir/audit.json")
{
	state '$WS/twice' "$(after "$last" 30 0)"
	state '$WS/twice' "$(after "$last" 30 -1)"
	state '$WS/twice' "$(after "$last" 0 1)"
	state '$WS/twice' "$(after "$last" 60 0)" --unused 60d
	state '$WS/twice' "$(after "$last" 60 -1)" --unused 60d
} >"$dir/got"
states_are "thirty days are thirty days, to the nanosecond" stale used used stale used
last=$(jq -r '.grants[] | select(.pattern == "$WS/ended") | .last_used' "$dir/audit.json")
{
	state '$WS/ended' "$(after "$last" 90 0)"
	state '$WS/ended' "$(after "$last" 90 -1)"
} >"$dir/got"
states_are "so is when a habit is overdue" stale periodic
# A leap day is a day: a thousandth year later nothing has shifted.
{
	state '$WS/d31' 2028-03-30T12:00:00Z
	state '$WS/d31' 2028-03-30T13:00:00Z
	state '$WS/d31' 2028-03-30T14:00:00+02:00
} >"$dir/got"
states_are "thirty days from a leap day on" used stale used

# ---- agents of whom too little is known ----
# short AGENT TIME... -- COMMAND...: recorded at each of the times.
short() {
	agent=$1 times=
	shift
	while [ "$1" != -- ]; do
		times="$times $1"
		shift
	done
	shift
	for time in $times; do
		"$PARE" record --quiet --agent "$agent" --at "$time" -- "$@" >/dev/null 2>&1 </dev/null
	done
}
# only AGENT TIME: the state of its one permission.
only() { "$PARE" audit --agent "$1" --as-of "$2" --json | jq -r '.grants[0] | .state'; }
rule file read /srv/unused | policy "$dir/one.xml"
for agent in two same-day three idle broken gap; do
	"$PARE" import -q --from pare --agent $agent --granted 2027-01-01 "$dir/one.xml" || exit 1
done
short two 2027-05-01 2027-05-02 -- true
short same-day 2027-05-01 2027-05-02T10:00Z 2027-05-02T12:00Z -- true
short three 2027-05-01 2027-05-02 2027-05-03 -- true
short broken 2027-05-11 2027-05-12 2027-05-13 -- true
short gap 2027-05-11 2027-05-12 2027-05-13 -- true
short gap 2027-05-10 -- perl -e 'syscall 999'
"$PARE" record --quiet --agent broken --at 2027-05-10 -- sh -c 'echo $$ >started; while :; do read -r x <base; done' >/dev/null 2>&1 &
recorder=$!
for i in $(seq 100); do
	[ -s started ] && break
	sleep 0.1
done
sleep 0.3
kill -9 "$recorder"
wait "$recorder" 2>/dev/null
{
	only two 2027-05-20
	only same-day 2027-05-20
	only three 2027-05-20
	only three 2027-06-03
	only gap 2027-05-20
	only gap 2027-06-09T12:00Z
	only broken 2027-05-20
	only broken 2027-06-09T12:00Z
} >"$dir/got"
states_are "who did too little, or was not seen whole, shows nothing" \
	insufficient insufficient never insufficient insufficient never insufficient never
"$PARE" audit --agent gap --as-of 2027-05-20 --json >"$dir/audit.json"
ok "the audit says so" jq -e '.evidence.runs == 4 and .evidence.whole_runs == 3 and
	(.grants[0].reason | startswith("4 runs on 4 days within the threshold, 1 of them with gaps that may hide it"))' "$dir/audit.json"
# ---- tools, by what they are called with ----
# call TIME TASK PATH: a run in which files/read is called so, as the recorder of calls puts it.
call() {
	"$PARE" record --quiet --agent tools --task "$2" --at "$1" -- true
	sqlite3 "$PARE_DB" "INSERT OR IGNORE INTO name (bytes) VALUES (CAST('files/read' AS BLOB)), (x'');
		INSERT OR IGNORE INTO resource (kind, name) SELECT 8, id FROM name WHERE bytes = CAST('files/read' AS BLOB);
		CREATE TEMP TABLE last AS SELECT id AS run, started AS began FROM run ORDER BY id DESC LIMIT 1;
		INSERT INTO call SELECT run, 1, 1, (SELECT id FROM name WHERE bytes = x''),
			(SELECT max(id) FROM resource WHERE kind = 8), NULL, CAST('{\"path\":\"$3\"}' AS BLOB),
			(SELECT code FROM word WHERE list = 'status' AND text = 'ok'), began, began + 1, 10, 20 FROM last;
		INSERT INTO access SELECT run, 1000000, 1, (SELECT id FROM name WHERE bytes = x''), 0, 22,
			(SELECT max(id) FROM resource WHERE kind = 8), NULL, NULL, 1, 0, 1, 0, began, began, 1, 1, 1, 0, 4, 0, 0 FROM last"
}
call 2027-05-01 old /srv/a
for day in 10 11 12; do call 2027-06-$day new /srv/b; done
for task in old new; do
	"$PARE" propose --quiet --agent tools --task $task --preset literal -o "$dir/$task.xml"
	"$PARE" import -q --from pare --agent tools --granted 2027-04-01 "$dir/$task.xml"
done
rule tool call 'files/write' | policy "$dir/write.xml"
"$PARE" import -q --from pare --agent tools --granted 2027-04-01 "$dir/write.xml"
"$PARE" audit --agent tools --as-of 2027-06-20 --json >"$dir/audit.json"
jq -r '.sources as $s | .grants[] | select(.resource == "tool") | "\($s[.source].source | split("/") | last) \(.state) \(.use.uses // .uses) \(.witness.seq)"' "$dir/audit.json" >"$dir/got"
printf '%s\n' "old.xml stale 1 1000000" "new.xml used 3 1000000" "write.xml never 0 null" >"$dir/want"
same "what a tool was called with decides, and the witness is the access" "$dir/want" "$dir/got"
"$PARE" audit --agent year --as-of 2028-03-31 --json |
	jq -r '.grants[] | select(.pattern == "$WS/bin/push") | "\(.witness.run) \(.witness.seq)"' >"$dir/got"
read -r witness seq <"$dir/got"
sqlite3 "$PARE_DB" "SELECT action.text, CAST(name.bytes AS TEXT) FROM access JOIN run ON run.id = access.run
	JOIN resource ON resource.id = access.resource JOIN name ON name.id = resource.name
	JOIN word AS action ON list = 'action' AND code = action WHERE uuid = '$witness' AND access.seq = $seq" >"$dir/got"
echo "exec|$ws/bin/push" >"$dir/want"
same "that of a command line is the access that executed it" "$dir/want" "$dir/got"
"$PARE" audit --agent three --as-of 2027-05-20 --json >"$dir/audit.json"
ok "and how sure it is of what was never used" jq -e '.grants[0].reason |
	endswith("not used in any of 3 runs: with 95 % confidence at most 100.0 % of runs need it")' "$dir/audit.json"
finish
