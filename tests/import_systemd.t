#!/bin/sh
# Units of systemd are imported: what no setting restricts is granted, and what is not read is named.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/grants.sh"

# imported: the unit on the standard input, to $dir/shown and $dir/notes.
imported() {
	cat >"$dir/unit"
	timeout 20 "$PARE" import --from systemd --agent demo -o "$dir/shown.xml" "$dir/unit" 2>"$dir/notes" || cat "$dir/notes"
	"$PARE" show --bare "$dir/shown.xml" >"$dir/shown"
}
# has NAME LINE...: each is a permission; lacks: none is.
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

printf '[Unit]\nDescription=x\n[Service]\nExecStart=/bin/x\n' | imported
has "a unit without restrictions may do everything" "file read /**" "file delete /**" "program exec /**" "kernel use mount" \
	"host connect {any:1-12}/{any:1-242}" "host bind {any:1-12}/{any:1-242}" "process trace /**" "kernel use namespace"
says "but what its user may not" "wider    only what the user may whom it runs as" "$dir/notes"
ok "nothing of it is unread" test "$(grep -c '^unread' "$dir/notes")" = 0

imported <<'END'
[Service]
User=agent
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths=/srv/work -/srv/other
InaccessiblePaths=/srv/work/secret
NoExecPaths=/
ExecPaths=/usr/bin "/opt/a b"
IPAddressDeny=any
IPAddressAllow=192.0.2.0/24 2001:db8::1
SocketBindDeny=any
SocketBindAllow=tcp:8080
SystemCallFilter=@system-service
SystemCallFilter=~@keyring
RestrictNamespaces=yes
Environment="API_TOKEN=x" PLAIN=1
PassEnvironment=FROM OUTER
UnsetEnvironment=OUTER
TasksMax=64
LimitFSIZE=1M
RuntimeMaxSec=5min 20s
# a comment
Nonsense=yes
EnvironmentFile=/etc/default/x
ReadOnlyPaths=relative \
%h/x
END
has "paths" "file read /**" "file write /srv/work/**" "file create /srv/other" "program exec /usr/bin/**" "file map /opt/a b/**"
lacks "and no others" "file write /**" "file write /srv/**" "program exec /**" "file map /usr/lib/**"
has "hosts" "host connect {any:1-12}/192.0.2.0/24:{digit:1-5}" "host send {any:1-12}/\\[2001:db8::1\\]:{digit:1-5}" \
	"host bind tcp/{any:1-220}:8080"
lacks "and no others" "host connect {any:1-12}/{any:1-242}" "host bind {any:1-12}/{any:1-242}"
has "facilities that its calls and capabilities leave" "kernel use io_uring" "kernel use userfaultfd"
lacks "and no others" "kernel use mount" "kernel use keyring" "kernel use bpf" "kernel use namespace" "process trace /**"
has "variables" "variable hold API_TOKEN" "variable hold FROM"
lacks "and no others" "variable hold PLAIN" "variable hold OUTER"
says "limits" '<limits time="320s" processes="64" file-size="1048576"/>' "$dir/shown.xml"
grep '^unread' "$dir/notes" | sort >"$dir/got"
cat >"$dir/want" <<'END'
unread   line 23: Nonsense=yes: it is no setting that is known here
unread   line 24: EnvironmentFile=/etc/default/x: what variables are in it is not known
unread   line 25: ReadOnlyPaths=relative \x20%h/x: "relative" is no path that can be followed
unread   line 25: ReadOnlyPaths=relative \x20%h/x: what a specifier stands for is not known
END
same "what is not understood is named" "$dir/want" "$dir/got"
"$PARE" import --from systemd --agent demo -q "$dir/unit"
sqlite3 "$PARE_DB" "SELECT DISTINCT pattern FROM granted WHERE denied ORDER BY 1" >"$dir/got"
printf '/srv/work/secret\n/srv/work/secret/**\n' >"$dir/want"
same "what is inaccessible is denied" "$dir/want" "$dir/got"

printf '[Service]\nTemporaryFileSystem=/etc:ro\nBindReadOnlyPaths=/etc/ssl\nProtectHome=yes\nCapabilityBoundingSet=\nPrivateNetwork=yes\n' | imported
has "what is bound is seen" "file read /etc/ssl/**" "file read /usr/**" "host connect {any:1-12}/127.0.0.0/8:{digit:1-5}"
lacks "what is covered is not" "file read /**" "file read /etc/**" "file write /etc/ssl/**" "kernel use mount"
says "of / the usual names are granted" "narrower of / only the names that are usual there" "$dir/notes"
printf '[Service]\nSystemCallFilter=~@mount ptrace\nCapabilityBoundingSet=~CAP_SYS_TIME CAP_SYS_MODULE\nRestrictAddressFamilies=AF_UNIX AF_INET\nProtectHostname=1\nDeviceAllow=/dev/kvm rw\n' | imported
lacks "lists may be of what is refused" "kernel use mount" "process trace /**" "kernel use clock" "kernel use module" "kernel use netlink" \
	"kernel use hostname" "file read /dev/**" "host connect {any:1-12}/{any:1-242}"
has "and leave the others" "kernel use bpf" "kernel use reboot" "host connect {any:1-12}/{name:1-220}:{digit:1-5}" "file read /dev/kvm" "file read /dev/null"

# ---- what is broken ----

for text in 'no section' '[Unit]\nDescription=x' '[Service]\n\0' ''; do
	printf "$text" >"$dir/unit"
	status "no unit: $text" 1 "$PARE" import --from systemd --agent demo -o "$dir/shown.xml" "$dir/unit"
done
perl -e 'print "[Service]\n", "ReadWritePaths=" . join(" ", map("/a" . "/b$_" x 3, 1 .. 9000)), "\n", "x" x 1000000, "\n[Odd]\n=\nReadOnlyPaths=/../x \"unended \\x", "\\" x 999' >"$dir/unit"
status "a huge one ends" 0 timeout 60 "$PARE" import --from systemd --agent demo -o "$dir/shown.xml" "$dir/unit"
says "with what was not read" "there are more than 2000 paths" "$dir/err"
perl -e 'srand 3; print "[Service]\n", map(chr(1 + int rand 255), 1 .. 50000)' >"$dir/unit"
status "so does noise" 0 timeout 60 "$PARE" import --from systemd --agent demo -o "$dir/shown.xml" "$dir/unit"

# ---- what comes with the system ----

for file in /lib/systemd/system/*.service; do
	[ -f "$file" ] && grep -q '^\[Service' "$file" || continue
	timeout 20 "$PARE" import --from systemd --agent demo -o "$dir/shown.xml" "$file" >"$dir/out" 2>"$dir/notes"
	got=$?
	unread=$(grep -c '^unread' "$dir/notes")
	[ "$unread" = 0 ] || echo "# $unread parts of $file are not read" >&3
	[ $got = 0 ] && [ "$unread" -le 2 ] || echo "$file: status $got, $unread parts unread"
done 3>"$dir/counts" >"$dir/found"
cat "$dir/counts"
clean "the units of the system are read"

# ---- the way back ----

round_trip systemd
finish
