#!/bin/sh
# Without any privilege: in a network namespace that belongs to a user namespace of the agent's own,
# packets are captured by the user who made it; in the one that pare is in they are not.
. "$(dirname "$0")/lib.sh"

# As an ordinary user, in a folder of his own.
user=env
[ "$(id -u)" != 0 ] || user="setpriv --reuid 65534 --regid 65534 --clear-groups env HOME=$dir/user"
if ! $user unshare -Urnm true 2>/dev/null; then
	skip "user namespaces" "an ordinary user gets none here (max_user_namespaces, AppArmor, a container's filter)"
	finish
fi
mkdir "$dir/user"
cd "$dir/user" || exit 1
cp "$PARE" "$root"/fixtures/names/serve.py .
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem \
	-subj /CN=example.test -days 2 2>/dev/null
echo "nameserver 192.0.2.53" >resolv.conf
echo "127.0.0.1 localhost" >hosts
PARE_DB=$dir/user/pare.db

# inside.sh COMMAND...: runs it where there are servers for it, in new namespaces.
cat >inside.sh <<-'END'
	ip link set lo up
	for address in 192.0.2.1 192.0.2.53; do ip addr add $address/32 dev lo; done
	ip -6 addr add 2001:db8::1/128 dev lo nodad
	mount --bind resolv.conf "$(readlink -f /etc/resolv.conf)"
	mount --bind hosts /etc/hosts
	rm -f ready
	/usr/bin/python3 serve.py cert.pem key.pem >ready &
	for i in $(seq 100); do
		grep -q ready ready && break
		sleep 0.1
	done
	"$@"
	status=$?
	kill $!
	exit $status
END
cat >lo.sh <<-'END'
	ip link set lo up
	ip addr add 192.0.2.1/32 dev lo
	exec "$@"
END
# talk.py NAME [ADDRESS [SECONDS]]: serves one host, asks it for the name, and waits.
cat >talk.py <<-'END'
	import socket, sys, threading, time
	end = (sys.argv[2] if len(sys.argv) > 2 else "192.0.2.1", 8081)
	server = socket.create_server(end)
	def serve():
	    c, _ = server.accept()
	    c.recv(1000)
	    c.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
	    c.close()
	threading.Thread(target=serve, daemon=True).start()
	s = socket.create_connection(end)
	s.sendall(b"GET / HTTP/1.1\r\nHost: %s\r\n\r\n" % sys.argv[1].encode())
	while s.recv(100): pass
	open("talked", "w").close()
	time.sleep(float(sys.argv[3]) if len(sys.argv) > 3 else 0)
END
# self.py UID: makes the namespaces itself.
cat >self.py <<-'END'
	import ctypes, subprocess, sys
	if ctypes.CDLL(None).unshare(0x50000000) != 0: # CLONE_NEWUSER, CLONE_NEWNET
	    sys.exit("unshare")
	open("/proc/self/setgroups", "w").write("deny")
	open("/proc/self/uid_map", "w").write(f"0 {sys.argv.pop()} 1")
	for words in "link set lo up", "addr add 192.0.2.1/32 dev lo":
	    subprocess.run(["ip"] + words.split(), check=True)
	sys.argv.append("inner.example.test")
	exec(open("talk.py").read())
END
# Sends, without a socket of UDP.
cat >raw.py <<-'END'
	import socket, struct, time
	udp = struct.pack("!HHHH", 4444, 9999, 13, 0) + b"hello"
	here = socket.inet_aton("192.0.2.1")
	ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, here, here)
	s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
	s.bind(("lo", 0x0800))
	socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hi", ("192.0.2.1", 9998))
	for _ in range(8):
	    s.send(bytes(12) + b"\x08\x00" + ip + udp)
	    time.sleep(0.3)
END
# before.py COMMAND...: records a shell that writes to a socket from before, which is in a namespace
# that it enters.
cat >before.py <<-'END'
	import ctypes, os, socket, subprocess, sys
	holder = subprocess.Popen(["unshare", "-Urn", "sh", "lo.sh", "sh", "-c", "echo; exec sleep 60"],
	                          stdout=subprocess.PIPE)
	holder.stdout.readline()
	here, there = socket.socketpair()
	if os.fork() == 0:
	    for kind in "user", "net":
	        if ctypes.CDLL(None).setns(os.open(f"/proc/{holder.pid}/ns/{kind}", os.O_RDONLY), 0) != 0:
	            os._exit(1)
	    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	    s.connect(("192.0.2.1", 9999))
	    socket.send_fds(there, [b"x"], [s.fileno()])
	    os._exit(0)
	there.close()
	sent = socket.recv_fds(here, 1, 1)[1][0]
	os.set_inheritable(sent, True)
	enter = ["nsenter", "-t", str(holder.pid), "-U", "-n", "--preserve-credentials", "bash", "-c"]
	say = f"echo hi >/dev/udp/192.0.2.1/9998; for i in 1 2 3 4 5 6 7 8; do echo hello >&{sent}; sleep 0.3; done"
	subprocess.call(sys.argv[1:] + enter + [say], close_fds=False)
	holder.kill()
END
chmod 755 "$dir" . pare
chown -R "$($user id -u)" .

record() {
	timeout 60 $user ./pare record --quiet $mode -- "$@" >out 2>err </dev/null
}
connections() {
	./pare show last --json | jq -r '.hosts[] | "\(.name) \(.source) \(.peer) \(.sent) \(.received) \(.measured)/\(.count)"' | sort
}
gaps() { # but for mount(8), which has lost its s-bit
	./pare show last --json | jq -r '.not_seen[]? | "\(.kind) \(.first_detail)"' | grep -v '^no-new-privs'
}
names() {
	connections | grep -v ' accepted ' | cut -d ' ' -f 1 | sort -u
}
# one NAME COMMAND...: it talks to one host, which is named, and nothing is missing.
one() {
	name=$1
	shift
	record "$@"
	{ names; gaps; } >have
	echo "tcp/inner.example.test:8081" >want
	same "$name" want have
}

request=$(printf 'GET / HTTP/1.1\r\nHost: v4.curl.example.test\r\nUser-Agent: me\r\nAccept: */*\r\n\r\n.' | wc -c)
for mode in "" --strict; do
	record unshare -Urnm sh inside.sh curl -s -A me http://v4.curl.example.test/
	{ connections | grep ' host '; gaps; } >have
	echo "tcp/v4.curl.example.test:80 host tcp/192.0.2.1:80 $((request - 1)) 60 1/1" >want
	same "curl is named, and its bytes are counted${mode:+, strict}" want have
done
mode=
python='import ssl, sys, urllib.request as r; r.urlopen(sys.argv[1], context=ssl._create_unverified_context())'
record unshare -Urnm sh inside.sh /usr/bin/python3 -c "$python" https://v6.python.example.test/
{ connections | grep -v ' accepted ' | grep -E ':(443|53) ' | sed 's/ [1-9][0-9][0-9]* / N /; s/ [1-9][0-9][0-9]* / N /'; gaps; } >have
cat >want <<-'END'
	tcp/v6.python.example.test:443 sni tcp/[2001:db8::1]:443 N N 1/1
	udp/192.0.2.53:53 address udp/192.0.2.53:53 N N 1/1
END
same "python's urllib, DNS, TLS, IPv6" want have

one "a user namespace within another" unshare -Urn unshare -Urn unshare -n sh lo.sh /usr/bin/python3 talk.py inner.example.test
one "one that a program makes for itself" /usr/bin/python3 self.py "$($user id -u)"
if $user bwrap --unshare-net --dev-bind / / true 2>/dev/null; then
	one "bubblewrap's" bwrap --unshare-net --dev-bind / / /usr/bin/python3 talk.py inner.example.test 127.0.0.1
else
	skip "bubblewrap's" "it is not installed, or may not do that"
fi

# At the same time packets cannot be captured in pare's own network namespace.
record sh -c '
	unshare -Urn sh lo.sh /usr/bin/python3 talk.py inner.example.test
	/usr/bin/python3 talk.py own.example.test 127.0.0.1
	unshare -Urn sh lo.sh /usr/bin/python3 talk.py another.example.test'
{ connections | sed 's/ accepted \(.*\):[0-9]* / accepted \1:N /'; gaps; } >have
cat >want <<-'END'
	tcp/127.0.0.1:8081 accepted tcp/127.0.0.1:N null null 0/1
	tcp/192.0.2.1:8081 accepted tcp/192.0.2.1:N 19 44 1/1
	tcp/192.0.2.1:8081 accepted tcp/192.0.2.1:N 19 46 1/1
	tcp/another.example.test:8081 host tcp/192.0.2.1:8081 46 19 1/1
	tcp/inner.example.test:8081 host tcp/192.0.2.1:8081 44 19 1/1
	tcp/own.example.test:8081 host tcp/127.0.0.1:8081 null null 0/1
	no-capture CAP_NET_RAW
END
same "what is captured, and what is heard" want have

# What no recorded call explains.
echo "unattributed udp/192.0.2.1:9999" >want
record unshare -Urn sh lo.sh /usr/bin/python3 raw.py
gaps >have
same "packets made by hand are unattributed" want have
timeout 60 $user /usr/bin/python3 before.py ./pare record --quiet -- >out 2>err
gaps >have
same "so is a socket from before, of a namespace that the agent enters" want have

# Each is left in time, so there may be any number; and no process of pare's is left.
record sh -c 'for i in $(seq 70); do unshare -Urn sh lo.sh /usr/bin/python3 talk.py n$i.example.test; done'
{ names | wc -l; gaps; } >have
echo 70 >want
same "70 namespaces, one after the other" want have
ours() { # the processes that run pare
	for process in /proc/[0-9]*; do
		[ "$(readlink "$process/exe")" != "$dir/user/pare" ] || echo "${process#/proc/}"
	done
}
ours >found
clean "no process is left"
rm talked
$user ./pare record --quiet -- unshare -Urn sh lo.sh /usr/bin/python3 talk.py killed.example.test 192.0.2.1 30 >out 2>err &
for i in $(seq 100); do
	[ ! -e talked ] || break
	sleep 0.1
done
ours >have
echo $! >want
same "one process records, and captures" want have
kill -9 $!
wait $! 2>/dev/null
ours >found
clean "nor is one where it was killed"
ok "the database is sound" $user ./pare fsck
finish
