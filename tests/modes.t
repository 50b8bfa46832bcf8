#!/bin/sh
# slow
# The two ways to record see the same: whatever a program does, the evidence of a recording that
# stops at every call is that of one that logs most of them, but for how it was seen.
. "$(dirname "$0")/lib.sh"
mkdir -p "$dir/seed/data/folder" "$dir/home"
seq 500 >"$dir/seed/data/numbers" && ln -s numbers "$dir/seed/data/link" && ln -s /nowhere "$dir/seed/data/dangling"
cp "$root"/tests/differ/* "$dir/seed/" 2>/dev/null
# A file as new as git's index is read again and the index written anew, or not, by the second's chance.
find "$dir/seed" -type f -exec touch -d 2024-01-01 {} +
export HOME="$dir/home" GIT_CONFIG_NOSYSTEM=1 PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1
export GIT_AUTHOR_DATE=2026-01-01T00:00:00Z GIT_COMMITTER_DATE=2026-01-01T00:00:00Z
git config --file "$HOME/.gitconfig" user.name a && git config --file "$HOME/.gitconfig" user.email a@b
git config --file "$HOME/.gitconfig" maintenance.auto false

# Names that a program makes up anew in each run.
steady() {
	sed -E 's#/cc[A-Za-z0-9]{6}#/ccXXXXXX#g; s#tmp_(obj|pack|idx|rev)_[A-Za-z0-9]{6}#tmp_\1_XXXXXX#g
		s#\.git/t[A-Za-z0-9]{6}#.git/tXXXXXX#g; s#/sed[A-Za-z0-9]{6}#/sedXXXXXX#g; s#/tmp/(tmp)?[a-z0-9_]{8}#/tmp/\1XX#g
		s#:[0-9]{5}\t#:PORT\t#g; s#/st[A-Za-z0-9]{6}\t#/stXXXXXX\t#g; s#/proc/[0-9]+#/proc/PID#g'
}

# Equal accesses of either kind are one line; how often each happened is part of it.
evidence() {
	"$PARE" dump last | jq -r '[.count, .program, .resource, .action, .name, .requested, .outcome, .errno, .own, .peer] | @tsv' |
		steady | awk -F'\t' '{ count = $1; sub(/^[0-9]+\t/, ""); all[$0] += count }
			END { for (row in all) print row "\t" all[row] }' | LC_ALL=C sort
}

one() {
	# What git reads again depends on whether the clock's second has passed since: both begin with one.
	sleep "$(date +%N | awk '{ printf "%.3f", (1e9 - $1) / 1e9 }')"
	rm -rf "$dir/w" && cp -a "$dir/seed" "$dir/w" && cd "$dir/w" || exit 1
	"$PARE" record "$@" >"$dir/recorded.out" 2>"$dir/recorded.err" </dev/null
	echo "status $?" >"$dir/recorded"
	cat "$dir/recorded.out" "$dir/recorded.err" >>"$dir/recorded"
}

both() {
	one --strict --quiet -- "$@"
	evidence >"$dir/strict"
	mv "$dir/recorded" "$dir/strictly"
	one --quiet -- "$@"
	evidence >"$dir/fast"
}

# alike NAME SHARE COMMAND...: the same evidence and output; SHARE % of the accesses took no stop.
alike() {
	name=$1 share=$2
	shift 2
	both "$@"
	# It may have passed in one of them all the same; what is lost is lost again.
	cmp -s "$dir/strict" "$dir/fast" || both "$@"
	same "$name: the same evidence" "$dir/strict" "$dir/fast"
	same "$name: the same output" "$dir/strictly" "$dir/recorded"
	[ "$share" = 0 ] && return
	"$PARE" dump last | jq -r '[.via, .count] | @tsv' |
		awk -v want="$share" '{ all += $2; if ($1 == "fast") fast += $2 }
			END { printf "%d of %d\n", fast, all; exit !(all && 100 * fast / all >= want) }' >"$dir/share" &&
		pass "$name: at least $share % without a stop" || fail "$name: at least $share % without a stop" "$dir/share"
}

alike "git init, add, commit, log" 90 sh -c 'git init -q r && cp -p *.c r/ && cd r && git add . && git commit -qm one && git status -s && git mv stack.c s.c && git status -s'
alike "gcc" 95 gcc -O1 -c stack.c -o out.o
alike "python3" 85 /usr/bin/python3 -c 'import json, ssl, subprocess, os
subprocess.run(["ls"], cwd="data")
os.chdir("data"); print(open("numbers").readline()); os.mkdir("x"); os.rename("x", "y"); os.rmdir("y")'
alike "find, grep" 75 sh -c 'find . -type f | LC_ALL=C sort; grep -rl 500 .; ls -lR data'
alike "links, renames, removals" 0 sh -c 'cat data/link; ln -s data d; cat d/numbers >/dev/null; mv d e; cat e/numbers >/dev/null
	rm e; mkdir e; cp data/numbers e/numbers; cat e/numbers | tail -1; ln e/numbers hard; mv hard e/n2; rm -r e; cat data/dangling; ls missing; true'
alike "tar" 0 sh -c 'tar -cf t.tar data && mkdir o && tar -xf t.tar -C o && rm -r o'
alike "a shell in another folder" 0 sh -c 'cd data && (cd folder && touch a && ls) && cat numbers | head -1 && cd .. && ls data/folder'
alike "a cleared environment" 70 env -i /usr/bin/find data
alike "a C library that is not the first" 0 env -i /lib64/ld-linux-x86-64.so.2 /bin/ls data
finish
