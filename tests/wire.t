#!/bin/sh
# Hosts are named by what passes on the wire: each row of the table is a client in a network
# namespace, with a resolver and servers of the test's own, and the connection it must be seen to make.
. "$(dirname "$0")/lib.sh"
alone "names of hosts" "needs root, for a network namespace"
ip -6 addr add 2001:db8::1/128 dev lo nodad
serve_names '127.0.0.1 localhost\n192.0.2.1 fixed4.example.test\n2001:db8::1 fixed6.example.test\n'
command -v gtlsserver >/dev/null && gtlsserver -q '*' 443 key.pem cert.pem >quic 2>&1 &
quic=$!
trap 'kill $servers $quic 2>/dev/null; umount /etc/hosts; chmod -R u+rwX "$dir" 2>/dev/null; rm -rf "$dir"' EXIT
wait_ready ready
says "the servers are ready" ready ready

# Clients of our own: one whose C library is not the usual one, and one that sends by io_uring alone.
musl-gcc -static -O1 -o get "$root/fixtures/names/get.c" 2>/dev/null
cc -std=gnu17 -D_GNU_SOURCE -I "$root/tests/calls" -o ring_get "$root/fixtures/names/ring_get.c" ||
	fail "the client that uses io_uring can be built"
./ring_get v4.x.example.test 2>/dev/null || rm -f ring_get

# why COMMAND: what is missing where it is.
why() {
	case $1 in
	./get) echo "there is no musl-gcc (Debian: musl-tools)" ;;
	./ring_get) echo "this kernel does not let programs use io_uring" ;;
	gtlsclient) echo "gtlsclient is not installed (Debian: ngtcp2-client, ngtcp2-server)" ;;
	*) echo "$1 is not installed" ;;
	esac
}

# "NAME PEER OUTCOME" of each connection over TCP, and of what was sent to somebody over UDP.
connections() {
	"$PARE" dump last | jq -r 'select(.resource == "host" and ((.action == "connect" and (.name | startswith("tcp/"))) or .action == "send")) | "\(.name) \(.peer) \(.outcome)"' | sort -u
}

# A client that is not installed is skipped.
client() { # NAME PEER COMMAND...
	name=$1 peer=$2
	shift 2
	if ! command -v "$1" >/dev/null; then
		skip "$1: $name" "$(why "$1")"
		return
	fi
	timeout 20 "$PARE" record --quiet --io-uring=allow -- "$@" >out 2>err </dev/null
	connections >have
	if grep -q "^$name $peer ok$" have; then
		pass "$(basename "$1"): $name at $peer"
	else
		{ echo "no $name $peer of: $*"; cat have err; } >why
		fail "$(basename "$1"): $name at $peer" why
	fi
}

v4=192.0.2.1 v6='\[2001:db8::1\]'
python='import ssl, sys, urllib.request as r; r.urlopen(sys.argv[1], context=ssl._create_unverified_context())'
fetch='fetch(process.argv[1]).then(r => r.text())'
perl='use IO::Socket::IP; my $s = IO::Socket::IP->new(PeerHost => $ARGV[0], PeerPort => $ARGV[1], GetAddrInfoFlags => 0) or die; print $s "GET / HTTP/1.0\r\nHost: $ARGV[0]\r\n\r\n"; my @all = <$s>;'
plain='use IO::Socket::IP; my $s = IO::Socket::IP->new(PeerHost => $ARGV[0], PeerPort => $ARGV[1], GetAddrInfoFlags => 0) or die; print $s "hello\r\n\r\n"; my @all = <$s>;'
for family in 4 6; do
	eval "at=\$v$family"
	host=v$family.a$family.example.test
	client "tcp/$host:80" "tcp/$at:80" curl -s "http://$host/"
	client "tcp/$host:443" "tcp/$at:443" curl -sk "https://$host/"
	client "tcp/$host:443" "tcp/$at:443" curl -sk --http1.1 "https://$host/"
	client "tcp/$host:443" "tcp/$at:443" curl -sk --tlsv1.2 --tls-max 1.2 "https://$host/"
	client "tcp/$host:80" "tcp/$at:80" wget -q -O - "http://$host/"
	client "tcp/$host:443" "tcp/$at:443" wget -q --no-check-certificate -O - "https://$host/"
	client "tcp/$host:80" "tcp/$at:80" /usr/bin/python3 -c "$python" "http://$host/"
	client "tcp/$host:443" "tcp/$at:443" /usr/bin/python3 -c "$python" "https://$host/"
	client "tcp/$host:80" "tcp/$at:80" node -e "$fetch" "http://$host/"
	client "tcp/$host:443" "tcp/$at:443" env NODE_TLS_REJECT_UNAUTHORIZED=0 node -e "$fetch" "https://$host/"
	client "tcp/$host:80" "tcp/$at:80" perl -e "$perl" "$host" 80
	client "tcp/$host:80" "tcp/$at:80" perl -e "$plain" "$host" 80
	client "tcp/$host:443" "tcp/$at:443" openssl s_client -connect "$host:443" -servername "$host"
	client "tcp/$host:443" "tcp/$at:443" openssl s_client -connect "$host:443" -noservername
	client "tcp/$host:80" "tcp/$at:80" git ls-remote "http://$host/x.git"
	client "tcp/$host:80" "tcp/$at:80" ./get "$host" 80
	client "tcp/$host:80" "tcp/$at:80" ./get "$host" 80 hello
	client "udp/$host:443" "udp/$at:443" gtlsclient -q --exit-on-all-streams-close "$host" 443 "https://$host/"
	# By QUIC's ClientHello alone, as nobody was asked for the name.
	for version in v1 v2draft; do
		client "udp/fixed$family.example.test:443" "udp/$at:443" gtlsclient -q --exit-on-all-streams-close \
			-v $version "fixed$family.example.test" 443 "https://fixed$family.example.test/"
	done
	client "tcp/alias.v$family.example.test:80" "tcp/192.0.2.1:80" curl -s -4 "http://alias.v$family.example.test/"
	# The program that looks the name up is not the one that connects.
	client "tcp/$host:80" "tcp/$at:80" sh -c "python3 -c 'import socket; socket.getaddrinfo(\"$host\", 80)'; curl -s -H Host: http://$(echo "$at" | tr -d '\\')/"
	# Asked for by its address it has no name.
	client "tcp/$at:80" "tcp/$at:80" curl -s -g "http://$(echo "$at" | tr -d '\\')/"
	# What a client says of a host that it did not look up is all that there is.
	client "tcp/claimed.example.test:80" "tcp/$at:80" curl -s -g -H "Host: claimed.example.test" "http://$(echo "$at" | tr -d '\\')/"
	client "tcp/claimed.example.test:443" "tcp/$at:443" openssl s_client -connect "$(echo "$at" | tr -d '\\'):443" -servername claimed.example.test
done
# A name for an address that resolvers have given another is not believed.
client "tcp/v4.true.example.test:80" "tcp/$v4:80" curl -s -H "Host: false.example.test" http://v4.true.example.test/
# A proxy is connected to as well as what is behind it.
client "tcp/behind.example.test:443" "tcp/192.0.2.1:3128" curl -sk -x http://192.0.2.1:3128 https://behind.example.test/
client "tcp/192.0.2.1:3128" "tcp/192.0.2.1:3128" curl -sk -x http://192.0.2.1:3128 https://behind.example.test/
client "tcp/behind.example.test:80" "tcp/192.0.2.1:3128" curl -s -x http://192.0.2.1:3128 http://behind.example.test/

# By io_uring, named by Host as well as by DNS alone.
client "tcp/v4.ring.example.test:80" "tcp/192.0.2.1:80" ./ring_get v4.ring.example.test
client "tcp/v4.ring.example.test:80" "tcp/192.0.2.1:80" ./ring_get v4.ring.example.test hello
if [ -x ring_get ]; then
	"$PARE" dump last | jq -r 'select(.action == "resolve") | "\(.name) \(.peer) \(.outcome) \(.count)"' >have
	echo "dns/v4.ring.example.test:53 udp/192.0.2.53:53 ok 1" >want
	same "and what it asked is known" want have
fi

# One socket, which is connected to nobody, asks for both kinds of address.
if [ -x get ]; then
	for host in v4 v6 both; do
		"$PARE" record --quiet -- ./get $host.asked.example.test 80 >out
		"$PARE" dump last | jq -r 'select(.action == "resolve") | "\(.name) \(.peer) \(.outcome) \(.count)"' >have
		echo "dns/$host.asked.example.test:53 udp/192.0.2.53:53 ok 2" >want
		same "musl asks for A and AAAA of $host" want have
	done
	"$PARE" record --quiet -- ./get missing.invalid 80 2>/dev/null
	"$PARE" dump last | jq -r 'select(.action == "resolve") | "\(.name) \(.peer) \(.outcome) \(.count)"' >have
	echo "dns/missing.invalid:53 udp/192.0.2.53:53 absent 2" >want
	same "musl asks for what is not there" want have
else
	skip "what musl asks" "$(why ./get)"
fi

"$PARE" record --quiet -- curl -s http://missing.invalid/ >/dev/null
"$PARE" dump last | jq -r 'select(.action == "resolve") | "\(.name) \(.peer) \(.outcome) \(.via)"' | sort -u >have
says "a name that is not there is absent" "dns/missing.invalid:53 udp/192.0.2.53:53 absent wire" have
"$PARE" record --quiet -- curl -s http://v4.asked.example.test/ >/dev/null
"$PARE" dump last | jq -r 'select(.action == "resolve") | "\(.name) \(.outcome)"' | sort -u >have
says "a name that is there is resolved" "dns/v4.asked.example.test:53 ok" have

# A policy has what is looked up beside what is connected to, also where the name is an odd one.
cat >odd.py <<-'END'
	import socket, struct
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.settimeout(5)
	for name in b"a b", b"*", b"x.y", b"back\\slash", b"slash/", b"\xff\0", b"[a-z]?":
	    labels = b"".join(bytes([len(l)]) + l for l in (name, b"example", b"test"))
	    s.sendto(struct.pack("!6H", 1, 256, 1, 0, 0, 0) + labels + b"\0\0\1\0\1", ("192.0.2.53", 53))
	    s.recv(512)
END
lookups() { # AGENT NAME: what it does each time
	"$PARE" record --quiet --agent "$1" -- sh -c "curl -s http://$2/ >/dev/null; /usr/bin/python3 odd.py"
}
lookups names v4.policy.example.test
"$PARE" dump last | jq -r 'select(.action == "resolve") | "\(.name) \(.outcome)"' | sort >have
says "a name that was looked up is in the evidence" "dns/v4.policy.example.test:53 ok" have
status "what was looked up becomes a policy" 0 "$PARE" propose --agent names -o policy.xml
xmllint --xpath "count(//*[local-name()='rule'][@action='resolve'])" policy.xml >got 2>&1
grep -c " ok$" have >want
same "with a rule for each name" want got
says "that is literal" "<pattern>dns/v4.policy.example.test:53</pattern>" policy.xml
says "as is that of its connection" "<pattern>tcp/v4.policy.example.test:80</pattern>" policy.xml
lookups names v4.policy.example.test
status "which admits the same again" 0 "$PARE" check policy.xml last
lookups names v4.further.example.test
status "and no other name" 3 "$PARE" check policy.xml last
says "to be looked up" "host resolve dns/v4.further.example.test:53" out
says "or to be connected to" "host connect tcp/v4.further.example.test:80" out
status "and is exported" 0 "$PARE" export --to bwrap --losses policy.xml
ok "the database is sound" "$PARE" fsck

# What is written to a socket that was open before is seen on the wire alone.
cat >before.py <<-'END'
	import os, socket, sys
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.connect(("192.0.2.1", 9999))
	s.set_inheritable(True)
	os.execvp(sys.argv[1], sys.argv[1:] + ["sh", "-c",
	    f"curl -s http://v4.x.example.test/; for i in 1 2 3 4 5 6 7 8; do echo hello >&{s.fileno()}; sleep 0.3; done"])
END
/usr/bin/python3 before.py "$PARE" record --quiet -- >/dev/null 2>err
"$PARE" show last --json | jq -r '.not_seen[]? | "\(.kind) \(.first_detail)"' >have
says "a socket from before is a gap" "unattributed udp/192.0.2.1:9999" have
"$PARE" record --quiet -- sh -c 'curl -s http://v4.x.example.test/; sleep 1.5' >/dev/null
"$PARE" show last --json | jq -r '.not_seen[]?.kind' >found
clean "nothing else is"

cat >connected.py <<-'END'
	import os, socket, sys
	s = socket.create_connection(("192.0.2.1", 80))
	s.set_inheritable(True)
	os.execvp(sys.argv[1], sys.argv[1:] + ["sh", "-c",
	    f"curl -s http://v4.x.example.test/; for i in 1 2 3 4 5; do echo X-A: a >&{s.fileno()}; sleep 0.3; done"])
END
/usr/bin/python3 connected.py "$PARE" record --quiet -- >/dev/null 2>err
"$PARE" show last --json | jq -r '.not_seen[]? | "\(.kind) \(.first_detail)"' >have
echo "unattributed tcp/192.0.2.1:80" >want
same "a connection from before is a gap" want have

# Frames that it makes itself, with no socket for their port.
cat >packets.py <<-'END'
	import os, socket, sys
	s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x0300)
	s.bind(("lo", 0))
	s.set_inheritable(True)
	os.execvp(sys.argv[1], sys.argv[1:] + ["/usr/bin/python3", "frames.py", str(s.fileno())])
END
cat >frames.py <<-'END'
	import socket, struct, sys, time
	udp = struct.pack("!HHHH", 4444, 9999, 13, 0) + b"hello"
	here = socket.inet_aton("192.0.2.1")
	ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, here, here)
	s = socket.socket(fileno=int(sys.argv[1]))
	socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hi", ("192.0.2.1", 9998))
	for _ in range(8):
	    s.send(bytes(12) + b"\x08\x00" + ip + udp)
	    time.sleep(0.3)
END
/usr/bin/python3 packets.py "$PARE" record --quiet -- >/dev/null 2>err
"$PARE" show last --json | jq -r '.not_seen[]? | "\(.kind) \(.first_detail)"' >have
echo "unattributed udp/192.0.2.1:9999" >want
same "a packet socket from before is a gap, once it is used" want have
cat >idle.py <<-'END'
	import socket, sys, time
	s = socket.socket(fileno=int(sys.argv[1]))
	socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hi", ("192.0.2.1", 9998))
	time.sleep(2.4)
END
sed -i s/frames.py/idle.py/ packets.py
(for i in $(seq 20); do
	curl -s http://192.0.2.1/ >/dev/null
	sleep 0.1
done) &
others=$!
/usr/bin/python3 packets.py "$PARE" record --quiet -- >/dev/null 2>err
wait $others
"$PARE" show last --json | jq -r '.not_seen[]? | "\(.kind) \(.first_detail)"' >found
clean "one that is idle is none, whatever others send"

# 200 clients at once, for 200 names of one address.
cat >many.sh <<-'END'
	for i in $(seq 200); do curl -s "http://v4.n$i.example.test/" >/dev/null & done
	wait
END
timeout 100 "$PARE" record --quiet -- sh many.sh
"$PARE" dump last | jq -r 'select(.action == "connect" and (.name | startswith("tcp/"))) | "\(.argv[-1]) \(.name)"' | sort >have
for i in $(seq 200); do echo "http://v4.n$i.example.test/ tcp/v4.n$i.example.test:80"; done | sort >want
same "200 clients at once: each has its own name" want have
finish
