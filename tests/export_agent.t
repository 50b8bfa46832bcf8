#!/bin/sh
# slow
# From a recording to enforcement: an agent is recorded, its policy proposed and exported, and the
# agent runs in the sandbox as before; one step beyond what it did is denied.
. "$(dirname "$0")/lib.sh"
umask 022
PATH=/usr/sbin:/usr/bin:/sbin:/bin
chmod 755 "$dir"
ordinary='setpriv --reuid 65534 --regid 65534 --clear-groups'
if ! bwrap --ro-bind / / --unshare-user --unshare-net --disable-userns true 2>"$dir/err"; then
	skip "the agent works in its sandbox" "bubblewrap cannot make one here: $(head -1 "$dir/err")"
	finish
fi
cp "$PARE" "$dir/pare" # where an ordinary user can reach it

# The folders as they are at the beginning.
prepare() {
	sh "$root/fixtures/setup.sh" "$base" >"$dir/setup.out" 2>&1 || fail "prepare" "$dir/setup.out"
	[ "$who" = root ] || chown -R 65534:65534 "$base"
}

# as COMMAND...: as the user, in the workspace, with an environment of the agent's own.
as() {
	[ "$who" = root ] && set -- env "$@"
	[ "$who" = root ] || set -- $ordinary env "$@"
	(cd "$base/workspace" && exec "$@") </dev/null >"$dir/out" 2>"$dir/err"
}
agent() {
	as HOME="$base/home" TMPDIR="$base/tmp" PARE_DB="$base/pare.db" GIT_CONFIG_NOSYSTEM=1 \
		GIT_AUTHOR_DATE=2026-01-06T09:00:00Z GIT_COMMITTER_DATE=2026-01-06T09:00:00Z "$@"
}
denied() {
	name="$1 ($who)"
	shift
	agent sh "$base/policy.sh" "$@"
	got=$?
	if [ "$got" != 0 ] && [ "$got" != 125 ] && ! grep -q -e '^bwrap' "$dir/err"; then
		pass "$name"
	else
		{ echo "status $got"; cat "$dir/out" "$dir/err"; } >"$dir/why"
		fail "$name" "$dir/why"
	fi
}
works() {
	name="$1 ($who)"
	shift
	if agent "$@"; then pass "$name"; else cat "$dir/out" >>"$dir/err"; fail "$name" "$dir/err"; fi
}

# enforce WHO TASK...
enforce() {
	who=$1 base=$dir/$1
	shift
	mkdir "$base"
	for task; do
		prepare
		works "$task is recorded" "$dir/pare" record --agent a --task $task -- "$base/home/.local/bin/agent" $task
	done
	works "a policy is proposed" "$dir/pare" propose --agent a -o "$base/policy.xml"
	works "and exported" "$dir/pare" export --to bwrap -o "$base/policy.sh" "$base/policy.xml"
	says "the agent speaks to itself only: no network ($who)" pare_network=no "$base/policy.sh"
	for task; do
		prepare
		echo untouched >"$base/workspace/untouched"
		works "$task works in the sandbox" sh "$base/policy.sh" "$base/home/.local/bin/agent" $task
		says "and says what it did" "done: $task" "$dir/out"
		ok "and has committed it ($who)" git -c "safe.directory=*" -C "$base/workspace" diff --quiet HEAD -- src public
	done
	denied "no private key" cat "$base/home/.ssh/id_rsa"
	denied "no other file of the home" sh -c 'cat "$HOME/.profile" || echo x >"$HOME/.profile"'
	denied "no file beside those it knows" cat untouched
	denied "no change of it" sh -c 'echo x >untouched'
	denied "no file of the system" cat /etc/hostname
	denied "no new file elsewhere" sh -c 'echo x >"$HOME/../new" || echo x >/tmp/new || echo x >/etc/new'
	denied "no other program" sh -c 'tail -n 1 README.md'
	denied "no way to the host" curl -sS --max-time 5 "http://127.0.0.1:$port/"
}

# A server of the host, which the agent did not speak to.
mkfifo "$dir/stop"
python3 -c 'import socket, sys, os
s = socket.create_server(("127.0.0.1", 0))
open(sys.argv[1] + ".new", "w").write(str(s.getsockname()[1]))
os.rename(sys.argv[1] + ".new", sys.argv[1])
sys.stdin.read()' "$dir/port" <"$dir/stop" &
exec 5>"$dir/stop"
tries=0
until [ -e "$dir/port" ] || [ $tries = 100 ]; do sleep 0.05 && tries=$((tries + 1)); done
port=$(cat "$dir/port")

if [ "$(id -u)" != 0 ]; then
	skip "root's agent works in its sandbox" "not root"
	ordinary=
	enforce user report greet tidy
else
	enforce root report
	if $ordinary bwrap --ro-bind / / --unshare-user true 2>"$dir/err"; then
		enforce nobody report greet tidy
	else
		skip "an ordinary user's agent works in its sandbox" "$(head -1 "$dir/err")"
	fi
fi
exec 5>&-
wait
finish
