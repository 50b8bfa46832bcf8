# What the tests of a report's files share: `. tests/report_json.sh` behind lib.sh.

# fits NAME SCHEMA FILE...: each JSON document, or each line of a .jsonl, is as the schema says.
fits() {
	name=$1 schema=$2
	shift 2
	if ! python3 -c 'import jsonschema' 2>/dev/null; then
		skip "$name" "python3-jsonschema is not installed"
		return
	fi
	python3 "$root/tests/schema.py" "$schema" "$@" >"$dir/found" 2>&1
	clean "$name"
}
