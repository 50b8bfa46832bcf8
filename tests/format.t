#!/bin/sh
# The layout is clang-format's business, nobody's opinion.  Versions differ, so only 14 judges.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1
version=$(clang-format --version 2>/dev/null | sed -n 's/.*version \([0-9]*\).*/\1/p')
if [ "$version" != 14 ]; then
	skip "every C file is laid out as .clang-format says" "clang-format is ${version:-missing}, not 14"
	finish
fi
c_files | xargs clang-format --dry-run -Werror 2>&1 | grep 'error:' |
	sed 's/error: code should be clang-formatted.*/run `make format`/' >"$dir/found"
clean "every C file is laid out as .clang-format says"
finish
