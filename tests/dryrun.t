#!/bin/sh
# slow
# A dry run: what programs do works for them, changes nothing, and can be seen, applied, forgotten.
. "$(dirname "$0")/lib.sh"

# As an ordinary user who is not the one of whom overlays say nothing (overflowuid), in a home of his own.
user=4321
as="env HOME=$dir/user"
if [ "$(id -u)" = 0 ]; then
	as="setpriv --reuid $user --regid $user --clear-groups env HOME=$dir/user"
	chmod 755 "$dir"
else
	user=$(id -u)
fi
mkdir "$dir/user" && cd "$dir/user" || exit 1
cp "$PARE" pare
PARE_DB=$dir/user/store/pare.db
LC_ALL=C.UTF-8
PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
GIT_CONFIG_NOSYSTEM=1
TMPDIR=/tmp
export LC_ALL PATH GIT_CONFIG_NOSYSTEM TMPDIR
pare() { $as "$dir/user/pare" "$@"; }
try() { pare record --dry-run --quiet -- "$@"; }
[ "$(id -u)" != 0 ] || chown -R $user:$user "$dir/user"
$as mkdir store

if ! try true >"$dir/out" 2>"$dir/err"; then
	if grep -q -e "ordinary user have a namespace" -e "max_user_namespaces" "$dir/err"; then
		skip "dry runs" "an ordinary user gets no user namespace here"
		finish
	fi
	fail "a dry run begins" "$dir/err"
	finish
fi
pass "a dry run begins"

# manifest FOLDER: all that is to be known of everything in it, but for the store and pare itself.
cat >"$dir/manifest.py" <<-'END'
	import hashlib, os, stat, sys
	top = sys.argv[1]
	times = len(sys.argv) < 3
	for folder, folders, files in os.walk(top):
	    folders[:] = sorted(f for f in folders if (folder, f) != (top, "store"))
	    for name in sorted(["."] + folders + files):
	        path = os.path.join(folder, name)
	        st = os.lstat(path)
	        if path == os.path.join(top, "pare") or (path == top and name == "."): continue
	        is_folder = stat.S_ISDIR(st.st_mode)
	        what = ""
	        if stat.S_ISREG(st.st_mode): what = hashlib.sha256(open(path, "rb").read()).hexdigest()
	        if stat.S_ISLNK(st.st_mode): what = os.readlink(path)
	        attributes = [(x, os.getxattr(path, x, follow_symlinks=False)) for x in sorted(os.listxattr(path, follow_symlinks=False))]
	        print(os.path.relpath(path, top), oct(st.st_mode), st.st_uid, st.st_gid, 0 if is_folder else st.st_nlink,
	              st.st_mtime_ns if times else "", what, attributes)
END
manifest() { /usr/bin/python3 "$dir/manifest.py" "$@"; }

# ---- programs as they are ----

$as sh -eu >"$dir/out" 2>&1 <<-'END'
	git config --global user.email one@example.test
	git config --global user.name One
	git config --global init.defaultBranch main
	git init -q --bare remote.git
	git init -q repo
	cd repo
	mkdir sub
	echo one >README
	echo two >sub/file
	git add -A
	git commit -qm First
	git remote add origin ../remote.git
	git push -q -u origin main
	cd ..
	mkdir package application make
	echo '{"name": "package", "version": "1.0.0", "main": "index.js"}' >package/package.json
	echo 'module.exports = 42' >package/index.js
	echo '{"name": "application", "version": "1.0.0"}' >application/package.json
	printf 'install:\n\tinstall -D -m 755 Makefile $(DESTDIR)/usr/local/bin/program\n' >make/Makefile
END
"$root/fixtures/setup.sh" "$dir/user/shop" >>"$dir/out" 2>&1 || fail "the workspace is made" "$dir/out"
[ "$(id -u)" != 0 ] || chown -R $user:$user "$dir/user"
manifest "$dir/user" >"$dir/before"
# succeeds NAME COMMAND...: in a dry run, and has effects.
succeeds() {
	name=$1
	shift
	status "$name" 0 try "$@"
	[ "$got" = 0 ] || sed 's/^/# /' "$dir/out"
	pare effects last >"$dir/effects" 2>"$dir/err"
	if grep -q '^[+~m-] ' "$dir/effects"; then pass "$name: its effects wait"; else fail "$name: its effects wait" "$dir/err"; fi
}
for task in greet tidy; do
	succeeds "the small agent's task $task" sh -c "cd shop/workspace && HOME=\$PWD/../home $root/fixtures/agent.sh $task"
done
says "its deletion is one of them" "- $dir/user/shop/workspace/old/notes.txt" "$dir/effects"
succeeds "git commits and pushes" sh -ec 'cd repo; echo three >>README; git add -A; git commit -qm Second; git push -q; git -C ../remote.git log --format=%s'
says "and sees what it has pushed" Second "$dir/out"
succeeds "a folder is renamed" sh -ec 'cd repo; git mv sub other; cat other/file'
succeeds "and one from one overlay to another" /usr/bin/python3 -c 'import os; os.rename("make", "/tmp/pare-dry-make"); print(os.listdir("/tmp/pare-dry-make"))'
if command -v npm >/dev/null; then
	succeeds "npm installs a local package" sh -ec 'cd application; npm install --offline --no-audit --no-fund ../package; node -e "console.log(require(\"package\"))"'
	says "and node finds it" 42 "$dir/out"
else
	skip "npm installs a local package" "npm is not installed"
fi
succeeds "make installs" make -C make install DESTDIR="$dir/user/root"
succeeds "python makes an environment" sh -ec '/usr/bin/python3 -m venv --without-pip environment; environment/bin/python -c "import sys; print(sys.prefix)"'
if $as bwrap --ro-bind / / --proc /proc --dev /dev --unshare-all true 2>/dev/null; then
	succeeds "bubblewrap has a sandbox of its own" bwrap --ro-bind / / --bind "$dir/user" "$dir/user" --proc /proc --dev /dev --unshare-all \
		sh -ec 'echo made >sandboxed; cat sandboxed; test $(ls -d /proc/[0-9]* | wc -l) -lt 6'
	says "in which it sees what it does" made "$dir/out"
	says "which is an effect like any other" "+ $dir/user/sandboxed" "$dir/effects"
else
	skip "bubblewrap has a sandbox of its own" "bubblewrap cannot make one here at all"
fi
succeeds "temporary files, shared memory and sockets work" /usr/bin/python3 -c '
import os, socket, tempfile
from multiprocessing import shared_memory
s = socket.socket(socket.AF_UNIX); s.bind("socket"); s.listen()
c = socket.socket(socket.AF_UNIX); c.connect("socket"); c.sendall(b"x")
assert s.accept()[0].recv(1) == b"x"
m = shared_memory.SharedMemory(create=True, size=10); m.unlink()
with tempfile.NamedTemporaryFile(delete=False) as f: f.write(b"y")
assert open(f.name, "rb").read() == b"y"
os.mkfifo("pipe"); os.setxattr("repo/README", "user.pare", b"1"); assert os.getxattr("repo/README", "user.pare") == b"1"
n = socket.create_server(("127.0.0.1", 0)); d = socket.create_connection(n.getsockname()); d.close()'
manifest "$dir/user" >"$dir/after"
same "the real files are what they were, with their times" "$dir/before" "$dir/after"
ok "nothing came into /tmp" test ! -e /tmp/pare-dry-make
grep -c 'pare ' /proc/mounts >"$dir/got"
echo 0 >"$dir/want"
same "nothing is mounted" "$dir/want" "$dir/got"

# What was recorded is of the real names.
try sh -c 'echo x >named; cat named; cat /proc/self/status' >/dev/null 2>&1
pare dump last >"$dir/dump"
jq -r 'select(.resource == "file") | .action + " " + .name' "$dir/dump" | sort -u >"$dir/names"
says "a file is named as in the world" "create $dir/user/named" "$dir/names"
says "and so is what was read of it" "read $dir/user/named" "$dir/names"
says "its own process is itself" "read /proc/self/status" "$dir/names"
says_not "overlays have no names" "/upper/" "$dir/names"
jq -r .via "$dir/dump" | sort | uniq -c >"$dir/via"
says "most calls do not stop it" fast "$dir/via"

# ---- effects, and what comes of them ----

$as mkdir work copy
cat >"$dir/change.sh" <<-'END'
	set -e
	echo more >>appended
	chmod 600 closed
	chmod 500 folder
	rm gone
	rm -r tree
	rm -r anew; mkdir anew; echo new >anew/new
	mv moved away
	/usr/bin/python3 -c 'import os; os.rename("from", "to"); os.setxattr("named", "user.pare", b"value")'
	ln linked again
	ln -sf elsewhere link
	ln -s nowhere dangling
	mkfifo pipe
	touch -d 2001-02-03 dated
	rm turned; mkdir turned; echo in >turned/in
	rm -r flat; echo flat >flat
	mkdir -p deep/er/est; echo deep >deep/er/est/file
	printf 'a\nb\n' >"$(printf 'odd\nname')"
	echo secret >unreadable; chmod 0 unreadable
	mkdir shut; echo in >shut/file; chmod 0 shut
	echo one >twin1; ln twin1 twin2; chmod 4755 twin1
	(echo 1; cat replaced) >replaced.new; mv replaced.new replaced
END
for folder in work copy; do
	(cd $folder && $as sh -ec '
		for name in appended closed gone moved linked named dated turned replaced; do echo $name >$name; done
		mkdir folder tree tree/sub anew from from/sub flat
		echo kept >from/sub/kept; echo old >anew/old; echo old >anew/new; echo f >flat/f; echo t >tree/sub/t
		ln -s target link')
done
cp -p work/dated copy/dated
chmod 644 "$dir/change.sh"
status "a run that changes all kinds of things" 0 try sh -c "cd work && sh $dir/change.sh"
[ "$got" = 0 ] || sed 's/^/# /' "$dir/out"
(cd copy && $as sh "$dir/change.sh") || fail "the same on the copy"
pare effects last >"$dir/effects"
sed "s|$dir/user/work|.|" "$dir/effects" >"$dir/got"
cat >"$dir/want" <<-'END'
	+ ./again  7 bytes
	- ./anew/old
	~ ./anew/new  content
	~ ./appended  content
	+ ./away  6 bytes
	m ./closed  mode 644 -> 600
	+ ./dangling
	m ./dated  time
	+ ./deep/
	+ ./deep/er/
	+ ./deep/er/est/
	+ ./deep/er/est/file  5 bytes
	~ ./flat  type
	m ./folder/  mode 755 -> 500
	- ./from/  with 2 in it
	- ./gone
	~ ./link  content
	- ./moved
	m ./named  attributes
	+ ./odd\nname  4 bytes
	+ ./pipe
	~ ./replaced  content
	+ ./shut/
	+ ./shut/file  3 bytes
	+ ./to/
	+ ./to/sub/
	+ ./to/sub/kept  5 bytes
	- ./tree/  with 2 in it
	~ ./turned/  type
	+ ./turned/in  3 bytes
	+ ./twin1  4 bytes
	+ ./twin2  4 bytes
	+ ./unreadable  7 bytes
	18 created, 6 changed, 5 deleted, 4 with other attributes
END
LC_ALL=C sort "$dir/want" >"$dir/want.sorted"
LC_ALL=C sort "$dir/got" >"$dir/got.sorted"
same "the effects are what it did" "$dir/want.sorted" "$dir/got.sorted"
pare effects --json last | jq -c '[.effect, .type, .differs]' 2>"$dir/err" | sort | uniq -c >"$dir/json"
says "JSON says the same of a file" '["changed","file",["content"]]' "$dir/json"
says "and of a folder that would be gone" '["deleted","folder",[]]' "$dir/json"
pare effects --diff last >"$dir/diff"
says "a diff shows what would be added" "+more" "$dir/diff"
says "under the file's own name" "+++ b$dir/user/work/appended" "$dir/diff"
says "and what would be gone" "-gone" "$dir/diff"

status "one path is applied alone" 0 pare apply last work/appended
says "and it alone" "applied 1 of 33" "$dir/out"
same "it is real" copy/appended work/appended
ok "others are not" test -e work/gone
status "a path that has no effect is none" 1 pare apply last work/nothing
says "which is said" "the run did nothing there" "$dir/err"
status "the rest is applied" 0 pare apply last
(cd "$dir/user/work" && manifest . no-times) >"$dir/got"
(cd "$dir/user/copy" && manifest . no-times) >"$dir/want"
same "the real files are what a real run makes of them" "$dir/want" "$dir/got"
status "nothing is left of it" 1 pare effects last
says "which is said, too" "has left nothing" "$dir/err"

# What others have changed meanwhile is theirs.
$as sh -ec 'mkdir meanwhile; cd meanwhile; for f in content mode gone same; do echo $f >$f; done; mkdir filled; echo f >filled/f'
try sh -ec 'cd meanwhile; for f in content mode gone same; do echo run >>$f; done; echo run >new; rm -r filled; echo run >free'
$as sh -ec 'cd meanwhile; echo other >>content; chmod 600 mode; rm gone; echo other >new; echo other >filled/more'
manifest "$dir/user/meanwhile" >"$dir/before"
status "what was changed meanwhile is not applied" 3 pare apply last
cp "$dir/err" "$dir/conflicts"
says "a content" "meanwhile/content: its content" "$dir/conflicts"
says "a mode" "meanwhile/mode: its mode is another" "$dir/conflicts"
says "what is gone" "meanwhile/gone: it is gone" "$dir/conflicts"
says "what has come" "meanwhile/new: it has appeared" "$dir/conflicts"
says "what is in a folder that would go" "meanwhile/filled: something in it" "$dir/conflicts"
says "all of it is counted" "nothing was applied: 5 files were changed meanwhile" "$dir/conflicts"
manifest "$dir/user/meanwhile" >"$dir/after"
same "nothing of it was" "$dir/before" "$dir/after"
status "what nobody has changed still can be" 0 pare apply last meanwhile/same meanwhile/free
ok "and is" grep -qx run meanwhile/same
status "the rest is discarded" 0 pare discard last
status "then nothing is left" 1 pare effects last
pare runs >"$dir/out"
says "the run is still recorded" "sh" "$dir/out"

# ---- containment ----

cat >"$dir/outside.py" <<-'END'
	import os, socket, sys
	s = socket.socket(socket.AF_UNIX); s.bind("served"); s.listen()
	a = socket.socket(socket.AF_UNIX); a.bind("\0pare-dry-%d" % os.getpid()); a.listen()
	t = socket.create_server(("127.0.0.1", 0))
	print(os.getpid(), t.getsockname()[1], flush=True)
	sys.stdin.read()
END
chmod 644 "$dir/outside.py"
mkfifo "$dir/end"
$as /usr/bin/python3 "$dir/outside.py" <"$dir/end" >"$dir/served" &
exec 9>"$dir/end"
for i in $(seq 100); do [ -s "$dir/served" ] && break; sleep 0.1; done
read -r outside port <"$dir/served"
# refused NAME PYTHON: fails in a dry run, with an errno that the program says.
refused() {
	name=$1
	try /usr/bin/python3 -c "
import ctypes, os, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
outside, port = $outside, $port
def call(*arguments):
    r = libc.syscall(*arguments)
    if r < 0: raise OSError(ctypes.get_errno(), 'refused')
    return r
try:
    $2
except OSError as e: sys.exit(e.errno)
" >"$dir/out" 2>&1
	got=$?
	if [ "$got" != 0 ] && [ "$got" -lt 125 ]; then pass "refused: $name"; else fail "refused: $name" "$dir/out"; fi
}
refused "a signal to a process outside" 'os.kill(outside, 9)'
refused "its memory" 'open("/proc/%d/mem" % outside, "r+b")'
refused "its root" 'os.listdir("/proc/%d/root/" % outside)'
refused "tracing it" 'call(101, 16, outside, 0, 0)'
refused "tracing process 1" 'call(101, 16, 1, 0, 0)'
refused "the root of process 1" 'os.listdir("/proc/1/root/")'
refused "the descriptors of process 1" 'os.listdir("/proc/1/fd/")'
refused "a socket that is served outside" 'socket.socket(socket.AF_UNIX).connect("served")'
refused "an abstract one" 'socket.socket(socket.AF_UNIX).connect("\0pare-dry-%d" % outside)'
refused "a port of the host" 'socket.create_connection(("127.0.0.1", port))'
refused "the network" 'socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("192.0.2.1", 9))'
refused "the network, IPv6" 'socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).connect(("2001:db8::1", 9))'
refused "a raw socket" 'socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)'
refused "a device" 'os.mknod("device", 0o60600, os.makedev(8, 0))'
refused "the machine's memory" 'open("/dev/mem", "r+b")'
refused "unmounting" 'call(166, b"/tmp", 2)'
refused "mounting it again" 'call(165, 0, b"/tmp", 0, 0x1020, 0)'
refused "the clock" 'call(227, 0, (ctypes.c_long * 2)(0, 0))'
refused "a restart" 'call(169, 0xfee1dead, 672274793, 0x1234567, 0)'
refused "a setting of the kernel" 'open("/proc/sys/kernel/core_pattern", "w")'
refused "what pare keeps" 'open("store/pare.db.effects/x", "w")'
refused "a handle" 'call(304, -100, (ctypes.c_int * 4)(8, 1, 2, 0), 0)'
refused "mounts seen from a namespace of its own" '(call(272, 0x10020000), call(166, b"/tmp", 2))'
refused "a group of processes" 'open("/sys/fs/cgroup/cgroup.procs", "w")'
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	mkdir "$dir/fixed"
	status "refused: a socket on a mount that is read-only already" 111 unshare -m sh -ec "
		mount --bind '$dir/user' '$dir/fixed'
		mount -o remount,bind,ro '$dir/fixed'
		exec $as '$dir/user/pare' record --dry-run --quiet -- /usr/bin/python3 -c '
import socket, sys
try: socket.socket(socket.AF_UNIX).connect(\"$dir/fixed/served\")
except OSError as e: sys.exit(e.errno)'"
else
	skip "refused: a socket on a mount that is read-only already" "this is not root"
fi
ok "the process outside lives" kill -0 "$outside"
exec 9>&-
wait
# An inherited descriptor leads outside.
$as sh -c "exec 7<. && exec $dir/user/pare record --dry-run --quiet -- sh -c 'ls /proc/self/fd/7/'" >"$dir/out" 2>&1
says "an inherited folder is closed" "No such file" "$dir/out"
manifest "$dir/user" >"$dir/after"
try sh -c 'ls /tmp >/dev/null; umask' >"$dir/out" 2>&1
umask >"$dir/want"
same "what files are made with is as before" "$dir/want" "$dir/out"

# Where others are mounted in a folder, even out of sight, its entries are shown one by one.
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	mkdir -p "$dir/user/parts/folder" "$dir/user/parts/below/mounted" "$dir/user/parts/closed/mounted"
	(cd "$dir/user/parts" && echo own >own && echo gone >gone && echo in >folder/in && ln -s own link)
	chown -R $user:$user "$dir/user/parts"
	echo other >"$dir/user/parts/other"
	chown 0:0 "$dir/user/parts/closed"
	chmod 700 "$dir/user/parts/closed"
	cat >"$dir/parts.sh" <<-END
		mount -t tmpfs none '$dir/user/parts/below/mounted'
		mount -t tmpfs none '$dir/user/parts/closed/mounted'
		chmod 777 '$dir/user/parts/below/mounted'
		exec $as '$dir/user/pare' record --dry-run --quiet -- sh -ec '
			cd parts; echo more >>own; rm gone; echo x >new; echo x >folder/new; cat other; cat link
			echo x >below/mounted/new; mv folder/in in; ls closed || echo closed'
	END
	status "mounts in a folder, one of them out of sight" 0 unshare -m sh "$dir/parts.sh"
	[ "$got" = 0 ] || sed 's/^/# /' "$dir/out"
	pare effects last | grep -v '^note:' | sed "s|$dir/user/parts|.|" >"$dir/got"
	cat >"$dir/want" <<-'END'
		+ ./below/mounted/new  2 bytes
		- ./folder/in
		+ ./folder/new  2 bytes
		- ./gone
		+ ./in  3 bytes
		+ ./new  2 bytes
		~ ./own  content
		4 created, 1 changed, 2 deleted, 0 with other attributes
	END
	same "what was done there is what waits" "$dir/want" "$dir/got"
	status "and it is applied" 0 pare apply last parts/own parts/gone parts/new parts/in parts/folder
	printf 'own\nmore\n' >"$dir/want"
	same "to the real file" "$dir/want" parts/own
	ok "and the others" test ! -e parts/gone -a -e parts/new -a -e parts/in -a ! -e parts/folder/in
	pare discard last
	rm -r "$dir/user/parts"
else
	skip "mounts in a folder" "this is not root"
fi

# ---- the host's network, and root ----

status "with the host's network" 0 pare record --dry-run --net=host --quiet -- sh -c 'cat /proc/net/dev'
sed 's/:.*//' "$dir/out" | sort >"$dir/got"
sed 's/:.*//' /proc/net/dev | sort >"$dir/want"
same "there is what the host has" "$dir/want" "$dir/got"
pare show last >"$dir/out"
says "which is said" "network is the host's" "$dir/out"
pare discard last
status "it is of dry runs only" 125 pare record --net=host -- true
if [ "$(id -u)" = 0 ]; then
	cat >"$dir/root.sh" <<-'END'
		set -e
		make -s -C make install
		program=/usr/local/bin/program
		test -x $program
		chown 12:34 make/Makefile
		touch /etc/pare-dry
		rm package/package.json
		(echo x >/proc/sys/kernel/core_pattern) 2>/dev/null && exit 3
		umount /proc/sys 2>/dev/null && exit 4
		mount -o remount,rw /sys 2>/dev/null && exit 5
		mknod device c 1 3 2>/dev/null && exit 6
		date -s 2001-01-01 2>/dev/null && exit 7
		mv repo/sub repo/other
		setpriv --reuid 12 --regid 34 --clear-groups id -u
	END
	manifest "$dir/user" >"$dir/before"
	status "root: a run that only root may do" 0 env HOME="$dir" PARE_DB="$dir/root.db" "$PARE" record --dry-run --quiet -- sh "$dir/root.sh"
	[ "$got" = 0 ] || sed 's/^/# /' "$dir/out"
	says "root: other users are there" 12 "$dir/out"
	PARE_DB=$dir/root.db "$PARE" effects last >"$dir/effects"
	says "root: what was installed waits" "+ /usr/local/bin/program" "$dir/effects"
	says "root: and an owner" "owner $user:$user -> 12:34" "$dir/effects"
	ok "root: nothing was installed" test ! -e /usr/local/bin/program -a ! -e /etc/pare-dry
	manifest "$dir/user" >"$dir/after"
	same "root: the real files are what they were" "$dir/before" "$dir/after"
	status "root: a part is applied" 0 env PARE_DB="$dir/root.db" "$PARE" apply last "$dir/user/make" "$dir/user/package/package.json"
	stat -c '%u:%g' make/Makefile >"$dir/got"
	echo 12:34 >"$dir/want"
	same "root: the owner is another then" "$dir/want" "$dir/got"
	ok "root: what was deleted is gone" test ! -e package/package.json
	status "root: the rest is discarded" 0 env PARE_DB="$dir/root.db" "$PARE" discard last
else
	skip "a dry run of root" "this is not root"
fi

# ---- the end ----

status "a limit of time ends it" 137 pare record --dry-run --quiet --timeout 1s -- sh -c 'echo x >timed; sleep 60 & setsid sleep 60'
pare effects last >"$dir/effects"
says "what it did until then waits" "+ $dir/user/timed" "$dir/effects"
pare discard last
setsid $as "$dir/user/pare" record --dry-run --quiet -- sh -c 'echo x >killed; echo $$ >started; sleep 999 & sleep 998' >/dev/null 2>&1 &
for i in $(seq 100); do
	ls store/pare.db.effects/*/*/upper 2>/dev/null | grep -q . && pgrep -u $user -x sleep >/dev/null && break
	sleep 0.1
done
pkill -KILL -u $user -f "pare record --dry-run --quiet -- sh -c echo x >killed"
wait
for i in $(seq 50); do pgrep -u $user -f 'sleep 99[89]' >/dev/null || break; sleep 0.1; done
pgrep -u $user -f 'sleep 99[89]' >"$dir/found"
clean "killed, it leaves no process"
grep 'pare ' /proc/mounts >"$dir/found"
clean "and no mount"
ok "nor what it did" test ! -e killed
status "what is left lies where the store is" 0 pare fsck
says "until fsck finds it" "was killed: what it did is forgotten" "$dir/out"
for run in $(ls store/pare.db.effects 2>/dev/null); do pare discard "$run"; done
ok "in the end nothing is left" test ! -e store/pare.db.effects
finish
