# For tests of what an audit finds in single runs: `. tests/audit_session.sh` behind lib.sh and
# policy.sh.  From here on in namespaces of their own: a home and a workspace below /srv, hosts at
# 192.0.2.1, which no grant names, and 192.0.2.2, which one does.

# serve ADDRESS: a server at port 80 that answers each line.
serve() {
	ip addr add "$1/32" dev lo
	socat "TCP-LISTEN:80,bind=$1,fork,reuseaddr" "SYSTEM:read x; echo answer" >/dev/null 2>&1 &
	servers="$servers $!"
}

# listening ADDRESS: waits until it does, 10 s at most.
listening() {
	for i in $(seq 100); do
		bash -c "exec 3<>/dev/tcp/$1/80" 2>/dev/null && return
		sleep 0.1
	done
}

session_setup() {
	mount -t tmpfs none /srv || exit 1
	mkdir -p /srv/home/.ssh /srv/home/Downloads /srv/ws /srv/tmp
	echo page >/srv/home/Downloads/page
	echo key >/srv/home/.ssh/id_rsa
	serve 192.0.2.1
	serve 192.0.2.2
	serve 127.0.0.1
	trap 'kill $servers 2>/dev/null; chmod -R u+rwX "$dir" 2>/dev/null; rm -rf "$dir"' EXIT
	listening 192.0.2.1
	listening 192.0.2.2
	listening 127.0.0.1
	{
		rule host connect tcp/192.0.2.2:80
		rule host connect tcp/127.0.0.1:80
		rule file read '$HOME/**'
		rule file write '$HOME/**'
		rule file create '$HOME/**'
		rule file write '/opt/**'
	} | policy "$dir/p.xml"
	"$PARE" import -q --from pare --agent demo --granted 2026-07-01 "$dir/p.xml" || exit 1
}

agent=demo
# session TASK DAY [VARIABLE=VALUE...]: $agent is recorded: bash, with the program on the standard
# input, in which `say ADDRESS` speaks to a host, within bash.
session() {
	task=$1 day=$2
	shift 2
	{
		echo 'say() { exec 3<>/dev/tcp/$1/80; echo hello >&3; read -r answer <&3; exec 3>&-; }'
		cat
	} >"/srv/ws/$task.sh"
	(cd /srv/ws && env -i PATH=/usr/bin:/bin HOME=/srv/home TMPDIR=/srv/tmp PARE_DB="$PARE_DB" PARE_SELF_TEST=0 "$@" \
		"$PARE" record --quiet --agent "$agent" --task "$task" --at "$day" -- bash "$task.sh") >"$dir/$task.out" 2>&1
}

# audit: into $dir/audit.json, and `task` for each witness.
audit() {
	"$PARE" runs --json | jq -s 'map({key: .run, value: .task}) | from_entries' >"$dir/tasks.json"
	"$PARE" audit --agent demo --as-of 2026-11-29 --json >"$dir/plain.json" 2>"$dir/err" || return
	jq --slurpfile task "$dir/tasks.json" '.findings[].evidence[]? |= . + {task: $task[0][.run]}' \
		"$dir/plain.json" >"$dir/audit.json"
}

# kinds PREFIX: "KIND SEVERITY TASK" for each task that a finding of such a kind has evidence of.
kinds() {
	jq -r --arg prefix "$1" '.findings[] | select(.kind | startswith($prefix)) |
		"\(.kind) \(.severity) \(.evidence[].task)"' "$dir/audit.json" | sort -u
}
