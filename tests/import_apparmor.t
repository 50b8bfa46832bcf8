#!/bin/sh
# Profiles of AppArmor are imported: what their rules mean, what is not read is named, and what `pare export` wrote
# comes back.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"
. "$(dirname "$0")/grants.sh"

# shown NAME WANT: what the profile on the standard input grants is as in WANT, a file, without what any profile grants.
shown() {
	cat >"$dir/profile"
	timeout 20 "$PARE" import --from apparmor --agent demo -o "$dir/shown.xml" "$dir/profile" 2>"$dir/notes" || cat "$dir/notes"
	"$PARE" show --bare "$dir/shown.xml" | grep -vE '^(file stat /|socket accept /|kernel use |$)' | sort >"$dir/got"
	sort "$2" >"$dir/sorted"
	same "$1" "$dir/sorted" "$dir/got"
}
# denied NAME WANT: the same of what is denied whatever else allows it.
denied() {
	rm -f "$PARE_DB"
	"$PARE" import --from apparmor --agent demo -q "$dir/profile" >"$dir/out" 2>&1
	sqlite3 -separator ' ' "$PARE_DB" "SELECT resource, action, pattern FROM granted WHERE denied ORDER BY 1, 2, 3" >"$dir/got" 2>&1
	same "$1" "$2" "$dir/got"
}

# ---- files ----

cat >"$dir/want" <<'END'
file read /lead
file read /lead2
file read /quoted \{a, b\} 1
file read /two
file read /x
file list /dir
file write /lead2
file append /lead2
file append /log
file create /lead2
file delete /lead2
file rename /lead2
file link /lead2
file attr /lead2
file map /x
program exec /x
socket connect /lead2
socket send /lead2
socket bind /lead2
END
shown "permissions lead or follow" "$dir/want" <<'END'
profile demo /usr/bin/demo { # a comment, with a comma
  r /lead,
  file rw /lead2,
  /x mrix, # another
  audit /log ak,
  /dir/ r,
  "/quoted \{a, b\} \x31" r,
  /two
     r,
}
END
ok "nothing of it is unread" test "$(grep -c '^unread' "$dir/notes")" = 0

cat >"$dir/want" <<'END'
file read /any/*
file read /any/*/x
file read /case/[.txt
file read /case/{any:1}b{digit:1}
file read /home/*/.a/**
file read /many/*/*/*/*/*/*/*/end
file read /many/*/*/*/*/*/*/end
file read /many/*/*/*/*/*/end
file read /many/*/*/*/*/end
file read /many/*/*/*/end
file read /many/*/*/end
file read /many/*/end
file read /odd{any:0-255}
file read /odd{any:0-255}/**
file read /one
file read /proc/{digit:1-3}/stat
file read /root/.a/**
file read /star\*
file read /three
file read /two/b
file read /w/{hex:4-7}{any:0-255}
file list /folders/**
file list /home/*/.a/**
file list /odd{any:0-255}/**
file list /root/.a/**
END
sed -i 's/^file read \/case\/\[.txt/file read \/case\/\\[.txt/' "$dir/want"
shown "globs mean what they mean there" "$dir/want" <<'END'
@{HOMES}=/home/*/ /root/
@{PID}={[1-9],[1-9][0-9],[1-9][0-9][0-9]}
@{ONE} = /one
@{ONE} += /two/b "/three"
profile demo {
  @{HOMES}/.a/** r,
  /proc/@{PID}/stat r,
  @{ONE} r,
  /any/?* r,
  /any/*/x r,
  /case/?b[0-9] r,
  /case/\[.txt r,
  /star\* r,
  /odd** r,
  /folders/**/ r,
  /many/**/end r,
  /w/[0-9a-f][0-9a-f][0-9a-f][0-9a-f]{,[0-9a-f]}{,[0-9a-f][0-9a-f]}* r,
}
END
says "the ranges that are no class are wider" "wider    line 7: /proc/@{PID}/stat r: no pattern says this exactly" "$dir/notes"
says "** in the middle is followed so far" "narrower line 16: /many/**/end r: ** in the middle only over 6 folders" "$dir/notes"

printf '%s\n' 'file create /n' 'file create /n2' 'file create /new' 'file link /o' 'file link /o2' >"$dir/want"
shown "links" "$dir/want" <<'END'
profile demo { /new l, link subset /n -> /o, l /n2 -> /o2, }
END
says "are created as links only" "wider    line 1: /new l: it can be created as a hard link only" "$dir/notes"

shown "what is denied is no grant" /dev/null <<'END'
profile demo {
  deny /secret/** rw,
  audit deny /**/.ssh/ r,
  deny { /blocked a, deny /prog x, }
  deny owner /mine r,
  deny network inet stream,
  ^hat { deny /hat r, }
}
END
cat >"$dir/want" <<'END'
file append /blocked
file append /secret/**
file attr /secret/**
file create /secret/**
file delete /secret/**
file link /secret/**
file list /*/*/*/*/*/*/*/.ssh
file list /*/*/*/*/*/*/.ssh
file list /*/*/*/*/*/.ssh
file list /*/*/*/*/.ssh
file list /*/*/*/.ssh
file list /*/*/.ssh
file list /*/.ssh
file list /secret/**
file read /secret/**
file rename /secret/**
file write /secret/**
program exec /prog
socket bind /secret/**
socket connect /secret/**
socket send /secret/**
END
denied "it is kept as denied" "$dir/want"
says "not where it holds for some only" "narrower line 5: deny owner /mine r: a denial of what the user owns is not counted" "$dir/notes"
says "or for one of several profiles" "narrower line 7: deny /hat r: a denial of this profile alone is not counted" "$dir/notes"

# ---- what else there is ----

cat >"$dir/want" <<'END'
host connect tcp/{any:1-245}
host connect udp/{name:1-240}:{digit:1-5}
host send tcp/{any:1-245}
host send udp/{name:1-240}:{digit:1-5}
host bind tcp/{any:1-245}
host bind udp/{name:1-240}:{digit:1-5}
host accept tcp/{any:1-245}
host accept udp/{name:1-240}:{digit:1-5}
host resolve {any:1-12}/{any:1-242}
socket connect @bar
process signal /usr/bin/foo
process trace /**
END
shown "networks, sockets and processes" "$dir/want" <<'END'
profile demo {
  network tcp,
  network inet udp,
  unix (connect, receive) type=stream peer=(label=x addr="@bar"),
  unix (create),
  signal (send) set=(kill, term) peer=/usr/bin/foo,
  signal (receive) peer=unconfined,
  ptrace (trace, read),
  ptrace readby,
  dbus send bus=session path=/x interface=y member={A,B} peer=(name=z),
  set rlimit fsize <= 10M,
  set rlimit nproc <= 20,
  set rlimit nice <= -5,
}
END
says "which signals is not said" "wider    line 6: signal (send) set=(kill, term) peer=/usr/bin/foo: only these signals" "$dir/notes"
says "limits are limits" 'processes="20"' "$dir/shown.xml"
says "of files, too" 'file-size="10485760"' "$dir/shown.xml"
ok "nothing else is said" test "$(grep -cE '^(unread|narrower)' "$dir/notes")" = 0

# uses FACILITY...: whether the last profile grants these.
uses() {
	for facility; do "$PARE" show --bare "$dir/shown.xml" | grep -qx "kernel use $facility" || return 1; done
}
shown "capabilities" /dev/null <<'END'
profile demo { capability sys_admin chown, capability net_admin, deny capability net_admin, mount fstype=proc, network netlink raw, network packet raw, }
END
ok "grant facilities" uses bpf mount netlink keyring socket-family-17
ok "not all of them" sh -c "! '$PARE' show --bare '$dir/shown.xml' | grep -E 'kernel use (network-configuration|module|tun)'"
shown "no rule of mounts" /dev/null <<'END'
profile demo { capability sys_admin, }
END
ok "is no mount" sh -c "! '$PARE' show --bare '$dir/shown.xml' | grep -E 'kernel use (mount|netlink)'"

"$PARE" import --from apparmor --agent demo -o "$dir/shown.xml" - 2>"$dir/notes" <<'END'
profile demo { file, network, capability, unix, mount, umount, signal, ptrace, }
END
{
	programs sh
	rule file write /anything
	rule file list /
	rule host connect "tcp/x.example:1"
	rule host resolve "dns/x.example:53"
	rule kernel use mount
	rule kernel use socket-family-40
	rule process signal /x
} | policy "$dir/some.xml"
"$PARE" diff "$dir/shown.xml" "$dir/some.xml" | grep -E '^(\+|!|wid)' >"$dir/found"
clean "bare rules grant everything"
says "but abstract sockets have no pattern, so nothing is said of sockets" "of file, program, host, process, kernel" "$dir/notes"

for flag in complain unconfined; do
	echo "profile demo flags=(attach_disconnected, $flag) { /x r, deny /y r, profile z { /z w, } } profile other { /other w, }" >"$dir/profile"
	"$PARE" import --from apparmor --agent demo -o "$dir/shown.xml" "$dir/profile" 2>"$dir/notes"
	says "flags=($flag)" "a profile with the flag $flag denies nothing: everything is granted" "$dir/notes"
	"$PARE" diff "$dir/shown.xml" "$dir/some.xml" | grep -E '^(\+|!|wid)' >"$dir/found"
	clean "grants everything"
done

# ---- includes ----

mkdir -p "$dir/etc/abstractions/more.d" "$dir/etc/tunables"
echo '@{WHERE}=/here /there' >"$dir/etc/tunables/mine"
printf '%s\n' '# rules' '@{WHERE}/a r,' 'include <abstractions/more.d>' 'bad rule here,' >"$dir/etc/abstractions/mine"
echo '/more r,' >"$dir/etc/abstractions/more.d/one"
echo '/hidden r,' >"$dir/etc/abstractions/more.d/one.dpkg-old"
echo 'include <abstractions/loop> /loop r,' >"$dir/etc/abstractions/loop"
cat >"$dir/etc/profile" <<'END'
#include <tunables/mine>
profile demo {
  #include <abstractions/mine>
  include if exists <local/nothing>
  #include <local/nothing>
  include <abstractions/mine
}
END
"$PARE" import --from apparmor --agent demo -o "$dir/shown.xml" "$dir/etc/profile" 2>"$dir/notes"
"$PARE" show --bare "$dir/shown.xml" | grep 'file read' >"$dir/got"
printf 'file read %s\n' /here/a /more /there/a >"$dir/want"
same "what is included counts" "$dir/want" "$dir/got"
grep '^unread' "$dir/notes" >"$dir/got"
cat >"$dir/want" <<'END'
unread   line 3: bad rule here (line 4 of mine): it is no rule that is known here
unread   line 5: #include <local/nothing>: there is no such file here
unread   line 6: include <abstractions/mine: there is no such file here
END
same "what is not there, or not understood, is named" "$dir/want" "$dir/got"
printf 'profile demo {\n include <abstractions/loop>\n}\n' >"$dir/etc/profile"
status "an include of itself" 0 timeout 20 "$PARE" import --from apparmor --agent demo -o "$dir/shown.xml" "$dir/etc/profile"
says "ends" "includes lead to too many others" "$dir/err"

# ---- what is broken ----

# broken NAME TEXT: the profile is refused, or the text is among the notes; printf's format on the standard input.
broken() {
	printf "$(cat)" >"$dir/profile"
	timeout 20 "$PARE" import --from apparmor --agent demo -o "$dir/shown.xml" "$dir/profile" >"$dir/out" 2>"$dir/notes"
	got=$?
	[ $got -le 1 ] || echo "status $got" >"$dir/notes"
	says "$1" "$2" "$dir/notes"
}
broken "no profile" "it has no profile of AppArmor" <<'END'
/etc/fstab r,
END
broken "a NUL" "no profile has a NUL" <<'END'
profile x { /a r, } \0
END
broken "no end" "a block does not end" <<'END'
profile x { /a r,
END
broken "no comma" "no comma ends it" <<'END'
profile x { /a r }
END
broken "one brace too many" "a brace ends no block" <<'END'
profile x { /a r, } }
END
broken "no mode" "it is no rule that is known here" <<'END'
profile x { /a rq, }
END
broken "no variable" "nobody says what @{NOTHING} is" <<'END'
profile x { @{NOTHING}/a r, }
END
broken "a variable of itself" "@{A} leads to too many others" <<'END'
@{A}=@{A}/b\nprofile x { @{A}/a r, }
END
broken "variables without end" "it is too long" <<'END'
@{A}=a b c d e f g h i j\n@{B}=@{A}@{A}@{A}\n@{C}=@{B}@{B}@{B}\n@{D}=@{C}@{C}@{C}\n@{E}=@{D}@{D}@{D}@{D}\n@{F}=@{E}@{E}@{E}@{E}@{E}@{E}\nprofile x { /@{F}@{F}@{F}@{F}/a r, }
END
broken "more paths than there is room for" "it stands for too many paths" <<'END'
profile x { /{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b} r, }
END
broken "many stars" "no pattern" <<'END'
profile x { /**a**b**c**d**e**f**g**h**i**j**k**l**m r, /[a r, /{a r, /a\\ r, /../b r, /\xff[^x] r, }
END
broken "not UTF-8" "ap\\xff\\xfe" <<'END'
profile x { ap\377\376 /q r, }
END
broken "a condition" "it is no block that is known here" <<'END'
profile x { if defined @{X} { /a r, } /b r, }
END
perl -e 'print "profile x {" x 5000, "}" x 5000' >"$dir/deep"
perl -e 'print "profile x { /", "a" x 3000000, " r, ", "/b/{a," x 20000, " r, ", "/", "[^" x 2000000, " r, /", "\@{" x 3000, " r, ", "r " x 100000, ", }"' >"$dir/huge"
perl -e 'srand 7; print "profile x {", map(chr(1 + int rand 255), 1 .. 100000), "}"' >"$dir/random"
perl -e 'srand 8; @w = ("/a", "/b/**", "{", "}", ",", "\n", "\"", "r", "deny", "owner", "(", ")", "@", "{X}", "=", "#", "include <abstractions/base>", "->", "\\", "[", "profile y {");
	print "profile x {", map($w[rand @w] . (rand() < 0.7 ? " " : ""), 1 .. 20000), "}"' >"$dir/words"
for file in deep huge random words; do
	timeout 30 "$PARE" import --from apparmor --agent demo -o "$dir/shown.xml" "$dir/$file" >"$dir/out" 2>"$dir/err"
	got=$?
	ok "$file: it ends, and says so" test $got -le 1
done

# ---- what comes with the system ----

for file in /etc/apparmor.d/*; do
	[ -f "$file" ] || continue
	timeout 60 "$PARE" import --from apparmor --agent demo -o "$dir/shown.xml" "$file" >"$dir/out" 2>"$dir/notes"
	got=$?
	unread=$(grep -c '^unread' "$dir/notes")
	[ $got = 0 ] && [ "$unread" -le 1 ] || { echo "$file: status $got, $unread parts unread"; grep '^unread' "$dir/notes" | head -5; }
	echo "# $(tail -n 1 "$dir/notes"), $file" >&3
done 3>"$dir/counts" >"$dir/found"
cat "$dir/counts"
clean "the profiles of the system are read"

# ---- the way back ----

{ rule socket accept /run/x; rule kernel use netlink; rule kernel use mount; rule file read '/{any:1-9}x'; rule file list '/b/{token:2-19}/**'; } |
	policy "$dir/21.xml"
round_trip apparmor "$dir/21.xml"
finish
