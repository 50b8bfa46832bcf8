#!/bin/sh
# Text from outside reaches a page and a drawing through a few functions that guard it, and through
# no other call of libxml2 or libplot.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1
c_files | grep '^reports/' >"$dir/files"
# Comments may name what code may not call.
code() {
	xargs perl -0777 -ne '
		s{(/\*.*?\*/)}{my $c = $1; $c =~ s/[^\n]//g; $c}gse;
		my $line = 0;
		print "$ARGV:", ++$line, ":$_\n" for split /\n/;
	' <"$dir/files"
}
code >"$dir/code"
ok "there is code to look at" test -s "$dir/code"

# These read "&...;" in a value as markup, or write it as it is.
for name in xmlNewChild xmlNodeSetContent xmlNodeSetContentLen xmlNewDocProp xmlNewDocRawNode \
	xmlNewDocComment xmlNewComment xmlNewCDataBlock xmlNewDocPI xmlStringGetNodeList \
	htmlDocDumpMemory htmlDocDumpMemoryFormat htmlSaveFile xmlParseInNodeContext; do
	grep -E "(^|[^A-Za-z0-9_])$name[[:space:]]*\(" "$dir/code" >"$dir/found"
	clean "$name() is not called"
done
# These are safe with constants alone, or behind the guard of page.c.
for name in xmlNewTextChild xmlNewDocText xmlNewText xmlNodeAddContent xmlNewProp xmlSetProp xmlNewDocNode; do
	grep -E "(^|[^A-Za-z0-9_])$name[[:space:]]*\(" "$dir/code" | grep -v '^reports/html/page\.c:' >"$dir/found"
	clean "$name() only in page.c"
done
grep -E 'xmlNewDocNode[[:space:]]*\(' "$dir/code" | grep -v ', NULL)' >"$dir/found"
clean "xmlNewDocNode() never gets a content"
# libplot keeps its plotters in a table of its own but for the functions that end in _r.
grep -oE '^[^:]*:[0-9]+:.*' "$dir/code" | grep -E '(^|[^A-Za-z0-9_])pl_[a-z0-9]+[[:space:]]*\(' |
	grep -vE 'pl_(newplparams|deleteplparams|setplparam)[[:space:]]*\(' >"$dir/found"
clean "libplot is only called through pl_..._r()"
# A label of libplot is a token that the program made.
grep -E 'pl_[a-z]*label[a-z_]*[[:space:]]*\(' "$dir/code" | grep -v 'token' >"$dir/found"
clean "libplot gets tokens, no text"
# No data in the style, and no style outside it.
grep -nE 'url\(|@import|expression|https?:' reports/html/style.css >"$dir/found"
clean "the style fetches nothing"
grep -E 'page_attribute\([^;]*"(style|src|onload|onclick|srcset|action)"' "$dir/code" >"$dir/found"
clean "no attribute that fetches or runs"
finish
