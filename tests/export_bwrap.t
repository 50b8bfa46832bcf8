#!/bin/sh
# slow
# The script that `pare export --to bwrap` writes, run for real: what the policy grants works in the
# sandbox, and one step beyond it does not.  For root, for an ordinary user, in dash and in bash.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/policy.sh
. "$root/tests/policy.sh"
umask 022
PATH=/usr/sbin:/usr/bin:/sbin:/bin # what stands there is named by where it is
chmod 755 "$dir"
if ! bwrap --ro-bind / / --unshare-user --unshare-net --disable-userns true 2>"$dir/err"; then
	skip "the sandbox holds" "bubblewrap cannot make one here: $(head -1 "$dir/err")"
	finish
fi

# script NAME: exports $dir/NAME.xml to $dir/NAME.sh.
script() {
	"$PARE" export --to bwrap -o "$dir/$1.sh" "$dir/$1.xml" 2>"$dir/err" || fail "export $1" "$dir/err"
}

# in_box COMMAND...: runs it in the sandbox of $script, as $who, in shell $shell.
in_box() {
	case $who in
	root) env "HOME=$home" "PARE_WS=$ws" "TMPDIR=$tmp" "$shell" "$script" "$@" ;;
	nobody) setpriv --reuid 65534 --regid 65534 --clear-groups \
		env "HOME=$home" "PARE_WS=$ws" "TMPDIR=$tmp" "$shell" "$script" "$@" ;;
	esac </dev/null >"$dir/out" 2>"$dir/err"
}

# works NAME COMMAND...; denied likewise: it must fail, but not for want of a sandbox.
works() {
	name="$1 ($who, $shell)"
	shift
	if in_box "$@"; then pass "$name"; else cat "$dir/out" >>"$dir/err"; fail "$name" "$dir/err"; fi
}
denied() {
	name="$1 ($who, $shell)"
	shift
	in_box "$@"
	got=$?
	if [ "$got" = 0 ] || [ "$got" = 125 ] || ! [ -s "$script" ] || grep -q '^bwrap:' "$dir/err" || grep -q SECRET "$dir/out"; then
		{ echo "status $got"; cat "$dir/out" "$dir/err"; } >"$dir/why"
		fail "$name" "$dir/why"
	else
		pass "$name"
	fi
}

# Everyone's sandbox needs these.
programs sh cat ls mv rm ln mkdir chmod head unshare >"$dir/programs"
{
	cat "$dir/programs"
	rules <<'END'
file read /dev/null
file write /dev/null
file read /proc/sys/vm/swappiness
END
} >"$dir/common"

# ---- one policy, step by step ----

{
	cat "$dir/common"
	rules <<'END'
file read $HOME/notes
file write $HOME/log
file append $HOME/log
file create $HOME/new
file read $HOME/new
file delete $HOME/old
file read $HOME/.ssh/known_hosts
file stat $HOME/.ssh
file list $HOME/.ssh
file create $HOME/proj/.git/index.lock
file rename $HOME/proj/.git/index.lock
file create $HOME/proj/.git/index
file read $HOME/proj/.git/index
file create $HOME/proj/.git/logs
file create $HOME/proj/.git/logs/HEAD
file stat $HOME/proj/private
file stat $HOME/proj/public
file read $HOME/each/*
file read $HOME/every/*/mine
file read $HOME/varied/a.{hex:4}{digit:1-2}+{uuid}
file read $HOME/varied/{token:2}/x
file read $HOME/deep/**
file write $HOME/deep/open/**
file create $HOME/deep/open/**
file read $HOME/moved/id_rsa
file read $HOME/absent/file
file read $WS/a
END
} | policy "$dir/home.xml"
script home

uuid=01234567-89ab-cdef-0123-456789abcdef
home_tree() {
	rm -rf "$home"
	mkdir -p "$home/.ssh" "$home/proj/.git/hooks" "$home/docs" "$home/each/.dot" "$home/every/one" \
		"$home/every/.two" "$home/varied/a-" "$home/varied/a." "$home/deep/er" "$home/deep/open/x" "$home/work" "$tmp"
	(
		cd "$home" || exit
		for file in .ssh/id_rsa docs/d secret proj/.git/config proj/.git/hooks/post-commit proj/x \
			proj/private each/.dot/x every/other every/one/theirs .hidden ..odd work/b \
			"varied/aaabc09+$uuid" "varied/a.abcz9+$uuid" "varied/a.abcg09+$uuid" "varied/a.abcd090+$uuid" \
			"varied/a.abcd9++$uuid" "varied/a./x"; do
			echo SECRET >"$file"
		done
		for file in notes log old .ssh/known_hosts proj/.git/index proj/public each/1 each/.2 \
			every/one/mine every/.two/mine \
			"varied/a.abcd9+$uuid" "varied/a.00ff42+$uuid" "varied/a-/x" deep/er/file deep/open/x/file work/a; do
			echo "this is $file" >"$file"
		done
		chmod 600 .ssh/id_rsa proj/private
		ln -s .ssh moved
		ln -s /etc/passwd outside
	)
	[ "$who" = root ] || chown -R nobody "$home" "$tmp"
}

# What the sandbox may not change, however it tries.
fingerprint() {
	(cd "$home" && find . \( -name new -o -name log -o -name old -o -path './proj/.git/*' -o -path './deep/open/*' \) \
		-prune -o -type f -print -exec cat {} + | sort)
}

step_by_step() {
	script=$dir/home.sh home=$dir/$who/home ws=$dir/$who/home/work tmp=$dir/$who/tmp
	home_tree
	fingerprint >"$dir/before"
	works "a file that may be read" cat "$home/notes" a
	denied "it cannot be written" sh -c 'echo x >>"$HOME/notes"'
	denied "nor replaced" sh -c 'echo x >"$HOME/new" && mv -f "$HOME/new" "$HOME/notes"'
	works "a file that may be written" sh -c 'echo more >>"$HOME/log"'
	ok "it has been" grep -q more "$home/log"
	denied "but not removed" rm -f "$home/log"
	works "a file that may be created" sh -c 'echo made >"$HOME/new" && cat "$HOME/new"'
	ok "it has been" grep -q made "$home/new"
	works "one that may be deleted" rm "$home/old"
	ok "it has been" test ! -e "$home/old"
	works "one that is replaced by renaming" \
		sh -c 'cd "$HOME/proj/.git" && echo new >index.lock && mv index.lock index && cat index'
	ok "it has been" grep -q new "$home/proj/.git/index"
	works "a file in a folder that is made first" \
		sh -c 'cd "$HOME/proj/.git" && mkdir logs && echo x >logs/HEAD && cat logs/HEAD'
	works "a file in a folder that was made before" \
		sh -c 'cd "$HOME/proj/.git" && echo x >logs/HEAD && mv logs/HEAD logs/y && mv logs/y logs/HEAD'
	works "a name that is only looked at, private or not" \
		sh -c 'test -e "$HOME/proj/public" && test -e "$HOME/proj/private"'
	denied "which is not to be read" cat "$home/proj/private"
	works "each file of a folder, hidden ones too" cat "$home/each/1" "$home/each/.2"
	denied "but nothing in its folders" cat "$home/each/.dot/x"
	works "a name in every folder" cat "$home/every/one/mine" "$home/every/.two/mine"
	denied "but no other" cat "$home/every/one/theirs"
	denied "nor beside" cat "$home/every/other"
	works "names that vary" cat "$home/varied/a.abcd9+$uuid" "$home/varied/a.00ff42+$uuid" "$home/varied/a-/x"
	for file in "aaabc09+$uuid" "a.abcz9+$uuid" "a.abcg09+$uuid" "a.abcd090+$uuid" "a.abcd9++$uuid" a./x; do
		denied "no other than these: $file" cat "$home/varied/$file"
	done
	works "all below a folder" cat "$home/deep/er/file"
	denied "but not to write" sh -c 'echo x >"$HOME/deep/er/file"'
	works "unless that is granted" sh -c 'cd "$HOME/deep/open/x" && echo x >file && mkdir y && mv file y/z'
	works "the host's devices as granted" sh -c 'cat /dev/null >/dev/null'

	for file in .ssh/id_rsa docs/d secret proj/.git/config proj/.git/hooks/post-commit proj/x .hidden \
		..odd work/b /etc/passwd; do
		case $file in /*) path=$file ;; *) path=$home/$file ;; esac
		denied "no reading of $file" cat "$path"
		denied "no writing to $file" sh -c 'echo x >>"$1"' sh "$path"
		denied "no removing of $file" rm "$path"
		denied "no chmod of $file" chmod 777 "$path"
		denied "no link to $file" ln "$path" "$home/new2"
	done
	in_box ls -A "$home" "$home/.ssh" "$home/docs" "$home/proj"
	says_not "the name of the key is not seen" id_rsa "$dir/out"
	says "the name of what is granted is" known_hosts "$dir/out"
	denied "no renaming of a masked folder" mv "$home/docs" "$home/docs2"
	denied "no renaming of one that leads to something" mv "$home/.ssh" "$home/.ssh2"
	denied "no new file in it" sh -c 'echo x >"$HOME/.ssh/new"'
	denied "no new file in a masked folder" sh -c 'echo x >"$HOME/docs/new"'
	denied "no file below a symbolic link" cat "$home/moved/id_rsa"
	says "which is said" "not granted, because" "$dir/err"
	denied "no way out by a symbolic link" cat "$home/outside"
	denied "no new file elsewhere" sh -c 'echo x >/new'
	denied "no new file in the temporary folder" sh -c 'echo x >"$TMPDIR/new"'
	denied "no other program" sh -c 'tail -n 1 "$HOME/notes" || /usr/bin/tail -n 1 "$HOME/notes"'
	denied "no other program by the loader" /lib64/ld-linux-x86-64.so.2 /usr/bin/tail "$home/notes"
	works "the kernel's settings can be read" cat /proc/sys/vm/swappiness
	denied "but not written" sh -c 'value=$(cat /proc/sys/vm/swappiness) && echo "$value" >/proc/sys/vm/swappiness'
	denied "no new file in /dev" sh -c 'echo x >/dev/new'
	denied "nor in its shared memory" sh -c 'echo x >/dev/shm/new'
	denied "no user namespace" unshare -U true
	denied "no mount" unshare -m true
	in_box sh -c 'exit 7'
	ok "the status is the command's ($who, $shell)" test $? = 7
	in_box sh -c 'kill -9 $$'
	ok "also that of a signal ($who, $shell)" test $? = 137
	fingerprint >"$dir/after"
	same "nothing else has changed ($who, $shell)" "$dir/before" "$dir/after"
}

users=root
if [ "$(id -u)" != 0 ]; then
	skip "the sandbox holds for root" "not root"
elif setpriv --reuid 65534 --regid 65534 --clear-groups bwrap --ro-bind / / --unshare-user true 2>/dev/null &&
	setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$dir"; then
	users='root nobody'
else
	skip "the sandbox holds for an ordinary user" "an ordinary user may not make user namespaces here"
fi
shells=$(for shell in dash bash; do command -v $shell; done)
# shellcheck disable=SC2086
set -- $shells
shell=$1
for who in $users; do
	mkdir "$dir/$who"
	step_by_step
	shell=${2:-$1}
done
who=root

# ---- names that mean something to a shell, to bwrap or to a terminal ----

all=$(i=1
while [ $i -lt 256 ]; do
	[ $i = 47 ] || printf "\\$(printf %03o $i)"
	i=$((i + 1))
done; printf x)
all=${all%x}
newlines='two

lines'
final='at the end
'
set -- "$newlines" "$final" "it's" '"quoted"' '$HOME' '$(echo no)' '`echo no`' '-rf' '--' ' ' 'a  b ' '*' '?' '[a]' \
	'!' 'a\b' '\' '\n' '~' '#' ';' '&' '|' "$(printf '\377\376')" "$(printf 'a\201\202\203\204\205\206\207\210b')" \
	"$(printf '\033[31m')" "$(printf 'caf\303\251')" "$all" "''" '..x' '...' '{a,b}' '@@'
hostile=$#

# The folders have such names too.
base=$dir/hostile/$(printf '*[a]?\\ "'\''$x`\n\201\207\377')
home=$base/home ws=$base/work tmp=$base/tmp
mkdir -p "$home" "$ws/read" "$ws/room" "$ws/other" "$tmp"
{
	cat "$dir/common"
	for name in "$@"; do
		escaped=$(pattern "$name")
		rule file read "\$WS/read/$escaped"
		rule file create "\$WS/room/$escaped"
		rule file read "\$HOME/$escaped/in"
		mkdir "$home/$name"
		echo "granted" >"$home/$name/in"
		echo SECRET >"$home/$name/out"
		echo "granted" >"$ws/read/$name"
		echo SECRET >"$ws/room/x$name"
		echo SECRET >"$ws/other/$name"
	done
} | policy "$dir/hostile.xml"
script hostile
script=$dir/hostile.sh

# In the sandbox: prints each name's number for which something is not as it should be.
cat >"$dir/look" <<'END'
i=0
for name; do
	i=$((i + 1))
	{
		read -r word <"$PARE_WS/read/$name" && [ "$word" = granted ] || echo "$i: not readable"
		read -r word <"$HOME/$name/in" && [ "$word" = granted ] || echo "$i: not readable in its folder"
		! read -r word <"$HOME/$name/out" || echo "$i: readable beside"
		! read -r word <"$PARE_WS/room/x$name" || echo "$i: readable in a room"
		! read -r word <"$PARE_WS/other/$name" || echo "$i: readable elsewhere"
		! echo no >"$PARE_WS/read/$name" || echo "$i: writable"
		echo "$i" >"$PARE_WS/room/$name" || echo "$i: cannot be created"
	} 2>/dev/null
done
echo "looked at $i"
END
for shell in $shells; do
	works "hostile names do no harm" sh -c "$(cat "$dir/look")" sh "$@"
	echo "looked at $hostile" >"$dir/want"
	same "each is granted, and nothing else ($shell)" "$dir/want" "$dir/out"
	i=0
	for name in "$@"; do
		i=$((i + 1))
		[ "$(cat "$ws/room/$name")" = $i ] || echo "$i: not created"
	done >"$dir/found" 2>&1
	clean "what was created has the right names ($shell)"
	rm -r "$ws/room" && mkdir "$ws/room"
	for name in "$@"; do echo SECRET >"$ws/room/x$name"; done
done
"$PARE" export --to json "$dir/hostile.xml" >"$dir/hostile.json" 2>"$dir/err"
ok "they are valid JSON" jq -e --argjson n "$hostile" '[.rules[] | select(.action == "create")] | length == $n' "$dir/hostile.json"
if command -v shellcheck >/dev/null; then
	ok "shellcheck has nothing to say of a script" shellcheck "$dir/home.sh"
else
	skip "shellcheck has nothing to say of a script" "shellcheck is not installed"
fi
shell=sh

# ---- /proc that can be written, shared memory ----

{
	cat "$dir/common"
	rule file write /proc/self/oom_score_adj
	rule file create /dev/shm/x
} | policy "$dir/proc.xml"
script proc
home=$dir ws=$dir tmp=$dir script=$dir/proc.sh
for who in $users; do
	[ "$who" = root ] || tmp=$dir/$who/tmp
	works "a process's file in /proc" sh -c 'echo 500 >/proc/self/oom_score_adj'
	denied "but not the kernel's" sh -c 'value=$(cat /proc/sys/vm/swappiness) && echo "$value" >/proc/sys/vm/swappiness'
	works "shared memory of its own" sh -c 'echo x >/dev/shm/x'
done
ok "is not the host's" test ! -e /dev/shm/x
who=root

# ---- the whole file system, and descriptors by name ----

mkdir "$dir/whole" && echo here >"$dir/whole/here" && home=$dir/whole ws=$dir/whole tmp=$dir/whole
{
	rule file read '/**'
	rule file create '$WS/new'
} | policy "$dir/whole.xml"
script whole
script=$dir/whole.sh
works "all can be read, and written where that is granted" sh -c 'cat "$HOME/here" && echo x >new'
denied "but nowhere else" sh -c 'echo x >"$HOME/../new"'
rule file write '/**' | policy "$dir/open.xml"
script open
script=$dir/open.sh
works "all can be written" sh -c 'echo x >"$HOME/../new"'
{
	programs bash cat
	rule file stat /dev/fd
} | policy "$dir/fd.xml"
script fd
script=$dir/fd.sh
works "/dev/fd leads somewhere" bash -c 'cat <(echo x)'

# ---- the network ----

cat >"$dir/listen.py" <<'END'
import os, socket, sys
s = socket.create_server(("127.0.0.1", 0))
u = socket.socket(socket.AF_UNIX)
u.bind(sys.argv[1] + "/unix")
u.listen()
v = socket.socket(socket.AF_UNIX)
v.bind(sys.argv[1] + "/unix2")
v.listen()
with open(sys.argv[1] + "/port.new", "w") as f:
    f.write("%d" % s.getsockname()[1])
os.rename(sys.argv[1] + "/port.new", sys.argv[1] + "/port")
sys.stdin.read()
END
mkdir -p "$dir/net" && mkfifo "$dir/net/stop"
home=$dir/net ws=$dir/net tmp=$dir/net
python3 "$dir/listen.py" "$dir/net" <"$dir/net/stop" &
exec 5>"$dir/net/stop"
tries=0
until [ -e "$dir/net/port" ] || [ $tries = 100 ]; do sleep 0.05 && tries=$((tries + 1)); done
port=$(cat "$dir/net/port")
connect='import socket,sys
a = sys.argv[1]
s = socket.socket(socket.AF_UNIX if "/" in a else socket.AF_INET)
s.connect(a if "/" in a else ("127.0.0.1", int(a)))'
{
	cat "$dir/common"
	programs python3
	rule file read '/usr/**'
} >"$dir/python"
policy "$dir/none.xml" <"$dir/python"
script none
script=$dir/none.sh
ok "there is something to connect to" python3 -c "$connect" "$port"
denied "no host rule, no connection" python3 -c "$connect" "$port"
denied "nor to a socket in a file" python3 -c "$connect" "$dir/net/unix"
{
	cat "$dir/python"
	rule host connect "tcp/127.0.0.1:$port"
	rule socket connect '$WS/unix'
} | policy "$dir/some.xml"
script some
script=$dir/some.sh
works "a host rule, a connection" python3 -c "$connect" "$port"
works "a socket that is granted" python3 -c "$connect" "$dir/net/unix"
denied "but no other" python3 -c "$connect" "$dir/net/unix2"
{
	cat "$dir/python"
	rule host bind 'tcp/127.0.0.1:8017'
	rule host connect 'tcp/127.0.0.1:8017'
	rule socket bind '$WS/own'
	rule socket connect '$WS/own'
} | policy "$dir/own.xml"
script own
script=$dir/own.sh
works "the agent's own server" python3 -c 'import socket
s = socket.create_server(("127.0.0.1", 8017))
socket.create_connection(("127.0.0.1", 8017))
u = socket.socket(socket.AF_UNIX)
u.bind("own")
u.listen()
socket.socket(socket.AF_UNIX).connect("own")'
denied "which lets nobody else in" python3 -c "$connect" "$port"
exec 5>&-
wait

# ---- what does not fit ----

home=$dir/many ws=$dir/many tmp=$dir/many
mkdir "$dir/many"
(cd "$dir/many" && seq 1 1600 | xargs mkdir)
{
	cat "$dir/common"
	rule file create '$TMP/x'
} | policy "$dir/many.xml"
script many
script=$dir/many.sh
in_box cat /dev/null
ok "too many arguments: no sandbox" test $? = 125
says "it says so" "bwrap takes 9000" "$dir/err"
says "and what to do" "$dir/many alone takes" "$dir/err"
ws=/
in_box cat /dev/null
ok "a workspace that is none: no sandbox" test $? = 125
says "it says so" "PARE_WS" "$dir/err"
ws=$dir/many
in_box
ok "no command is a wrong command line" test $? = 2
rm -rf "$dir/many" && mkdir "$dir/many"
env "HOME=$home" "PARE_WS=$ws" PARE_SHOW=1 sh "$script" cat >"$dir/out" 2>"$dir/err" </dev/null
says "PARE_SHOW=1 shows what bwrap would be told" --die-with-parent "$dir/out"
says "without a terminal, a session of its own" --new-session "$dir/out"

# A disk that is full when the arguments are written: half of them would be half a sandbox.
mkdir "$dir/shim" "$dir/full" && ln -s /dev/full "$dir/full/first"
printf '#!/bin/sh\necho %s\n' "$dir/full" >"$dir/shim/mktemp"
chmod +x "$dir/shim/mktemp"
env "HOME=$home" "PARE_WS=$ws" "PATH=$dir/shim:$PATH" sh "$script" cat /dev/null >"$dir/out" 2>"$dir/err"
ok "a full disk: no sandbox" test $? = 125
says "it says so" "no space left" "$dir/err"
finish
