#!/bin/sh
# slow
# Nothing goes unseen: real programs are run twice from the same state, once recorded and once under
# strace.  Every path, address and program that strace shows must be in the evidence, with what was
# done to it and what came of it.  tests/differ.pl says which access a call stands for.
. "$(dirname "$0")/lib.sh"
PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
LC_ALL=C HOME=$dir/home GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 PYTHONDONTWRITEBYTECODE=1
export PATH LC_ALL HOME GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM PYTHONDONTWRITEBYTECODE
# Commits are named by what is in them, and that is also when they were made.
GIT_AUTHOR_DATE=2024-01-01T00:00:00Z GIT_COMMITTER_DATE=2024-01-01T00:00:00Z
export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
unset MAKEFLAGS MFLAGS MAKELEVEL CC

if ! strace -o /dev/null true 2>/dev/null; then
	skip "what strace sees is recorded" "strace is not installed or cannot run here"
	finish
fi

# Names that differ in every run, and only those.
cat >"$dir/steady" <<'END'
# A process id; pare writes its own as "self".
s{^/proc/(?:\d+|self|thread-self)(?:/task/\d+)?(?=/|$)}{/proc/self}
# gcc's and ar's temporary files.
s{/cc[A-Za-z0-9]{6}(?=\.|$)}{/ccXXXXXX}
s{(?:/|^)st[A-Za-z0-9]{6}$}{/stXXXXXX}
# git's: objects before they have their names, packs, what is received.
s{/(tmp_(?:obj|pack|idx|rev)_|tmp_objdir-incoming-)[A-Za-z0-9]{6}(?=/|$)}{/$1XXXXXX}g
s{\.git/t[A-Za-z0-9]{6}$}{.git/tXXXXXX}
# Python's: a folder, and the file that tries out whether /tmp can be written.
s{/tmp/(tmp)?[a-z0-9_]{8}(?=/|$)}{/tmp/$1XXXXXXXX}
# rsync's copy before it is renamed, sed's.
s{/\.([^/]+)\.[A-Za-z0-9]{6}$}{/.$1.XXXXXX}
s{(?:/|^)sed[A-Za-z0-9]{6}$}{/sedXXXXXX}
# npm's log: the time, to the millisecond.
s{(?<=/_logs/)[0-9TZ_-]+(?=-debug-0\.log$)}{TIME}
# Ports that the kernel chooses.
s{:(?:3[2-9]|[45]\d|60)\d{3}$}{:PORT}
END

mkdir -p "$dir/seed/library" "$dir/home"
cp "$root"/tests/differ/* "$dir/seed/library/"
mkdir "$dir/seed/data" && seq 1000 >"$dir/seed/data/numbers" && ln -s numbers "$dir/seed/data/link"
ln -s /nowhere "$dir/seed/data/dangling" && mkdir "$dir/seed/data/folder" && : >"$dir/seed/data/folder/a b"
# A file as new as git's index is read again and the index written anew, or not, by the second's chance.
find "$dir/seed" -type f -exec touch -d 2024-01-01 {} +

begin() {
	cd /
	chmod -R u+rwX "$dir/w" 2>/dev/null
	rm -rf "$dir/w" "$dir/home"
	cp -a "$dir/seed" "$dir/w" && mkdir "$dir/home" && cd "$dir/w" || exit 1
}

# compared NAME COMMAND...
compared() {
	name=$1
	shift
	begin
	"$PARE" record --quiet --agent "$name" -- "$@" >"$dir/out" 2>"$dir/err" </dev/null
	recorded=$?
	mv "$dir/err" "$dir/recorded.err"
	begin
	rm -rf "$dir/trace" && mkdir "$dir/trace"
	strace -ff -y -yy -s 9000 -e trace=%file,%network -o "$dir/trace/s" "$@" \
		>"$dir/out" 2>"$dir/err" </dev/null
	traced=$?
	if [ "$recorded" != 0 ] || [ "$traced" != 0 ]; then
		{ echo "status $recorded recorded, $traced traced"; tail -n 5 "$dir/recorded.err"; tail -n 5 "$dir/err"; } >"$dir/why"
		fail "$name: runs" "$dir/why"
		return
	fi
	"$PARE" dump last | jq -r '[.resource, .action, .outcome,
			(if .resource == "host" and (.action == "connect" or .action == "send") and .peer != "" then .peer else .name end), .requested]
		| map(gsub("\n"; "\\x0a") | gsub("\t"; "\\x09")) | join("\t")' >"$dir/evidence"
	perl "$root/tests/differ.pl" "$dir/evidence" "$dir/trace" "$dir/steady" >"$dir/found" 2>"$dir/number"
	[ "$(tail -n 1 "$dir/number")" -gt 20 ] || echo "strace showed next to nothing" >>"$dir/found"
	clean "$name: all $(tail -n 1 "$dir/number") accesses that strace shows are recorded"
	"$PARE" show last --json | jq -r '.not_seen[]? | "\(.kind): \(.detail)"' >"$dir/found"
	clean "$name: nothing was missed"
}

# optional PROGRAM NAME COMMAND...: where there is such a program.
optional() {
	program=$1
	shift
	if command -v "$program" >/dev/null; then
		compared "$@"
	else
		skip "$1" "$program is not installed"
	fi
}

cat >"$dir/git.sh" <<'END'
set -e
git init -q --bare remote.git
git clone -q remote.git clone
cd clone
cp -p ../data/numbers . && git add numbers
git -c user.name=a -c user.email=a@b -c commit.gpgsign=false commit -qm first
git push -q origin HEAD:main
git status --short && git log --stat >/dev/null
cd .. && git clone -q remote.git again
END
compared "git clone, commit, push" sh "$dir/git.sh"
compared "gcc" gcc -c -o library/stack.o library/stack.c
# The comparison can fail: without what was said of one file, it is that file that is named.
grep -v '/library/stack\.h	' "$dir/evidence" >"$dir/robbed"
perl "$root/tests/differ.pl" "$dir/robbed" "$dir/trace" "$dir/steady" >"$dir/found" 2>/dev/null
says "gcc: a file that is taken out of the evidence is missed" "file read|list $dir/w/library/stack.h ok" "$dir/found"

compared "make -j2" make -s -j2 -C library check

cat >"$dir/work.py" <<'END'
import json, os, socket, sqlite3, ssl, subprocess, sys, tempfile
subprocess.run(["cat", "data/numbers"], stdout=subprocess.DEVNULL, check=True)
subprocess.run("ls data | wc -l; exit 0", shell=True, check=True)
with tempfile.TemporaryDirectory() as folder:
    open(os.path.join(folder, "x"), "w").write("x")
for root, folders, files in os.walk("data"):
    for name in files:
        os.lstat(os.path.join(root, name))
server = socket.socket(socket.AF_UNIX)
server.bind("python.sock")
server.listen()
client = socket.socket(socket.AF_UNIX)
client.connect("python.sock")
try:
    socket.socket(socket.AF_UNIX).connect("/var/run/pare-nobody.sock")
except OSError:
    pass
datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagram.sendto(b"x", ("127.0.0.1", 9))
datagram.sendmsg([b"x"], [], 0, ("127.0.0.1", 10))
os.rename("data/numbers", "data/moved")
os.chmod("data/moved", 0o600)
os.utime("data/moved", None)
END
compared "python3" /usr/bin/python3 "$dir/work.py"

cat >"$dir/work.js" <<'END'
const { execFileSync, spawnSync, fork } = require("child_process");
const fs = require("fs");
if (process.argv[2] === "child") process.exit(0);
execFileSync("ls", ["data"]);
spawnSync("sh", ["-c", "cat data/numbers >copy"]);
fs.mkdirSync("made/deep", { recursive: true });
fs.writeFileSync("made/deep/file", "x");
fs.rmSync("made", { recursive: true });
fs.readdirSync("data").forEach((name) => fs.lstatSync("data/" + name));
fork(process.argv[1], ["child"]);
END
optional node "node with children" node "$dir/work.js"
mkdir -p "$dir/seed/package/lib" "$dir/seed/app"
echo '{"name":"local","version":"1.0.0","main":"lib/index.js"}' >"$dir/seed/package/package.json"
echo 'module.exports = 1;' >"$dir/seed/package/lib/index.js"
echo '{"name":"app","version":"1.0.0","private":true}' >"$dir/seed/app/package.json"
optional npm "npm install" npm install --offline --no-audit --no-fund --prefix app ./package
compared "tar" sh -c 'tar -czf data.tar.gz data && mkdir out && tar -xzf data.tar.gz -C out'
compared "find" find . -type f -exec grep -lZ 5 data/numbers {} +
compared "cp -a" cp -a data copy
optional rsync "rsync" rsync -a --delete data/ copy/
optional sqlite3 "sqlite3" sqlite3 new.db \
	'create table t(a); begin; insert into t values (1); commit; pragma journal_mode=wal; insert into t values (2); select * from t'
optional ssh-keygen "ssh-keygen" ssh-keygen -q -t ed25519 -N "" -f key
compared "sed -i, mv, rm -r, ln" sh -c 'sed -i s/5/6/ data/numbers && mv data/numbers data/n &&
	ln data/n hard && ln -s data/n soft && cat soft >/dev/null && rm -r data && ls missing; true'
if bwrap --ro-bind / / true 2>/dev/null; then
	compared "bwrap" bwrap --ro-bind /usr /usr --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
		--symlink usr/bin /bin --proc /proc --dev /dev --tmpfs /tmp --bind "$dir/w" /work --chdir /work \
		--unshare-pid sh -c 'cat data/numbers >copy; ls /tmp; mkdir /tmp/x; rm -r data'
else
	skip "bwrap" "it cannot run here"
fi

# A server of ours, on a port that the kernel chose.
cat >"$dir/server.py" <<'END'
import http.server, os, sys
os.chdir(sys.argv[1])
server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
with open(sys.argv[2] + ".new", "w") as file:
    file.write(str(server.server_port))
os.rename(sys.argv[2] + ".new", sys.argv[2])
server.serve_forever()
END
/usr/bin/python3 "$dir/server.py" "$dir/seed" "$dir/port" >/dev/null 2>&1 &
server=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	[ -e "$dir/port" ] || sleep 0.2
done
compared "curl" curl -s -o page "http://127.0.0.1:$(cat "$dir/port")/data/numbers"
kill "$server"
wait "$server" 2>/dev/null

# Who wants to trace cannot, as long as pare does: that must be said, not passed over.
begin
"$PARE" record --quiet -- strace -o /dev/null true >/dev/null 2>&1
"$PARE" show last --json | jq -r '.not_seen[]?.kind' >"$dir/kinds"
says "strace within: the gap is named" nested-trace "$dir/kinds"
if command -v gdb >/dev/null; then
	"$PARE" record --quiet -- gdb -q -nx -batch -ex run /bin/true >/dev/null 2>&1
	"$PARE" show last --json | jq -r '.not_seen[]?.kind' >"$dir/kinds"
	says "gdb within: the gap is named" nested-trace "$dir/kinds"
else
	skip "gdb within: the gap is named" "gdb is not installed"
fi
finish
