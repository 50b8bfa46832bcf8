# For tests in network and mount namespaces of their own: `. tests/net.sh` behind lib.sh.

# alone NAME NEEDS [COMMAND...]: from here on in such namespaces, and in $dir, with loopback; where the
# command cannot run in them, all that NAME says is skipped, and what it NEEDS is said.
alone() {
	name=$1 needs=$2
	shift 2
	[ $# -gt 0 ] || set -- true
	if ! unshare -n -m "$@" 2>/dev/null; then
		skip "$name" "$needs"
		finish
	fi
	if [ -z "$PARE_ALONE" ]; then
		rm -rf "$dir"
		PARE_ALONE=1 exec unshare -n -m "$0"
	fi
	cd "$dir" || exit 1
	ip link set lo up
}

# serve_names HOSTS [PYTHON]: the resolver 192.0.2.53 and servers at 192.0.2.1 (fixtures/names/serve.py),
# by process $servers; they say "ready" in the file of that name.  hosts(5) is HOSTS.
serve_names() {
	ip addr add 192.0.2.1/32 dev lo
	ip addr add 192.0.2.53/32 dev lo
	echo "nameserver 192.0.2.53" >resolv.conf
	printf '%b' "$1" >hosts
	mount --bind resolv.conf "$(readlink -f /etc/resolv.conf)"
	mount --bind hosts /etc/hosts
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem \
		-subj /CN=example.test -days 2 2>/dev/null
	"${2:-python3}" "$root/fixtures/names/serve.py" cert.pem key.pem >ready 2>servers &
	servers=$!
}

# wait_ready FILE...: until each of them says so, 10 s at most.
wait_ready() {
	for file; do
		for i in $(seq 100); do
			grep -q ready "$file" && break
			sleep 0.1
		done
	done
}
