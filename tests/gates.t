#!/bin/sh
# The gates can fail: in a copy of the tree each fault is planted, and its gate must name the line.
. "$(dirname "$0")/lib.sh"
copy=$dir/copy plant=$dir/plant
mkdir "$copy"
(cd "$root" && tar -c --exclude=./build --exclude='./build-*' --exclude=./.git .) | tar -x -C "$copy"
mkdir -p "$copy/recorder" "$copy/reports/html"

# caught GATE TEXT FILE: with $plant added to FILE, GATE fails and says TEXT.
caught() {
	gate=$1 text=$2 file=$copy/$3
	[ -e "$file" ] && cp "$file" "$dir/saved"
	cat "$plant" >>"$file"
	if BUILD=$dir/build sh "$copy/tests/$gate.t" >"$dir/said" 2>&1; then
		fail "$gate.t sees: $text"
	elif grep -q '^ok.*# SKIP' "$dir/said" && ! grep -q '^not ok' "$dir/said"; then
		skip "$gate.t sees: $text" "$gate.t skipped"
	else
		says "$gate.t sees: $text" "$text" "$dir/said"
	fi
	if [ -e "$dir/saved" ]; then mv "$dir/saved" "$file"; else rm "$file"; fi
}

echo '#include "analyzer/propose.h"' >"$plant"
caught layers 'recorder/x.c:1:"analyzer/propose.h"' recorder/x.c
echo '#include "recorder/x.h"' >"$plant"
caught layers 'core/x.h:1:"recorder/x.h"' core/x.h
echo '#include <sqlite3.h>' >"$plant"
caught layers 'reports/x.c:1:<sqlite3.h>' reports/x.c
echo '# include <libxml/tree.h>' >"$plant"
caught layers 'core/x.c:1:<libxml/tree.h>' core/x.c
echo '#include <plot.h>' >"$plant"
caught layers 'reports/html/page.c' reports/html/page.c
echo '#include "../core/bytes.h"' >"$plant"
caught layers 'analyzer/x.c:1:"../core/bytes.h"' analyzer/x.c

{
	printf 'void x(void);\nvoid x(void)\n{\n'
	seq 40 | sed 's/.*/\tx();/'
	echo '}'
} >"$plant"
caught sizes 'core/x.c:2: x: 43 lines, at most 40' core/x.c
{
	printf 'int x(int y);\nint x(int y)\n{\n'
	seq 10 | sed 's/.*/\tif (y == &)\n\t\treturn &;/'
	printf '\treturn 0;\n}\n'
} >"$plant"
caught sizes 'core/x.c:2: x: complexity 11, at most 10' core/x.c
seq 401 | sed 's/.*/int x&;/' >"$plant"
caught sizes 'core/x.c: 401 lines, at most 400' core/x.c
printf '\tint %093d;\n' 0 >"$plant"
caught sizes 'core/x.c:1: 106 columns, at most 100' core/x.c
printf '\t\t\t\tif (x)\n' >"$plant"
caught sizes 'core/x.c:1: nested deeper than 3' core/x.c

echo 'int  x;' >"$plant"
caught format 'core/x.c:1' core/x.c
printf 'int x(void);\nint x(void)\n{\n\tint y[2] = { 1, 2 };\n\n\treturn y[2];\n}\n' >"$plant"
caught cppcheck 'core/x.c:6: arrayIndexOutOfBounds' core/x.c
printf '\tstrcpy(a, b);\n' >"$plant"
caught banned 'core/x.c:1:' core/x.c
printf 'typedef struct x {\n\tint y;\n} x;\n' >"$plant"
caught banned 'core/x.c:1:' core/x.c
echo 'GAP(1, AGAIN, "again", "a code that is taken (\"1\")")' >"$plant"
caught tables 'GAP(1) stands already in line' core/vocab.def
echo 'PAIR(TOOL,    CALL)' >"$plant"
caught tables 'PAIR(TOOL,CALL) stands already in line' core/vocab.def

# What would let a name become markup, or a label a command of libplot.
for call in 'xmlNewChild(p, 0, n, x)' 'xmlNodeSetContent(p, x)' 'xmlNewDocText(p, x)' \
	'xmlNewDocNode(p, 0, n, x)' 'pl_fline(0, 0, 1, 1)' 'pl_alabel_r(p, 1, 1, name)' \
	'page_attribute(p, "style", x)'; do
	printf '\t%s;\n' "$call" >"$plant"
	caught markup "reports/html/x.c:1:	$call" reports/html/x.c
done
echo 'a { background: url(x) }' >"$plant"
caught markup 'url(x)' reports/html/style.css
finish
