#!/bin/sh
# What is committed is what a stranger needs: sources only, and nothing of the writer's machine.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1
if ! git ls-files --error-unmatch Makefile >/dev/null 2>&1; then
	skip "what is committed" "this is no git clone"
	finish
fi
git ls-files -ci --exclude-standard | sed 's/$/: ignored, but committed/' >"$dir/found"
clean "no generated file is committed"
empty=$(git hash-object -t tree /dev/null)
git diff --numstat "$empty" -- . | sed -n 's/^-\t-\t//p' |
	grep -vE '^(docs/[a-z-]+\.png|fixtures/|tests/[a-z]+/)' >"$dir/found"
clean "no binary is committed but pictures and test data"
# Where this clone stands: nothing in it may name that place.  Short names are no evidence.
: >"$dir/found"
[ "${#root}" -lt 9 ] || git grep -nIF -e "$root/" >"$dir/found"
clean "nothing names the folder it was written in"
git ls-files -s | awk '$1 == 120000 { print $4 ": a symbolic link" }' >"$dir/found"
clean "no symbolic link is committed"
git ls-files '*.t' '*.sh' .ci/run | while read -r script; do
	[ -x "$script" ] || echo "$script: chmod +x it"
done | grep -vx 'tests/lib.sh: chmod +x it' >"$dir/found"
clean "scripts can be executed"
git diff --check "$empty" -- . ':!LICENSE' ':!tests/golden' ':!fixtures' ':!*.md' |
	grep -v '^[+]' >"$dir/found"
clean "no line ends in a space, no file in an empty line"
git ls-files '*.sh' '*.t' .ci/run | while read -r script; do
	case $(head -n 1 "$script") in
	*bash) bash -n "$script" 2>&1 ;;
	*) sh -n "$script" 2>&1 ;;
	esac
done >"$dir/found"
clean "every script parses"
finish
