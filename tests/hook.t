#!/bin/sh
# pare hook: what agents tell their hooks of becomes calls of one run for each session.
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 1

# hook AGENT JSON
hook() {
	printf '%s' "$2" | "$PARE" hook --agent "$1" >out 2>err
	got=$?
	[ "$got" = 0 ] && ! [ -s out ] && ! [ -s err ] || { echo "status $got: $2"; cat out err; } >>bad
}
rows() { sqlite3 "$PARE_DB" "SELECT CAST(tool AS TEXT) || ' ' || status || ' ' || ifnull(CAST(caller AS TEXT), '-') || ' ' || CAST(arguments AS TEXT) FROM calls WHERE agent = '$1' ORDER BY run, seq"; }
has() {
	name=$1 agent=$2
	shift 2
	printf '%s\n' "$@" >want
	rows "$agent" | sed 's/secret:[0-9a-f]\{8\}/S/g' >have
	same "$name" want have
}
: >bad

# Claude Code and Codex: the same members.
claude() { hook "$1" "{\"session_id\":\"$2\",\"cwd\":\"/w\",\"hook_event_name\":\"$3\",$4}"; }
claude claude s1 SessionStart '"source":"startup"'
claude claude s1 PreToolUse '"tool_name":"Read","tool_input":{"file_path":"/w/a"},"tool_use_id":"toolu_1"'
claude claude s1 PreToolUse '"tool_name":"Bash","tool_input":{"command":"sleep 9"},"tool_use_id":"toolu_2"'
claude claude s1 PostToolUse '"tool_name":"Read","tool_input":{"file_path":"/w/a"},"tool_use_id":"toolu_1","tool_response":{"content":"x"}'
claude claude s1 PostToolUseFailure '"tool_name":"Bash","tool_input":{"command":"sleep 9"},"tool_use_id":"toolu_2","error":"x","is_interrupt":true'
claude claude s1 PreToolUse '"tool_name":"mcp__db__query","tool_input":{"sql":"SELECT 1","password":"hunter2hunter"},"tool_use_id":"toolu_3"'
claude claude s1 PostToolUseFailure '"tool_name":"mcp__db__query","tool_input":{"sql":"SELECT 1","password":"hunter2hunter"},"tool_use_id":"toolu_3","error":"no"'
claude claude s1 PostToolUse '"tool_name":"Read","tool_input":{"file_path":"/w/b"},"tool_use_id":"toolu_4","tool_response":"text"'
claude claude s1 PreToolUse '"tool_name":"Write","tool_input":{"file_path":"/w/c"},"tool_use_id":"toolu_5"'
has "calls, with what came of them" claude 'claude/Read ok toolu_1 {"file_path":"/w/a"}' 'claude/Bash cancelled toolu_2 {"command":"sleep 9"}' \
	'db/query tool-error toolu_3 {"sql":"SELECT 1","password":"[S]"}' 'claude/Read ok toolu_4 {"file_path":"/w/b"}' 'claude/Write unknown toolu_5 {"file_path":"/w/c"}'
cat "$PARE_DB"* | grep -a -c hunter2 >found
echo 0 | cmp -s - found && : >found
clean "no secret is in the store"
status "it is one run, which goes on" 0 "$PARE" runs
says "as long as the agent" "recording" out
claude claude s1 SessionEnd '"reason":"exit"'
"$PARE" show --json last >show.json
ok "and is whole at the end of the session" jq -e '.state == "complete" and .agent == "claude" and .assurance == "hooks"' show.json
"$PARE" dump last | jq -r '[.action, .name, .outcome, .count] | map(tostring) | join(" ")' | sort >have
printf '%s\n' 'call claude/Bash unknown 1' 'call claude/Read ok 2' 'call db/query ok 1' >want
same "each is an access" want have
sqlite3 "$PARE_DB" "SELECT max(peak_hour) FROM access" >have
echo 2 >want
same "with how often it happened" want have
claude claude s1 PreToolUse '"tool_name":"Read","tool_input":{},"tool_use_id":"toolu_9"'
claude claude s2 PreToolUse '"tool_name":"Read","tool_input":{},"tool_use_id":"toolu_1"'
sqlite3 "$PARE_DB" "SELECT count(*) FROM run" >have
echo 3 >want
same "what goes on after that, and another session, are other runs" want have

# Gemini CLI: no ids, so the end is known by what was asked.
gemini() { hook gemini "{\"session_id\":\"g\",\"hook_event_name\":\"$1\",\"timestamp\":\"2026-01-01T00:00:00Z\",$2}"; }
gemini BeforeTool '"tool_name":"run_shell_command","tool_input":{"command":"ls"}'
gemini BeforeTool '"tool_name":"run_shell_command","tool_input":{"command":"id"}'
gemini AfterTool '"tool_name":"run_shell_command","tool_input":{"command":"id"},"tool_response":{"llmContent":"x","returnDisplay":"x","error":{"message":"no"}}'
gemini AfterTool '"tool_name":"run_shell_command","tool_input":{"command":"ls"},"tool_response":{"llmContent":"x","returnDisplay":"x"}'
gemini BeforeTool '"tool_name":"mcp_files_read","tool_input":{"path":"a"},"mcp_context":{"server_name":"files","tool_name":"read"}'
gemini AfterTool '"tool_name":"mcp_files_read","tool_input":{"path":"a"},"tool_response":{"llmContent":"x"},"mcp_context":{"server_name":"files","tool_name":"read"}'
has "Gemini CLI" gemini 'gemini/run_shell_command ok - {"command":"ls"}' 'gemini/run_shell_command tool-error - {"command":"id"}' 'files/read ok - {"path":"a"}'

# Many at once.
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	(
		event="\"tool_name\":\"Read\",\"tool_input\":{\"n\":$i},\"tool_use_id\":\"t$i\"}"
		printf '{"session_id":"many","hook_event_name":"PreToolUse",%s' "$event" | "$PARE" hook --agent many &&
			printf '{"session_id":"many","hook_event_name":"PostToolUse",%s' "$event" | "$PARE" hook --agent many
	) >>bad 2>&1 &
	all="$all $!"
done
# shellcheck disable=SC2086
wait $all
sqlite3 "$PARE_DB" "SELECT count(*), count(DISTINCT run), count(DISTINCT seq) FROM calls WHERE agent = 'many' AND status = 'ok'" >have
echo '12|1|12' >want
same "hooks at the same time lose nothing" want have
sqlite3 "$PARE_DB" "SELECT count, count(*) FROM evidence WHERE agent = 'many'" >have
echo '12|1' >want
same "and are counted together" want have
cp bad found
clean "a hook says nothing, and never stops the agent"

# An agent that is gone, and told no end.
printf '%s' '{"session_id":"x","hook_event_name":"PreToolUse","tool_name":"Read","tool_input":{},"tool_use_id":"1"}' >event
cat >agent.py <<END
import subprocess, sys
subprocess.run(["$PARE", "hook", "--agent", "gone"], stdin=open("event"))
END
python3 agent.py
sqlite3 "$PARE_DB" "SELECT uuid FROM run ORDER BY id DESC LIMIT 1" >uuid
"$PARE" show --json "$(cat uuid)" >show.json
ok "an agent that died leaves an incomplete run" jq -e '.state == "incomplete"' show.json
sed 's/"x"/"y"/' event | "$PARE" hook --agent gone
"$PARE" show --json "$(cat uuid)" >show.json
ok "which its next session seals" jq -e '.state == "complete"' show.json

# Claude Code itself, with the hooks of README; it is large, and only there after `make test-extended`.
claude=${PARE_NPM_EXTENDED:-$root/build/npm-extended}/node_modules/@anthropic-ai/claude-code-linux-x64/claude
if [ -x "$claude" ] && command -v node >/dev/null; then
	awk '/^```json hook/ { on = 1; next } /^```$/ { if (on) exit } on' "$root/README.md" |
		jq '. + { permissions: { allow: ["Bash(ls *)", "Bash(false *)"] } }' >settings.json
	sed -i 's/--agent claude/--agent real/' settings.json
	mkdir home work
	# The folder of the program that is tested comes first.
	(cd work && PATH=$(dirname "$PARE"):$PATH HOME=$dir/home timeout 120 node "$root/tests/exporters/claude-run.mjs" "$claude" "$dir/settings.json" \
		'{"name":"Bash","input":{"command":"ls -la"}}' '{"name":"Bash","input":{"command":"false x"}}') >out 2>err
	has "Claude Code tells of its calls" real 'real/Bash ok t1 {"command":"ls -la"}' 'real/Bash tool-error t2 {"command":"false x"}'
	"$PARE" show --json last >show.json
	ok "and of its end" jq -e '.agent == "real" and .state == "complete"' show.json
else
	skip "Claude Code tells of its calls" "Claude Code is not installed (make test-extended)"
fi

status "the chain of seals holds" 0 "$PARE" fsck
status "a policy can be proposed from it" 0 "$PARE" propose --agent claude -o policy.xml
says "with the agent's own tools" "claude/Read" policy.xml

# Arguments of more than a MiB are cut, which is told: each time.
for number in 1 2 3; do
	{ printf '{"session_id":"l","hook_event_name":"PostToolUse","tool_name":"Write","tool_response":"","tool_input":{"content":"'
	head -c 1500000 /dev/zero | tr '\0' x; printf '"},"tool_use_id":"t%s"}' $number; } | "$PARE" hook --agent long >out 2>err || cat err
done >found
clean "long arguments are recorded"
sqlite3 "$PARE_DB" "SELECT count(*), sum(gap.count), max(last) > max(first) FROM gap JOIN run ON run.id = gap.run JOIN agent ON agent.id = run.agent
	WHERE agent.name = 'long' AND kind = 24" >have
echo '1|3|1' >want
same "and counted where they were cut" want have

# What cannot be read is no reason to stop an agent: 2 would forbid the tool.
for said in '' 'no json' '[]' '{"hook_event_name":"PreToolUse"}' '{"hook_event_name":"PreToolUse","session_id":"s"}'; do
	printf '%s' "$said" >input
	case $said in '[]') want=0 ;; *) want=1 ;; esac
	"$PARE" hook --agent a <input >out 2>err
	got=$?
	{ [ $got = $want ] && ! [ -s out ]; } || echo "'$said': status $got"
done >found
clean "what is not understood fails with 1"
"$PARE" hook </dev/null >out 2>err
[ $? = 1 ] && : >found || echo "status of a wrong command line" >found
clean "so does a wrong command line"
head -c 20000000 /dev/zero | "$PARE" hook --agent a >out 2>err
[ $? = 1 ] && ! [ -s out ] && : >found || echo "status of a long input" >found
clean "and what is too long"

# The configurations in README, as they stand there.
awk '/^```json hook/ { getline; on = 1 } /^```$/ { if (on) print "---"; on = 0 } on' "$root/README.md" >examples
csplit -s -z -f example. examples '/^---$/' '{*}' 2>/dev/null
for example in example.*; do
	sed '/^---$/d' "$example" | jq -e . >/dev/null || echo "$example is no JSON"
done >found
[ "$(ls example.* 2>/dev/null | wc -l)" -ge 2 ] || echo "no examples in README" >>found
clean "the examples in README can be read"
awk '/^```js hook/ { on = 1; next } /^```$/ { on = 0 } on' "$root/README.md" >plugin.mjs
if command -v node >/dev/null; then
	cat >run.mjs <<'END'
import * as plugin from "./plugin.mjs";
const hooks = await Object.values(plugin)[0]({});
const input = { tool: "bash", sessionID: "o", callID: "c1" };
await hooks["tool.execute.before"](input, { args: { command: "ls" } });
await hooks["tool.execute.after"]({ ...input, args: { command: "ls" } }, { title: "t", output: "x", metadata: {} });
END
	PATH=$(dirname "$PARE"):$PATH node run.mjs >out 2>&1 || cat out >>bad
	has "the plugin in README for OpenCode" opencode 'opencode/bash ok c1 {"command":"ls"}'
else
	skip "the plugin in README for OpenCode" "node is missing"
fi
finish
