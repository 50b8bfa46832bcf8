#!/bin/sh
# Change a module and run the tests, which make temporary files and folders.
. "$TASKS/lib.sh"
module=$(one 1 amounts dates reader report store)

setup() {
	mkdir -p workspace/shop workspace/tests workspace/reports
	cd workspace
	for name in __init__ amounts dates reader report store; do
		printf '"""Part of a shop."""\n\n\ndef name():\n    return "%s"\n' "$name" >"shop/$name.py"
	done
	: >tests/__init__.py
	cp "$TASKS"/python/test_*.py tests
}

run() {
	sed -i "s/a shop/a shop, changed for the $RUN. time/" "shop/$module.py"
	case $VARIANT in
	0) python3 -m unittest discover -q -s tests -t . ;;
	1) python3 -m unittest -q tests.test_files ;;
	2) python3 -m unittest discover -q -s tests -t . 2>"reports/$(day).txt" ;;
	esac
}

"$1"
