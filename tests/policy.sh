# Policies by hand, for tests: `. tests/policy.sh`.

# rule RESOURCE ACTION PATTERN: one rule of a policy; the pattern is escaped for XML.
rule() {
	printf '<rule resource="%s" action="%s"><pattern>%s</pattern><justification>a test</justification></rule>\n' "$1" "$2" \
		"$(printf %s "$3" | sed 's/&/\&amp;/g; s/</\&lt;/g')"
}

# rules: "RESOURCE ACTION PATTERN" a line.
rules() {
	while read -r resource action pattern; do rule "$resource" "$action" "$pattern"; done
}

# policy FILE: the rules on the standard input, one a line, as a policy of agent "demo".
policy() {
	{
		echo '<policy xmlns="urn:pare:policy:1" agent="demo">'
		sort -u
		echo '</policy>'
	} >"$1"
}

# pattern NAME: a name as components of a pattern, every byte but the slash written as \xNN.
pattern() {
	printf %s "$1" | od -An -v -tx1 | tr -d '\n' | sed 's/ 2f/\//g; s/ /\\x/g'
}

# programs NAME...: rules for what running these programs takes: themselves, their libraries, and
# the links on the way.
programs() {
	for program in "$@"; do
		path=$(command -v "$program")
		echo "program exec $(readlink -f "$path")"
		links "$path"
		ldd "$path" | grep -o '/[^ ]*' | while read -r library; do
			echo "file map $(readlink -f "$library")"
			links "$library"
		done
	done | sort -u | rules
}

# links PATH: a look at each symbolic link at the end of PATH.
links() {
	at=$(cd -P "$(dirname "$1")" && pwd -P)/$(basename "$1")
	while [ -L "$at" ]; do
		echo "file stat $at"
		next=$(readlink "$at")
		case $next in /*) ;; *) next=$(dirname "$at")/$next ;; esac
		at=$(cd -P "$(dirname "$next")" && pwd -P)/$(basename "$next")
	done
}
