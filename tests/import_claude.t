#!/bin/sh
# `pare import --from claude`: what settings of Claude Code grant, and what each of its modes means.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/grants.sh"

git=$(readlink -f "$(command -v git)") ls=$(readlink -f "$(command -v ls)")
general='narrower -
narrower -
narrower -'

# A project, worked on by hand.
cat >"$dir/s.json" <<'END'
{
  "$schema": "https://json.schemastore.org/claude-code-settings.json",
  "model": "opus",
  "permissions": {
    "allow": [
      "Bash(git status)", "Bash(git diff:*)", "Bash(git log *)", "Bash(ls:*)", "Bash(./gradlew test)",
      "Read(//etc/ssl/**)", "Read(~/.config/app.toml)", "Edit(/docs/**)", "Edit(~/notes/*.md)",
      "WebFetch(domain:docs.example.com)", "mcp__github", "mcp__db__get_*", "mcp__files__list"
    ],
    "ask": ["Edit(/build.gradle)", "mcp__db__query"],
    "deny": ["Read(/secrets/**)", "Bash(git push --force *)", "mcp__github__delete_repo", "WebFetch(domain:*.evil.example.com)"],
    "additionalDirectories": ["../lib"]
  },
  "env": { "GITHUB_TOKEN": "x", "EDITOR": "vi" },
  "disabledMcpjsonServers": ["old"],
  "enabledMcpjsonServers": ["db"]
}
END
grants claude "$dir/s.json" --workspace /work/p --home /home/me
want "what is read: the working folders, and what rules say" <<'END'
file read $HOME/.config/app.toml
file read $HOME/.config/app.toml/**
file read $HOME/notes/{any:0-255}.md
file read $WS
file read $WS/**
file read $WS/build.gradle  gate=confirm
file read $WS/build.gradle/**  gate=confirm
file read $WS/docs/**
file read /etc/ssl/**
file read /work/lib
file read /work/lib/**
END
want "what is written" <<'END'
file write $HOME/notes/{any:0-255}.md
file write $WS/build.gradle  gate=confirm
file write $WS/build.gradle/**  gate=confirm
file write $WS/docs/**
END
want "commands, exact and as prefixes" <<END
program exec \$WS/gradlew
    with test
program exec $git
    with diff **
    with log **
    with status
program exec $ls
END
want "hosts" <<'END'
host connect tcp/docs.example.com:{digit:1-5}
END
want "tools" <<'END'
tool call db/get_{any:0-255}
tool call db/query  gate=confirm
tool call files/list
tool call github/{any:1-255}
END
want "secrets in its environment" <<'END'
variable hold GITHUB_TOKEN
END
denied "what is denied" 'action NOT IN (2, 11, 13, 15)' <<END
1 1 \$WS/secrets/**
2 12 $git
3 14 tcp/{name:1-228}.evil.example.com:{digit:1-5}
8 22 github/delete_repo
8 22 old/{any:1-255}
END
notes "what holds for all of it is said, and that a name is taken for no folder" <<END
$general
narrower Edit(~/notes/*.md)
END
says_not "where somebody can say yes, nothing is denied for not being granted" "nothing else of" "$dir/import.err"

# An agent that nobody watches.
cat >"$dir/s.json" <<'END'
{
  "permissions": {
    "defaultMode": "dontAsk",
    "allow": ["Bash(git *)", "Read(//srv/data)", "Edit(//srv/out/**)", "mcp__db__query"],
    "ask": ["Bash(ls *)"],
    "deny": ["Read(//srv/data/key)"],
    "disableBypassPermissionsMode": "disable"
  },
  "sandbox": {
    "enabled": true, "failIfUnavailable": true, "autoAllowBashIfSandboxed": false, "allowUnsandboxedCommands": false,
    "excludedCommands": [],
    "network": { "allowedDomains": ["api.example.com"], "strictAllowlist": true },
    "filesystem": { "allowWrite": ["//var/cache/x", "/var/cache/y"], "denyRead": ["~/.aws"] },
    "credentials": { "envVars": [{ "name": "AWS_SECRET_ACCESS_KEY", "mode": "deny" }] }
  }
}
END
grants claude "$dir/s.json" --home /home/me
want "in the sandbox commands delete where they may write, and where rules let edit" <<'END'
file delete $HOME/.claude/debug
file delete $HOME/.claude/debug/**
file delete $HOME/.npm/_logs
file delete $HOME/.npm/_logs/**
file delete $WS
file delete $WS/**
file delete /srv/out/**
file delete /tmp/claude
file delete /tmp/claude/**
file delete /var/cache/x
file delete /var/cache/x/**
file delete /var/cache/y
file delete /var/cache/y/**
END
want "commands are those of rules; nobody is asked" <<END
program exec $git
END
denied "what is denied" 'action IN (1, 12, 21)' <<'END'
1 1 $HOME/.aws
1 1 $HOME/.aws/**
1 1 /srv/data/key
1 1 /srv/data/key/**
7 21 AWS_SECRET_ACCESS_KEY
END
notes "little is left to say" <<'END'
narrower -
narrower -
wider filesystem
END
says "what is not granted is denied, but for programs" "of file, host, socket, variable, tool;" "$dir/import.err"
jq '.sandbox.excludedCommands = ["docker *"]' "$dir/s.json" >"$dir/t.json"
grants claude "$dir/t.json"
says "with a command outside of the sandbox only tools are" "permissions granted; nothing else of tool;" "$dir/import.err"
jq 'del(.sandbox.autoAllowBashIfSandboxed)' "$dir/s.json" >"$dir/t.json"
grants claude "$dir/t.json"
want "commands in the sandbox need no rule, unless that is said" <<END
program exec $git
program exec /**
END

# mode MODE: what the mode alone grants, in $dir/granted.
mode() {
	printf '{"permissions": {"defaultMode": "%s"}}' "$1" >"$dir/m.json"
	grants claude "$dir/m.json"
}
for quiet in default plan dontAsk; do
	mode $quiet
	printf 'file %s\n' 'list $WS' 'list $WS/**' 'read $WS' 'read $WS/**' 'stat $WS' 'stat $WS/**' >"$dir/want"
	LC_ALL=C sort -o "$dir/granted" "$dir/granted"
	same "$quiet: the working folder is read" "$dir/want" "$dir/granted"
done
mode acceptEdits
want "acceptEdits: it is written, too" <<'END'
file delete $WS
file delete $WS/**
END
says "acceptEdits: with the commands for that" "program exec $(readlink -f "$(command -v rm)")" "$dir/granted"
for open in bypassPermissions auto; do
	mode $open
	want "$open: every program" <<'END'
program exec /**
END
	want "$open: every tool" <<'END'
tool call {any:1-255}/{any:1-255}
END
	want "$open: every file" <<'END'
file delete /
file delete /**
END
done
printf '{"permissions": {"defaultMode": "bypassPermissions", "disableBypassPermissionsMode": "disable"}}' >"$dir/m.json"
grants claude "$dir/m.json"
says_not "bypassPermissions: not where that is disabled" "program" "$dir/granted"

# Names alone are found at any depth, and braces are bytes.
printf '{"permissions": {"defaultMode": "dontAsk", "deny": ["Read(.env)", "Edit(//a/{b,c}/d?)"]}}' >"$dir/m.json"
grants claude "$dir/m.json"
denied "a name alone is denied at each of eight depths" "action = 1 AND pattern NOT LIKE '%/**'" <<'END'
1 1 $WS/*/*/*/*/*/*/*/.env
1 1 $WS/*/*/*/*/*/*/.env
1 1 $WS/*/*/*/*/*/.env
1 1 $WS/*/*/*/*/.env
1 1 $WS/*/*/*/.env
1 1 $WS/*/*/.env
1 1 $WS/*/.env
1 1 $WS/.env
END
denied "braces are bytes, a question mark is one byte" "action = 4" <<'END'
1 4 /a/\{b,c\}/d{any:1}
1 4 /a/\{b,c\}/d{any:1}/**
END

cat >"$dir/s.json" <<'END'
{
  "permissions": {
    "defaultMode": "dontAskk",
    "allow": ["Write(docs/**)", "Grep(src)", "WebSearch", "Bash(FOO=1 make && rm x)", "Bash(no-such-program-here *)", "Bash(git * main)",
      "Bash(git push*)", "Bash(* --version)", "Bash()", "Bash(", "Teleport", "WebFetch(host:x)", "WebFetch(domain:a b)", "mcp__", "Read(!x)",
      "Read(../../../../x)", "", 7],
    "ask": ["Bash(git commit *)"],
    "deny": ["Bash"],
    "permision": []
  },
  "hooks": { "PreToolUse": [] },
  "enabledPlugins": { "x@y": true },
  "mcpServers": {},
  "deniedMcpServers": [{ "serverCommand": ["x"] }],
  "sandbox": { "enabled": "yes", "network": 1, "colour": 2 },
  "colour": "blue"
}
END
grants claude "$dir/s.json"
want "of commands what can be said" <<END
program exec /**
    with --version
program exec $git
    with * main
    with commit **
    with push{any:0-255} **
END
notes "all else is named" <<END
$general
narrower Bash(* --version)
narrower Bash(git * main)
narrower Bash(git push*)
narrower WebSearch
unread -
unread Bash(
unread Bash()
unread Bash(FOO=1 make && rm x)
unread Bash(no-such-program-here *)
unread Grep(src)
unread Read(!x)
unread Read(../../../../x)
unread Teleport
unread WebFetch(domain:a b)
unread WebFetch(host:x)
unread Write(docs/**)
unread colour
unread deniedMcpServers
unread enabledPlugins
unread hooks
unread mcp__
unread mcpServers
unread permissions.allow
unread permissions.defaultMode
unread permissions.permision
unread sandbox.colour
unread sandbox.enabled
unread sandbox.network
wider Bash
wider Bash(git commit *)
END

many=$(seq 300 | sed 's,.*,"Read(//**/a/**/b&/**/c)",' | paste -sd,)
broken claude '' '[]' '{"permissions": {"allow": ["Bash' '{"a": 1, "a": 2}' "$(printf '{"permissions": {"allow": ["\\u0000"]}}')" "$(printf '{"\377": 1}')"
odd claude '{"permissions": 7}' '{"permissions": {"allow": {"Bash": true}, "deny": "Bash"}}' '{"sandbox": []}' '{"env": [], "hooks": 1}' \
	"{\"permissions\": {\"allow\": [\"Read(//$(head -c 100000 /dev/zero | tr '\0' '/'))\", \"$(head -c 100000 /dev/zero | tr '\0' 'x')\"]}}"
printf '{"permissions": {"deny": [%s]}}' "$many" >"$dir/s.json"
status "three hundred rules with many depths each are read in time" 0 timeout 60 "$PARE" import --from claude --agent demo -o "$dir/o.xml" "$dir/s.json"
unread='Bash\((/srv/plain/bin/)?x( \*)?\): this machine has no such program'
round_trip claude
finish
