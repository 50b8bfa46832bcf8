# What `pare import` made of a configuration, for tests: `. tests/grants.sh` behind lib.sh.
unset XDG_DATA_HOME

# grants FORMAT FILE [OPTION...]: imports it; the permissions are in $dir/granted, as `pare show` has them, the
# notes in $dir/import.err, what is denied in the database.
grants() {
	format=$1 file=$2
	shift 2
	rm -f "$PARE_DB"
	status "$format: it is imported" 0 "$PARE" import --from "$format" --agent demo -o "$dir/granted.xml" "$@" "$file"
	cp "$dir/err" "$dir/import.err"
	"$PARE" show -b "$dir/granted.xml" >"$dir/granted"
	ok "$format: and kept" "$PARE" import --from "$format" --agent demo -q "$@" "$file"
}

# want NAME: of the resource and action of the first line on the standard input, just these lines are granted.
want() {
	cat >"$dir/want"
	read -r resource action _ <"$dir/want"
	awk -v r="$resource" -v a="$action" '/^[a-z]/ { on = $1 == r && $2 == a } on' "$dir/granted" | LC_ALL=C sort >"$dir/got"
	LC_ALL=C sort -o "$dir/want" "$dir/want"
	same "$1" "$dir/want" "$dir/got"
}

# denied NAME CONDITION: "KIND ACTION PATTERN", by number, of what is denied and fits the SQL condition.
denied() {
	LC_ALL=C sort >"$dir/want"
	sqlite3 -separator ' ' "$PARE_DB" "SELECT kind, action, pattern FROM grant_ WHERE denied AND ($2)" | LC_ALL=C sort >"$dir/got"
	same "$1" "$dir/want" "$dir/got"
}

# notes NAME: "KIND TEXT" of each note, the text up to its colon; - where it has none.
notes() {
	LC_ALL=C sort >"$dir/want"
	sqlite3 -separator ' ' "$PARE_DB" "SELECT kind, CASE WHEN length(text) = 0 THEN '-' ELSE text END FROM grant_note" |
		sed 's/: .*//' | LC_ALL=C sort >"$dir/got"
	same "$1" "$dir/want" "$dir/got"
}

# broken FORMAT TEXT...: each is refused with one sentence.
broken() {
	format=$1
	shift
	: >"$dir/found"
	for text; do
		printf %s "$text" >"$dir/broken"
		timeout 20 "$PARE" import --from "$format" --agent demo -o "$dir/broken.xml" "$dir/broken" >"$dir/out" 2>"$dir/err"
		got=$?
		[ $got = 1 ] && [ "$(wc -l <"$dir/err")" = 1 ] || { echo "$text: status $got"; head -3 "$dir/err"; } >>"$dir/found"
	done
	clean "$format: what is none is refused"
}

# odd FORMAT TEXT...: each is imported, whatever is wrong with it, and that is said.
odd() {
	format=$1
	shift
	: >"$dir/found"
	for text; do
		printf %s "$text" >"$dir/odd"
		timeout 20 "$PARE" import --from "$format" --agent demo -o "$dir/odd.xml" "$dir/odd" >"$dir/out" 2>"$dir/err"
		got=$?
		[ $got = 0 ] && grep -q ^unread "$dir/err" || { echo "$text: status $got"; head -3 "$dir/err"; } >>"$dir/found"
	done
	clean "$format: odd members are named, and the rest is read"
}

# round_trip FORMAT [POLICY...]: the 20 policies of the exporters' test, and these, are exported, imported, and differ by
# nothing but what the exporter says, or the importer did not read; of what was exported it reads all but $unread (a
# regular expression, for tests that say why).
round_trip() {
	format=$1
	shift
	mkdir "$dir/policies"
	python3 "$root/tests/exporters/policies.py" "$dir/policies"
	for policy in "$dir"/policies/*.xml "$@"; do
		{
			timeout 60 "$root/tests/round_trip.pl" "$PARE" "$format" "$policy" "$dir" 2>&1
			grep '^unread' "$dir/import.err" | grep -vE "${unread:-^$}"
		} | sed "s,^,$(basename "$policy"): ,"
	done >"$dir/found"
	clean "$format: $((20 + $#)) policies come back as they went, but for what is said"
}
