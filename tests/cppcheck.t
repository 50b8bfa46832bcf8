#!/bin/sh
# slow
# What compilers do not say.  internalAstError is cppcheck's own: it cannot read all of GNU C.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1
if ! command -v cppcheck >/dev/null; then
	skip "cppcheck finds nothing" "cppcheck is not installed"
	finish
fi
mkdir -p "$BUILD/cppcheck"
c_files | grep '\.c$' | grep -v ^tests/ >"$dir/files"
cppcheck -q -j 2 --cppcheck-build-dir="$BUILD/cppcheck" --std=c11 --language=c --inline-suppr \
	-I. -D_GNU_SOURCE -D__x86_64__ -DPARE_VERSION='""' -DPARE_HOOK='""' \
	--enable=warning,performance,portability --suppress=missingIncludeSystem \
	--suppress=internalAstError \
	--template='{file}:{line}: {id}: {message}' --file-list="$dir/files" >"$dir/found" 2>&1
clean "cppcheck finds nothing"
finish
