#!/bin/sh
# `pare import --from bwrap`: what a command line of bubblewrap lets in.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"
. "$(dirname "$0")/grants.sh"

grants() {
	timeout 20 "$PARE" import --from bwrap --agent demo --workspace /srv/ws --home /home/u -o "$dir/got.xml" "$1" 2>"$dir/notes" && "$PARE" show -b "$dir/got.xml" >"$dir/got"
}
has() {
	for line; do grep -qxF -- "$line" "$dir/got" || echo "not granted: $line"; done >"$dir/found"
}
lacks() {
	for line; do ! grep -qF -- "$line" "$dir/got" || echo "granted: $line"; done >"$dir/found"
}

cat >"$dir/sandbox.sh" <<'END'
#!/bin/sh
# bwrap --bind / / in a comment is none
WS=$PWD
exec /usr/bin/bwrap \
	--unshare-all --die-with-parent \
	--ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib64 "/lib64" \
	--ro-bind /etc/hosts /etc/hosts \
	--proc /proc --dev /dev --tmpfs /tmp \
	--bind "$PWD" "$PWD" --ro-bind "$PWD/.git" "$PWD/.git" \
	--bind-try "$HOME/.cache" "$HOME/.cache" --bind $CONF /conf --ro-bind '/srv/it'\''s' /inside \
	--bind /var/hidden /var/hidden --tmpfs /var \
	--ro-bind /usr/share/x /usr/local --tmpfs /usr/local \
	--clearenv --setenv PATH /usr/bin --setenv TOKEN x --unsetenv PATH --unsetenv HOME --setenv HOME /home/u \
	--seccomp 9 --frobnicate --remount-ro / --disable-userns --chdir "$PWD" \
	-- "$@" 9<filter.bpf
END
ok "a script" grants "$dir/sandbox.sh"
has 'file read /usr/**' 'program exec /usr/**' 'file read /etc/hosts' 'file write $WS/**' 'file delete $WS/**' 'file write $HOME/.cache/**' \
	'file read /inside/**' 'file create /tmp/**  own' 'file read /dev/null' 'file stat /bin' 'socket connect $WS/**' 'variable hold TOKEN' \
	'variable hold HOME' 'host bind {any:1-255}/127.0.0.0/8:{digit:1-5}' 'kernel use io_uring'
clean "what is bound is granted"
lacks '/conf' '/var/hidden' 'variable hold PATH' 'file write /usr/**' 'file create /**' 'host connect {any:1-255}/{any:1-255}$' 'kernel use namespace' \
	'program exec /**' 'kernel use mount' '/usr/share/x' 'program exec /tmp'
clean "what is hidden again, or was never there, is not"
for text in 'unread   line 10: --bind: its words are missing, or known only' 'unread   line 14: --seccomp' 'unread   line 14: --frobnicate: it is no option' \
	"narrower line 10: --ro-bind: outside, /inside is /srv/it's"; do
	grep -qF -- "$text" "$dir/notes" || echo "no note: $text"
done >"$dir/found"
clean "what cannot be read is named"
rm -f "$dir/denied.db"
ok "it is kept" "$PARE" import --db "$dir/denied.db" -q --from bwrap --agent demo --workspace /srv/ws "$dir/sandbox.sh"
sqlite3 -separator ' ' "$dir/denied.db" 'SELECT resource, action, pattern FROM granted WHERE denied' >"$dir/got"
has 'file write $WS/.git/**' 'file create $WS/.git/**' 'file read /usr/local/**' 'program exec /usr/local/**'
clean "an inner mount denies what an outer one has"

printf '%s\0' bwrap --ro-bind / / --dev-bind /dev /dev --unshare-user --cap-add CAP_NET_ADMIN --bind /srv/ws/ /srv/ws bash >"$dir/cmdline"
ok "what /proc says of a process" grants "$dir/cmdline"
has 'file read /**' 'program exec /**' 'file write /dev/**' 'file write $WS/**' 'host connect {any:1-255}/{any:1-255}' 'kernel use tun' \
	'kernel use namespace' 'variable hold {any:1-255}'
clean "is read"
printf '%s\0' --ro-bind /usr /usr --unshare-net >"$dir/args"
ok "so is a file for --args" grants "$dir/args"
has 'file read /usr/**' && lacks 'file read /srv'
clean "without a name in front"

printf 'echo no sandbox\n' >"$dir/none"
status "a script without one" 1 "$PARE" import --from bwrap --agent demo "$dir/none"
says "is refused" "none: no command line of bwrap is in it" "$dir/err"
for text in 'bwrap --bind' 'bwrap --ro-bind "/usr' "bwrap --ro-bind '" 'bwrap --tmpfs ../x' 'bwrap $(cat x' 'bwrap "${OPTIONS[@]}" --tmpfs' 'bwrap `x' 'bwrap \'; do
	printf '%s' "$text" >"$dir/odd"
	ok "broken: $text" grants "$dir/odd"
	[ "$text" = 'bwrap \' ] || says "is noted" "unread" "$dir/notes"
done
{ printf bwrap; yes ' --bind /a /a' | head -200000; } | tr '\n' ' ' >"$dir/long"
ok "more than bwrap would take" grants "$dir/long"
says "ends where bwrap would" "bwrap takes no more than 9000 words" "$dir/notes"

# Our own: the script is asked what it would tell bwrap here, and that is read.
mkdir -p "$dir/t/tree/sub" "$dir/t/room" "$dir/t/open" "$dir/home"
for file in tree/a tree/sub/b read edit room/old "it's [a] \$HOME" open/x; do echo x >"$dir/t/$file"; done
{
	rule file read "$(pattern "$dir/t/tree")/**"
	rule file list "$(pattern "$dir/t/tree")/**"
	rule file read "$(pattern "$dir/t/read")"
	rule file read "$(pattern "$dir/t/it's [a] \$HOME")"
	rule file write "$(pattern "$dir/t/edit")"
	for action in read write append create delete rename attr; do rule file $action "$(pattern "$dir/t/open")/**"; done | sed 's/action="delete"/& own="true"/'
	rule program exec "$(readlink -f /usr/bin/true)"
	rule kernel use io_uring
	rule kernel use namespace
	rule host bind tcp/127.0.0.1:8017
} | policy "$dir/own.xml"
ok "a policy is exported" "$PARE" export --to bwrap -o "$dir/own.sh" "$dir/own.xml"
if command -v bwrap >/dev/null; then
	ok "and says what it would do" sh -c 'cd "$1/home" && PARE_SHOW=1 PARE_WS="$1/home" HOME="$1/home" sh "$1/own.sh" true >"$1/shown"' sh "$dir"
	tr '\n' '\0' <"$dir/shown" >"$dir/shown.args"
	ok "which is read" grants "$dir/shown.args"
	"$PARE" diff "$dir/own.xml" "$dir/got.xml" 2>/dev/null | grep '^[-<]' >"$dir/found"
	clean "and grants all that the policy does"
	cp "$dir/got.xml" "$dir/shown.xml"
else
	skip "what it does is read" "bubblewrap is not installed"
fi
ok "the script itself is read, too" grants "$dir/own.sh"
"$PARE" diff "$dir/own.xml" "$dir/got.xml" 2>/dev/null | grep '^[-<]' >"$dir/found"
grep '^unread' "$dir/notes" >>"$dir/found"
clean "all of it, with all that the policy grants"
lacks 'file write /usr' 'file read /etc' 'host connect {any:1-255}/{any:1-255}$' 'kernel use mount' 'variable hold {any' 'file read /proc'
clean "and not what it does not"
if [ -e "$dir/shown.xml" ]; then
	# A folder is no file; that all in the room is the run's own cannot be seen in a command line.
	"$PARE" diff "$dir/got.xml" "$dir/shown.xml" 2>/dev/null | grep -E '^[+>] (file|program|host|kernel) ' |
		grep -vE "no longer limited|/(t/room|home) *$" >"$dir/found"
	clean "what it tells bwrap here is no more than it is read as"
fi
ok "each rule is justified by its line" grep -q "pare_each_edit, line $(grep -n "/edit'" "$dir/own.sh" | head -1 | cut -d: -f1)" "$dir/got.xml"

# Whatever line goes, comes twice, or has one more word or byte: that is said, and the tables are read only where
# they are still such as pare writes.
perl -e '
	my ($pare, $script, $dir) = @ARGV;
	open my $in, "<", $script; my @line = <$in>;
	my ($first) = grep { $line[$_] =~ /^pare_network=/ } 0 .. $#line;
	srand 7;
	my @of = (0, 0);
	my @at = ($first .. $first + 60, map { $first + int rand($#line - $first) } 1 .. 40);
	for my $at (@at) {
		my @new = @line;
		my $way = int rand 4;
		$way == 0 ? splice(@new, $at, 1) : $way == 1 ? splice(@new, $at, 0, $new[$at])
			: $way == 2 ? ($new[$at] =~ s/$/ x/) : (substr($new[$at], int rand length $new[$at], 0) = "~");
		next if join("", @new) eq join("", @line);
		open my $out, ">", "$dir/changed.sh"; print $out @new; close $out;
		my $notes = qx("$pare" import --from bwrap --agent demo -o "$dir/changed.xml" "$dir/changed.sh" 2>&1);
		my $read = qx(grep -c pare_each_ "$dir/changed.xml");
		my $said = $notes =~ /^unread   line \d+: from here on it is not what this version/m ? 0 : $notes =~ /^unread   somebody has changed it/m ? 1 : 2;
		$of[$said]++;
		print "line ", $at + 1, ", way $way: $notes" if $said == 2 || ($said == 0 && $read != 0);
	}
	print "@of: not enough of each\n" if $of[0] < 60 || !$of[1];
' "$PARE" "$dir/own.sh" "$dir" >"$dir/found"
clean "a script that somebody has changed is said to be none of ours"
sed 's/^pare_network=no/pare_network=yes/; s/^# agent .*/# agent  another/' "$dir/own.sh" >"$dir/open.sh"
ok "one that says otherwise in our own words" grants "$dir/open.sh"
has 'host connect {any:1-255}/{any:1-255}'
clean "is read as it stands"
says "says so, and that it was changed" "unread   somebody has changed it" "$dir/notes"
round_trip bwrap
finish
