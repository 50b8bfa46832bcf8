#!/bin/sh
# A build in C: all of it, then again after a change; the program is tried.
. "$TASKS/lib.sh"
part="list text table tree queue stack"

setup() {
	mkdir -p workspace/source
	cd workspace
	cp "$TASKS/make/Makefile" .
	cp "$TASKS/make/main.c" source
	for name in $part; do
		printf 'int %s_size(void);\n' "$name" >"source/$name.h"
		printf '#include "%s.h"\n\nint %s_size(void)\n{\n\treturn %d;\n}\n' \
			"$name" "$name" "$(pick 1 100)" >"source/$name.c"
	done
}

# As most editors write: a new file beside the old one, which it then replaces.
change() {
	# shellcheck disable=SC2086
	file=source/$(one "$1" $part).c
	sed -i 's/return /return 1 + /' "$file"
}

run() {
	make -s -j2
	change 2
	case $VARIANT in
	0) make -s ;;
	1)
		change 3
		make -s
		make -s check
		;;
	2)
		make -s clean
		make -s "OPTIMIZE=-O2"
		;;
	esac
}

"$1"
