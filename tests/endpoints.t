#!/bin/sh
# Hosts of a policy: a port of the agent's own server varies, a resolver's probe is no need.
. "$(dirname "$0")/lib.sh"

cat >"$dir/serve.py" <<'END'
import socket, sys
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen()
port = int(sys.argv[1]) if sys.argv[1:] else server.getsockname()[1]
socket.create_connection(("127.0.0.1", port)).close()
probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
probe.connect(("127.0.0.1", 5353))
END
work() {
	"$PARE" record --quiet --agent ada -- python3 "$dir/serve.py" "$@" >"$dir/run.out" 2>&1
}
for run in 1 2 3; do
	work || cat "$dir/run.out"
done
policy=$dir/policy.xml
status "three runs that each serve at another port" 0 "$PARE" propose --preset balanced -o "$policy"
says "... make one rule for the ports that a run serves at" '<pattern>tcp/127.0.0.1:{digit:' "$policy"
grep 'resource="host" action="connect"' "$policy" >"$dir/connect"
says "... which holds for these alone" 'own="true"' "$dir/connect"
says_not "a socket that sent nothing is no need" "udp/127.0.0.1:5353" "$policy"
says "... and counted" "only connected, as resolvers do" "$dir/err"
work
status "a fourth run at yet another port fits" 0 "$PARE" check "$policy" last
python3 -c '
import socket, sys
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
print(s.getsockname()[1], flush=True)
s.accept(); s.accept()' >"$dir/port" &
other=$!
while ! [ -s "$dir/port" ]; do sleep 0.1; done
work "$(cat "$dir/port")"
kill "$other" 2>/dev/null
status "who connects to another's port does not" 3 "$PARE" check "$policy" last
says "... as check says" "host connect tcp/127.0.0.1:$(cat "$dir/port")" "$dir/out"
status "the ports of others stay exact" 0 "$PARE" propose --preset literal -o "$dir/literal.xml"
says_not "... as all are in the literal policy" "{digit" "$dir/literal.xml"

finish
