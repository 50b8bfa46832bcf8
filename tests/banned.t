#!/bin/sh
# Functions that cannot be used safely, or that keep state of their own.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1
for name in strcpy strcat sprintf vsprintf strtok gets atoi system popen localtime gmtime; do
	c_files | grep -v ^tests/ | xargs grep -nE "(^|[^A-Za-z0-9_])$name[[:space:]]*\(" /dev/null >"$dir/found"
clean "$name() is not called"
done
# A typedef of a struct hides what it is; a function typedef names a kind of table row.
c_files | xargs grep -nE '^[[:space:]]*typedef[[:space:]]+(struct|union|enum)' /dev/null >"$dir/found"
clean "no typedef of a struct, union or enum"
finish
