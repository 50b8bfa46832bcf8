#!/bin/sh
# Sends that succeed and yet never reach the wire, each by a way of the kernel's to lose them, in a
# network namespace; and those that only look so.
. "$(dirname "$0")/lib.sh"
alone "sends that are not seen" "needs root, for a network namespace"
ip -6 addr add 2001:db8::1/128 dev lo nodad
ip link add veth0 type veth peer name veth1
ip link set veth0 up
ip link set veth1 up
ip addr add 192.0.2.1/24 dev veth0
ip route add blackhole 198.51.100.0/25
ip route add unreachable 198.51.100.128/25

# send.py HOW HOST PORT: sends without asking anyone, by UDP or TCP.
cat >send.py <<-'END'
	import socket, sys, time
	how, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
	family = socket.AF_INET6 if ":" in host else socket.AF_INET
	kind = socket.SOCK_DGRAM if how.startswith("udp") else socket.SOCK_STREAM
	s = socket.socket(family, kind)
	try:
	    if how == "udp":
	        s.sendto(b"hello", (host, port))
	    elif how == "udp-connect":
	        s.connect((host, port))
	    elif how == "udp-message":
	        s.sendmsg([b"hello"], [], 0, (host, port))
	    else:
	        s.setblocking(False)
	        s.connect_ex((host, port))
	except OSError:
	    pass
	time.sleep(0.4)
END

# sends NAME WANT HOW HOST PORT: the gap is there, under the address and once, or (WANT "") is not.
sends() {
	name=$1 want=$2
	shift 2
	"$PARE" record --quiet -- /usr/bin/python3 send.py "$@" >out 2>err
	"$PARE" show last --json | jq -r '.not_seen[]? | "\(.kind) \(.first_detail)"' >have
	{ [ -z "$want" ] || echo "unsent $want"; } >wanted
	same "$name" wanted have
}
# outcome NAME WANT: what the last run's only send or connection came to.
outcome() {
	"$PARE" dump last | jq -r 'select(.resource == "host") | "\(.action) \(.outcome)"' >have
	echo "$2" >wanted
	same "$1" wanted have
}

/usr/bin/python3 -c 'import socket
for f, h in (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"):
    s = socket.socket(f); s.bind((h, 80)); s.listen(); globals()[h] = s
print("ready", flush=True)
while True: s.accept()' >ready &
server=$!
trap 'kill $server 2>/dev/null; chmod -R u+rwX "$dir" 2>/dev/null; rm -rf "$dir"' EXIT
for i in $(seq 100); do
	grep -q ready ready && break
	sleep 0.1
done

sends "what is sent on loopback is seen" "" udp 127.0.0.1 9
sends "over IPv6, too" "" udp ::1 9
sends "so is a connection" "" tcp 127.0.0.1 80
sends "over IPv6, too" "" tcp ::1 80
sends "and one that is refused" "" tcp 127.0.0.1 81
sends "to connect a socket of UDP sends nothing" "" udp-connect 192.0.2.9 9
sends "no address in particular is this host" "" udp 0.0.0.0 9
sends "for a connection, too" "" tcp 0.0.0.0 80
sends "over IPv6, too" "" udp :: 9

# The kernel says so: nothing is claimed of what is recorded as failed.
sends "a blackhole refuses" "" udp 198.51.100.1 9
outcome "and the call says so" "send failed"
sends "for a connection, too" "" tcp 198.51.100.1 80
outcome "and the call says so" "connect failed"
sends "an unreachable route refuses" "" udp 198.51.100.200 9
outcome "and the call says so" "send failed"

# Nobody answers for the address, so the packet is never made into a frame.
sends "a neighbour that is not there" udp/192.0.2.9:9 udp 192.0.2.9 9
outcome "though the send succeeded" "send ok"
sends "by sendmsg" udp/192.0.2.9:9 udp-message 192.0.2.9 9
sends "a connection to a neighbour that is not there" tcp/192.0.2.9:80 tcp 192.0.2.9 80
outcome "though the connection is being made" "connect ok"

# One that nobody reads has no carrier.
if ip tuntap add dev tun0 mode tun 2>/dev/null; then
	ip link set tun0 up
	ip addr add 203.0.113.1/24 dev tun0
	sends "a tunnel that nobody reads" udp/203.0.113.9:9 udp 203.0.113.9 9
	sends "for a connection, too" tcp/203.0.113.9:80 tcp 203.0.113.9 80
else
	skip "a tunnel that nobody reads" "no /dev/net/tun"
fi

if nft add table inet t 2>/dev/null; then
	nft add chain inet t out '{ type filter hook output priority 0; }'
	nft add rule inet t out ip daddr 127.0.0.2 drop
	nft add rule inet t out ip6 daddr ::1 tcp dport 99 drop
	sends "a connection whose packets a rule drops" tcp/127.0.0.2:80 tcp 127.0.0.2 80
	outcome "though it is being made" "connect ok"
	sends "over IPv6, too" "tcp/[::1]:99" tcp ::1 99
	sends "a rule denies what is sent" "" udp 127.0.0.2 9
	outcome "and the call says so" "send denied"
	# The packets of the connection are there, with another address.
	nft add table ip n
	nft add chain ip n out '{ type nat hook output priority -100; }'
	nft add rule ip n out ip daddr 127.0.0.3 tcp dport 80 dnat to 127.0.0.1:80
	nft add rule ip n out ip daddr 127.0.0.3 udp dport 53 dnat to 127.0.0.1:5300
	sends "a connection that is sent elsewhere" "" tcp 127.0.0.3 80
	sends "and what is said to a host that is another" "" udp 127.0.0.3 53
	nft delete table inet t
else
	skip "packets that a rule drops" "nft is not there, or the kernel has no nftables"
fi

# Packets in another network namespace are not looked at, so nothing is said of them.
"$PARE" record --quiet -- unshare -n sh -c 'ip link set lo up; /usr/bin/python3 send.py udp 127.0.0.1 9' >out 2>err
"$PARE" show last --json | jq -r '.not_seen[]?.kind' | grep unsent >found
clean "another namespace's packets are not missed"
"$PARE" dump last | jq -r 'select(.name == "udp/127.0.0.1:9") | .outcome' >have
says "though its send is recorded" ok have
ok "the database is sound" "$PARE" fsck
finish
