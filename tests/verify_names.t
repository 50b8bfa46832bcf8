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
finish
