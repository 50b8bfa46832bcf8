#!/bin/sh
# `pare import --from codex` and `--from execpolicy`: what Codex's own configuration grants.
. "$(dirname "$0")/lib.sh"
unset XDG_DATA_HOME
python3 "$root/tests/exporters/policies.py" "$dir" || exit 1

# grants FORMAT FILE: what is allowed to $dir/got, a permission a line, the notes to $dir/notes.
grants() {
	timeout 20 "$PARE" import --from "$1" --agent demo --workspace /srv/ws --home /home/u --tmp /var/tmp -o "$dir/got.xml" "$2" 2>"$dir/notes" &&
		"$PARE" show -b "$dir/got.xml" >"$dir/got"
}
# denied FORMAT FILE: what is denied whatever else allows it.
denied() {
	rm -f "$dir/denied.db"
	timeout 20 "$PARE" import --db "$dir/denied.db" -q --from "$1" --agent demo --workspace /srv/ws --home /home/u --tmp /var/tmp "$2" &&
		sqlite3 -separator ' ' "$dir/denied.db" 'SELECT resource, action, pattern FROM granted WHERE denied ORDER BY 1, 2, 3'
}
# has PERMISSION... / lacks: lines of $dir/got.
has() {
	for line; do grep -qxF -- "$line" "$dir/got" || echo "not granted: $line"; done >"$dir/found"
}
lacks() {
	for line; do ! grep -qF -- "$line" "$dir/got" || echo "granted: $line"; done >"$dir/found"
}

cat >"$dir/workspace.toml" <<'END'
model = "gpt-5.3-codex"
approval_policy = "never"
sandbox_mode = "workspace-write"
colour = "blue"

[sandbox_workspace_write]
network_access = false
exclude_slash_tmp = true
writable_roots = ["/home/u/.cache/npm", "relative"]

[shell_environment_policy]
inherit = "core"
exclude = ["LC_*"]
set = { CI = "1" }

[mcp_servers.github]
command = "sh"
args = ["-c", "exec github-mcp --stdio"]
env = { GITHUB_TOKEN = "x" }
enabled_tools = ["get_issue", "merge"]
disabled_tools = ["delete_repo"]
default_tools_approval_mode = "approve"
tools.merge.approval_mode = "prompt"

[mcp_servers.docs]
url = "https://developers.example.com/mcp"

[mcp_servers.off]
enabled = false
url = "https://off.example.com/"

[profiles.yolo]
sandbox_mode = "danger-full-access"
END
ok "a workspace that may be written" grants codex "$dir/workspace.toml"
has 'file read /**' 'file write $WS/**' 'file delete $WS/**' 'file write $TMP/**' 'file write $HOME/.cache/npm/**' 'program exec /**' \
	'file write /dev/null' 'tool call github/get_issue' 'tool call github/merge  gate=confirm' 'tool call docs/{any:1-255}' \
	'host connect tcp/developers.example.com:443' 'variable hold GITHUB_TOKEN' 'variable hold CI' 'variable hold PATH'
clean "what it grants is there"
lacks 'file write /**' 'file write /tmp' 'off.example.com' 'LC_ALL' 'gate=confirm$' 'relative' 'any:1-8'
clean "and nothing else"
says "an unknown setting is named with its line" "unread   line 4: colour: it is no setting of Codex" "$dir/notes"
says "so is a path that is none" "unread   line 9: writable_roots: a path must be absolute" "$dir/notes"
says "and a profile that is not in force" "line 32: yolo: another profile, in force only with --profile" "$dir/notes"
says "a server is outside of the sandbox" "github: the server runs outside the sandbox" "$dir/notes"
denied codex "$dir/workspace.toml" >"$dir/got"
has 'file write $WS/.git/**' 'file create $WS/.codex/**' 'tool call github/delete_repo'
clean "what is kept back in the workspace is denied"

cat >"$dir/profile.toml" <<'END'
default_permissions = "work"
approval_policy = "untrusted"
features.network_proxy = true
[permissions.base]
extends = ":read-only"
[permissions.base.filesystem]
"~/.ssh" = "deny"
[permissions.work]
extends = "base"
[permissions.work.filesystem]
":workspace_roots" = { "." = "write", "vendor" = "read", "**/*.env" = "deny" }
":slash_tmp" = "write"
"/etc/private" = "deny"
"/etc/private/ours" = "read"
"/srv/data/**" = "write"
"/opt/*/x" = "read"
":future" = "write"
[permissions.work.network]
enabled = true
mode = "limited"
[permissions.work.network.domains]
"api.example.com" = "allow"
"*.cdn.example.com" = "allow"
"**.example.org" = "allow"
"evil.example.org" = "deny"
[permissions.other.filesystem]
":root" = "write"
END
ok "permissions that extend others" grants codex "$dir/profile.toml"
has 'file read /**' 'file write $WS/**' 'file create /srv/data/**' 'file write /tmp/**' 'file write /**  gate=confirm' \
	'program exec /**  gate=confirm' 'host connect tcp/api.example.com:{digit:1-5}' 'host connect tcp/example.org:{digit:1-5}' \
	'host connect tcp/{any:1-255}.cdn.example.com:{digit:1-5}' 'host connect {any:1-255}/{any:1-255}  gate=confirm'
clean "what they grant is there, what is asked about with a question"
says "a denial that does not hold throughout is told" "wider    line 13: /etc/private: it takes away" "$dir/notes"
says "a glob that grants is none" "unread   line 16: /opt/*/x: globs can only deny" "$dir/notes"
says "nor is a place of the future read" "unread   line 17: :future: a path must be absolute" "$dir/notes"
says "limited is less" "wider    line 20: mode: of HTTP only" "$dir/notes"
says "other permissions are named" "line 26: other: other permissions" "$dir/notes"
denied codex "$dir/profile.toml" >"$dir/got"
has 'file read $HOME/.ssh/**' 'program exec $HOME/.ssh/**' 'file write $WS/vendor/**' 'file read $WS/{any:0-255}.env' \
	'file read $WS/*/*/{any:0-255}.env' 'host connect tcp/evil.example.org:{digit:1-5}'
clean "denials are denied"
lacks 'file read $WS/**' 'file read /etc/private'
clean "and no more"

printf 'sandbox_mode = "danger-full-access"\n[shell_environment_policy]\nignore_default_excludes = false\nset = { MY_KEY = "1" }\n' >"$dir/free.toml"
ok "no sandbox" grants codex "$dir/free.toml"
has 'file write /**' 'host connect {any:1-255}/{any:1-255}' 'variable hold {any:1-255}'
clean "everything is granted"
denied codex "$dir/free.toml" >"$dir/got"
grep -q 'variable hold .*SECRET' "$dir/got" && ! grep -q KEY "$dir/got" || cp "$dir/got" "$dir/found.kept"
ok "but for variables that are secrets, of which none is set" test ! -e "$dir/found.kept"
: >"$dir/empty.toml"
ok "nothing is said" grants codex "$dir/empty.toml"
has 'file read /**' 'file write /**  gate=confirm'
clean "then it reads, and asks for the rest"

for text in 'a = ' '[a' 'a = 1\na = 2' 'sandbox_mode = "x'; do
	printf "$text" >"$dir/bad.toml"
	status "broken: $text" 1 "$PARE" import --from codex --agent demo -o "$dir/bad.xml" "$dir/bad.toml"
	says "says where" "bad.toml:" "$dir/err"
done
printf 'sandbox_mode = 3\nprofile = "none"\nmcp_servers = 1\npermissions = []\nfeatures = "x"\n[projects]\nx = 1\n' >"$dir/odd.toml"
ok "kinds that are wrong are noted" grants codex "$dir/odd.toml"
says "each" "unread   line 3: mcp_servers: it has to be a table" "$dir/notes"

# ---- rules ----

cat >"$dir/a.rules" <<'END'
host_executable(name = "true", paths = ["/usr/bin/true", "~/bin/true"])
prefix_rule(
    pattern = ["true", ["status", "diff"]],
    decision = "allow", # why
    justification = 'seen',
    match = ["true status", ["true", "diff"]],
)
prefix_rule(pattern = ["true", "push"], decision = "prompt")
prefix_rule(pattern = ["true", "push", ["-f", "--force"]], decision = "forbidden")
prefix_rule(pattern = ["ls", "-la"])
prefix_rule(pattern = ["/bin/sh", "-c", "echo hi"], decision = "prompt")
prefix_rule(pattern = ["no-such-program"])
prefix_rule(pattern = ["cat" + "x"])
for y in [1, 2]:
    prefix_rule(pattern = ["rm"])
load("//x", "y")
prefix_rule(pattern = ["ls"], decision = "maybe")
prefix_rule(["ls"])
END
ok "rules of commands" grants execpolicy "$dir/a.rules"
{
	printf 'program exec $HOME/bin/true\n    with diff **\n    with push **\n    with status **\n'
	printf 'program exec %s  gate=confirm\n    with -c (echo hi) **\n' "$(readlink -f /bin/sh)"
	printf 'program exec /usr/bin/ls\n    with -a -l **\n'
	printf 'program exec /usr/bin/true\n    with diff **\n    with push **\n    with status **\n'
} >"$dir/want"
same "become templates" "$dir/want" "$dir/got"
for line in 12 13 14 15 16 17 18; do grep -q "^unread   line $line:" "$dir/notes" || echo "line $line is not noted"; done >"$dir/found"
clean "what is not read is named"
says "a question that a policy cannot keep is told" "wider    line 8: prefix_rule" "$dir/notes"
says "of what is not listed nothing is said" "permissions granted; 2 denied" "$dir/notes"
printf 'prefix_rule(pattern = ["ls"' >"$dir/bad.rules"
status "a call that does not end" 1 "$PARE" import --from execpolicy --agent demo "$dir/bad.rules"
says "says where" "bad.rules:1: a list or a call does not end" "$dir/err"
{ printf 'prefix_rule(pattern = '; head -c 100000 /dev/zero | tr '\0' '['; } >"$dir/deep.rules"
status "lists in lists in lists" 1 "$PARE" import --from execpolicy --agent demo "$dir/deep.rules"

# ---- and back: what an export is read as, without the question that Codex asks by default ----

cat >"$dir/pare" <<END
#!/bin/sh
[ "\$1 \$3" = "import codex" ] || exec "$PARE" "\$@"
for file; do :; done
{ echo 'approval_policy = "never"'; cat "\$file"; } >"\$file.never" && mv "\$file.never" "\$file"
exec "$PARE" "\$@"
END
chmod +x "$dir/pare"
for format in codex execpolicy; do
	for policy in "$dir"/??.xml; do
		timeout 60 perl "$root/tests/round_trip.pl" "$dir/pare" $format "$policy" "$dir" 2>&1 | sed "s,^,$policy: ,"
	done >"$dir/found"
	clean "$format: 20 policies come back but for what their losses say"
done
finish
