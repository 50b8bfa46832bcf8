#!/bin/sh
# What the agent is given open: the shell's redirections, and sockets, as init gives them.
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 1

# given: what the last run inherited, without what this test was given itself.
given() {
	"$PARE" dump last | jq -r 'select(.requested | startswith("inherited:"))
		| [.requested, .resource, .action, .name, .outcome] | join(" ")' | sort
}

echo content >file && mkdir folder && mkfifo fifo
"$PARE" record --quiet -- cat <file >out 2>/dev/null
same "the agent reads what it was given" file out
given >got
cat >want <<-END
	inherited:0 file read $dir/file ok
	inherited:1 file write $dir/out ok
	inherited:2 file write /dev/null ok
END
grep "^inherited:[012] " got >three
same "cat <file: the file is in the evidence" want three

"$PARE" record --quiet -- true 4<folder 5>>added 6<>both 7<>fifo 8</dev/zero 3<&-
given | grep "^inherited:[4-8] " >got
cat >want <<-END
	inherited:4 file list $dir/folder ok
	inherited:5 file append $dir/added ok
	inherited:6 file read $dir/both ok
	inherited:6 file write $dir/both ok
	inherited:7 file read $dir/fifo ok
	inherited:7 file write $dir/fifo ok
	inherited:8 file read /dev/zero ok
END
same "a folder, a file appended to, one for both, a fifo, a device" want got

: | "$PARE" record --quiet -- cat 2>/dev/null | cat
given | grep -E "^inherited:[01] " >found
clean "a pipe is nobody's file"

"$PARE" record --quiet -- sh -c 'cat <&4; sh -c true' 4<file >/dev/null
"$PARE" dump last | jq -r 'select(.requested == "inherited:4") | .program' >got
readlink -f "$(command -v sh)" >want
same "only the first program inherits; for others an open was seen" want got

exec 5<file
rm file
"$PARE" record --quiet -- cat <&5 >/dev/null
given | grep "^inherited:0 " >got
echo "inherited:0 file read $dir/file ok" >want
same "a file that is deleted keeps its name" want got
exec 5<&-

cat >sockets.py <<'END'
import os, socket, subprocess, sys
here = os.getcwd()
servers = [socket.socket(), socket.socket(socket.AF_UNIX), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)]
servers[0].bind(("127.0.0.1", 0)), servers[0].listen()
servers[1].bind("a.sock"), servers[1].listen()
servers[2].bind(("127.0.0.1", 0))
port, udp = servers[0].getsockname()[1], servers[2].getsockname()[1]
client = socket.create_connection(("127.0.0.1", port))
path = socket.socket(socket.AF_UNIX)
path.connect(here + "/a.sock")
pair = socket.socketpair()
given = servers + [client, path, servers[1].accept()[0], pair[0]]
subprocess.run([os.environ["PARE"], "record", "--quiet", "--", "true"], pass_fds=[s.fileno() for s in given], check=True)
me = os.path.realpath("/proc/self/exe")
for s, text in zip(given, [
        f"host accept tcp/127.0.0.1:{port} ", f"socket accept {here}/a.sock ",
        f"host bind udp/127.0.0.1:{udp} ",
        f"host connect tcp/127.0.0.1:{port} tcp/127.0.0.1:{port}",
        f"socket connect {here}/a.sock {me}", f"socket accept {here}/a.sock {me}"]):
    print(f"inherited:{s.fileno()} {text}")
END
if command -v python3 >/dev/null; then
	ok "sockets are handed to the agent" python3 sockets.py
	sort ok.out >want
	"$PARE" dump last | jq -r 'select(.requested | startswith("inherited:"))
		| select(.resource != "file") | [.requested, .resource, .action, .name, .peer] | join(" ")' |
		sort >got
	same "sockets: listening, bound, connected, accepted; a pair has no name" want got
else
	skip "sockets are handed to the agent" "there is no python3"
fi
finish
