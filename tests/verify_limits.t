#!/bin/sh
# `pare verify` holds the agent to what the policy lets it take of the machine, and to phases.
# slow
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 1
policy=$dir/policy.xml

# verify COMMAND...: under the policy, with people who agree; the report is in $dir/err.
verify() {
	timeout 60 "$PARE" verify --confirm=yes --quiet "$policy" -- "$@" </dev/null
}
# limited ATTRIBUTES: the policy has these limits, and no rates or arguments.
limited() {
	perl -pe 's{<limits [^>]*/>}{<limits '"$1"'/>}; s{ (rate\S*|burst|headroom)="\d+"}{}g; s{^\s*<argv>.*\n}{}' recorded.xml >"$policy"
}
# reported NAME WHAT NEAREST CHANGE
reported() {
	says "... and reported" "denied: more than $1" "$dir/err"
	says "... with the limit" "nearest: limits $2" "$dir/err"
	ok "... and the smallest change" grep -qx "    smallest change: limits $3" "$dir/err"
}

# hog.sh SLEEPERS BYTES MEMORY
cat >hog.sh <<-'END'
	i=0
	while [ $i -lt $1 ]; do sleep 0.3 & i=$((i + 1)); done
	head -c $2 /dev/zero >made && echo "made it"
	wait
	exec 3>gone; rm -f gone
	perl -e 'print "x" x 20000' >&3 && echo "wrote what has no name"
	perl -e 'my $x = "x" x $ARGV[0]; select undef, undef, undef, 0.4; print "held it\n"' $3
END
for i in 1 2; do
	"$PARE" record --quiet --agent hog -- sh hog.sh 2 5000 1000 >/dev/null
done
"$PARE" propose --quiet --agent hog -o recorded.xml 2>/dev/null
cp recorded.xml "$policy"
status "within all limits" 0 verify sh hog.sh 2 5000 1000
says_not "... nothing is denied" denied "$dir/err"

# ---- processes and threads ----

limited 'processes="5" most-processes="4"'
status "as many as it may have" 0 verify sh hog.sh 3 5000 1000
says_not "... are not denied" denied "$dir/err"
status "one more" 2 verify sh hog.sh 4 5000 1000
says "... is refused" "fork" "$dir/err"
reported "5 processes and threads at once by" 'processes="5" (the most that was seen: 4)' 'processes="6"'
cat >threads.py <<-'END'
	import threading, time
	made = 0
	def hold():
	    time.sleep(0.2)
	try:
	    for i in range(50):
	        threading.Thread(target=hold).start()
	        made += 1
	except RuntimeError:
	    pass
	print("threads", made)
END
"$PARE" record --quiet --agent threads -- python3 threads.py >/dev/null
"$PARE" propose --quiet --agent threads -o recorded.xml 2>/dev/null
limited 'processes="7"'
status "threads are tasks, too" 0 timeout 60 "$PARE" verify --quiet --db "$dir/kept.db" "$policy" -- python3 threads.py
says "... as many as there may be, are made" "threads 6" "$dir/out"
reported "7 processes and threads at once by" 'processes="7"' 'processes="8"'
PARE_DB=$dir/kept.db "$PARE" show last >"$dir/shown" 2>&1
says "... and there were never more" "7 processes and threads at once" "$dir/shown"

# ---- memory, files, time ----

"$PARE" propose --quiet --agent hog -o recorded.xml 2>/dev/null
limited 'memory="60000000" most-memory="30000000"'
status "memory within the limit" 0 verify sh hog.sh 1 5000 20000000
says_not "... is not denied" denied "$dir/err"
status "who takes more" 137 verify sh hog.sh 1 5000 200000000
says_not "... is killed" "held it" "$dir/out"
says "... and reported" "denied: more than 60000000 bytes of memory in one process by $(readlink -f "$(command -v perl)") (1 time)" "$dir/err"
ok "... with what it took" grep -qE '^    smallest change: limits memory="[0-9]{8,}"$' "$dir/err"
limited 'memory="1000000"'
status "what a process had before it was the agent's does not count" 0 verify sh -c :
says_not "... as its own" denied "$dir/err"
: >"$dir/found"
for i in 1 2 3; do
	verify sh -c 'perl -e "my \$x = q{x} x 30_000_000"; :' 2>"$dir/err"
	grep -q "^denied: more than 1000000 bytes of memory" "$dir/err" || echo "run $i" >>"$dir/found"
done
clean "what ends before anybody looks is reported all the same"

limited 'file-size="10000" most-file-size="5000"'
status "a file of that size" 0 verify sh hog.sh 1 10000 1000
says "... and a larger one that is no more, which nobody could have measured" "wrote what has no name" "$dir/out"
says_not "... is not denied" denied "$dir/err"
verify sh hog.sh 1 10001 1000 >"$dir/out" 2>"$dir/err"
says_not "a byte more is refused" "made it" "$dir/out"
ok "... and is not there" test "$(wc -c <made)" = 10000
reported "10000 bytes in one file, $dir/made, by $(readlink -f "$(command -v head)")" \
	'file-size="10000" (the most that was seen: 5000)' "with a larger .file-size' than 10000"
echo 'ulimit -f unlimited || ulimit -f 10000; head -c 20000 /dev/zero >made && echo "made it"' >raise.sh
cat raise.sh >>hog.sh
verify sh hog.sh 1 10000 1000 >"$dir/out" 2>"$dir/err"
ok "nobody raises it again" test "$(grep -c "made it" "$dir/out")$(wc -c <made)" = 110000
says "... which is reported" "denied: more than 10000 bytes in one file by $(readlink -f /bin/sh)" "$dir/err"
cat >talk.sh <<-'END'
	i=0
	while [ $i -lt 40 ]; do perl -e 'print "x" x 1000'; i=$((i + 1)); done
	echo "that was all"
END
cat talk.sh >>hog.sh
verify sh hog.sh 1 10000 1000 >"$dir/out" 2>"$dir/err"
says "a file that it was handed may be as long as it gets" "that was all" "$dir/out"
ok "... whole" test "$(wc -c <"$dir/out")" -gt 40000
says_not "... which is no denial" "$dir/out" "$dir/err"
limited 'file-size="10000"'
status "as JSON" 0 timeout 60 "$PARE" verify --confirm=yes --quiet --json -o report "$policy" -- sh hog.sh 1 20000 1000
ok "... too" jq -es 'any(.why == "limit" and .limit.name == "file-size" and .limit.allowed == 10000
	and .limit.asked == null and .name == "'"$dir"'/made")' report

limited 'time="1s"'
status "who takes longer" 137 verify sh -c 'sleep 30'
says_not "... is ended" "held it" "$dir/out"
reported "1s from start to end by" 'time="1s"' "with a larger .time' than 1s"
status "whatever --timeout says" 137 timeout 60 "$PARE" verify --quiet --timeout 20s "$policy" -- sh -c 'sleep 30'
says "... that is the policy's" "denied: more than 1s from start to end" "$dir/err"
status "a shorter --timeout" 137 timeout 60 "$PARE" verify --quiet --timeout 300ms "$policy" -- sh -c 'sleep 30'
says_not "... is not" "denied: more" "$dir/err"

# ---- phases, and how long after they began ----

echo a >one
echo b >two
phases='"$0" phase build; cat one; "$0" phase fetch; "$0" phase build; sleep ${1:-0}; cat one; cat two'
for i in 1 2; do
	"$PARE" record --quiet --agent ada -- sh -c "$phases" "$PARE" >/dev/null
	"$PARE" record --quiet --agent eve -- sh -c '"$0" phase build; cat one' "$PARE" >/dev/null
done
for agent in ada eve; do
	"$PARE" propose --quiet --agent $agent -o recorded.xml 2>/dev/null
	limited ''
	cp "$policy" $agent.xml
done
says "what is done in a phase is so for a time only" 'phase="build" within="1s"' ada.xml
perl -pi -e 's/within="1s"/within="4s"/' ada.xml eve.xml # for a machine that is busy
policy=ada.xml
status "phases that come again" 0 verify sh -c "$phases" "$PARE"
says_not "... are as they were recorded" denied "$dir/err"
status "the clock of a phase goes on where it comes again" 126 verify sh -c "$phases" "$PARE" 5
says "... so that this is too late" "its rule admits it only sooner after the phase began" "$dir/err"
says "... with what would help" "smallest change: more time in r-" "$dir/err"
policy=eve.xml
status "a phase may be begun, though that is done in it already" 0 verify sh -c '"$0" phase build; cat one' "$PARE"
says_not "... as it was recorded" denied "$dir/err"
status "what belongs to it is refused before" 0 verify sh -c 'cat one; "$0" phase build' "$PARE"
says_not "... and not done" a "$dir/out"
says "... and reported" "denied: file stat $(readlink -f "$(command -v cat)") by" "$dir/err"
finish
