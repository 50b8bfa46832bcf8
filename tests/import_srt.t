#!/bin/sh
# `pare import --from srt`: what the settings of Claude Code's sandbox-runtime grant.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/grants.sh"

cat >"$dir/s.json" <<'END'
{
  "network": {
    "allowedDomains": ["github.com", "*.npmjs.org:443", "[::1]:53", "10.0.0.5:8080"],
    "deniedDomains": ["gist.github.com", "registry.npmjs.org:80"],
    "allowLocalBinding": false,
    "strictAllowlist": true
  },
  "filesystem": {
    "denyRead": ["~/.ssh", "/etc/shadow"],
    "allowWrite": [".", "/var/cache/build/**"],
    "denyWrite": ["./.env"]
  },
  "credentials": { "envVars": [{ "name": "NPM_TOKEN", "mode": "deny" }] },
  "ripgrep": { "command": "rg" }
}
END
grants srt "$dir/s.json" --workspace /work/p --home /home/me
want "what is read, of all files" <<'END'
file read $HOME/.claude/debug
file read $HOME/.claude/debug/**
file read $HOME/.npm/_logs
file read $HOME/.npm/_logs/**
file read /
file read /**
file read /dev/null
file read /dev/stderr
file read /dev/stdout
file read /dev/tty
file read /tmp/claude
file read /tmp/claude/**
END
want "what is created" <<'END'
file create $HOME/.claude/debug
file create $HOME/.claude/debug/**
file create $HOME/.npm/_logs
file create $HOME/.npm/_logs/**
file create $WS
file create $WS/**
file create /tmp/claude
file create /tmp/claude/**
file create /var/cache/build
file create /var/cache/build/**
END
want "what is executed: all that is read" <<'END'
program exec /**
END
want "what is connected to: the hosts, and loopback of its own" <<'END'
host connect tcp/0.0.0.0:{digit:1-5}
host connect tcp/10.0.0.5:8080
host connect tcp/127.0.0.1:{digit:1-5}
host connect tcp/\[::1\]:53
host connect tcp/\[::1\]:{digit:1-5}
host connect tcp/\[::\]:{digit:1-5}
host connect tcp/github.com:{digit:1-5}
host connect tcp/{name:1-235}.npmjs.org:443
host connect udp/0.0.0.0:{digit:1-5}
host connect udp/127.0.0.1:{digit:1-5}
host connect udp/\[::1\]:{digit:1-5}
host connect udp/\[::\]:{digit:1-5}
END
want "what is looked up" <<'END'
host resolve dns/github.com:53
host resolve dns/{name:1-235}.npmjs.org:53
END
want "what is held" <<'END'
variable hold {any:0-127}/{any:0-127}
variable hold {any:1-255}
END
denied "what is denied" 'kind != 1 OR action IN (1, 6)' <<'END'
1 1 $HOME/.ssh
1 1 $HOME/.ssh/**
1 1 /etc/shadow
1 1 /etc/shadow/**
1 6 $WS/.env
1 6 $WS/.env/**
3 13 dns/gist.github.com:53
3 14 tcp/gist.github.com:{digit:1-5}
3 14 tcp/registry.npmjs.org:80
3 15 tcp/gist.github.com:{digit:1-5}
3 15 tcp/registry.npmjs.org:80
7 21 NPM_TOKEN
END
notes "only what it never lets be written is noted" <<'END'
wider filesystem
END
says "it has a say in all but processes, facilities, tools" "of file, program, host, socket, variable;" "$dir/import.err"

cat >"$dir/s.json" <<'END'
{
  "network": { "allowedDomains": [], "deniedDomains": [], "allowAllUnixSockets": true, "strictAllowlist": true },
  "filesystem": { "denyRead": ["/"], "allowRead": ["/usr", "./src"], "allowWrite": ["./out"], "denyWrite": [] }
}
END
grants srt "$dir/s.json"
want "where / is denied only what is allowed again is read" <<'END'
file map $WS/out
file map $WS/out/**
file map $WS/src
file map $WS/src/**
file map /dev
file map /dev/**
file map /proc
file map /proc/**
file map /sys
file map /sys/**
file map /tmp/claude
file map /tmp/claude/**
file map /usr
file map /usr/**
END
want "and executed" <<'END'
program exec $WS/out
program exec $WS/out/**
program exec $WS/src
program exec $WS/src/**
program exec /usr
program exec /usr/**
END
want "sockets, if all are let" <<'END'
socket connect /**
END

cat >"$dir/s.json" <<'END'
{
  "network": { "allowedDomains": ["no domain", "a..b", "*.", "x:99999", 7], "allowUnixSockets": ["/run/docker.sock"],
    "httpProxyPort": 8080, "colour": "blue" },
  "filesystem": { "denyRead": ["/home", "**/keys/*.pem", "~root/x", "../../up"], "allowRead": ["."], "allowWrite": ["/x/*/y"], "denyWrite": {} },
  "credentials": { "envVars": [{ "name": "X", "mode": "hide" }, 5] },
  "enableWeakerNestedSandbox": true,
  "strange": {}
}
END
grants srt "$dir/s.json"
notes "what is not understood, or not quite, is named" <<'END'
narrower enableWeakerNestedSandbox
narrower filesystem.allowWrite
narrower filesystem.denyRead
narrower filesystem.denyRead
narrower network.allowUnixSockets
narrower strictAllowlist
unread credentials.envVars
unread credentials.envVars
unread filesystem.denyRead
unread filesystem.denyRead
unread filesystem.denyWrite
unread network.allowedDomains
unread network.allowedDomains
unread network.allowedDomains
unread network.allowedDomains
unread network.allowedDomains
unread network.colour
unread network.httpProxyPort
unread strange
wider filesystem
wider filesystem.denyRead
wider filesystem.denyRead
wider filesystem.denyRead
END

broken srt '{"filesystem": {"denyRead": [}' '{}' '[]' '"x"' '{"network": {}, "network": {}}'
odd srt '{"network": [], "filesystem": "x"}' '{"network": {"allowedDomains": [[[]]]}}' \
	'{"filesystem": {"allowWrite": ["", "/", "//", "/../..", "~", "."], "denyRead": [null, ""], "allowRead": 3}}'
round_trip srt
finish
