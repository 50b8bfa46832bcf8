#!/bin/sh
# Nothing grows beyond what one can read: functions, files, lines, nesting.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1
c_files >"$dir/files"

if command -v pmccabe >/dev/null; then
	# Columns: complexity (a switch counts once), the same with each case, statements, first
	# line, lines, file(line): function.
	xargs pmccabe <"$dir/files" >"$dir/measured"
	ok "pmccabe gets through every file" test $? = 0
	awk -F'\t' '{
		split($6, at, /[()]/)
		name = at[3]; sub(/^: */, "", name)
		print at[1] ":" at[2] ": " name, $5, $1
	}' "$dir/measured" >"$dir/functions"
	ok "there are functions to measure" test -s "$dir/functions"
	awk '$3 > 40 { print $1, $2 ": " $3 " lines, at most 40" }' "$dir/functions" >"$dir/found"
clean "a function has at most 40 lines"
	awk '$4 > 10 { print $1, $2 ": complexity " $4 ", at most 10" }' "$dir/functions" >"$dir/found"
clean "a function has a complexity of at most 10"
else
	skip "length and complexity of functions" "pmccabe is not installed"
fi

while read -r file; do
	lines=$(wc -l <"$file")
	[ "$lines" -le 400 ] || echo "$file: $lines lines, at most 400"
done <"$dir/files" >"$dir/found"
clean "a file has at most 400 lines"

xargs awk '{
	line = $0
	while ((at = index(line, "\t")))
		line = substr(line, 1, at - 1) substr("        ", 1, 8 - (at - 1) % 8) substr(line, at + 1)
	if (length(line) > 100) print FILENAME ":" FNR ": " length(line) " columns, at most 100"
}' <"$dir/files" >"$dir/found"
clean "a line has at most 100 columns"

# format.t keeps the indentation true, so the tabs before a keyword are its nesting.
xargs awk '/^\t\t\t\t+(if|for|while|do|switch)( |$)/ {
	print FILENAME ":" FNR ": nested deeper than 3"
}' <"$dir/files" >"$dir/found"
clean "control flow nests at most 3 deep"
finish
