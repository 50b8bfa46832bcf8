#!/bin/sh
# slow
# `pare export`: what a policy says of the whole run (time, tasks, memory, size of files).  A format says it,
# meaning the same, or it is a loss; where the format can run, it holds.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/policy.sh
. "$root/tests/policy.sh"
chmod 755 "$dir"
PATH=$PATH:/usr/sbin:/sbin

# limited ATTRIBUTES: a policy of what sh, sleep and dd need, with these limits.
limited() {
	{
		echo "<policy xmlns=\"urn:pare:policy:1\" agent=\"demo\"><limits $1/>"
		{
			programs sh sleep dd
			# shellcheck disable=SC2016
			printf 'file %s $WS/**\n' read list write create | rules
			printf 'file %s /dev/zero\n' read write | rules
			rule file read /etc/ld.so.cache
		} | sort -u
		echo '</policy>'
	} >"$dir/limited.xml"
}

# told FORMAT: which limits it does not say.
told() {
	"$PARE" export --to "$1" --losses --json --workspace "$dir/ws" "$dir/limited.xml" 2>/dev/null |
		jq -r '.[] | select(.rule == null and .kind == "widened") | .sentence' >"$dir/sentences"
	while read -r limit words; do
		! grep -q "$words" "$dir/sentences" || echo "$limit"
	done <<-'END' | paste -sd' '
		time ^a run may last longer than 1 min 30 s$
		tasks more processes and threads at once than 64$
		memory ^a process may have more in memory than 104857600 bytes$
		file ^a file may become larger than 65536 bytes$
	END
}

limited 'runs="3" time="90s" processes="64" memory="104857600" file-size="65536"'
ok "the policy is one" "$PARE" export --to json -o "$dir/json" "$dir/limited.xml"
"$PARE" export --to help | awk '{ print $1 }' | while read -r format; do
	echo "$format: $(told "$format")"
done | sed 's/ $//' >"$dir/got"
all="time tasks memory file"
cat >"$dir/want" <<END
json:
bwrap: tasks memory
apparmor: time tasks memory
landlock: $all
nftables: $all
systemd: memory
firejail: time tasks memory
mcp: $all
srt: $all
cedar: $all
rego: $all
seccomp: $all
networkpolicy: $all
cilium: $all
claude: $all
codex: $all
execpolicy: $all
END
same "each limit that a format does not say is told" "$dir/want" "$dir/got"
status "--strict refuses it" 3 "$PARE" export --to rego --strict "$dir/limited.xml"
sed 's/<limits[^>]*>//' "$dir/limited.xml" >"$dir/free.xml"
"$PARE" export --to landlock --losses "$dir/free.xml" 2>/dev/null | grep -E 'may last|may become|at once|in memory' >"$dir/found"
clean "a policy without limits has none to tell of"

# says_limit FORMAT LINE
says_limit() {
	"$PARE" export --to "$1" --workspace "$dir/ws" -o "$dir/exported" "$dir/limited.xml" 2>/dev/null
	says "$1 says $2" "$2" "$dir/exported"
}
says_limit systemd RuntimeMaxSec=90
says_limit systemd TimeoutStartSec=90
says_limit systemd TasksMax=64
says_limit systemd LimitFSIZE=65536
if command -v systemd-analyze >/dev/null; then
	{ cat "$dir/exported"; printf '\nExecStart=/usr/bin/true\n'; } >"$dir/agent.service"
	systemd-analyze verify "$dir/agent.service" 2>&1 | grep agent.service >"$dir/found"
	clean "systemd takes them"
else
	skip "systemd takes them" "systemd-analyze is not installed"
fi
says_limit apparmor 'set rlimit fsize <= 65536,'
if command -v apparmor_parser >/dev/null; then
	ok "AppArmor takes it" apparmor_parser -Q -K "$dir/exported"
else
	skip "AppArmor takes it" "apparmor_parser is not installed"
fi
says_limit firejail 'rlimit-fsize 65536'
says_limit bwrap "pare_limits='timeout --foreground -s KILL 90 prlimit --fsize=65536'"

# ---- a time that is no whole second ----

limited 'time="1500ms"'
"$PARE" export --to systemd "$dir/limited.xml" >"$dir/exported" 2>/dev/null
says "systemd has parts of a second" RuntimeMaxSec=1.5 "$dir/exported"
"$PARE" export --to bwrap "$dir/limited.xml" >"$dir/exported" 2>/dev/null
says "so has the script for bubblewrap" "KILL 1.5'" "$dir/exported"

# ---- they hold ----

mkdir "$dir/ws"
cd "$dir/ws" || exit 1
# In box(): a file that grows too large does not, what takes too long ends.
holds_file() {
	ok "$1: what is within the limits is done" box sh -c 'dd if=/dev/zero of=small bs=4096 count=16 2>/dev/null'
	ok "$1: the file is as large as it may be" test "$(stat -c %s "$dir/ws/small")" = 65536
	box sh -c 'dd if=/dev/zero of=large bs=4096 count=32' >"$dir/out" 2>"$dir/err"
	ok "$1: no file becomes larger" test "$(stat -c %s "$dir/ws/large")" = 65536
	rm -f "$dir/ws/small" "$dir/ws/large"
}
holds_time() {
	started=$(date +%s)
	box sh -c 'sleep 60; true >late' >"$dir/out" 2>"$dir/err"
	got=$?
	ok "$1: what takes too long is ended" test $got != 0 -a $(($(date +%s) - started)) -lt 50 -a ! -e "$dir/ws/late"
}

limited 'time="3s" file-size="65536"'
if bwrap --ro-bind / / --unshare-user --unshare-net true 2>"$dir/err"; then
	"$PARE" export --to bwrap -o "$dir/sandbox.sh" "$dir/limited.xml" 2>/dev/null
	box() { sh "$dir/sandbox.sh" "$@"; }
	holds_file bwrap
	holds_time bwrap
	PATH=$dir/none PARE_WS=$dir/ws /bin/sh "$dir/sandbox.sh" true 2>"$dir/err"
	got=$?
	ok "bwrap: without timeout(1) nothing is run" test $got = 125
	if command -v shellcheck >/dev/null; then
		ok "bwrap: shellcheck has nothing to say" shellcheck "$dir/sandbox.sh"
	else
		skip "bwrap: shellcheck has nothing to say" "shellcheck is not installed"
	fi
else
	skip "bwrap: the limits hold" "bubblewrap cannot make a sandbox here: $(head -1 "$dir/err")"
fi
echo '[Service]' >"$dir/none.conf"
if timeout 60 "$root/tests/exporters/systemd-run.py" "$dir/none.conf" true >"$dir/out" 2>"$dir/err"; then
	"$PARE" export --to systemd --workspace "$dir/ws" -o "$dir/pare.conf" "$dir/limited.xml" 2>/dev/null
	box() { timeout 90 "$root/tests/exporters/systemd-run.py" "$dir/pare.conf" "$@"; }
	holds_file systemd
	holds_time systemd
else
	skip "systemd: the limits hold" "a systemd of its own cannot be started here: $(tail -1 "$dir/err")"
fi
if timeout 60 firejail --noprofile true </dev/null >"$dir/err" 2>&1; then
	"$PARE" export --to firejail --workspace "$dir/ws" -o "$dir/firejail.profile" "$dir/limited.xml" 2>/dev/null
	box() { timeout 60 firejail --profile="$dir/firejail.profile" "$@" </dev/null; }
	holds_file firejail
else
	skip "firejail: the limits hold" "firejail cannot make a sandbox here: $(head -1 "$dir/err")"
fi
finish
