#!/bin/sh
# Profiles of firejail are imported: what no line takes away is granted, and what is not read is named.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/grants.sh"
HOME=$dir/home
export HOME
mkdir -p "$HOME/.ssh" "$HOME/project" "$dir/etc"

# imported: the profile on the standard input, to $dir/shown and $dir/notes; what is denied to $dir/denied.
imported() {
	cat >"$dir/etc/profile"
	timeout 20 "$PARE" import --from firejail --agent demo --home "$HOME" -o "$dir/shown.xml" "$dir/etc/profile" 2>"$dir/notes" ||
		cat "$dir/notes"
	"$PARE" show --bare "$dir/shown.xml" >"$dir/shown"
	rm -f "$PARE_DB"
	"$PARE" import --from firejail --agent demo --home "$HOME" -q "$dir/etc/profile"
	sqlite3 -separator ' ' "$PARE_DB" "SELECT resource, action, pattern FROM granted WHERE denied" >"$dir/denied"
}
has() {
	name=$1
	shift
	for line; do grep -qxF "$line" "$dir/shown" || echo "no $line"; done >"$dir/found"
	clean "$name"
}
lacks() {
	name=$1
	shift
	for line; do grep -xF "$line" "$dir/shown"; done >"$dir/found"
	clean "$name"
}
denies() {
	name=$1
	shift
	for line; do grep -qxF "$line" "$dir/denied" || echo "no $line"; done >"$dir/found"
	clean "$name"
}

echo quiet | imported
has "a profile that says nothing leaves nearly all" "file read /**" "file write /**" "program exec /**" "kernel use mount" \
	"host connect {any:1-12}/{any:1-242}" "process trace /**" "variable hold {any:1-255}"
denies "but the system is read-only" "file write /usr/**" "file create /etc/**"
ok "nothing of it is unread" test "$(grep -c '^unread' "$dir/notes")" = 0

echo 'blacklist /srv' >"$dir/etc/common.inc"
imported <<'END'
# a comment
include common.inc
include missing.local
include missing.inc
noblacklist ${HOME}/project
blacklist ${HOME}/.ssh # behind a line
blacklist ${HOME}/project
blacklist ${HOME}/absent
blacklist /var/log/*.log
ignore net none
net none
caps.drop all
seccomp
protocol unix,inet,inet6
restrict-namespaces
rmenv GITHUB_TOKEN
rlimit-fsize 1024
timeout 01:02:03
?HAS_X11: blacklist /x
frobnicate
END
denies "what is blacklisted is denied" "file read \$HOME/.ssh/**" "file read /srv" "program exec /srv/**" "file read /var/log/{any:0-255}.log" \
	"variable hold GITHUB_TOKEN"
grep -E 'project|absent' "$dir/denied" >"$dir/found"
clean "not what is excepted, and not what is not there"
has "what is ignored does not count" "host connect {any:1-12}/{any:1-242}"
lacks "calls and capabilities are taken away" "kernel use mount" "kernel use bpf" "kernel use keyring" "kernel use namespace" "process trace /**" \
	"kernel use netlink"
says "limits are limits" 'time="3723s" file-size="1024"' "$dir/shown.xml"
grep '^unread' "$dir/notes" >"$dir/got"
cat >"$dir/want" <<'END'
unread   line 4: include missing.inc: there is no such file here
unread   line 19: ?HAS_X11: blacklist /x: whether the condition holds is not known
unread   line 20: frobnicate: it is no line that is known here
END
same "what is not understood is named" "$dir/want" "$dir/got"

imported <<'END'
whitelist ${HOME}/project
read-only ${HOME}/project
whitelist /opt/x
private-bin sh,git
private-etc ssl
net none
END
has "what is whitelisted is seen" "file read \$HOME/project/**" "file write /opt/x/**" "program exec /usr/bin/git" "file read /etc/ssl/**" \
	"host connect {any:1-12}/127.0.0.0/8:{digit:1-5}"
lacks "and nothing else beside it" "file read /**" "file read /opt/**" "file write \$HOME/project/**" "file read \$HOME/**" "file read /etc/**" \
	"host connect {any:1-12}/{any:1-242}"

# ---- what is broken ----

printf 'quiet\n\0' >"$dir/etc/profile"
status "a NUL" 1 "$PARE" import --from firejail --agent demo -o "$dir/shown.xml" "$dir/etc/profile"
echo 'include profile' >"$dir/etc/profile"
status "an include of itself" 0 timeout 20 "$PARE" import --from firejail --agent demo -o "$dir/shown.xml" "$dir/etc/profile"
says "ends" "includes lead to too many others" "$dir/err"
perl -e 'print "read-only /a/b$_\n" x 3 for 1 .. 3000; print "whitelist ", "x/" x 500000, "\nblacklist relative/../x\nread-only /../y\nwhitelist \xff\n"' >"$dir/etc/profile"
status "a huge one ends" 0 timeout 60 "$PARE" import --from firejail --agent demo -o "$dir/shown.xml" "$dir/etc/profile"
says "with what was not read" "there are more than 2000 paths" "$dir/err"
perl -e 'srand 3; print map(chr(1 + int rand 255), 1 .. 50000)' >"$dir/etc/profile"
status "so does noise" 0 timeout 60 "$PARE" import --from firejail --agent demo -o "$dir/shown.xml" "$dir/etc/profile"

# ---- what comes with the system ----

for file in /etc/firejail/*.profile; do
	[ -f "$file" ] || continue
	timeout 60 "$PARE" import --from firejail --agent demo -o "$dir/shown.xml" "$file" >"$dir/out" 2>"$dir/notes"
	got=$?
	unread=$(grep -c '^unread' "$dir/notes")
	echo "# $unread parts of $file are not read" >&3
	[ $got = 0 ] && [ "$unread" -le 3 ] || { echo "$file: status $got"; grep '^unread' "$dir/notes" | head -5; }
done 3>"$dir/counts" >"$dir/found"
cat "$dir/counts"
clean "the profiles of the system are read"

# ---- the way back ----

round_trip firejail
finish
