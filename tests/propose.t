#!/bin/sh
# What was recorded becomes a policy that admits exactly that, and check says what it would deny.
. "$(dirname "$0")/lib.sh"
mkdir "$dir/one" "$dir/two" "$dir/home" "$dir/home/.ssh"
HOME=$dir/home
export HOME
for folder in one two; do
	echo hello >"$dir/$folder/README.md"
	echo secret >"$dir/$folder/plan.txt"
done
echo key >"$HOME/.ssh/id_rsa"
policy=$dir/policy.xml

# record AGENT FOLDER SCRIPT: the same streams each time, so that they are the same accesses.
record() {
	(cd "$2" && "$PARE" record --quiet --agent "$1" -- sh -c "$3") </dev/null >/dev/null 2>&1
}

status "without a database there is nothing to propose from" 1 "$PARE" propose
says "... and the message says what to do" "pare record" "$dir/err"

record ada "$dir/one" 'cat README.md; cat nosuch; echo x >made; rm made'
status "a recorded run becomes a policy" 0 "$PARE" propose -o "$policy"
says "the explanation counts permissions" "agent ada: " "$dir/err"
says "... what was left out" "absent probe" "$dir/err"
says "... and names the next command" "pare check $policy" "$dir/err"
says "one run cannot tell what the next needs" "one run cannot tell" "$dir/err"
says "the workspace is symbolic" '<pattern>$WS/README.md</pattern>' "$policy"
says_not "what was absent is not granted" "/nosuch</pattern>" "$policy"
says_not "what was never touched is not granted" "plan.txt" "$policy"
status "the run fits the policy it was mined from" 0 "$PARE" check "$policy"
says "... and check says so" "would have denied nothing" "$dir/err"
status "--quiet says nothing" 0 "$PARE" propose --quiet
same "standard output gets the same document" "$policy" "$dir/out"
: >"$dir/nothing"
same "... and standard error nothing" "$dir/nothing" "$dir/err"

# Another file, in another workspace.
record ada "$dir/two" 'cat README.md; cat nosuch; echo x >made; rm made'
status "the same work in another workspace fits" 0 "$PARE" check "$policy" last
record ada "$dir/two" 'cat README.md plan.txt'
status "one more file does not fit" 3 "$PARE" check "$policy" last
says "... it is named" "file read $dir/two/plan.txt" "$dir/out"
says "... with its program" "/cat (1 time, ok)" "$dir/out"
says "... and the nearest rule" 'nearest: file read $WS/README.md (r-' "$dir/out"
says_not "... and nothing that did fit" "README.md by" "$dir/out"
status "all runs of the agent are replayed unless some are named" 3 "$PARE" check "$policy"
says "... and counted" "3 runs" "$dir/err"
status "--json prints objects" 3 "$PARE" check --json --quiet "$policy" last
if command -v jq >/dev/null; then
	jq -r 'select(.action == "read") | [.resource, .name, .outcome, .count, .nearest.pattern] | @tsv' \
		"$dir/out" >"$dir/got"
	printf 'file\t%s\tok\t1\t$WS/README.md\n' "$dir/two/plan.txt" >"$dir/want"
	same "... of which each is one violation" "$dir/want" "$dir/got"
else
	skip "... of which each is one violation" "jq is not installed"
fi

status "new evidence makes a new version" 0 "$PARE" propose -o "$dir/second.xml"
says "... that names the one before" ' parent="' "$dir/second.xml"
says "... merges both workspaces into one rule" 'plan.txt</pattern>' "$dir/second.xml"
says_not "... and names none of them" "$dir/one" "$dir/second.xml"
says "... and says how likely a new need is" "chance of 33 %" "$dir/err"
status "every run fits it" 0 "$PARE" check "$dir/second.xml"
status "proposing again" 0 "$PARE" propose -o "$dir/again.xml"
same "... gives the same bytes" "$dir/second.xml" "$dir/again.xml"

# Refused accesses, and secrets.
echo no >"$dir/one/forbidden"
chmod 0 "$dir/one/forbidden"
chmod 755 "$dir" "$dir/one"
if [ "$(id -u)" = 0 ]; then
	become='setpriv --reuid 65534 --regid 65534 --clear-groups'
else
	become=
fi
record eve "$dir/one" "$become cat forbidden; cat ~/.ssh/id_rsa"
status "an agent is chosen by name" 0 "$PARE" propose --agent eve -o "$dir/eve.xml"
grep -A1 'action="read"' "$dir/eve.xml" >"$dir/reads"
says "what was read is granted" "id_rsa" "$dir/reads"
says_not "... what was denied is not" "forbidden" "$dir/reads"
says "... and counted as such" "1 denied" "$dir/err"
says "a secret is called critical" 'critical: file read $HOME/.ssh/id_rsa: private key of ssh' "$dir/err"
says "... and needs a person" 'gate="confirm" risk="critical"' "$dir/eve.xml"
status "several agents and no name is a question" 2 "$PARE" propose
says "... that names them" "ada, eve" "$dir/err"
status "an unknown agent is refused" 1 "$PARE" propose --agent bob
says "... naming those that are known" "ada, eve" "$dir/err"
status "another agent's runs can be replayed" 3 "$PARE" check "$policy" --agent eve
status "an agent without runs cannot" 1 "$PARE" check "$policy" --agent bob
status "a task that nobody had" 1 "$PARE" propose --agent ada --task nosuch
status "an unknown preset is refused" 2 "$PARE" propose --agent ada --preset tight
says "... and the message says so" "literal, balanced and workspace" "$dir/err"
status "a time that is none" 2 "$PARE" propose --agent ada --since yesterday
status "a policy that is not there" 1 "$PARE" check "$dir/nosuch.xml"
status "a run that is not there" 1 "$PARE" check "$policy" ffffffff
status "no policy at all" 2 "$PARE" check

# Names made to deceive.
mkdir "$dir/odd"
hostile=$(printf '*\n\033[2J$WS \\ "<&\377')
record mal "$dir/odd" 'printf x >"**"; printf x >"\$WS"; cat -- *'
(cd "$dir/odd" && "$PARE" record --quiet --agent mal -- sh -c 'echo x >"$0"; cat -- *' "$hostile") \
	</dev/null >/dev/null 2>&1
status "hostile names make a policy" 0 "$PARE" propose --agent mal -o "$dir/mal.xml"
status "... that admits them" 0 "$PARE" check "$dir/mal.xml"
echo y >"$dir/odd/other"
record mal "$dir/odd" 'cat other'
status "... and nothing else: a star is no wildcard" 3 "$PARE" check "$dir/mal.xml" last
says "... as check says" "/odd/other" "$dir/out"
status "hostile names as violations" 3 "$PARE" check "$policy" --agent mal
LC_ALL=C tr -d '\n\t -~' <"$dir/out" >"$dir/found"
clean "... reach the terminal as plain text"
status "... as JSON too" 3 "$PARE" check --json "$policy" --agent mal
LC_ALL=C tr -d '\n -~' <"$dir/out" >"$dir/found"
clean "... reach it as plain text"

# Objects that the user protects.
echo x >"$dir/odd/wages.csv"
record paid "$dir/odd" 'cat wages.csv'
status "nobody protects it" 0 "$PARE" propose --agent paid -o "$dir/paid.xml"
says_not "... so it is nothing special" "critical" "$dir/err"
echo 'secret-file **/wages* wages what people earn' >"$dir/protected"
status "the user does" 0 "$PARE" propose --agent paid --protect "$dir/protected" -o "$dir/paid.xml"
says "... which is said" "protected: 1 rule of $dir/protected" "$dir/err"
says "... and has its effect" "wages.csv: what people earn" "$dir/err"
mkdir -p "$dir/config/pare"
cp "$dir/protected" "$dir/config/pare/protected"
XDG_CONFIG_HOME=$dir/config "$PARE" propose --agent paid -o "$dir/same.xml" 2>"$dir/err"
says "a file at the usual place is found" "protected: 1 rule of $dir/config/pare/protected" "$dir/err"
same "... to the same effect" "$dir/paid.xml" "$dir/same.xml"
echo 'secret-file wages w x' >"$dir/protected"
status "a faulty file is refused" 1 "$PARE" propose --agent paid --protect "$dir/protected"
says "... where it is faulty" "$dir/protected:1: \"wages\" must begin with" "$dir/err"
status "and one that is not there" 1 "$PARE" propose --agent paid --protect "$dir/none"

# A database that may be read but not written.
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	mkdir "$dir/ro"
	sqlite3 "$PARE_DB" "VACUUM INTO '$dir/ro/pare.db'" 2>/dev/null || cp "$PARE_DB" "$dir/ro/"
	status "a database that cannot be written" 0 unshare -m sh -c '
		mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" &&
		exec "$2" propose --db "$1/pare.db" --agent ada' sh "$dir/ro" "$PARE"
	says "... is said, and the policy is there" "not kept in the database" "$dir/err"
else
	skip "a database that cannot be written" "needs root and a mount namespace"
fi
# What whoever started the agent handed it is evidence, but nothing it has to be allowed.
echo handed >"$dir/handed.txt"
"$PARE" record --quiet --agent handed -- cat <"$dir/handed.txt" >"$dir/handed.out"
"$PARE" dump last | jq -es 'any(.[]; .requested == "inherited:0" and (.name | endswith("/handed.txt")))' >/dev/null &&
	pass "an inherited descriptor is evidence" || fail "an inherited descriptor is evidence"
status "a policy is proposed all the same" 0 "$PARE" propose --agent handed -o "$dir/handed.xml"
says_not "which does not grant the file" handed.txt "$dir/handed.xml"
"$PARE" record --quiet --agent handed -- cat <"$root/LICENSE" >"$dir/other.out"
status "another file handed to it is no violation" 0 "$PARE" check "$dir/handed.xml" last

finish
