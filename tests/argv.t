#!/bin/sh
# What a program was given is part of its permission, however it is written; shell texts by what they run.
. "$(dirname "$0")/lib.sh"
HOME=$dir/home GIT_CONFIG_NOSYSTEM=1
export HOME GIT_CONFIG_NOSYSTEM
mkdir "$HOME" "$dir/w"
cd "$dir/w" || exit 1
{ git init -q . && git init -q --bare "$dir/far.git" && git remote add origin "$dir/far.git" &&
	git config user.email a@example.com && git config user.name a && echo x >a && git add a &&
	git commit -qm first; } >"$dir/git.out" 2>&1
printf '#!/bin/sh\ngit status -s "$@"\n' >run.sh
chmod +x run.sh
policy=$dir/policy.xml

# record SCRIPT: an agent that runs it.
record() {
	printf '%s\n' "$1" >agent.sh
	"$PARE" record --quiet --agent ada -- sh agent.sh </dev/null >/dev/null 2>&1
}

record "git status
git push origin HEAD
sh -c 'git status'
sh -c 'cd . && ls -la'
./run.sh -b"
status "what was executed becomes a policy" 0 "$PARE" propose --preset literal -o "$policy"
says "an option is a word of its own" "<argv>push origin HEAD</argv>" "$policy"
says "a text of a shell is the commands it runs" "<argv>-c (git status)</argv>" "$policy"
says "... in the folder they are run in" "<argv>-c (cd . &amp;&amp; ls -a -l)</argv>" "$policy"
says "options that mean the same are the same" "<argv>-a -l</argv>" "$policy"
says "a script is an argument of its interpreter" '<argv>$WS/run.sh -b</argv>' "$policy"
status "the run fits it" 0 "$PARE" check "$policy"
status "show prints it" 0 "$PARE" show "$policy"
says "... with the arguments" "    with -c (git status)" "$dir/out"
status "JSON has them" 0 "$PARE" export --to json "$policy"
says "... as a list" '"push origin HEAD"' "$dir/out"

# alike SCRIPT / unlike SCRIPT TEXT: no command of it is denied; TEXT is.
alike() {
	record "$1"
	"$PARE" check --quiet "$policy" last >"$dir/out" 2>"$dir/err"
	grep ' with ' "$dir/out" >"$dir/found"
	clean "fits: $1"
}
unlike() {
	record "$1"
	status "denied: $1" 3 "$PARE" check --quiet "$policy" last
	says "... and named" "$2" "$dir/out"
}
alike "ls -l -a"
alike "ls -al"
alike "sh -c 'git status; git  \"status\" # again'"
unlike "git push --force origin HEAD" "git with push --force origin HEAD by"
says "... with what comes nearest" "nearest arguments: push origin HEAD" "$dir/out"
unlike "git push origin HEAD -f" "git with push origin HEAD -f by"
unlike "git -c core.pager=x push origin HEAD" "git with -c core.pager=x push origin HEAD by"
unlike "sh -c 'git status; rm -rf x'" 'with -c git\x20status;\x20rm\x20-rf\x20x by'
unlike "sh -c 'git status >x'" 'with -c git\x20status\x20\x3ex by'
unlike "ls -la ." "ls with -la . by"
unlike "./run.sh -z" "run.sh -z by"
record "sh -c 'git status; rm -rf x'"
status "--json" 3 "$PARE" check --quiet --json "$policy" last
says "... has the arguments as a list" '"argv":["-c","git status; rm -rf x"]' "$dir/out"
says "... and the nearest ones" '"nearest_argv":"-c (git status)"' "$dir/out"

# Documents without arguments mean what they did.
sed '/<argv>/d; s/ id="[^"]*"//' "$policy" >"$dir/old.xml"
record "git status --long"
"$PARE" check --quiet "$dir/old.xml" last >"$dir/out"
grep ' with ' "$dir/out" >"$dir/found"
clean "a rule without arguments admits any"

# fault TEXT SAYS: a template that is none.
fault() {
	sed "s|<argv>push origin HEAD</argv>|<argv>$1</argv>|" "$policy" >"$dir/fault.xml"
	status "no template: $1" 1 "$PARE" show "$dir/fault.xml"
	says "... and why" "$2" "$dir/err"
}
fault 'push (git' "no simple command"
fault 'push a*' "is reserved"
fault 'push *' "need a justification"
fault 'push $NO/x' "is no root"
finish
