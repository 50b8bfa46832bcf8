#!/bin/sh
# `pare import --from mcp` and `--from json`: servers of MCP with their tools, and policies that come back whole.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/grants.sh"

sh=$(readlink -f "$(command -v sh)")
cat >"$dir/s.json" <<'END'
{
  "mcpServers": {
    "files": { "command": "sh", "args": ["/srv/files.sh", "--root", "/work/p"], "type": "stdio" },
    "github": {
      "type": "http", "url": "https://mcp.example.com/github",
      "headers": { "Authorization": "Bearer ${GITHUB_TOKEN}" },
      "alwaysAllow": ["get_issue"], "disabledTools": ["delete_repo"]
    },
    "db": { "command": "sh", "args": [], "env": { "DB_PASSWORD": "x", "DB_HOST": "localhost" }, "includeTools": ["select_*", "describe"] },
    "local": { "url": "http://[::1]:8931/sse", "tools": ["*"] },
    "later": { "command": "sh", "disabled": true },
    "never": { "url": "https://never.example.com/", "enabled": false }
  }
}
END
grants mcp "$dir/s.json" --workspace /work/p
want "tools: of each server all, those of a list, or all others after a question" <<'END'
tool call db/describe
tool call db/select_{any:0-255}
tool call files/{any:1-255}
tool call github/get_issue
tool call github/{any:1-255}  gate=confirm
tool call local/{any:1-255}
END
want "the commands that start them" <<END
program exec $sh
    with ()
    with /srv/files.sh --root \$WS
END
want "the hosts that answer" <<'END'
host connect tcp/\[::1\]:8931
host connect tcp/mcp.example.com:443
END
want "the secrets they are given" <<'END'
variable hold DB_PASSWORD
variable hold GITHUB_TOKEN
END
denied "what is switched off" 1 <<'END'
8 22 github/delete_repo
END
notes "nothing is left to say" </dev/null
says "it has a say in tools alone" "permissions granted; nothing else of tool;" "$dir/import.err"

cat >"$dir/s.json" <<'END'
{ "jsonrpc": "2.0", "id": 2, "server": "github",
  "result": { "tools": [
    { "name": "get_issue", "inputSchema": { "type": "object" }, "annotations": { "readOnlyHint": true } },
    { "name": "delete_repo", "annotations": { "destructiveHint": true } },
    { "name": "odd*/name" }, { "title": "no name" } ], "nextCursor": "p2" } }
END
grants mcp "$dir/s.json"
want "what a server answers to tools/list is one permission each" <<'END'
tool call github/delete_repo
tool call github/get_issue
tool call github/odd\*/name
END
notes "and what is missing is named" <<'END'
unread nextCursor
unread tools
END

printf '# by hand\n{"a": ["x", "y*"],\n# more\n"b": ["z"]}\n' >"$dir/s.json"
grants mcp "$dir/s.json"
want "lists by server, with comments: names and no patterns" <<'END'
tool call a/x
tool call a/y\*
tool call b/z
END

cat >"$dir/s.json" <<'END'
{ "servers": {
    "hermes": { "command": "no-such-program-here", "tools": { "include": ["a"], "exclude": ["b"] } },
    "": { "url": "https://x.example.com" },
    "bad": { "command": 7, "args": "x", "env": [], "url": "gopher://x", "tools": 3, "allowedTools": [1], "colour": 1 },
    "none": null },
  "inputs": [{ "id": "api_token", "type": "promptString" }], "strange": 1 }
END
grants mcp "$dir/s.json"
notes "what is not understood is named" <<'END'
unread servers.
unread servers.bad.allowedTools
unread servers.bad.colour
unread servers.bad.command
unread servers.bad.env
unread servers.bad.tools
unread servers.bad.url
unread servers.hermes.command
unread servers.none
unread strange
END

long=$(head -c 100000 /dev/zero | tr '\0' x)
deep=$(head -c 5000 /dev/zero | tr '\0' '[')
broken mcp '' '[]' '7' '{"mcpServers": {"a": {}, "a": {}}}' '{"mcpServers": {"a\u0000b": {}}}' "$(printf '{"\377": []}')" "{\"a\": $deep"
odd mcp '{"mcpServers": []}' '{"tools": [{"name": "x"}]}' '{"a": 5}' '{"a": [{}]}' "{\"$long\": {}}" "{\"mcpServers\": {\"a\": {\"args\": [], \"command\": \"$long\"}}}"
round_trip mcp

# A policy of pare's own comes back whole, whatever it says.
cat >"$dir/all.xml" <<'END'
<policy xmlns="urn:pare:policy:1" agent="demo" preset="balanced" created="2026-11-01T00:00:00Z">
<limits runs="3" time="30s" processes="5" most-time="10s" most-processes="3"/>
<rule resource="program" action="exec"><pattern>/usr/bin/git</pattern><argv>status</argv><argv>push **</argv><argv>()</argv><justification>x</justification></rule>
<rule resource="file" action="delete" own="true"><pattern>/srv/*</pattern><justification>x</justification></rule>
<rule resource="tool" action="call" rate="5" burst="2" rate-second="1" rate-hour="9" rate-run="8" headroom="120" phase="fetch" within="5s" expires="2027-01-01T00:00:00Z" gate="confirm" risk="high"><pattern>db/query</pattern><argument path="" type="object" needed="true"/><argument path="/sql" type="string" format="sql" least="0" most="99"><scope>SELECT FROM x</scope></argument><argument path="/n" type="integer" least="1" most="5"><value>7</value></argument><justification>x</justification><evidence runs="2" count="3" first="2026-01-01T00:00:00Z" last="2026-01-02T00:00:00Z"/></rule>
</policy>
END
for policy in "$dir"/policies/*.xml "$dir/all.xml"; do
	"$PARE" export --to json "$policy" >"$dir/there.json" 2>"$dir/err" || { echo "$policy"; cat "$dir/err"; }
	"$PARE" import --from json --agent demo -q -o "$dir/back.xml" "$dir/there.json" 2>"$dir/err" || { echo "$policy"; cat "$dir/err"; }
	"$PARE" export --to json "$dir/back.xml" >"$dir/back.json"
	for json in there back; do jq -S 'del(.agent, .digest, .granted_by)' "$dir/$json.json" >"$dir/$json"; done
	cmp "$dir/there" "$dir/back"
done >"$dir/found" 2>&1
clean "json: 21 policies come back with every member the same"
"$PARE" export --to json "$dir/all.xml" >"$dir/there.json"
broken json '{}' '[]' '{"format": "urn:pare:policy:1"}' '{"format": "urn:pare:policy:1", "rules": [7]}' \
	'{"format": "urn:pare:policy:1", "rules": [{"resource": "file", "action": "read"}]}' \
	'{"format": "urn:pare:policy:1", "rules": [{"resource": "file", "action": "call", "pattern": "/x"}]}' \
	"$(jq '.rules[0].colour = 1' "$dir/there.json")" "$(jq '.rules[0].runs = -1' "$dir/there.json")" \
	"$(jq '.rules[0].argv = "x"' "$dir/there.json")" "$(jq '.rules[2].arguments.paths[0].type = "odd"' "$dir/there.json")" \
	"$(jq '.limits.runs = "x"' "$dir/there.json")" "$(jq '.rules[0].pattern = "*x"' "$dir/there.json")"
finish
