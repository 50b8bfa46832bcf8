#!/bin/sh
# The table of connections: who named each host, what DNS was asked, through which proxy, how many
# bytes passed.  In a network namespace, with servers of the test's own.
. "$(dirname "$0")/lib.sh"
alone "connections" "needs root, for a network namespace"
serve_names '127.0.0.1 localhost\n192.0.2.1 fixed.example.test other.example.test # ours\n'
python3 "$root/fixtures/names/sizes.py" >ready2 2>sent &
servers="$servers $!"
trap 'kill $servers 2>/dev/null; umount /etc/hosts; chmod -R u+rwX "$dir" 2>/dev/null; rm -rf "$dir"' EXIT
wait_ready ready ready2
says "the servers are ready" ready ready
says "all of them" ready ready2

# "NAME SOURCE QUESTION PEER RELAY COUNT" of each connection over TCP and QUIC.
connections() {
	"$PARE" show last --json |
		jq -r '.hosts[] | select(.protocol != "udp") | "\(.name) \(.source) \(.question) \(.peer) \(.relay) \(.count)"' | sort -u
}

# connects "LINE..." COMMAND...: exactly these connections.
connects() {
	printf '%s\n' "$1" >want
	shift
	timeout 20 "$PARE" record --quiet -- "$@" >out 2>err </dev/null
	connections >have
	same "$(basename "$1"): $(head -1 want)" want have
}

at=tcp/192.0.2.1
plain='use IO::Socket::IP; my $s = IO::Socket::IP->new(PeerHost => $ARGV[0], PeerPort => $ARGV[1], GetAddrInfoFlags => 0) or die; print $s "hello\r\n\r\n"; my @all = <$s>;'
connects "tcp/v4.a.example.test:443 sni v4.a.example.test $at:443 null 1" curl -sk https://v4.a.example.test/
connects "tcp/v4.a.example.test:80 host v4.a.example.test $at:80 null 1" curl -s http://v4.a.example.test/
connects "tcp/alias.v4.example.test:80 host alias.v4.example.test $at:80 null 1" curl -s -4 http://alias.v4.example.test/
connects "tcp/v4.a.example.test:80 dns v4.a.example.test $at:80 null 1" perl -e "$plain" v4.a.example.test 80
connects "tcp/192.0.2.1:80 address null $at:80 null 1" curl -s http://192.0.2.1/
connects "tcp/claimed.example.test:443 sni null $at:443 null 1" openssl s_client -connect 192.0.2.1:443 -servername claimed.example.test
# A proxy, by its address and by a name.
connects "tcp/behind.example.test:443 connect null $at:3128 $at:3128 1" curl -sk -x http://192.0.2.1:3128 https://behind.example.test/
connects "tcp/behind.example.test:443 connect v4.proxy.example.test $at:3128 $at:3128 1" curl -sk -x http://v4.proxy.example.test:3128 https://behind.example.test/
connects "tcp/behind.example.test:80 socks null $at:1080 $at:1080 1" curl -s -x socks5h://192.0.2.1:1080 http://behind.example.test/
# hosts(5) names what nobody else does, and only to who read it.
connects "tcp/fixed.example.test:80 hosts null $at:80 null 1" perl -e "$plain" fixed.example.test 80
connects "tcp/fixed.example.test:80 hosts null $at:80 null 1" perl -e "$plain" other.example.test 80
connects "tcp/other.example.test:80 host null $at:80 null 1" curl -s http://other.example.test/
connects "tcp/fixed.example.test:80 hosts null $at:80 null 1
tcp/v4.a.example.test:80 host v4.a.example.test $at:80 null 1" sh -c "curl -s http://v4.a.example.test/; perl -e '$plain' fixed.example.test 80"
connects "tcp/192.0.2.1:80 address null $at:80 null 1" bash -c 'exec 3<>/dev/tcp/192.0.2.1/80; echo hello >&3; echo >&3; cat <&3'
"$PARE" record --quiet --strict -- perl -e "$plain" fixed.example.test 80
connections >have
echo "tcp/fixed.example.test:80 hosts null $at:80 null 1" >want
same "the same where every call is stopped" want have

# Bytes are those of the payload, as the server counts them.
: >sent
size=$("$PARE" record --quiet -- curl -s -o page -w '%{size_download} %{size_header} %{size_request}' http://v4.a.example.test:8080/300000)
"$PARE" show last --json | jq -r '.hosts[] | select(.protocol == "tcp") | "\(.sent) \(.received)"' >have
cut -d' ' -f2,3 sent >want
same "bytes each way" want have
echo "$size" | awk '{ print $3, $1 + $2 }' >want
same "bytes each way, says curl" want have
says "it was much" 300000 sent
"$PARE" dump last | jq -c 'select(.action == "connect" and (.name | startswith("tcp/"))) | [.source, .question, .relay, .sent, .received]' >have
awk '{ printf "[\"host\",\"v4.a.example.test\",null,%s,%s]\n", $2, $3 }' sent >want
same "pare dump has them, too" want have
"$PARE" dump last | jq -c 'select(.resource != "host" and (has("source") or has("sent")))' >found
clean "no other access has"
"$PARE" show last >have
says "pare show has a section of hosts" "Talked with 2 hosts" have
grep -q 'tcp/v4.a.example.test:8080 *host *curl *1 *[0-9]* B *293 KiB *tcp/192.0.2.1:8080' have
ok "with sizes for people" test $? = 0

# The kernel drops packets that come too fast, but those after them tell.
: >sent
"$PARE" record --quiet -- curl -s -o page --limit-rate 20M http://v4.a.example.test:8080/8000000
"$PARE" show last --json | jq -r '.hosts[] | select(.protocol == "tcp") | "\(.sent) \(.received)"' >have
cut -d' ' -f2,3 sent >want
if [ "$(cat have)" = "null null" ]; then
	skip "all of 8 MB" "the kernel dropped the last packets, and so nothing is said"
else
	same "all of 8 MB" want have
fi

udp='import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(("192.0.2.1", 7000)); [(s.send(b"x" * 1000), s.recv(9000)) for i in range(10)]'
"$PARE" record --quiet -- python3 -c "$udp"
"$PARE" show last --json | jq -r '.hosts[] | "\(.protocol) \(.peer) \(.count) \(.sent) \(.received)"' >have
echo "udp udp/192.0.2.1:7000 1 10000 20000" >want
same "bytes of UDP" want have

# QUIC, which is known by its first packets; with a name that DNS was asked for, and with none.
if command -v gtlsserver >/dev/null && command -v gtlsclient >/dev/null; then
	gtlsserver -q '*' 443 key.pem cert.pem >quic 2>&1 &
	servers="$servers $!"
	for i in $(seq 100); do
		! grep -qi ':01BB ' /proc/net/udp /proc/net/udp6 || break
		sleep 0.1
	done
	connects "udp/v4.quic.example.test:443 sni v4.quic.example.test udp/192.0.2.1:443 null 1" \
		gtlsclient -q --exit-on-all-streams-close v4.quic.example.test 443 https://v4.quic.example.test/
	"$PARE" show last --json | jq -r '.hosts[] | select(.protocol == "quic") | "\(.sent) \(.received) \(.measured)"' >have
	ok "whose bytes are counted" grep -E '^[1-9][0-9]{3,} [1-9][0-9]{3,} 1$' have
	connects "udp/fixed.example.test:443 sni null udp/192.0.2.1:443 null 1" \
		gtlsclient -q --exit-on-all-streams-close fixed.example.test 443 https://fixed.example.test/
else
	skip "QUIC" "gtlsclient is not installed (Debian: ngtcp2-client, ngtcp2-server)"
fi

# What is accepted: as many bytes as somebody outside of the recording counts, who comes twice from one
# port, and once from another.
cat >server.py <<-'END'
	import socket, sys
	server = socket.create_server(("192.0.2.1", 8077))
	open("listens", "w").close()
	for i in range(int(sys.argv[1])):
	    c, _ = server.accept()
	    said = b""
	    while not said.endswith(b"."): said += c.recv(100)
	    c.sendall(3 * said)
	    c.close()
END
cat >clients.py <<-'END'
	import socket, struct, time
	for port, size in (6001, 10), (6002, 200), (6001, 3000):
	    s = socket.socket()
	    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	    s.bind(("192.0.2.1", port))
	    s.connect(("192.0.2.1", 8077))
	    s.sendall(b"x" * (size - 1) + b".")
	    while s.recv(9000): pass
	    s.close()
	    time.sleep(0.1)
END
accepts() { # COMMAND...: records the server, and goes there three times
	rm -f listens
	timeout 20 "$@" python3 server.py 3 2>err &
	recorder=$!
	for i in $(seq 100); do
		[ ! -e listens ] || break
		sleep 0.1
	done
	timeout 20 python3 clients.py
	wait $recorder
	"$PARE" show last --json | jq -r '(.hosts[] | "\(.name) \(.source) \(.peer) \(.sent) \(.received) \(.measured)/\(.count)"), (.not_seen[]? | .kind)' | sort >have
}
accepts "$PARE" record --quiet --
at=tcp/192.0.2.1
printf "$at:8077 accepted $at:%s\n" "6001 9030 3010 2/2" "6002 600 200 1/1" >want
same "who has connected, and how much passed" want have
"$PARE" dump last | jq -r 'select(.action == "accept" and .peer != "") | "\(.name) \(.source) \(.peer) \(.sent) \(.received)"' | sort >have
sed 's, ./.$,,' want >want2
same "pare dump has it, too" want2 have
"$PARE" show last >have
ok "to people they are alike" grep -E "^  $at:8077 +accepted +python[0-9.]* +3 +9\.4 KiB +3\.1 KiB\$" have
if setpriv --bounding-set -net_raw --inh-caps -net_raw true 2>/dev/null; then
	accepts setpriv --bounding-set -net_raw --inh-caps -net_raw "$PARE" record --quiet --
	printf "$at:8077 accepted $at:%s\n" "6001 null null 0/2" "6002 null null 0/1" >want
	same "without CAP_NET_RAW it is not known how much, and that is no gap to who only listens" want have
else
	skip "without CAP_NET_RAW" "setpriv is not installed"
fi

# The same port of our own, for one name after the other.
cat >ports.py <<-'END'
	import socket, struct, sys, time
	for i, name in enumerate(sys.argv[1:]):
	    address = socket.getaddrinfo(name, 80, socket.AF_INET, socket.SOCK_STREAM)[0][4]
	    s = socket.socket()
	    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
	    s.bind(("192.0.2.1", 40000))
	    s.connect(address)
	    s.sendall(f"GET / HTTP/1.1\r\nHost: {name}\r\n\r\n".encode() + b" " * i)
	    s.recv(1)
	    s.close()
END
names=$(seq -f v4.n%g.example.test 1 40)
"$PARE" record --quiet -- python3 ports.py $names
connections | cut -d' ' -f1,2,6 | sort >have
for name in $names; do echo "tcp/$name:80 host 1"; done | sort >want
same "one port of our own, 40 names one after the other" want have
"$PARE" dump last | jq -r 'select(.action == "connect" and (.name | startswith("tcp/"))) | "\(.name) \(.count)"' | sort >have
sed 's/ host//' want >want2
same "the accesses have these names, too" want2 have
"$PARE" show last >have
says "no more are shown than fit" "and 29 more" have

# Times are those of the packets, as the run's clock counts them.
"$PARE" record --db at.db --quiet --at 2020-01-01T00:00:00Z -- curl -s http://v4.a.example.test/ >/dev/null
{
	"$PARE" dump --db at.db last | jq -r 'select(.action == "resolve") | .first'
	"$PARE" show --db at.db last --json | jq -r '.hosts[] | .first, .last'
} >have
grep -v '^2020-01-01T00:00:0' have >found
clean "times are those of the run's clock"
ok "all of them" test "$(wc -l <have)" -ge 5
lookup='import socket, time; socket.getaddrinfo("v4.a.example.test", 80); print(int(time.time() * 1000)); time.sleep(1)'
after=$("$PARE" record --quiet -- python3 -c "$lookup")
last=$("$PARE" dump last | jq -r 'select(.action == "resolve") | .last' | sort | tail -1)
ok "a lookup has its packet's time" test "$(date -d "$last" +%s%3N)" -le "$after"

# Many connections to one host are one row.
many='import socket
for i in range(3000):
    s = socket.create_connection(("192.0.2.1", 80))
    s.sendall(b"GET / HTTP/1.0\r\n\r\n")
    while s.recv(100): pass
    s.close()'
timeout 100 "$PARE" record --quiet -- python3 -c "$many"
connections >have
echo "tcp/192.0.2.1:80 address null tcp/192.0.2.1:80 null 3000" >want
same "3000 connections to one host are one row" want have

# What was known is there after a kill.
"$PARE" record --quiet -- sh -c 'curl -s http://v4.a.example.test/; sleep 60' >/dev/null 2>&1 &
recorder=$!
for i in $(seq 100); do
	sleep 0.1
	connections 2>/dev/null | grep -q 'v4.a.example.test:80 host' && break
done
sleep 0.2
kill -9 $recorder
wait $recorder 2>/dev/null
connections >have
echo "tcp/v4.a.example.test:80 host v4.a.example.test $at:80 null 1" >want
same "after the recorder was killed" want have

# Without packets: the address, and no sizes.
if setpriv --bounding-set -net_raw --inh-caps -net_raw true 2>/dev/null; then
	setpriv --bounding-set -net_raw --inh-caps -net_raw "$PARE" record --quiet -- python3 -c "$udp" 2>err
	"$PARE" show last --json | jq -r '.hosts[] | "\(.name) \(.source) \(.count) \(.measured) \(.sent) \(.received)"' >have
	echo "udp/192.0.2.1:7000 address 1 0 null null" >want
	same "without CAP_NET_RAW bytes are not known" want have
else
	skip "without CAP_NET_RAW" "setpriv is not installed"
fi

sqlite3 "$PARE_DB" "SELECT DISTINCT protocol, source, name FROM connections WHERE CAST(name AS TEXT) LIKE '%fixed%'" >have
says "the view says it in words" "tcp|hosts|tcp/fixed.example.test:80" have
ok "the database is sound" "$PARE" fsck
sqlite3 "$PARE_DB" "UPDATE connection SET received = received + 1 WHERE run = 2"
status "a changed row is noticed" 3 "$PARE" fsck
says "by its run" "was altered after it was sealed" out
finish
