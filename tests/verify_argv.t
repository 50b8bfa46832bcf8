#!/bin/sh
# `pare verify` holds what programs are given against the templates of the policy, before the kernel looks
# and after.
# slow
. "$(dirname "$0")/lib.sh"
export HOME="$dir/home" TMPDIR="$dir/tmp" GIT_CONFIG_NOSYSTEM=1
mkdir -p "$HOME" "$TMPDIR" "$dir/w/sub"
cd "$dir/w" || exit 1
policy=$dir/policy.xml

# fresh: as each run finds it; the same names each time, but for those that are random.
fresh() {
	rm -rf .git ../origin.git
	echo one >file
	git init -q --bare ../origin.git
	git init -q . && git remote add origin ../origin.git
	git add file && git commit -q -m one && git push -q origin main
}
GIT_AUTHOR_DATE='2026-01-05T10:00:00Z' GIT_COMMITTER_DATE='2026-01-05T10:00:00Z'
export GIT_AUTHOR_DATE GIT_COMMITTER_DATE

# verify COMMAND...: under the policy, with people who agree; the report is in $dir/err.
verify() {
	timeout 60 "$PARE" verify --confirm=yes --quiet "$policy" -- "$@" </dev/null
}
# recorded TIMES AGENT COMMAND...: and a policy of that.
recorded() {
	times=$1 agent=$2
	shift 2
	for i in $(seq "$times"); do
		fresh
		"$PARE" record --quiet --agent "$agent" -- "$@" </dev/null >"$dir/out" 2>&1
	done
	"$PARE" propose --quiet --agent "$agent" -o "$policy" 2>"$dir/err"
}
# ---- a workflow of git ----

git=$(readlink -f "$(command -v git)") sh=$(readlink -f /bin/sh)
git config --global user.name ada
git config --global user.email ada@example.test
git config --global init.defaultBranch main
# The middle of the script may be replaced: what is executed then, the script's own name does not say.
cat >work.sh <<-'END'
	git status -s
	echo more >>file; git add file
	git commit -q -m more
	git push -q origin main
	sh -c "git status -s; git log -1 --format=%h"
	. ./extra
END
: >extra
recorded 5 git sh work.sh
fresh
status "a workflow of git, under its own policy" 0 verify sh work.sh
says_not "... is all admitted" "denied" "$dir/err"
says "a template of it is in the policy" "<argv>push -q origin main</argv>" "$policy"

# extra WHAT COMMAND WITH NEAREST: it does that, too, from within; that is refused, and reported so.
extra() {
	fresh
	echo "$2"' && echo "it worked"' >extra
	verify sh work.sh >"$dir/out" 2>"$dir/err"
	: >extra
	says_not "$1: refused" "it worked" "$dir/out"
	says "... and reported" "denied: program exec $3 by $sh" "$dir/err"
	says "... with why" "its rule does not admit these arguments" "$dir/err"
	says "... the template that came nearest" "    nearest arguments: $4" "$dir/err"
	says "... and the smallest change" " also with: ${3#* with }" "$dir/err"
	ok "... and nothing else" test "$(grep '^denied: program' "$dir/err" | wc -l)" = 1
}
extra "a push by force" 'git push --force origin main' "$git with push --force origin main" "push -q origin main"
extra "a push with another configuration" 'git -c core.pager="sh -c id" push -q origin main' \
	"$git with -c core.pager=sh\\x20-c\\x20id push -q origin main" "add file"
extra "a push of more" 'git push -q origin main HEAD:other' "$git with push -q origin main HEAD:other" "push -q origin main"
extra "another text of a shell" 'sh -c "git status -s; rm -rf x"' "$sh with -c (git status -s) (rm -f -r x)" \
	"-c (git log -1 --format=%h) (git status -s)"
extra "a program's without any" 'git' "$git with ()" "add file"
echo 'sh -c "git status -s" && echo "it worked"' >extra
fresh
status "a part of what a shell was told" 0 verify sh work.sh
says "... is admitted" "it worked" "$dir/out"
: >extra
status "what was not recorded is not the first command, either" 126 verify git push --force
says "... and reported" "denied: program exec $git with push --force by pare" "$dir/err"
status "as JSON" 126 timeout 60 "$PARE" verify --confirm=yes --quiet --json -o "$dir/report" "$policy" -- git push --force
ok "... too" jq -es 'any(.action == "exec" and .why == "arguments" and .arguments == "push --force"
	and .nearest_argv == "push -q origin main" and (.change | test("^r-.* also with: push --force$")))' "$dir/report"

# ---- scripts, and secrets ----

cat >said <<-'END'
	#!/bin/sh -e
	echo "$@"
END
printf '#!%s\n' "$dir/w/said" >twice
cp said sub/said
chmod +x said twice sub/said
cp /bin/echo "$dir/echo"
printf 'echo "no first line"\n' >plain
chmod +x plain
cat >all.sh <<-END
	./plain
	./said first; ./twice second; (cd sub; ./said third)
	"$dir/echo" --token=correct-horse-7; "$dir/echo" "\$GREETING_TOKEN, \$1"
END
export GREETING_TOKEN=battery-staple-9
recorded 1 scripts sh all.sh world
status "scripts, and arguments with secrets in them" 0 verify sh all.sh world
says_not "... are all admitted" "denied" "$dir/err"
says "... also what a shell reads because it is no program" "no first line" "$dir/out"
status "a script that was given something else" 126 verify ./said second
says "... is refused" "denied: program exec $sh with \$WS/said second by" "$dir/err"
status "a script behind another one" 126 verify ./twice first
says "... too" "denied: program exec $sh with \$WS/twice first by" "$dir/err"
status "what another script of its name may be given" 126 verify ./said third
status "another secret" 126 verify "$dir/echo" --token=correct-horse-8
says_not "... is not told" "horse" "$dir/err"
status "the same secret" 0 verify "$dir/echo" --token=correct-horse-7

# ---- memory that changes between two looks ----

a=$BUILD/fixtures/attack
for program in "$dir/echo" ./said; do
	recorded 1 "race $program" "$a" argument "$program" yes yes
	perl -pi -e 's{(<argv>argument .*) yes yes</argv>}{$1 yes yes</argv>$1 yes bad</argv>}; s/ rate-run="\d+"//' "$policy"
	status "arguments that change while they are looked at: $program" 0 verify "$a" argument "$program" yes bad
	says "... the program is executed with what it may be given" yes "$dir/out"
	says_not "... and with nothing else" bad "$dir/out"
	says "... or killed before it begins" "the call's memory was being changed: killed" "$dir/err"
done
finish
