#!/bin/sh
# Tool calls in the store: shown, proposed with their arguments, checked, exported, compared.
. "$(dirname "$0")/lib.sh"
mkdir "$dir/ws"

# call RUN STATUS ARGUMENTS: what a recorder of tool calls puts into a run.
call() {
	sqlite3 "$PARE_DB" "INSERT OR IGNORE INTO name (bytes) VALUES (CAST('files/read' AS BLOB)), (x'');
		INSERT OR IGNORE INTO resource (kind, name)
			SELECT 8, id FROM name WHERE bytes = CAST('files/read' AS BLOB);
		INSERT INTO call SELECT $1, coalesce(max(seq), 0) + 1, 1,
			(SELECT id FROM name WHERE bytes = x''),
			(SELECT max(id) FROM resource WHERE kind = 8), NULL, CAST('$3' AS BLOB),
			(SELECT code FROM word WHERE list = 'status' AND text = '$2'), 5, 6, 10, 20
			FROM call WHERE run = $1;
		INSERT INTO access SELECT $1, max(seq) + 1, 1, (SELECT id FROM name WHERE bytes = x''),
			0, 22, (SELECT max(id) FROM resource WHERE kind = 8), NULL, NULL, 1, 0, 1, 0, 5, 6,
			1, 1, 1, 0, 4, 0, 0 FROM access WHERE run = $1"
}
run() { (cd "$dir/ws" && "$PARE" record --quiet --agent a -- true); }

for i in 1 2 3 4; do
	run
	call $i ok "{\"path\":\"$dir/ws/src/f$i.c\",\"lines\":[1,$i]}"
done
call 4 tool-error "{\"path\":\"$dir/ws/src/f1.c\",\"lines\":[1,1]}"
run
call 5 ok "{\"path\":\"$dir/ws/src/../../x\",\"lines\":[1,4]}"
call 5 suppressed '{"path":"/etc/shadow"}'

status "show tells what came of the calls" 0 "$PARE" show "$(sqlite3 "$PARE_DB" 'SELECT uuid FROM run WHERE id = 4')"
says "by tool" "files/read  2 calls: 1 ok, 1 tool-error" "$dir/out"
"$PARE" show --json last >"$dir/show.json"
ok "and for machines" jq -e '.tool_calls == [{"tool":"files/read","calls":2,"ok":1,"suppressed":1}]' "$dir/show.json"

# The fifth run is left out.
sqlite3 "$PARE_DB" "UPDATE run SET task = 'last' WHERE id = 5"
for preset in literal balanced; do
	status "a $preset policy is proposed" 0 "$PARE" propose --agent a --task '' --preset $preset -o "$dir/$preset.xml"
done
says "literal: the objects" '<exact>{"lines":[1,1],"path":"$WS/src/f1.c"}</exact>' "$dir/literal.xml"
"$PARE" show --bare "$dir/balanced.xml" | sed -n '/^tool/,$p' >"$dir/got"
cat >"$dir/want" <<'END'
tool call files/read
    argument / object
    argument /lines array 2 items
    argument /lines/*? integer 1, 2, 3, 4
    argument /path string path 16 bytes of
END
sed 's/  rate=.*//; s/ [0-9.]* bytes below \$WS\/src.*/ 16 bytes of/' "$dir/got" >"$dir/got2"
same "balanced: by path" "$dir/want" "$dir/got2"

status "what was mined from is allowed" 0 "$PARE" check "$dir/balanced.xml" \
	"$(sqlite3 "$PARE_DB" 'SELECT uuid FROM run WHERE id = 2')"
status "a path that goes up is not" 3 "$PARE" check "$dir/balanced.xml" last
says "and the argument is named" 'argument /path is "' "$dir/out"
says "with what is allowed" 'allowed is /path string path' "$dir/out"
status "for machines, too" 3 "$PARE" check --json "$dir/balanced.xml" last
ok "by path, value and what is allowed" jq -e 'select(.argument) | .argument.path == "/path" and
	(.argument.value | test("/src/../../x")) and (.argument.allowed | test("below .WS/src"))' "$dir/out"
ok "what was held back is no violation" sh -c "! grep -q shadow '$dir/out'"

"$PARE" export --to json "$dir/balanced.xml" >"$dir/all.json"
ok "the export has the arguments" jq -e '.rules[] | select(.resource == "tool") | .arguments.paths |
	any(.path == "/path" and .format == "path" and .scopes == ["$WS/src"] and .needed)' "$dir/all.json"
"$PARE" export --to bwrap --losses "$dir/balanced.xml" >"$dir/out" 2>&1
says "a sandbox has no tools" "a sandbox does not see tool calls" "$dir/out"
status "diff says what more calls are" 3 "$PARE" diff "$dir/literal.xml" "$dir/balanced.xml"
says "by name" "called with more arguments" "$dir/out"
finish
