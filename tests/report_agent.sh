# An agent that reads files, and reports of it: `. tests/report_agent.sh` behind lib.sh.
mkdir "$dir/ws" "$dir/home" && cd "$dir/ws" || exit 1
HOME=$dir/home
export HOME
cat=$(readlink -f "$(command -v cat)")
report() { "$PARE" report --agent demo --as-of 2026-11-29 "$@"; }

# run DAY FILE...: the agent reads the files on that day.
run() {
	day=$1
	shift
	"$PARE" record --agent demo --at "$day" -- cat "$@" >/dev/null 2>&1
}
echo a >a
echo b >b
