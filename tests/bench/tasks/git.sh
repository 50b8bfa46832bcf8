#!/bin/sh
# Work on an issue: clone, branch, edit, commit, push, look at the log.
. "$TASKS/lib.sh"
branch=issue-$((100 + $(pick 1 900)))

# commit FILE WORDS, as somebody, in the folder at hand.
commit() {
	printf '%s\n' "$2" >>"$1"
	git add -A
	git commit -q -m "$2"
}

setup() {
	printf '[user]\n\tname = Agent\n\temail = agent@example.com\n[init]\n\tdefaultBranch = main\n' >home/.gitconfig
	rm -rf remote.git
	export GIT_AUTHOR_DATE="$(day)T09:00:00Z" GIT_COMMITTER_DATE="$(day)T09:00:00Z"
	git init -q seed
	cd seed
	mkdir -p src docs
	for name in parser lexer writer reader cache index; do
		echo "# $name" >"src/$name.py"
	done
	printf '.env\n.npmrc\n' >.gitignore
	echo "how it works" >docs/guide.md
	commit README.md "Begin"
	for number in $(seq "$(($(pick 2 3) + 1))"); do
		commit "src/$(one "$number" parser lexer writer reader cache index).py" "# by others: $number $RUN"
	done
	cd ..
	git clone -q --bare seed remote.git
	rm -rf seed
	git -C remote.git config --unset remote.origin.url
}

edit() {
	commit "src/$(one "$1" parser lexer writer reader cache index).py" "# change $1 for $branch"
}

run() {
	git clone -q ../remote.git project
	cd project
	git checkout -q -b "$branch"
	edit 3
	git diff HEAD~1 >/dev/null
	[ "$VARIANT" = 0 ] || edit 4
	if [ "$VARIANT" = 2 ]; then
		git commit -q --amend -m "Close $branch"
		git checkout -q main
		git merge -q --no-ff -m "Merge $branch" "$branch"
		git push -q origin main
	fi
	git push -q -u origin "$branch"
	git status --short >/dev/null
	git log --stat -n 5 >/dev/null
}

"$1"
