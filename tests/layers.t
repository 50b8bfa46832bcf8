#!/bin/sh
# Includes form a star: recorder, analyzer and reports know core only, core knows the system only,
# and each library that is hard to use safely has one home.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1

# "FILE:LINE:HEADER" of every include of the program, project headers in quotes.
c_files | grep -v -e ^tests/ -e ^fixtures/ |
	xargs grep -nE '^[[:space:]]*#[[:space:]]*include' /dev/null |
	sed -E 's/:[[:space:]]*#[[:space:]]*include[[:space:]]*/:/' >"$dir/includes"
ok "there are includes to look at" test -s "$dir/includes"

for part in core recorder analyzer reports; do
	grep "^$part/" "$dir/includes" | grep ':"' | grep -vE ":\"($part|core)/" >"$dir/found"
clean "$part/ includes only itself and core/"
done
# Not through a detour either: "../x", or a quoted name without its folder.
grep -E ':"(\.|[^/"]*")' "$dir/includes" >"$dir/found"
clean "project headers are named with their folder"

# only HEADER FILES: nobody but FILES (a pattern) includes HEADER (a pattern).
only() {
	grep -E ":<$1" "$dir/includes" | grep -vE "^($2):" >"$dir/found"
clean "<$3> only in $4"
}
only 'sqlite3' 'core/store[a-z_]*\.c|core/store_private\.h' sqlite3.h 'core/store*.c'
only 'libxml/' 'core/policy_xml(_read)?\.[ch]|reports/html/(page|drawing)\.c|reports/companions/(xml|oscal_check)\.c' \
	'libxml/*' 'core/policy_xml*, reports/html/page.c and drawing.c, reports/companions/xml.c and oscal_check.c'
only 'plot' 'reports/html/chart\.c' plot.h reports/html/chart.c
only 'pcap' 'recorder/wire/capture\.c' 'pcap/pcap.h' recorder/wire/capture.c
only 'uthash' 'core/hash\.h' uthash.h 'core/hash.h, which keys it'
only 'nghttp2' 'recorder/wire/http2\.c' 'nghttp2/*' recorder/wire/http2.c
finish
