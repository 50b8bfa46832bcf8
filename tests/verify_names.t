#!/bin/sh
# `pare verify`: a rule for a host by name admits the addresses that the run's own resolver answered for
# that name, and no others.
# slow
. "$(dirname "$0")/lib.sh"
alone "connections by name" "needs root, for a network namespace"
serve_names '127.0.0.1 localhost\n192.0.2.1 fixed.example.test\n' /usr/bin/python3
trap 'kill $servers 2>/dev/null; umount /etc/hosts; chmod -R u+rwX "$dir" 2>/dev/null; rm -rf "$dir"' EXIT
wait_ready ready
says "the servers are ready" ready ready

# A client that asks for a name and connects, and one that connects to the address at once.
cat >by_name.py <<-END
	import socket, sys
	try:
	    socket.create_connection((sys.argv[1], int(sys.argv[2])), 5).close()
	except OSError as e:
	    sys.exit(e.strerror or str(e))
END
for host in www.example.test fixed.example.test; do
	"$PARE" record --quiet --agent "$host" -- /usr/bin/python3 by_name.py $host 80 >out 2>err
	"$PARE" dump last | jq -r 'select(.action == "connect" and .resource == "host") | .name' >hosts
	"$PARE" propose --quiet --agent "$host" --preset literal -o $host.xml
	any_arguments $host.xml
	if ! grep -q "tcp/$host:80</pattern>" $host.xml; then
		fail "$host is in the policy by its name" hosts
		continue
	fi
	status "$host: by its name" 0 "$PARE" verify --confirm=yes --quiet $host.xml -- /usr/bin/python3 by_name.py $host 80
	says_not "$host: nothing is denied" "denied:" "$dir/err"
	status "$host: by its address alone" 1 "$PARE" verify --confirm=yes --quiet $host.xml -- /usr/bin/python3 by_name.py 192.0.2.1 80
	says "$host: is denied" "denied: host connect tcp/192.0.2.1:80" "$dir/err"
	says "$host: with what would allow that" "smallest change: host connect tcp/192.0.2.1:80" "$dir/err"
done

# ---- what a client asks for on a connection that is there ----

# claim.py HOW PORT NAME: connects to an address, asks for a name by TLS or of a proxy, and goes on.
cat >claim.py <<-END
	import socket, ssl, sys, time
	how, port, name = sys.argv[1], int(sys.argv[2]), sys.argv[3]
	s = socket.create_connection(("192.0.2.1", port), 5)
	if how == "proxy":
	    s.sendall(b"CONNECT %s:443 HTTP/1.1\\r\\n\\r\\n" % name.encode())
	    s.recv(100)
	if how != "none":
	    context = ssl.create_default_context()
	    context.check_hostname = False
	    context.verify_mode = ssl.CERT_NONE
	    s = context.wrap_socket(s, server_hostname=name)
	for i in range(20):
	    time.sleep(0.05)
	print("went on")
END
for how in "none 443" "tls 443" "proxy 3128"; do
	"$PARE" record --quiet --agent claim -- /usr/bin/python3 claim.py $how good.example.test >out 2>err
done
policy=claim.xml
"$PARE" propose --quiet --agent claim --preset literal -o $policy
any_arguments $policy
perl -pi -e 's{ (rate\S*|burst|headroom)="\d+"}{}g' $policy
for how in "tls 443" "proxy 3128"; do
	status "$how: a name that was recorded" 0 "$PARE" verify --quiet $policy -- /usr/bin/python3 claim.py $how good.example.test
	says "... is asked for" "went on" "$dir/out"
	says_not "... and nothing is denied" "denied:" "$dir/err"
	status "$how: another name" 137 "$PARE" verify --quiet $policy -- /usr/bin/python3 claim.py $how evil.example.test
	says_not "... goes nowhere" "went on" "$dir/out"
	says "... is denied" "denied: host connect tcp/evil.example.test:443 by $(readlink -f /usr/bin/python3)" "$dir/err"
	says "... too late for the first bytes" "it was asked for on a connection that was admitted: killed" "$dir/err"
	says "... with the nearest" "nearest: host connect tcp/" "$dir/err"
	says "... and what would allow it" "smallest change: host connect tcp/evil.example.test:443" "$dir/err"
done
finish
