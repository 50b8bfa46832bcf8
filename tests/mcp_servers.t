#!/bin/sh
# slow
# pare mcp between the client of the official SDK and four real servers: what goes in comes out, and every
# call is in the store with what the client saw of it.
. "$(dirname "$0")/lib.sh"
modules=${PARE_NPM_MCP:-$root/build/npm-mcp}/node_modules
if ! [ -d "$modules/@modelcontextprotocol/server-memory" ] || ! command -v node >/dev/null; then
	skip "real servers of tools" "they come from npm: make test-extended"
	finish
fi
MODULES=$modules
export MODULES
cd "$dir" || exit 1
mcp=$root/fixtures/mcp

# serve NAME [ARGUMENT...]
serve() {
	server=$1
	shift
	mkdir -p "$server/work"
	MEMORY_FILE_PATH=$dir/$server/work/memory.jsonl timeout 120 node "$mcp/real.mjs" "$server" "$dir/$server/work" \
		python3 "$mcp/tee.py" "$server/before" "$PARE" mcp --server "$server" -- \
		python3 "$mcp/tee.py" "$server/behind" node "$modules/.bin/mcp-server-$server" "$@" >want 2>said
	[ -s want ] || cat said >>want
	: >found
	cmp "$server/before/in" "$server/behind/in" >>found 2>&1
	cmp "$server/before/out" "$server/behind/out" >>found 2>&1
	[ -s "$server/before/out" ] || { echo "no session:"; cat said; } >>found
	clean "$server: the same bytes before and behind"
	sqlite3 "$PARE_DB" "SELECT substr(CAST(tool AS TEXT), length('$server') + 2) || ' ' || status FROM calls
		WHERE run = (SELECT uuid FROM run ORDER BY id DESC LIMIT 1) ORDER BY seq" >have
	cp have calls
	same "$server: $(wc -l <want) calls and what came of them" want have
	sqlite3 "$PARE_DB" "SELECT DISTINCT digest IS NULL OR ended IS NULL FROM calls WHERE CAST(tool AS TEXT) NOT LIKE '%no_such%'
		AND run = (SELECT uuid FROM run ORDER BY id DESC LIMIT 1)" >have
	echo 0 >want
	same "$server: each with its end, and what the server says of the tool" want have
	"$PARE" show last --json | jq -r '.agent, .not_seen[].kind' | tr '\n' ' ' >have
	printf 'sdk-%s tools-only %s' "$server" "$missed" >want
	same "$server: nothing was missed" want have
}

missed='long-message ' # a file of 3 MiB among the arguments
serve filesystem "$dir/filesystem/work"
missed=
serve everything
ok "everything: one of them was cancelled" grep -qx 'trigger-long-running-operation cancelled' calls
serve memory
serve sequential-thinking
sqlite3 "$PARE_DB" "SELECT DISTINCT annotations != '' FROM tools WHERE tool LIKE 'filesystem/%'" >have
echo 1 >want
same "with the hints that the server gives" want have
status "the chain of seals holds" 0 "$PARE" fsck
finish
