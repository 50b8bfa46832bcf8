#!/bin/sh
# Hosts have the same names where no packets can be captured: by what passes at the system calls. Each
# client is recorded with the right to capture, and by a user who has not got it.  Names that are
# asked of a relay behind a unix socket are on no wire at all.
# slow
. "$(dirname "$0")/lib.sh"
alone "names of hosts, as a user without CAP_NET_RAW" "needs root, for a network namespace and another user" \
	setpriv --reuid 65534 --regid 65534 --clear-groups true
ip -6 addr add 2001:db8::1/128 dev lo nodad
serve_names '127.0.0.1 localhost\n192.0.2.1 fixed.example.test\n' /usr/bin/python3
/usr/bin/python3 "$root/fixtures/names/relay.py" relay.sock 1080 >relay-ready 2>relays &
relay=$!
trap 'kill $servers $relay 2>/dev/null; umount /etc/hosts; chmod -R u+rwX "$dir" 2>/dev/null; rm -rf "$dir"' EXIT
wait_ready ready relay-ready
says "the servers are ready" ready ready
cp "$PARE" pare
mkdir user
cp "$root"/fixtures/names/ways.py .
chmod 711 .
chmod 755 pare ways.py
chown 65534:65534 user
chmod 666 relay.sock

# captured COMMAND..., heard COMMAND...: records it with the right to capture packets, and without.
captured() {
	unset without
	PARE_DB=$dir/pare.db
	timeout 30 ./pare record --quiet $mode -- "$@" >out 2>err </dev/null
}
heard() {
	without=1
	PARE_DB=$dir/user/pare.db
	timeout 30 setpriv --reuid 65534 --regid 65534 --clear-groups env HOME="$dir/user" \
		$before ./pare record --quiet $mode -- "$@" >out 2>err </dev/null
}
# What was seen of hosts: "ACTION NAME PEER OUTCOME"
hosts() {
	./pare dump last | jq -r 'select(.resource == "host") | "\(.action) \(.name) \(.peer) \(.outcome)"' | sort -u
}
# "KIND DETAIL" of what was not seen, but for the reason itself.
gaps() {
	./pare show last --json | jq -r '.not_seen[]? | "\(.kind) \(.first_detail)"' | grep -v '^no-capture CAP_NET_RAW$'
}

# client NAME COMMAND...: both ways see the connection to NAME; not a client that is not installed.
client() {
	name=$1
	shift
	if ! command -v "$1" >/dev/null; then
		skip "$1: $name" "$1 is not installed"
		return
	fi
	captured "$@"
	{ hosts; gaps; } >want
	heard "$@"
	{ hosts; gaps; } >have
	if grep -q "^connect $name " want; then
		same "$(basename "$1"): $name" want have
	else
		fail "$(basename "$1"): $name is seen on the wire" want
	fi
}

many='import asyncio, sys
async def one(name):
    reader, writer = await asyncio.open_connection(name, 80)
    writer.write(f"GET / HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
    await reader.read()
    writer.close()
async def all(): await asyncio.gather(*map(one, sys.argv[1:]))
asyncio.run(all())'
python='import ssl, sys, urllib.request as r; r.urlopen(sys.argv[1], context=ssl._create_unverified_context())'
fetch='fetch(process.argv[1]).then(r => r.text())'
for family in 4 6; do
	host=v$family.a$family.example.test
	client "tcp/$host:80" curl -s "http://$host/"
	client "tcp/$host:443" curl -sk "https://$host/"
	client "tcp/$host:443" curl -sk --tlsv1.2 --tls-max 1.2 "https://$host/"
	client "tcp/$host:80" wget -q -O - "http://$host/"
	client "tcp/$host:443" wget -q --no-check-certificate -O - "https://$host/"
	client "tcp/$host:80" /usr/bin/python3 -c "$python" "http://$host/"
	client "tcp/$host:443" /usr/bin/python3 -c "$python" "https://$host/"
	client "tcp/$host:80" node -e "$fetch" "http://$host/"
	client "tcp/$host:443" env NODE_TLS_REJECT_UNAUTHORIZED=0 node -e "$fetch" "https://$host/"
	client "tcp/$host:443" openssl s_client -connect "$host:443" -noservername
	client "tcp/$host:80" git ls-remote "http://$host/x.git"
done
# Many at once, whose names other threads look up.
client tcp/v4.many9.example.test:80 /usr/bin/python3 -c "$many" $(seq -f v4.many%g.example.test 40)
client tcp/alias.v4.example.test:80 curl -s -4 http://alias.v4.example.test/
client tcp/192.0.2.1:80 curl -s http://192.0.2.1/
client tcp/claimed.example.test:80 curl -s -H "Host: claimed.example.test" http://192.0.2.1/
client tcp/v4.true.example.test:80 curl -s -H "Host: false.example.test" http://v4.true.example.test/
client tcp/behind.example.test:443 curl -sk -x http://192.0.2.1:3128 https://behind.example.test/
client tcp/behind.example.test:80 curl -s -x http://192.0.2.1:3128 http://behind.example.test/
client tcp/behind.example.test:80 curl -s --socks5-hostname 192.0.2.1:1080 http://behind.example.test/
client tcp/behind.example.test:80 curl -s --socks4a 192.0.2.1:1080 http://behind.example.test/
client tcp/192.0.2.77:80 curl -s --socks5 192.0.2.1:1080 http://192.0.2.77/
client tcp/192.0.2.53:53 /usr/bin/dig +tcp v4.dig.example.test
client "tcp/v4.dig.example.test:80" sh -c 'dig v4.dig.example.test >/dev/null; curl -s -H Host: http://192.0.2.1/'
client "tcp/v4.dig.example.test:80" sh -c 'dig +tcp v4.dig.example.test >/dev/null; curl -s -H Host: http://192.0.2.1/'
client tcp/dns.google:443 curl -sk --resolve dns.google:443:192.0.2.1 https://dns.google/dns-query
says "DNS over HTTPS is a gap" "encrypted-dns tcp/dns.google:443 (DNS over HTTPS)" have
client tcp/dot.example.test:443 openssl s_client -connect 192.0.2.1:443 -alpn dot -servername dot.example.test
says "DNS over TLS is a gap" "encrypted-dns tcp/dot.example.test:443 (DNS over TLS)" have

# How the bytes come to the socket: each way is seen, or said not to be.
for way in send write writev sendmsg dup fork exec pass thread waiting; do
	for mode in "" --strict; do
		heard /usr/bin/python3 ways.py $way
		{ hosts | grep ^connect; gaps; } >have
		echo "connect tcp/$way.example.test:80 tcp/192.0.2.1:80 ok" >want
		# Who receives a socket has it by its address, too.
		[ $way != pass ] || sed -i '1i connect tcp/192.0.2.1:80 tcp/192.0.2.1:80 ok' want
		same "$way${mode:+, strict}" want have
	done
done
mode=
heard /usr/bin/python3 ways.py waiting
says "a wait is not ended by an interruption of ours" "waited: 1" out
heard /usr/bin/python3 ways.py timed
says "nor is one that has an end" "waited: 1" out
for way in timed ended replaced; do
	heard /usr/bin/python3 ways.py $way
	gaps >have
	says "what such a thread says is a gap: $way" "unreadable what was said to tcp/192.0.2.1:80" have
done
heard /usr/bin/python3 ways.py splice
gaps >have
says "splice: what could not be seen is a gap" "unreadable what was said to tcp/192.0.2.1:80" have
heard /usr/bin/python3 ways.py silent
gaps >found
clean "nothing was said, and nothing is missed"
heard /usr/bin/python3 ways.py busy
gaps >have
says "a program that does much before it says anything is let go" "unreadable what was said to tcp/192.0.2.1:80" have

# A container may forbid to look at sockets of others.
cp "$BUILD/fixtures/forbid" forbid
chmod 755 forbid
before="./forbid descriptors --"
heard sh -c 'curl -s http://v4.one.example.test/ & curl -sk https://v4.two.example.test/ & wait'
{ hosts | grep tcp/; gaps; } >have
printf 'connect tcp/v4.%s.example.test:%s tcp/192.0.2.1:%s ok\n' one 80 80 two 443 443 >want
same "where containers forbid to look at sockets" want have
heard /usr/bin/python3 ways.py relay "CONNECT tunnel.example.test:8443 HTTP/1.1" "$dir/relay.sock"
hosts >have
echo "connect tcp/tunnel.example.test:8443 unix:$dir/relay.sock ok" >want
same "relays, there, too" want have
before=

# What is asked of a relay behind a unix socket, whether or not packets are captured.
for how in captured heard; do
	for mode in "" --strict; do
		$how curl -s --socks5-hostname "localhost$dir/relay.sock" http://hidden.example.test/
		hosts >have
		says "$how${mode:+, strict}: SOCKS over a unix socket" \
			"connect tcp/hidden.example.test:80 unix:$dir/relay.sock ok" have
		$how /usr/bin/python3 ways.py relay "CONNECT tunnel.example.test:8443 HTTP/1.1" "$dir/relay.sock"
		hosts >have
		echo "connect tcp/tunnel.example.test:8443 unix:$dir/relay.sock ok" >want
		same "$how${mode:+, strict}: CONNECT over a unix socket" want have
	done
	mode=
	$how /usr/bin/python3 ways.py relay "GET http://absolute.example.test/ HTTP/1.1" "$dir/relay.sock"
	hosts >have
	echo "connect tcp/absolute.example.test:80 unix:$dir/relay.sock ok" >want
	same "$how: an absolute URI over a unix socket" want have
	$how curl -s --unix-socket "$dir/relay.sock" http://docker/info
	hosts >found
	gaps | grep -v encrypted >>found
	clean "$how: a service behind a unix socket is no host"
	$how curl -s --socks5-hostname "localhost$dir/relay.sock" http://hidden.example.test/
	"$PARE" show last --json | jq -r '.hosts[] | select(.relay) | "\(.name) \(.source) \(.peer) \(.relay) \(.count) \(.sent)"' >have
	echo "tcp/hidden.example.test:80 socks unix:$dir/relay.sock unix:$dir/relay.sock 1 null" >want
	same "$how: the relay is in the table of connections" want have
done

# 100 clients at once, for as many names of one address.
cat >many.sh <<-'END'
	for i in $(seq 100); do curl -s "http://v4.n$i.example.test/" >/dev/null & done
	wait
END
chmod 644 many.sh
heard sh many.sh
./pare dump last | jq -r 'select(.action == "connect" and (.name | startswith("tcp/"))) | "\(.argv[-1]) \(.name)"' | sort >have
for i in $(seq 100); do echo "http://v4.n$i.example.test/ tcp/v4.n$i.example.test:80"; done | sort >want
same "100 clients at once: each has its own name" want have
ok "the database is sound" ./pare fsck
finish
