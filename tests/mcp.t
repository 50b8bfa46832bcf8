#!/bin/sh
# slow
# pare mcp: what passes through it is what passes without it, byte for byte and in both directions, and
# every call is in the store with what came of it.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null 2>&1 || { skip "calls of tools" "python3 is missing"; finish; }
mcp=$root/fixtures/mcp
cd "$dir" || exit 1

# talk SCENARIO [OPTION...]: once without pare and once through it.
talk() {
	scenario=$1
	shift
	timeout 120 python3 "$mcp/client.py" "$scenario" "$dir/plain" python3 "$mcp/server.py" >plain.out 2>&1
	timeout 120 python3 "$mcp/client.py" "$scenario" "$dir/through" "$PARE" mcp "$@" -- python3 "$mcp/server.py" >through.out 2>&1
	: >found
	for file in sent seen got said status; do
		cmp "plain/$file" "through/$file" >>found 2>&1
	done
	[ -s plain/got ] && [ -s plain/status ] || { echo "the client failed:"; cat plain.out through.out; } >>found
	clean "$scenario: the same bytes both ways, on standard error, and the same end"
}
rows() { sqlite3 "$PARE_DB" "SELECT $1 FROM calls WHERE run = (SELECT uuid FROM run ORDER BY id DESC LIMIT 1) ORDER BY seq"; }
gaps() {
	sqlite3 "$PARE_DB" "SELECT word.text || ' ' || CAST(name.bytes AS TEXT) || ' ' || count FROM gap JOIN name ON name.id = gap.detail
		JOIN word ON word.list = 'gap' AND word.code = gap.kind WHERE run = (SELECT max(id) FROM run) AND word.text != 'tools-only' ORDER BY 1"
}
# has NAME LINE...: the calls, as tool, status, arguments.
has() {
	name=$1
	shift
	printf '%s\n' "$@" >want
	rows "CAST(tool AS TEXT) || ' ' || status || ' ' || CAST(arguments AS TEXT)" >have
	same "$name" want have
}
has_gaps() {
	name=$1
	shift
	[ $# = 0 ] || printf '%s\n' "$@" >want
	[ $# -gt 0 ] || : >want
	gaps >have
	same "$name" want have
}

talk calls
has "calls: each with its arguments and what came of it" 'fixture/echo ok {"text": "hello"}' 'fixture/echo ok {"text": "again"}' \
	'fixture/echo ok {"text": "number"}' 'fixture/fail tool-error {}' 'fixture/nothing protocol-error {}' 'fixture/echo ok {}'
rows "ifnull(CAST(caller AS TEXT), '-')" | head -3 >have
printf 'toolu_1\ncall_2\n-\n' >want
same "what the agent calls them itself" want have
rows "ended >= started AND sent > 60 AND received > 40" | sort -u >have
echo 1 >want
same "how long they took and how large they were" want have
rows "length(ifnull(digest, '')) || ' ' || ifnull(CAST(annotations AS TEXT), '-')" | sed -n '1p;4p;5p' >have
printf '%s\n' '64 {"openWorldHint":false,"readOnlyHint":true}' '64 ' '0 -' >want
same "what the server had said of the tool" want have
has_gaps "nothing else is missing"
status "the run is whole" 0 "$PARE" show last
says "it is the client's" "tester, run" "$dir/out"
says "and shows what was called" "fixture/echo  4 calls: 4 ok" "$dir/out"
says "it ended as the server did" "exit 7" "$dir/out"
"$PARE" dump last | jq -r '[.resource, .action, .name, .outcome, .count, .via] | map(tostring) | join(" ")' | sort >have
printf '%s\n' 'tool call fixture/echo ok 4 tool' 'tool call fixture/fail ok 1 tool' 'tool call fixture/nothing failed 1 tool' >want
same "each is an access" want have
status "the chain of seals holds" 0 "$PARE" fsck
status "a policy can be proposed" 0 "$PARE" propose --agent tester -o policy.xml
says "with the tools" 'fixture/echo' policy.xml
status "and allows what was done" 0 "$PARE" check policy.xml last

talk interleaved --agent named --server files
has "interleaved: ids of both types, each its own" 'files/hold ok {}' 'files/hold ok {}' 'files/hold ok {}' 'files/release ok {}'
rows "ended" >have
sort -n have | tac | cmp - have >/dev/null 2>&1 || { tail -1 have; head -3 have | tac; } | sort -nc 2>found
clean "they ended in the order of the answers"
status "the names given are those shown" 0 "$PARE" show last
says "agent" "named, run" "$dir/out"
says "and server" "task files" "$dir/out"

talk cancelled
has "cancelled: what nobody waits for any more, and what was never answered" 'fixture/hold cancelled {}' 'fixture/hold ok {}' \
	'fixture/release ok {}' 'fixture/hold unknown {}'
rows "received > 0" | tr '\n' ' ' >have
printf '1 1 1 0 ' >want
same "a late answer is still counted" want have

talk asked
has "asked: requests of the server have ids of their own; a call that wants input is one call" \
	'fixture/ask ok {"method": "sampling/createMessage"}' 'fixture/ask ok {"method": "elicitation/create"}' \
	'fixture/ask ok {"method": "roots/list"}' 'fixture/input ok {"for": 1}'
has_gaps "and are no gap"

talk changed
sqlite3 "$PARE_DB" "SELECT tool || ' ' || change || ' ' || replace(differs, char(10), ' ') FROM tools
	WHERE run = (SELECT uuid FROM run ORDER BY id DESC LIMIT 1) AND seq > 8 ORDER BY seq" >have
printf '%s\n' 'fixture/echo changed /description /inputSchema/properties ' 'fixture/new listed ' 'fixture/old gone ' >want
same "changed: what is other in the list, once, over its pages" want have
rows "CAST(tool AS TEXT) || ' ' || (digest = (SELECT digest FROM tools WHERE change = 'changed' ORDER BY rowid DESC LIMIT 1))" >have 2>/dev/null ||
	rows "CAST(tool AS TEXT) || ' ' || (digest = (SELECT max(digest) FILTER (WHERE change = 'changed') FROM tools))" >have
printf '%s\n' 'fixture/echo 0' 'fixture/change 0' 'fixture/echo 1' >want
same "a call is of the definition that held then" want have

cp "$PARE_DB" altered.db
cp "$PARE_DB-wal" altered.db-wal 2>/dev/null
sqlite3 altered.db "UPDATE tool SET differs = x'' WHERE seq = 9"
status "what a server said of its tools is sealed" 3 "$PARE" fsck --db "$dir/altered.db"

talk large
rows "CAST(tool AS TEXT) || ' ' || status || ' ' || length(arguments) || ' ' || (sent + received)" | sed -E 's/ [0-9]+([0-9]{5})$/ \1/' | cut -d' ' -f1-3 >have
printf '%s\n' 'fixture/echo ok 4096' 'fixture/big ok 18' 'fixture/big ok 18' 'fixture/echo ok 4096' 'fixture/echo ok 17' >want
same "large: of too long arguments there is the head" want have
rows "max(sent, received) >> 20" | tr '\n' ' ' >have
printf '10 10 20 20 0 ' >want
same "the sizes are those of the whole" want have
has_gaps "what was not kept whole is told" 'long-message fixture/echo 2' 'long-message of the client: a message 1' 'long-message of the server: a message 2'

talk malformed
has "malformed: what is around it is recorded" 'fixture/garbage ok {}' 'fixture/echo ok {"text": "still there"}'
has_gaps "and it is a gap" 'unread-message of the client: a line that did not end 1' 'unread-message of the client: a line that is no JSON 4' \
	'unread-message of the client: a line that is no message 1' 'unread-message of the server: a line that is no JSON 1'

talk batch
has "batch: each of its calls" 'fixture/echo ok {"text":"a"}' 'fixture/fail tool-error {}'
talk pieces
has "pieces: a message may come a byte at a time" 'fixture/echo ok {"text":"slow"}'
talk early
has "early: the server ends within a message" 'fixture/half unknown {}'
has_gaps "which is a gap" 'unread-message of the server: a line that did not end 1'
talk closed
has "closed: the server says nothing more" 'fixture/close unknown {}'
talk signals
has "signals: they reach the server, once" 'fixture/echo ok {}'
talk slow
rows "status" | sort | uniq -c | sed 's/^ *//' >have
echo "16 ok" >want
same "slow: nobody reads for a while, and nothing is lost" want have

# Recorded itself, the proxy hands on the same.
timeout 120 "$PARE" record --quiet --agent outer -- python3 "$mcp/client.py" calls "$dir/through" "$PARE" mcp --agent inner -- python3 "$mcp/server.py" >out 2>&1
timeout 120 python3 "$mcp/client.py" calls "$dir/plain" python3 "$mcp/server.py" >>out 2>&1
: >found
for file in sent seen got status; do
	cmp "plain/$file" "through/$file" >>found 2>&1
done
clean "within a recording, the same bytes both ways"
sqlite3 "$PARE_DB" "SELECT agent, count(*) FROM calls WHERE agent IN ('inner', 'outer') GROUP BY agent" >have
echo 'inner|6' >want
same "and the calls are in a run of their own" want have

# A process that is killed takes the server with it, and what it has recorded is there.
talk killed
status "killed: the run is incomplete" 0 "$PARE" show last
says "and says so" "incomplete" "$dir/out"
has "with all that was called" 'fixture/echo ok {"text": "last"}' 'fixture/hold unknown {}' 'fixture/echo ok {"text": "very last"}'
sleep 0.2
if pgrep -f "$mcp/server.py" >found; then :; fi
clean "no server is left behind"

MY_TOKEN=Zq9-from-the-environment-77
export MY_TOKEN
talk secrets
rows "CAST(arguments AS TEXT)" | sed 's/secret:[0-9a-f]\{8\}/S/g' >have
echo '{"text":"curl -H '"'Authorization: Bearer [S]'"' https://a.test","password":"[S]","argv":["mysql","--password","[S]"],"nested":{"API_KEY":"[S]"},"list":["postgres://u:[S]@db/x",1],"pin_password":"[S]","env":"[S]","max_tokens":100,"plain":"nothing"}' >want
same "secrets: fingerprints in their place" want have
cat "$PARE_DB"* | grep -a -c -e hunter2 -e s3cr3t-words -e pa55w0rd -e Zq9-from -e 0123456789abcdef01 -e abcdefghijklmnop1234 >found
echo 0 | cmp -s - found && : >found
clean "none of them is anywhere in the store"

# How much longer a call takes, in microseconds at the median.
for how in plain through; do
	set --
	[ $how = plain ] || set -- "$PARE" mcp --
	timeout 60 python3 "$mcp/client.py" many "$dir/$how" "$@" python3 "$mcp/server.py"
done >took
echo "# a call at the median, without and with: $(paste -sd' ' took) microseconds"
ok "a call takes less than 100 microseconds more" awk 'NR == 1 { plain = $1 } NR == 2 { exit !($1 - plain < 100) }' took

# The store never comes between them.
sqlite3 "$PARE_DB" >locked 2>&1 <<END &
BEGIN EXCLUSIVE;
.shell sleep 4
COMMIT;
END
locker=$!
sleep 0.5
timeout 60 python3 "$mcp/client.py" many "$dir/through" "$PARE" mcp -- python3 "$mcp/server.py" >took &
talker=$!
sleep 2.5
grep -c '"id":3000,' through/got >have 2>/dev/null
echo 1 >want
same "3000 calls go through while the store is locked" want have
wait "$talker" "$locker"
rows "status" | uniq -c | sed 's/^ *//' >have
echo "3000 ok" >want
same "and are recorded when it is free" want have

PARE_DB=/proc/nowhere/pare.db
talk_unstored() {
	timeout 60 python3 "$mcp/client.py" calls "$dir/unstored" "$PARE" mcp -- python3 "$mcp/server.py" >out 2>&1
	timeout 60 python3 "$mcp/client.py" calls "$dir/plain" python3 "$mcp/server.py" >out 2>&1
	: >found
	for file in sent seen got status; do
		cmp "plain/$file" "unstored/$file" >>found 2>&1
	done
	clean "with no store at all the bytes are the same"
	says "which is said" "pare: " unstored/said
}
talk_unstored
PARE_DB=$dir/pare.db

status "what is not there cannot be started" 127 "$PARE" mcp -- "$dir/nothing"
echo "#!/bin/sh" >bad
status "what cannot be executed neither" 126 "$PARE" mcp -- "$dir/bad"
status "a server is needed" 125 "$PARE" mcp
status "its name has no slash" 125 "$PARE" mcp --server a/b -- true
finish
