#!/bin/sh
# Packets that are kept in a file: those of the agent and no others, whole, in order, each with its
# process; and a file that can be read whatever happens to pare.
. "$(dirname "$0")/lib.sh"
alone "packets in a file" "needs root, for a network namespace and CAP_NET_RAW"
ip link set lo mtu 65536
ip -6 addr add 2001:db8::1/128 dev lo nodad
serve_names '127.0.0.1 localhost\n'
ip addr add 192.0.2.9/32 dev lo
python3 -c 'import socket; s = socket.socket(2, 2); s.bind(("", 9999))
while s.recv(9): pass' &
sink=$!
trap 'kill $servers $sink 2>/dev/null; umount "$dir/small" /etc/hosts 2>/dev/null; rm -rf "$dir"' EXIT
wait_ready ready
says "the servers are ready" ready ready

# The packets of a file, "FIELD;FIELD..." of each.
fields() { # FILE FILTER FIELD...
	file=$1 filter=$2
	shift 2
	for field; do set -- "$@" -e "$field" && shift; done
	tshark -n -r "$file" -Y "$filter" -T fields -E separator=';' "$@" 2>>tshark.err
}

# blocks FILE: the kinds of blocks in order, equal ones counted; fails where a byte is in none.
cat >blocks.py <<'END'
	import itertools, struct, sys
	data, at, kinds = open(sys.argv[1], "rb").read(), 0, []
	names = {0x0a0d0d0a: "section", 1: "interface", 4: "names", 5: "statistics", 6: "packets"}
	while at < len(data):
	    kind, size = struct.unpack_from("=II", data, at)
	    assert size >= 12 and size % 4 == 0 and at + size <= len(data), f"{size} bytes at {at}"
	    assert struct.unpack_from("=I", data, at + size - 4)[0] == size, f"the ends differ at {at}"
	    kinds.append(names.get(kind, hex(kind)))
	    at += size
	for kind, members in itertools.groupby(kinds):
	    print(kind, len(list(members)))
END
sed -i 's/^\t//' blocks.py
blocks() {
	python3 blocks.py "$1"
}

# A client of UDP says which port of its own it used, and which process it is.
cat >udp.py <<'END'
	import os, socket, sys
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	for i in range(int(sys.argv[2])):
	    s.sendto(b"x" * int(sys.argv[3]), (sys.argv[1], 9999))
	print(s.getsockname()[1], os.getpid())
END
sed -i 's/^\t//' udp.py

tcpdump -i any -B 65536 --nano -n -w seen.pcap "tcp or udp" 2>tcpdump.err &
tcpdump=$!
for i in $(seq 100); do
	grep -qs "listening on" tcpdump.err && break
	sleep 0.1
done
cat >two.sh <<'END'
	(exec curl -s -o /dev/null -w "%{local_port}\n" http://v4.one.example.test/ >one.port) &
	(exec curl -sk -w "%{local_port}\n" -o /dev/null https://v6.two.example.test/ >two.port) &
	/usr/bin/python3 udp.py 192.0.2.9 5 3000 >udp.port &
	(exec curl -s -o /dev/null -w "%{local_port}\n" -H Expect: --data-binary @big http://v4.big.example.test/ >big.port) &
	wait
	sleep 0.3 # the servers' last words
END
sed -i 's/^\t//' two.sh
head -c 3000000 /dev/zero >big
"$PARE" record --pcap two.pcapng -- sh two.sh 2>said
sleep 1.2 # its own buffer
kill -INT $tcpdump
wait $tcpdump
ok "Wireshark reads the file" tshark -r two.pcapng
ok "tcpdump reads the file" tcpdump -n -r two.pcapng
ok "every byte of it is in a block" blocks two.pcapng
blocks two.pcapng | sed '1,2!d' >have
printf 'section 1\ninterface 1\n' >want
same "it begins with the section and the interface" want have
blocks two.pcapng | tail -1 >have
says "it ends with the statistics" "statistics 1" have
for file in seen.pcap two.pcapng; do
	capinfos -T -r -c -d "$file" 2>/dev/null | cut -f 2- >"$file.counts"
done
same "as many packets and bytes as tcpdump has" seen.pcap.counts two.pcapng.counts
for file in seen.pcap two.pcapng; do
	fields "$file" frame frame.time_epoch >"$file.times"
	fields "$file" frame frame.len frame.cap_len ip.id tcp.seq_raw udp.srcport | sort >"$file.fields"
done
same "they are the same" seen.pcap.fields two.pcapng.fields
# Each capture reads the clock itself.
paste -d ' ' seen.pcap.times two.pcapng.times | awk '{ d = $1 - $2; if (d < -0.005 || d > 0.005) print }' >found
clean "at the same times"
fields two.pcapng "frame.cap_len != frame.len" frame.number >found
clean "each is whole"
fields two.pcapng "frame.len > 16500" frame.number >large
ok "some are larger than those that names are read from" test -s large
capinfos two.pcapng >info
says "they are in order" "Strict time order:   True" info
says "its times are nanoseconds" "nanoseconds (9)" info
says "it says who wrote it" "Capture application: pare" info
says "it says of which agent" "packets of the agent sh, run " info
status "the summary says what was kept" 0 grep -E "^Kept [0-9]+ packets of [0-9]+ bytes in two.pcapng" said
grep "left out" said >found
clean "nothing was left out"
stat -c %a two.pcapng >have
says "only its owner reads it" 600 have

# What the packets of a port say, each once.
comments() { # FILE FILTER
	fields "$1" "$2" frame.comment | sort -u
}
pid_of() { # PROGRAM ARGUMENT: as the evidence has it
	"$PARE" dump last | jq -r --arg a "$1" 'select(.program | endswith($a)) | "\(.pid) \(.argv | join(" "))"' |
		grep -F -- "$2" | cut -d ' ' -f 1 | sort -u
}
for client in "curl http://v4.one.example.test/ tcp/v4.one.example.test:80 one" \
	"curl https://v6.two.example.test/ tcp/v6.two.example.test:443 two" \
	"curl http://v4.big.example.test/ tcp/v4.big.example.test:80 big"; do
	# shellcheck disable=SC2086
	set -- $client
	comments two.pcapng "tcp.port == $(cat "$4.port")" >have
	echo "$1 (pid $(pid_of "$1" "$2")) $3" >want
	same "every packet of $2 has its process and its host" want have
done
python=$(basename "$(readlink -f /usr/bin/python3)")
read -r port pid <udp.port
comments two.pcapng "udp.port == $port" >have
echo "$python (pid $pid) udp/192.0.2.9:9999" >want
same "every packet of the UDP client has its process" want have
comments two.pcapng "dns" | grep -cvE '^curl \(pid [0-9]+\) udp/192.0.2.53:53$' >have
says "so have the look-ups" 0 have
comments two.pcapng "frame" | grep -c '^$' >have
says "no packet is without a comment" 0 have
tshark -r two.pcapng -N n -T fields -e _ws.col.Destination >have 2>/dev/null
says "addresses have the names that were learnt" v6.two.example.test have

# Fragments belong to the packet that they are of.
ip link set lo mtu 1500
"$PARE" record --quiet --pcap fragments.pcapng -- /usr/bin/python3 udp.py 192.0.2.9 2 4000 >udp.port
read -r port pid <udp.port
fields fragments.pcapng ip frame.len frame.comment | sort -n | uniq -c | sed 's/^ *//' >have
for size in 1088 1520; do echo "$size;$python (pid $pid) udp/192.0.2.9:9999"; done | sed '1s/^/2 /; 2s/^/4 /' >want
same "every fragment is kept, with its process" want have
ip link set lo mtu 65536

# Another process of the host talks at the same time.
"$PARE" record --pcap mine.pcapng -- sh -c 'curl -s http://v4.mine.example.test/; touch talk; sleep 2.5' >/dev/null 2>said &
recorded=$!
while [ ! -e talk ]; do sleep 0.05; done
python3 - 192.0.2.1 <<-'END'
	import socket, sys, time
	s = socket.create_connection((sys.argv[1], 3128))
	for i in range(15):
	    s.send(b"GET of another\r\n")
	    time.sleep(0.1)
END
curl -s http://v4.brief.example.test/ >/dev/null
wait $recorded
comments mine.pcapng frame | sed 's/pid [0-9]*/pid N/g' >have
printf 'curl (pid N) tcp/v4.mine.example.test:80\ncurl (pid N) udp/192.0.2.53:53\n' >want
same "what is another process's is not kept" want have
strings -a mine.pcapng | grep -E "of another|brief" >found
clean "not a byte of it"
status "they are counted" 0 grep -E "left out [1-9][0-9]* packets of other processes, [1-9][0-9]* of which" said
ok "every byte is in a block" blocks mine.pcapng

# What the agent serves is its own, too; both processes where it is the client as well.
cat >server.py <<'END'
	import socket, subprocess, sys
	server = socket.create_server(("192.0.2.9", 8080))
	open("serving", "w").close()
	if len(sys.argv) > 1:
	    client = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
	c, _ = server.accept()
	while b"\r\n\r\n" not in c.recv(1000): pass
	c.sendall(b"HTTP/1.0 200 OK\r\n\r\nok")
	c.close()
END
sed -i 's/^\t//' server.py
"$PARE" record --quiet --pcap serves.pcapng -- /usr/bin/python3 server.py &
recorded=$!
while [ ! -e serving ]; do sleep 0.05; done
curl -s --local-port 7777 http://192.0.2.9:8080/ >/dev/null
wait $recorded
comments serves.pcapng tcp | sed 's/pid [0-9]*/pid N/g' >have
echo "$python (pid N) tcp/192.0.2.9:7777" >want
same "a connection that is accepted has its process" want have
"$PARE" show last --json | jq -r '.not_seen[]? | "\(.kind) \(.first_detail)"' >found
clean "and is no gap"
"$PARE" record --quiet --pcap both.pcapng -- /usr/bin/python3 server.py curl -s --local-port 7778 -H "Host: x.example.test" http://192.0.2.9:8080/
comments both.pcapng tcp | sed 's/pid [0-9]*/pid N/g' >have
echo "curl (pid N) tcp/x.example.test:8080; $python (pid N) tcp/192.0.2.9:7778" >want
same "a connection between two of the agent's has both" want have

# What is written to a socket from before the recording no call explains.
cat >before.py <<-'END'
	import os, socket, sys
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.connect(("192.0.2.9", 9999))
	s.set_inheritable(True)
	os.execvp(sys.argv[1], sys.argv[1:] + ["sh", "-c",
	    f"for i in 1 2 3 4 5 6 7 8; do echo hello >&{s.fileno()}; sleep 0.3; done"])
END
/usr/bin/python3 before.py "$PARE" record --quiet --pcap before.pcapng -- 2>err
comments before.pcapng udp | sed 's/^.* (pid [0-9]*)/X (pid N)/' >have
echo "X (pid N) udp/192.0.2.9:9999: the socket is open there, but no recorded call explains it" >want
same "what no recorded call explains is kept, and says so" want have
fields before.pcapng udp frame.number | wc -l >have
says "all of it" 8 have

# pare is killed at any moment.
for after in 0.4 1.3 2.2; do
	"$PARE" record --quiet --pcap killed.pcapng -- sh -c 'while :; do curl -s http://v4.k.example.test/; done' >/dev/null &
	recorded=$!
	sleep $after
	kill -9 $recorded
	wait $recorded 2>/dev/null
	ok "killed after $after s: every byte is in a block" blocks killed.pcapng
	ok "killed after $after s: Wireshark reads it" tshark -r killed.pcapng
done
fields killed.pcapng tcp frame.number | wc -l >have
ok "what came before is in it" test "$(cat have)" -gt 50

# The disk is full.
mkdir small
mount -t tmpfs -o size=16k,mode=700 tmpfs small
# The agent's end is the run's, whatever becomes of the file.
status "a full disk does not stop the agent" 7 "$PARE" record --quiet --pcap small/full.pcapng -- \
	sh -c 'curl -s -o /dev/null -H Expect: --data-binary @big http://v4.f.example.test/; for i in 1 2 3 4 5 6 7 8; do curl -s http://v4.f.example.test/; done; exit 7'
says "it is said" "pare: write packets to small/full.pcapng: No space left on device: " err
"$PARE" show last --json | jq -r '.not_seen[]? | "\(.kind) \(.first_detail)"' >have
says "it is a gap" "packets-lost No space left on device" have
ok "every byte is in a block" blocks small/full.pcapng
ok "Wireshark reads it" tshark -r small/full.pcapng
"$PARE" dump last | jq -r 'select(.action == "connect") | .name' | sort -u >have
says "the evidence is there" "tcp/v4.f.example.test:80" have
head -c 300000 /dev/zero >small/fill 2>/dev/null
status "a disk that is full before is refused" 125 "$PARE" record --pcap small/none.pcapng -- touch started
says "with the reason" "write packets to small/none.pcapng: No space left on device" err

# What cannot work is refused before anything starts.
"$PARE" runs --json >runs
status "a place that is none is refused" 125 "$PARE" record --pcap "$dir/none/x" -- touch started
says "with the reason" "pare: write packets to $dir/none/x: No such file or directory" err
status "a folder is refused" 125 "$PARE" record --pcap "$dir" -- touch started
status "who may not capture is told" 125 setpriv --bounding-set -net_raw --inh-caps -net_raw "$PARE" record --pcap no.pcapng -- touch started
says "what to do" "needs CAP_NET_RAW: run pare as root" err
ok "and no file is made" test ! -e no.pcapng
ok "the agent did not start" test ! -e started
"$PARE" runs --json >have
same "and there is no run" runs have

# A pipe is written to as it is.
mkfifo pipe
cat pipe >piped.pcapng &
"$PARE" record --quiet --pcap pipe -- curl -s http://v4.p.example.test/ >/dev/null
wait $!
ok "into a pipe, too" tshark -r piped.pcapng
fields piped.pcapng http frame.number >have
ok "with the packets" test -s have
ok "the database is sound" "$PARE" fsck
finish
