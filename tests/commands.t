#!/bin/sh
# The commands that show what was recorded: runs, show, dump, fsck.
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8
unset COLUMNS CLICOLOR_FORCE

# ---- wrong use, and a database that cannot be read ----

for use in "dump" "show" "show a b" "runs a" "fsck a" "dump --nonsense" "dump --db" \
	"show --json ./p.xml" "show --bare last"; do
	# shellcheck disable=SC2086
	status "pare $use is wrong use" 2 "$PARE" $use
done
for command in runs show dump fsck; do
	status "pare $command --help" 0 "$PARE" "$command" --help
	says "it names the command" "pare $command" "$dir/out"
done

# refuses NAME TEXT: no command reads $PARE_DB, and each says TEXT.
refuses() {
	for command in runs "show last" "dump last" fsck; do
		# shellcheck disable=SC2086
		status "pare $command refuses $1" 1 "$PARE" $command
		says "and says why" "$2" "$dir/err"
		ok "in one line" test "$(wc -l <"$dir/err")" = 1
		ok "and nothing else" test ! -s "$dir/out"
	done
}
refuses "a database that is not there" "nothing was recorded yet"
echo "this is not a database, and it is long enough to be read as one" >"$PARE_DB"
refuses "a file that is none" "pare: "

# ---- runs to look at ----

rm -f "$PARE_DB"
mkdir "$dir/w"
cd "$dir/w" || exit 1
printf 1 >plain
printf 2 >"$(printf 'esc\033[2J')"
printf 3 >"$(printf 'bad\377utf8')"
printf 4 >"$(printf 'new\nline')"
printf 5 >'back\x41slash'
printf 6 >'"quoted" & <b>'
printf 7 >"$(printf 'caf\303\251')"
printf 8 >"$(printf 'bidi\342\200\256txt')"
printf 9 >' two  spaces '
status "record the first run" 0 "$PARE" record --agent reader --task one -- cat ./*
status "record the second run" 3 "$PARE" record --agent 'a b' -- sh -c 'cat plain none; exit 3'

"$PARE" runs >"$dir/runs" 2>"$dir/err"
ok "runs has a heading and two rows" test "$(wc -l <"$dir/runs")" = 3
says "the second run is the last" "a b" "$(tail -1 "$dir/runs" >"$dir/last"; echo "$dir/last")"
says "with the agent's status" "  3  " "$dir/last"
"$PARE" runs --agent reader >"$dir/out"
says "only the agent that was asked for" reader "$dir/out"
says_not "not the other" "a b" "$dir/out"
status "an agent without runs is no failure" 0 "$PARE" runs --agent nobody
says "but is explained" "no run of that agent" "$dir/err"
"$PARE" runs --json >"$dir/runs.json"
ok "runs --json is JSON" jq -es 'length == 2 and .[0].agent == "reader" and .[0].task == "one"
	and .[1].status == 3 and .[1].command[0] == "sh" and .[1].state == "complete"' "$dir/runs.json"
first=$(jq -rs '.[0].run' "$dir/runs.json")

# ---- dump ----

"$PARE" dump "$first" >"$dir/dump" 2>"$dir/err"
ok "every line of a dump is JSON" jq -es 'length > 10' "$dir/dump"
ok "dump says nothing else" test ! -s "$dir/err"
jq -c keys_unsorted "$dir/dump" | sort -u >"$dir/got"
echo '["run","agent","task","phase","pid","image","program","argv","cwd","resource","action","name","requested","outcome","errno","count","bytes","first","last","via","own","peer","call"]' >"$dir/want"
same "the keys and their order" "$dir/want" "$dir/got"
# Back from the escapes: the very bytes that the files are called.
jq -r 'select(.resource == "file" and .action == "read" and .outcome == "ok") | .name | @base64' "$dir/dump" |
	perl -MMIME::Base64 -ne '
		$_ = decode_base64($_);
		s{\\(\\|x[0-9a-f]{2})}{$1 eq "\\" ? "\\" : chr hex substr $1, 1}ge;
		print "$_\0" if s{^\Q$ENV{PWD}\E/}{}' | sort -zu | od -c >"$dir/got"
find . -type f -printf '%P\0' | sort -zu | od -c >"$dir/want"
same "hostile names come back byte for byte" "$dir/want" "$dir/got"
ok "times are ISO 8601 with nine digits" jq -es 'all(.first, .last |
	test("^[0-9-]{10}T[0-9:]{8}[.][0-9]{9}Z$"))' "$dir/dump"
"$PARE" dump last >"$dir/second"
ok "an error is named" jq -es 'any(.name == "'"$PWD"'/none" and .outcome == "absent" and
	.errno == "ENOENT" and .call == null)' "$dir/second"
"$PARE" dump "$first" last >"$dir/got"
cat "$dir/dump" "$dir/second" >"$dir/want"
same "two runs one after the other" "$dir/want" "$dir/got"
"$PARE" dump -o "$dir/file" "$(echo "$first" | cut -c 1-8)"
same "a prefix of an id, and -o" "$dir/dump" "$dir/file"
status "an unknown run" 1 "$PARE" dump "$first" ffffffffffff
ok "gives no half result" test ! -s "$dir/out"
says "but a reason" "ffffffffffff" "$dir/err"
status "a name that is no run" 1 "$PARE" dump "$(printf 'x\033[2J')"
says "is shown escaped" 'x\x1b[2J' "$dir/err"
status "--events" 0 "$PARE" dump --events last
says "says that only counts are kept" "was recorded without --events" "$dir/err"

# ---- show ----

"$PARE" show last >"$dir/show"
says "the verdict" "● a b, run $(jq -rs '.[1].run' "$dir/runs.json" | cut -c 1-12): exit 3" "$dir/show"
says "the workspace is a symbol" "\$WS is $PWD" "$dir/show"
# shellcheck disable=SC2016
says "what was read" '$WS/plain' "$dir/show"
says "the next command can be typed" "pare propose --agent 'a b' -o policy.xml" "$dir/show"
says_not "no colour in a file" "$(printf '\033')" "$dir/show"
"$PARE" show "$first" >"$dir/show"
says "a hostile name is escaped" 'esc\x1b[2J' "$dir/show"
says "a good one is not" 'café' "$dir/show"
LC_ALL=C "$PARE" show "$first" >"$dir/show.c"
ok "only ASCII where the locale knows no more" sh -c '! LC_ALL=C grep -q "[^ -~]" "$1"' sh "$dir/show.c"
COLUMNS=60 "$PARE" show "$first" >"$dir/narrow"
ok "at most 60 columns where there are 60" awk 'length > 60 { print; bad = 1 } END { exit bad }' "$dir/narrow"
NO_COLOR= CLICOLOR_FORCE=1 "$PARE" show last >"$dir/out"
says "colour when it is forced" "$(printf '\033[')" "$dir/out"
NO_COLOR=1 CLICOLOR_FORCE=1 "$PARE" show last >"$dir/out"
says_not "but never with NO_COLOR" "$(printf '\033[')" "$dir/out"
"$PARE" show --json last >"$dir/show.json"
ok "show --json is one line of JSON" jq -es 'length == 1 and .[0].calls > 0 and .[0].stops > 0 and
	(.[0].stops_per_call | type) == "number" and .[0].did.read.workspace == 1 and
	.[0].did.absent.workspace == 1 and (.[0].not_seen | type) == "array"' "$dir/show.json"

# ---- a policy ----

cat >p.xml <<'END'
<?xml version="1.0"?>
<policy xmlns="urn:pare:policy:1" agent="reader" created="2026-11-21T07:00:00Z">
  <rule resource="host" action="connect" gate="confirm" risk="high" rate="5" burst="9">
    <pattern>tcp/api.example.com:443</pattern>
  </rule>
  <rule resource="file" action="read" risk="low">
    <pattern>$WS/a \x20# 9 runs\u{202e}</pattern>
    <evidence runs="2" count="7" first="2026-11-20T07:00:00Z" last="2026-11-21T07:00:00Z"/>
  </rule>
</policy>
END
cat >"$dir/want" <<'END'
# agent reader: 2 permissions, all else denied; written by hand
file read $WS/a \x20# 9 runs\u{202e}                        # 2 runs, 7 uses, last 2026-11-21, low risk
host connect tcp/api.example.com:443  rate=5/min burst=9 gate=confirm  # no evidence, high risk
END
status "show a policy" 0 "$PARE" show p.xml
same "one permission a line, sorted, nothing forged by a name" "$dir/want" "$dir/out"
sed '1d; s/  *# [^#]* risk$//' "$dir/want" >"$dir/bare"
"$PARE" show --bare ./p.xml >"$dir/out"
same "--bare is only the permissions" "$dir/bare" "$dir/out"
cp p.xml "$(printf '%s' "$first" | cut -c 1-12)"
"$PARE" show "$(printf '%s' "$first" | cut -c 1-12)" >"$dir/out"
same "an existing file is a policy" "$dir/want" "$dir/out"
sed 's/resource="host"/resource="planet"/' p.xml >bad.xml
status "a bad policy" 1 "$PARE" show bad.xml
says "is refused with file and line" "pare: bad.xml:3: " "$dir/err"
ok "and nothing is shown" test ! -s "$dir/out"
status "a policy that is not there" 1 "$PARE" show none.xml
says "is named" "none.xml" "$dir/err"

# ---- output that cannot be written is never silence ----

for command in runs "show last" "show ./p.xml" "dump last" fsck "runs --json"; do
	# shellcheck disable=SC2086
	status "pare $command on a full disk" 1 sh -c '"$@" >/dev/full' sh "$PARE" $command
	says "says so" "No space left on device" "$dir/err"
	# shellcheck disable=SC2086
	status "pare $command with standard output closed" 1 sh -c '"$@" >&-' sh "$PARE" $command
	says "says so" "Bad file descriptor" "$dir/err"
done
mkdir "$dir/full"
status "a folder as the output" 1 "$PARE" dump -o "$dir/full" last
says "is refused" "Is a directory" "$dir/err"
status "an output in no folder" 1 "$PARE" dump -o "$dir/no/such" last
ok "nothing is left beside the output" test -z "$(find "$dir" -name '.pare-*')"

# ---- fsck ----

status "fsck finds nothing" 0 "$PARE" fsck
says "and says so" "fine: 2 runs, 2 sealed, 0 incomplete" "$dir/out"
cp "$PARE_DB" "$dir/altered.db"
sqlite3 "$dir/altered.db" "UPDATE access SET count = count + 1 WHERE run = 1 AND seq = 1"
status "an altered run" 3 "$PARE" fsck --db "$dir/altered.db"
says "is named" "BAD  run $first was altered" "$dir/out"
says "and summed up" "altered: 2 runs, 2 sealed" "$dir/out"
head -c 40000 "$PARE_DB" >"$dir/damaged.db"
status "a damaged database" 1 "$PARE" fsck --db "$dir/damaged.db"
for command in runs "show last" "dump last"; do
	# shellcheck disable=SC2086
	"$PARE" $command --db "$dir/damaged.db" >"$dir/out" 2>"$dir/err"
	ok "pare $command of a damaged one does not crash" test $? -le 1
done
cp "$PARE_DB" "$dir/ambiguous.db"
sqlite3 "$dir/ambiguous.db" "UPDATE run SET uuid = 'abcd' || substr(uuid, 5)"
status "an ambiguous prefix" 1 "$PARE" show --db "$dir/ambiguous.db" abcd
says "is refused" "abcd" "$dir/err"
sqlite3 "$dir/ambiguous.db" "UPDATE run SET uuid = 'ab' || char(27) || '[2J' || id, host = char(27) || 'c',
	assurance = char(155), task = char(8238)"
for command in runs "show last" "dump last" fsck "runs --json" "show --json last"; do
	# shellcheck disable=SC2086
	"$PARE" $command --db "$dir/ambiguous.db" >"$dir/out" 2>&1
	ok "pare $command shows nothing raw from a hostile database" \
		perl -CSD -ne 'exit 1 if /[\x00-\x09\x0b-\x1f\x7f-\x9f]/' "$dir/out"
done
sqlite3 "$PARE_DB" "PRAGMA user_version = 99" >/dev/null
refuses "a database of a newer version" "newer"
finish
