#!/bin/sh
# The network namespaces that an agent makes or enters itself: their packets are looked at, too, and
# not taken for those of another with the same addresses.
. "$(dirname "$0")/lib.sh"
alone "network namespaces of the agent" "needs root, for network namespaces and CAP_NET_RAW"
ip addr add 192.0.2.1/32 dev lo

# Serves one host at 192.0.2.1:80, in whatever namespace, and asks it for a name, with the same port
# each time.
cat >talk.py <<'END'
	import socket, sys, threading, time
	server = socket.create_server(("192.0.2.1", 80))
	def serve():
	    c, _ = server.accept()
	    c.recv(1000)
	    c.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
	    c.close()
	threading.Thread(target=serve, daemon=True).start()
	s = socket.socket()
	s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	s.bind(("192.0.2.1", 5555))
	s.connect(("192.0.2.1", 80))
	s.sendall(b"GET / HTTP/1.1\r\nHost: %s\r\n\r\n" % sys.argv[1].encode())
	s.recv(100)
	if len(sys.argv) > 2:
	    time.sleep(float(sys.argv[2]))
END
cat >inside.sh <<'END'
	ip link set lo up
	ip addr add 192.0.2.1/32 dev lo
	/usr/bin/python3 talk.py "$@"
END
sed -i 's/^\t//' talk.py inside.sh

names() {
	"$PARE" dump last | jq -r 'select(.resource == "host" and .action == "connect") | "\(.name) \(.peer)"' | sort -u
}
gaps() {
	"$PARE" show last --json | jq -r '.not_seen[]? | "\(.kind) \(.first_detail)"'
}
comments() { # FILE: what is said of how many packets, in each interface of the file
	tshark -n -r "$1" -T fields -E separator=' ' -e frame.interface_id -e frame.comment 2>/dev/null | sed 's/pid [0-9]*/pid N/g' | sort | uniq -c | sed 's/^ *//'
}
python=$(basename "$(readlink -f /usr/bin/python3)")

"$PARE" record --quiet -- unshare -n sh inside.sh inner.example.test
names >have
says "a name is found in a namespace that the agent has made" "tcp/inner.example.test:80 tcp/192.0.2.1:80" have
gaps >found
clean "and nothing is missing"

# The same addresses and ports in three at once.
"$PARE" record --quiet --pcap three.pcapng -- sh -c '
	unshare -n sh inside.sh one.example.test 1 &
	unshare -n sh inside.sh two.example.test 1 &
	/usr/bin/python3 talk.py own.example.test 1
	wait'
names >have
for name in one own two; do echo "tcp/$name.example.test:80 tcp/192.0.2.1:80"; done >want
same "the same addresses in three namespaces are three hosts" want have
gaps >found
clean "and nothing is missing"
tshark -n -r three.pcapng -Y 'tcp.flags.syn == 1' -T fields -e frame.interface_id 2>/dev/null | sort | uniq -c | sed 's/^ *//' >have
printf '2 0\n2 1\n2 2\n' >want
same "each connection has its own packets" want have
comments three.pcapng | cut -d ' ' -f 3- | sort >have
for name in one own two; do echo "$python (pid N) tcp/$name.example.test:80; $python (pid N) tcp/192.0.2.1:5555"; done >want
same "and its own process" want have
comments three.pcapng | cut -d ' ' -f 2 | sort >have
printf '0\n1\n2\n' >want
same "in an interface of its own" want have
capinfos three.pcapng >info
says "which says where it is" "Description = of the agent's network namespace " info

# setns(2) into one that is there before, in a thread of a process; and one that clone(2) makes.
ip netns add pare-test 2>/dev/null && named=1
trap 'ip netns del pare-test 2>/dev/null; rm -rf "$dir"' EXIT
if [ -n "$named" ]; then
	"$PARE" record --quiet -- ip netns exec pare-test sh inside.sh entered.example.test
	names >have
	says "a namespace that the agent enters" "tcp/entered.example.test:80 tcp/192.0.2.1:80" have
else
	skip "a namespace that the agent enters" "ip netns cannot make one here"
fi
cat >thread.py <<'END'
	import ctypes, subprocess, sys, threading
	libc = ctypes.CDLL(None, use_errno=True)
	def enter():
	    assert libc.unshare(0x40000000) == 0
	    subprocess.run(["sh", "inside.sh", "thread.example.test"], check=True)
	thread = threading.Thread(target=enter)
	thread.start()
	thread.join()
END
sed -i 's/^\t//' thread.py
"$PARE" record --quiet -- /usr/bin/python3 thread.py
names >have
says "a namespace of one thread" "tcp/thread.example.test:80 tcp/192.0.2.1:80" have

# Nobody of the agent's is left in it: it goes, though the recording goes on.
cat >left.sh <<'END'
	ip link add pare0 type veth peer name pare1
	unshare -n sh -c 'echo $$ >inner.pid; while [ ! -e moved ]; do sleep 0.05; done; sh inside.sh left.example.test' &
	while [ ! -s inner.pid ]; do sleep 0.05; done
	ip link set pare1 netns $(cat inner.pid)
	touch moved
	wait
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		ip link show pare0 >/dev/null 2>&1 || break
		sleep 0.2
	done
	ip link show pare0 >left.show 2>&1
END
sed -i 's/^\t//' left.sh
if ip link add pare0 type veth peer name pare1 2>/dev/null; then
	ip link del pare0
	"$PARE" record --quiet -- sh left.sh
	says "a namespace that is left is not held" "does not exist" left.show
	names >have
	says "and its names are there" "tcp/left.example.test:80 tcp/192.0.2.1:80" have
else
	skip "a namespace that is left is not held" "this kernel has no veth"
fi

# Somebody else talks in a namespace of the agent's.
"$PARE" record --pcap guest.pcapng -- unshare -n sh -c 'echo $$ >inner; sh inside.sh host.example.test; touch talked; sleep 3' 2>said &
recorded=$!
while [ ! -e talked ]; do sleep 0.05; done
nsenter -t "$(cat inner)" -n /usr/bin/python3 -c '
import socket, time
s = socket.create_server(("192.0.2.1", 81)); c = socket.create_connection(("192.0.2.1", 81))
for i in range(15): c.send(b"of a guest"); time.sleep(0.1)'
wait $recorded
ok "it is not kept" test "$(grep -c "of a guest" guest.pcapng)" = 0
comments guest.pcapng | cut -d ' ' -f 3- >have
echo "$python (pid N) tcp/host.example.test:80; $python (pid N) tcp/192.0.2.1:5555" >want
same "what the agent said is" want have
ok "it is counted" grep -E "left out [1-9][0-9]* packets of other processes, 0 of which" said
gaps >found
clean "and is no gap"

# A user namespace of somebody else's may not be entered without privilege (tests/userns.t has those
# that may): what passes there is heard.
cp "$PARE" pare
chmod 755 . pare
if setpriv --reuid 65534 --clear-groups unshare -r -n true 2>/dev/null; then
	setpriv --bounding-set -sys_admin --inh-caps -sys_admin ./pare record --quiet -- \
		setpriv --reuid 65534 --clear-groups unshare -r -n sh inside.sh a.example.test
	gaps >have
	echo "no-capture CAP_SYS_ADMIN, to enter a network namespace" >want
	same "a namespace that may not be entered is a gap" want have
	names >have
	echo "tcp/a.example.test:80 tcp/192.0.2.1:80" >want
	same "and what is said in it is heard" want have
else
	skip "a namespace that may not be entered is a gap" "no namespaces without privilege here"
fi

# More than are looked at, one after the other: each is left in time.
"$PARE" record --quiet -- sh -c 'for i in $(seq 70); do unshare -n sh inside.sh n$i.example.test; done'
names | wc -l >have
says "70 namespaces, one after the other" 70 have
gaps >found
clean "and nothing is missing"

"$PARE" record --quiet -- unshare -n sh -c 'true'
gaps >found
clean "a namespace that is not used is no gap"
ok "the database is sound" "$PARE" fsck
finish
